import Barchan

extension Pages {
    static func installedNotice(_ package: InstalledPackage) -> String { "\(name(package)) is installed." }

    static func upgradedNotice(_ package: InstalledPackage, moved: Int) -> String {
        "\(name(package)) is in use\(moved > 0 ? "; \(grainCount(moved)) of yours moved to it" : "")."
    }

    private static func name(_ package: InstalledPackage) -> String {
        let version = package.manifest.marketingVersion
        return version.isEmpty ? package.manifest.title : "\(package.manifest.title) \(version)"
    }

    static func values(_ grain: GrainSummary, now: Int64, hasIcon: Bool) -> [String: Any] {
        let problem = isUp(grain.state) ? nil : grain.packageProblem
        return [
            "id": grain.identifier.text, "title": grain.title, "app": grain.appTitle, "package": grain.package.text,
            "version": grain.version, "given": grain.titleForApp, "isRenamed": grain.givenTitle != nil,
            "icon": hasIcon ? "/apps/\(grain.app)/icon" : Assets.icon.path,
            "state": problem == nil ? name(grain.state) : "crashed", "stateText": problem ?? text(grain.state),
            "isUp": isUp(grain.state),
            "size": size(grain.usedBytes), "used": grain.lastUsed > 0 ? ago(now - grain.lastUsed) : "never",
        ]
    }

    static func values(_ package: InstalledPackage) -> [String: Any] {
        let manifest = package.manifest
        let actions: [[String: Any]] = manifest.actions.enumerated().map { index, action in
            let noun = action.nounPhrase.isEmpty ? manifest.title : action.nounPhrase
            let title = action.title.isEmpty ? "New \(noun)" : action.title
            return [
                "index": index, "title": title, "noun": noun, "isOneOfMany": manifest.actions.count > 1,
                "label": "Create: \(title)", "icon": "/apps/\(package.app)/icon", "app": manifest.title,
                "package": package.identifier.text,
            ]
        }
        var values: [String: Any] = [
            "title": manifest.title, "app": package.app.text,
            "package": package.identifier.text, "icon": "/apps/\(package.app)/icon", "actions": actions,
            "size": size(package.sizeBytes), "summary": manifest.shortDescription ?? "",
        ]
        // An empty text would be shown as something that is there.
        values["version"] = manifest.marketingVersion.isEmpty ? nil : manifest.marketingVersion
        values["changes"] = changes(in: manifest)
        values["author"] = manifest.author
        values["authorState"] = package.authorProof.fingerprint.map { "key …\($0.suffix(16)) verified" } ?? "unverified"
        values["proof"] = text(package.authorProof)
        values["website"] = manifest.website
        values["source"] = manifest.sourceCode
        return values
    }

    static func name(_ state: GrainState) -> String {
        switch state {
        case .stopped: "stopped"
        case .starting: "starting"
        case .running: "running"
        case .crashed: "crashed"
        @unknown default: "stopped"
        }
    }

    static func text(_ state: GrainState) -> String {
        switch state {
        case .stopped: "asleep"
        case .starting: "starting"
        case .running: "running"
        case .crashed: "crashed"
        @unknown default: "asleep"
        }
    }

    private static func isUp(_ state: GrainState) -> Bool { state == .running || state == .starting }

    /// `1.2 MB`: decimal units, two digits that matter.
    static func size(_ bytes: Int64) -> String {
        var value = Double(max(bytes, 0))
        for unit in ["bytes", "kB", "MB", "GB"] {
            if value < 999.5 {
                return unit == "bytes" || value >= 9.95 ? "\(Int(value.rounded())) \(unit)" : "\(tenths(value)) \(unit)"
            }
            value /= 1000
        }
        return "\(tenths(value)) TB"
    }

    private static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    static func ago(_ seconds: Int64) -> String {
        switch seconds {
        case ..<60: "just now"
        case ..<3600: count(seconds / 60, "minute")
        case ..<86_400: count(seconds / 3600, "hour")
        case ..<(86_400 * 60): count(seconds / 86_400, "day")
        default: count(seconds / (86_400 * 30), "month")
        }
    }

    private static func count(_ number: Int64, _ unit: String) -> String {
        "\(number) \(unit)\(number == 1 ? "" : "s") ago"
    }
}
