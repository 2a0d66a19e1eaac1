import Barchan

extension Pages {
    /// The pages for administrators, in the order of their links.
    enum AdministrationPlace: String, CaseIterable {
        case usage = "/admin"
        case people = "/people"
        case packages = "/admin/packages"
        case limits = "/admin/limits"
        case log = "/admin/log"
        case audit = "/admin/audit"

        var text: String {
            switch self {
            case .usage: "Usage"
            case .people: "People"
            case .packages: "Packages"
            case .limits: "Limits"
            case .log: "Log"
            case .audit: "Audit"
            }
        }
    }

    static func addNavigation(_ here: AdministrationPlace, to values: inout [String: Any]) {
        values["atAdmin"] = true
        values["isAdminHome"] = here == .usage
        values["places"] = AdministrationPlace.allCases.map { place -> [String: Any] in
            ["path": place.rawValue, "text": place.text, "isHere": place == here]
        }
    }

    private func page(
        at place: AdministrationPlace, _ template: String, _ values: [String: Any], _ person: Person
    ) -> Response {
        var values = values
        Pages.addNavigation(place, to: &values)
        return page(200, template, title: place.text, values, person)
    }

    // MARK: Usage

    /// - Parameter query: Words in a title, app or owner; and which page.
    func usage(_ all: [GrainUsage], _ query: GrainQuery, figures: [HostFigure], _ person: Person) -> Response {
        let found = query.searched(all) { [$0.grain.title, $0.grain.appTitle, $0.owner] }
        let (rows, pages) = query.paged(found)
        var values: [String: Any] = [
            "text": query.text, "summary": Pages.summary(of: found, all), "grains": rows.map(Pages.values),
            "hasGrains": !rows.isEmpty, "figures": Pages.values(figures),
        ]
        addPages(pages, query, to: &values)
        return page(at: .usage, "usage", values, person)
    }

    private static func summary(of found: [GrainUsage], _ all: [GrainUsage]) -> String {
        let inMemory = found.compactMap(\.memoryBytes)
        return "\(grainCount(found.count, of: all.count)), \(inMemory.count) in memory with"
            + " \(size(inMemory.reduce(0, &+))), on disk \(size(found.reduce(0) { $0 &+ $1.grain.usedBytes }))"
    }

    private static func values(_ usage: GrainUsage) -> [String: Any] {
        let grain = usage.grain
        var values = values(grain, now: now, hasIcon: false)
        values["owner"] = usage.owner
        if usage.isFrozen { (values["state"], values["stateText"]) = ("frozen", "frozen") }
        if let expires = grain.expires {
            (values["state"], values["stateText"]) = ("trash", "trash, goes \(days(until: expires))")
        }
        values["memory"] = usage.memoryBytes.map(size) ?? "–"
        values["processes"] = usage.processes.map { "\($0)" } ?? "–"
        values["processor"] = usage.processorTime.map { "\($0.components.seconds) s" } ?? "–"
        return values
    }

    /// What has one value, in words; the rest is for programs, at `/metrics`.
    private static func values(_ figures: [HostFigure]) -> [[String: String]] {
        figures.filter { $0.kind != .histogram }.flatMap { figure in
            figure.samples.map { sample in
                let labels = sample.labels.map(\.value).joined(separator: ", ")
                return [
                    "text": labels.isEmpty ? figure.summary : "\(figure.summary): \(labels)",
                    "value": text(sample.value, of: figure.name),
                ]
            }
        }
    }

    private static func text(_ value: Double, of name: String) -> String {
        guard let whole = Int64(exactly: value.rounded()) else { return "\(value)" }
        if name.hasSuffix("_bytes") { return size(whole) }
        if name.hasSuffix("_timestamp_seconds") { return whole == 0 ? "never" : date(whole) }
        return name.contains("_seconds") ? "\(whole) s" : "\(whole)"
    }

    // MARK: Packages, limits, logs

    func packages(_ packages: [PackageUsage], _ person: Person) -> Response {
        let rows = packages.map { usage -> [String: Any] in
            var values = Pages.values(usage.package)
            values["version"] = Pages.versionText(usage.package.manifest)
            values["grains"] = usage.grains
            switch usage.state {
            case .inUse: values["state"] = "in use"
            case .waiting:
                values["state"] = "waits for your word"
                values["question"] = "/apps/\(usage.package.app)/upgrade"
            case .uninstalled: values["state"] = "uninstalled; kept for its grains"
            default: values["state"] = "kept for its grains"
            }
            return values
        }
        return page(at: .packages, "packages", ["packages": rows, "hasPackages": !rows.isEmpty], person)
    }

    func limits(_ limits: [KeyValue], _ person: Person) -> Response {
        let rows = limits.map { ["name": $0.name, "value": $0.value] }
        return page(at: .limits, "limits", ["limits": rows], person)
    }

    func hostLog(_ lines: [HostLogLine], _ person: Person) -> Response {
        let rows = lines.map {
            ["time": Pages.date($0.time), "level": Pages.name($0.level), "message": $0.message]
        }
        return page(at: .log, "host-log", ["lines": rows, "isEmpty": rows.isEmpty], person)
    }

    /// - Parameter entries: One more than `length` when there are older ones.
    func audit(_ entries: [AuditEntry], length: Int, isOlder: Bool, _ person: Person) -> Response {
        let shown = entries.prefix(length)
        var values: [String: Any] = [
            "hasEntries": !shown.isEmpty, "isOlder": isOlder,
            "entries": shown.map { entry -> [String: Any] in
                [
                    "time": Pages.date(entry.time), "actor": entry.actor, "act": entry.act, "object": entry.object,
                    "detail": entry.detail,
                ]
            },
        ]
        if entries.count > length { values["older"] = shown.last.map { PercentText.encode($0.identifier) } }
        return page(at: .audit, "audit", values, person)
    }

    private static func name(_ level: HostLog.Level) -> String {
        switch level {
        case .debug: "debug"
        case .info: "info"
        case .warning: "warning"
        case .error: "error"
        @unknown default: "info"
        }
    }
}
