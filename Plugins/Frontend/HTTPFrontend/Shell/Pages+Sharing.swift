import Barchan
import Glibc

extension Pages {
    static var now: Int64 { Int64(time(nil)) }

    /// - Parameter isPart: Whether it goes into a dialog of another page.
    func sharing(
        _ grain: GrainSummary, _ sharing: GrainSharing, _ outcome: Outcome, isPart: Bool, _ person: Person
    ) -> Response {
        let tree = SharingTree(
            sharing: sharing, viewer: person.account.identifier, grain: grain.identifier, nonce: person.nonce,
            now: Pages.now
        ).html
        var values: [String: Any] = [
            "id": grain.identifier.text, "title": grain.title, "offers": Pages.offers(sharing), "ends": Pages.ends,
            "tree": tree, "isEmpty": tree.isEmpty, "isOwner": sharing.isOwner,
            "owner": sharing.people[sharing.owner]?.displayName ?? "Somebody",
            "nonce": person.nonce.text,
            "known": sharing.people.filter { $0.key != person.account.identifier }.values
                .sorted { $0.handle < $1.handle }.map { ["handle": $0.handle, "name": $0.displayName] },
        ]
        outcome.add(to: &values)
        if isPart { return part(outcome.status, "sharing-part", values) }
        return page(outcome.status, "sharing", title: "Share \(grain.title)", values, person)
    }

    /// What the person may give, in the app's order. Its default role is chosen, where they may give that.
    private static func offers(_ sharing: GrainSharing) -> [[String: Any]] {
        guard !sharing.viewInfo.roles.isEmpty else { return [["value": "everything", "text": "can use it"]] }
        let roles = sharing.roles.map { index -> [String: Any] in
            [
                "value": String(index), "text": SharingTree.text(sharing.viewInfo.roles[index]),
                "isChosen": index == sharing.viewInfo.defaultRole,
            ]
        }
        return roles + [["value": "everything", "text": "can do all that you can"]]
    }

    private static var ends: [[String: String]] {
        [
            ["value": "", "text": "you take it back"], ["value": "1", "text": "tomorrow"],
            ["value": "7", "text": "in a week"],
            ["value": "30", "text": "in 30 days"], ["value": "365", "text": "in a year"],
        ]
    }

    /// - Parameter path: The link's token and the app's path.
    func shared(_ link: SharedLink, at path: String, _ person: Person?, problem: HostError? = nil) -> Response {
        var values: [String: Any] = [
            "title": link.grain.title, "app": link.grain.appTitle, "path": path,
            "isSingleUse": link.grant.offer.isSingleUse, "person": person != nil,
            "name": person?.account.displayName ?? "",
        ]
        values["problem"] = problem?.message
        return page(
            problem.map(ShellService.status) ?? 200, "shared", title: link.grain.title, values, person)
    }
}
