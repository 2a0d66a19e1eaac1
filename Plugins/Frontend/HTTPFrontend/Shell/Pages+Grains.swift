import Barchan

extension Pages {
    func grains(
        _ list: GrainList, _ query: GrainQuery, apps: [InstalledPackage], upgrades: [AppUpgrade],
        discarded: [GrainSummary], _ person: Person
    ) -> Response {
        let icons = Set(apps.map(\.app)), grains = list.grains, found = query.found(in: grains)
        let (own, ownPages) = query.paged(found.filter(\.isOwned))
        let (shared, sharedPages) = query.paged(found.filter { !$0.isOwned })
        func rows(_ grains: ArraySlice<GrainSummary>) -> [[String: Any]] {
            grains.map { grain in
                var values = Pages.values(grain, now: Pages.now, hasIcon: icons.contains(grain.app))
                Pages.addTags(of: grain, query, to: &values)
                return values
            }
        }
        var values: [String: Any] = [
            "grains": rows(own), "hasGrains": !own.isEmpty, "shared": rows(shared), "hasShared": !shared.isEmpty,
            "hasAny": !grains.isEmpty, "showsOwn": !own.isEmpty || grains.isEmpty,
            "mayCreate": person.account.role != .guest,
            "apps": apps.map(Pages.values), "hasApps": !apps.isEmpty, "atGrains": true,
            "offers": Pages.offers(upgrades), "text": query.text, "isEverything": query.isEverything,
            "everything": query.cleared.address,
            "columns": Pages.columns(query), "orders": Pages.orders(query),
            "summary": Pages.summary(found, of: grains),
            "hasTrash": !list.discarded.isEmpty, "tags": Pages.tags(of: grains, query), "list": query.address,
        ]
        values["tag"] = query.tag
        values["hasTags"] = grains.contains { !$0.tags.isEmpty }
        if !discarded.isEmpty {
            let what = discarded.count == 1 ? "“\(discarded[0].title)” is" : "\(discarded.count) grains are"
            values["discarded"] = ["text": what, "ids": discarded.map(\.identifier.text)] as [String: Any]
        }
        addPages(max(ownPages, sharedPages), query, to: &values)
        return page(200, "grains", title: "Grains", values, person)
    }

    func addPages(_ pages: Int, _ query: GrainQuery, to values: inout [String: Any]) {
        values["isPaged"] = pages > 1
        values["page"] = query.page
        values["pages"] = pages
        if query.page > 1 { values["previous"] = query.link(toPage: min(query.page - 1, pages)) }
        if query.page < pages { values["next"] = query.link(toPage: query.page + 1) }
    }

    /// "3 of 40 grains, 1.2 MB". What others share counts to their owners' data.
    private static func summary(_ found: [GrainSummary], of all: [GrainSummary]) -> String {
        let bytes = found.lazy.filter(\.isOwned).reduce(Int64(0)) { $0 &+ $1.usedBytes }
        let whose = all.allSatisfy(\.isOwned) ? "" : " of yours"
        return "\(grainCount(found.count, of: all.count)), \(size(bytes))\(whose)"
    }

    /// "3 of 40 grains", or "40 grains" when that is all.
    static func grainCount(_ found: Int, of all: Int) -> String {
        "\(found == all ? "" : "\(found) of ")\(all) grain\(all == 1 ? "" : "s")"
    }

    private static func addTags(of grain: GrainSummary, _ query: GrainQuery, to values: inout [String: Any]) {
        values["hasTags"] = !grain.tags.isEmpty
        values["tagText"] = grain.tags.joined(separator: ", ")
        values["tags"] = grain.tags.map { ["name": $0, "link": query.tagged($0).address] }
    }

