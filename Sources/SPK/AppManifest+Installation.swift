import Barchan

extension AppManifest {
    /// Most kinds of new grain that an app may offer.
    static let maximumActions = 256
    /// Names, and other texts of one line.
    static let maximumLineBytes = 1 << 10
    static let maximumDescriptionBytes = 8 << 10
    /// All texts in one language, without the change log, of which pages show the beginning.
    static let maximumTextBytes = 256 << 10
    /// What the launcher takes (160 KiB), less room for the host's paths and variables.
    static let maximumCommandBytes = 128 << 10

    /// Refuses what no grain could be started with, and texts that would fill everybody's pages. Asked before a package is
    /// installed: one that is there already goes on.
    /// - Throws: ``HostError`` `.invalidArgument`.
    public func checkInstallable() throws(HostError) {
        guard actions.count <= Self.maximumActions else {
            throw Self.refusal("it offers \(actions.count) kinds of grain; at most \(Self.maximumActions) are allowed")
        }
        try checkTexts()
        for action in actions { try Self.check(action.command, "action '\(action.title)'") }
        guard !actions.isEmpty else { return }
        try Self.check(continueCommand, "the command that continues a grain")
    }

    private func checkTexts() throws(HostError) {
        var totals: [String: Int] = [:]
        for (text, language, value) in shownTexts {
            let bytes = value.utf8.count, most = Self.maximumBytes(of: text)
            guard bytes <= most else {
                throw Self.refusal("\(Self.name(of: text)) has \(bytes) bytes; at most \(most) are allowed")
            }
            totals[language, default: 0] += bytes
        }
        for (name, value) in [("website", website), ("source code", sourceCode), ("author", author)] {
            guard value?.utf8.count ?? 0 <= Self.maximumLineBytes else {
                throw Self.refusal("its \(name) is longer than the \(Self.maximumLineBytes) bytes allowed")
            }
        }
        guard totals.values.allSatisfy({ $0 <= Self.maximumTextBytes }) else {
            throw Self.refusal("its texts in one language are longer than \(Self.maximumTextBytes >> 10) KiB together")
        }
    }

    private var shownTexts: [(text: Text, language: String, value: String)] {
        var texts: [(Text, String, String)] = [
            (.title, "", title), (.marketingVersion, "", marketingVersion),
            (.shortDescription, "", shortDescription ?? ""),
        ]
        for (index, action) in actions.enumerated() {
            texts.append((.actionTitle(index), "", action.title))
            texts.append((.nounPhrase(index), "", action.nounPhrase))
            texts.append((.actionDescription(index), "", action.description))
        }
        for (text, versions) in translations where text != .changeLog {
            texts += versions.map { (text, $0.language, $0.text) }
        }
        return texts
    }

    private static func maximumBytes(of text: Text) -> Int {
        switch text {
        case .shortDescription, .actionDescription: maximumDescriptionBytes
        default: maximumLineBytes
        }
    }

    private static func name(of text: Text) -> String {
        switch text {
        case .title: "its title"
        case .marketingVersion: "its version for people"
        case .shortDescription: "its short description"
        case .actionTitle(let index): "the title of action \(index + 1)"
        case .nounPhrase(let index): "the noun phrase of action \(index + 1)"
        case .actionDescription(let index): "the description of action \(index + 1)"
        default: "a text"
        }
    }

    private static func check(_ command: Command, _ name: String) throws(HostError) {
        guard command.arguments.first?.isEmpty == false else { throw refusal("\(name) names no program to start") }
        let texts = command.arguments + command.environment
        guard !texts.contains(where: { $0.utf8.contains(0) }) else {
            throw refusal("\(name) has a NUL character in its arguments or environment")
        }
        // The launcher takes four bytes more for each.
        guard texts.reduce(0, { $0 + $1.utf8.count + 4 }) <= maximumCommandBytes else {
            throw refusal(
                "\(name) has more than \(maximumCommandBytes >> 10) KiB of arguments and environment, 4 bytes for each counted in"
            )
        }
    }

    private static func refusal(_ reason: String) -> HostError {
        HostError(.invalidArgument, "install the package: \(reason); nobody could use it")
    }
}

extension ArchiveSummary {
    /// Refuses a package in which a grain's own directories could not be mounted.
    /// - Throws: ``HostError`` `.invalidArgument`.
    public func checkMountPoints() throws(HostError) {
        guard let name = obstructions.min() else { return }
        let kind = name == "proc/cpuinfo" ? "file" : "directory"
        throw HostError(
            .invalidArgument,
            "install the package: no grain of it could start: '/\(name)' is something else than a \(kind), and the grain's "
                + "own is to be mounted there; pack it again with an empty \(kind), or without it")
    }
}
