import Barchan

extension Pages {
    /// A manifest may hold megabytes of text; so much of a change log is shown.
    private static let maximumChangeLogCharacters = 16_384

    /// Nil when the package does not say what changed.
    static func changes(in manifest: AppManifest) -> String? {
        guard let changes = manifest.changeLog, !changes.isEmpty else { return nil }
        return String(changes.prefix(maximumChangeLogCharacters))
    }

    /// What the person is asked about another version of an app.
    func upgrade(
        _ upgrade: AppUpgrade, notice: String? = nil, problem: String?, status: Int = 200, _ person: Person
    ) -> Response {
        let offered = upgrade.offered.manifest, current = upgrade.current.manifest
        // Two versions that people would read as one.
        let isAmbiguous = upgrade.changesApp && Pages.versionText(current) == Pages.versionText(offered)
        func text(_ manifest: AppManifest) -> String {
            isAmbiguous ? "\(manifest.marketingVersion) (\(manifest.version))" : Pages.versionText(manifest)
        }
        var values: [String: Any] = [
            "title": offered.title, "app": upgrade.offered.app.text, "package": upgrade.offered.identifier.text,
            "icon": "/apps/\(upgrade.offered.app)/icon", "changesApp": upgrade.changesApp,
            "isDowngrade": upgrade.isDowngrade, "current": text(current), "offered": text(offered),
            "grains": upgrade.grains.map(Pages.behind),
            "hasGrains": !upgrade.grains.isEmpty, "count": Pages.grainCount(upgrade.grains.count),
        ]
        values["changes"] = Pages.changes(in: offered)
        values["author"] = Pages.text(upgrade.offered.authorProof)
        values["authorWarning"] = upgrade.offered.authorProof.warning(replacing: upgrade.current.authorProof)
        if let notice { values["notice"] = notice }
        if let problem { values["problem"] = problem }
        return page(status, "upgrade", title: "New version of \(offered.title)", values, person)
    }

    static func keptNotice(_ version: UInt32) -> String {
        "Version number \(version) is installed. You are asked about a newer one, which waits already."
    }

    static func droppedNotice(_ version: UInt32) -> String {
        "Version number \(version), which waited until now, waits no more."
    }

    /// Nil for a package that proves nothing and tries to prove nothing.
    static func text(_ proof: AuthorProof) -> String? {
        switch proof {
        case .absent: nil
        case .verified(let fingerprint): "verified: the OpenPGP key \(fingerprint)"
        case .unverified(let reason): "unverified: \(reason)"
        case .wrong(let reason): "wrong: \(reason)"
        @unknown default: nil
        }
    }

    /// Which version a grain is of, and the way back.
    func version(_ grain: GrainSummary, _ person: Person) -> Response {
        var values = Pages.values(grain, now: 0, hasIcon: false)
        values["icon"] = Assets.icon.path
        values["version"] = grain.version.isEmpty ? "unknown" : grain.version
        if let previous = grain.previous {
            values["previous"] = [
                "package": previous.package.text, "version": previous.version, "needsForce": previous.needsForce,
            ]
        }
        return page(200, "version", title: "Version of \(grain.title)", values, person)
    }

    /// For the pages that list apps and grains.
    static func offers(_ upgrades: [AppUpgrade]) -> [[String: Any]] {
        upgrades.map { upgrade in
            let title = "\(upgrade.offered.manifest.title) \(upgrade.offered.manifest.marketingVersion)"
            let text =
                upgrade.changesApp
                ? "\(title) waits for your word."
                : "\(title) is there for \(grainCount(upgrade.grains.count)) of yours."
            return ["app": upgrade.current.app.text, "text": text]
        }
    }

    static func grainCount(_ number: Int) -> String { "\(number) grain\(number == 1 ? "" : "s")" }

    static func versionText(_ manifest: AppManifest) -> String {
        manifest.marketingVersion.isEmpty ? "number \(manifest.version)" : manifest.marketingVersion
    }

    private static func behind(_ grain: GrainSummary) -> [String: Any] {
        ["title": grain.title, "version": grain.version]
    }
}