    /// All the person's tags with how many grains have them, by name; tags that differ in capitals only are one.
    private static func tags(of grains: [GrainSummary], _ query: GrainQuery) -> [[String: Any]] {
        var counts: [String: (name: String, count: Int)] = [:]
        for tag in grains.flatMap(\.tags) { counts[tag.lowercased(), default: (tag, 0)].count += 1 }
        return counts.sorted { $0.key < $1.key }.map { key, tag -> [String: Any] in
            let isChosen = key == query.tag?.lowercased()
            return [
                "name": tag.name, "count": tag.count, "isChosen": isChosen,
                "link": query.tagged(isChosen ? nil : tag.name).address,
            ]
        }
    }

    /// - Parameters:
    ///   - list: The list of grains that the person comes from.
    ///   - isPart: Whether it goes into a dialog of another page.
    func acts(_ grain: GrainSummary, hasIcon: Bool, list: String, isPart: Bool, _ person: Person) -> Response {
        var values = Pages.values(grain, now: Pages.now, hasIcon: hasIcon)
        values["tagText"] = grain.tags.joined(separator: ", ")
        values["isOwned"] = grain.isOwned
        values["list"] = list
        values["nonce"] = person.nonce.text
        if isPart { return part(200, "grain-acts", values) }
        values["atGrains"] = true
        return page(200, "grain-page", title: grain.title, values, person)
    }

    /// What the person has thrown away.
    func trash(_ all: [GrainSummary], _ query: GrainQuery, apps: [InstalledPackage], _ person: Person) -> Response {
        let icons = Set(apps.map(\.app)), (grains, pages) = query.paged(all)
        let rows = grains.map { grain in
            var values = Pages.values(grain, now: Pages.now, hasIcon: icons.contains(grain.app))
            values["expires"] = Pages.days(until: grain.expires ?? 0)
            return values
        }
        var values: [String: Any] = [
            "grains": rows, "hasGrains": !rows.isEmpty, "hasAny": !all.isEmpty, "atGrains": true,
            "summary": Pages.summary(all, of: all),
        ]
        addPages(pages, query, to: &values)
        return page(200, "trash", title: "Trash", values, person)
    }

    /// The question before several grains are removed for good.
    func removeGrains(_ grains: [GrainSummary], _ person: Person) -> Response {
        let values: [String: Any] = [
            "count": Pages.grainCount(grains.count), "size": Pages.size(grains.reduce(0) { $0 &+ $1.usedBytes }),
            "grains": grains.map { ["id": $0.identifier.text, "title": $0.title] },
        ]
        return page(200, "remove-several", title: "Delete grains", values, person)
    }

    func emptyTrash(_ grains: [GrainSummary], _ person: Person) -> Response {
        page(200, "empty-trash", title: "Empty the trash", ["summary": Pages.summary(grains, of: grains)], person)
    }

    /// "in 29 days"
    static func days(until moment: Int64) -> String {
        let days = max((moment - now + 86_399) / 86_400, 0)
        return days == 0 ? "any moment" : "in \(days) day\(days == 1 ? "" : "s")"
    }

    private static func columns(_ query: GrainQuery) -> [[String: Any]] {
        let columns: [(text: String, order: GrainQuery.Order?)] = [
            ("Title", .title), ("App", .app), ("State", nil), ("Size", .size), ("Last used", .used),
        ]
        return columns.map { column in
            var values: [String: Any] = ["text": column.text, "isNumber": column.order == .size]
            values["link"] = column.order.map(query.link(sortedBy:))
            if column.order == query.order { values["direction"] = query.isDescending ? "descending" : "ascending" }
            return values
        }
    }

    private static func orders(_ query: GrainQuery) -> [[String: Any]] {
        let orders = [
            ("used", "Last used first"), ("title", "By title"), ("app", "By app"), ("size", "Largest first"),
        ]
        let known = orders.contains { $0.0 == query.sort } ? [] : [(query.sort, "As it is")]
        return (orders + known).map { ["value": $0.0, "text": $0.1, "isChosen": $0.0 == query.sort] }
    }
}
