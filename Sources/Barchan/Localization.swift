/// A text of a package in one language.
public struct Translation: Sendable, Equatable {
    /// BCP 47, as the package writes it: `de`, `pt-BR`.
    public var language: String
    public var text: String

    public init(language: String, text: String) {
        self.language = language
        self.text = text
    }
}

extension AppManifest {
    /// A text that people read.
    public enum Text: Hashable, Sendable {
        case title, marketingVersion, shortDescription, changeLog
        /// Of the action with this index.
        case actionTitle(Int), nounPhrase(Int), actionDescription(Int)
    }

    /// The same with each text in the best of these languages that the package has it in.
    /// - Parameter languages: Language ranges, the best first, as in Accept-Language.
    public func localized(for languages: [String]) -> AppManifest {
        guard !translations.isEmpty else { return self }
        var result = self
        for (text, versions) in translations {
            guard let index = LanguageRange.best(of: versions.map(\.language), for: languages) else { continue }
            result.set(text, to: versions[index].text)
        }
        return result
    }

    private mutating func set(_ text: Text, to value: String) {
        switch text {
        case .title: title = value
        case .marketingVersion: marketingVersion = value
        case .shortDescription: shortDescription = value
        case .changeLog: changeLog = value
        case .actionTitle(let index): if actions.indices.contains(index) { actions[index].title = value }
        case .nounPhrase(let index): if actions.indices.contains(index) { actions[index].nounPhrase = value }
        case .actionDescription(let index): if actions.indices.contains(index) { actions[index].description = value }
        }
    }
}

extension InstalledPackage {
    /// The same with its manifest in the best of these languages.
    public func localized(for languages: [String]) -> InstalledPackage {
        var result = self
        result.manifest = manifest.localized(for: languages)
        return result
    }
}

/// Chooses a language by lookup (RFC 4647, section 3.4).
enum LanguageRange {
    /// The index of the best tag, or nil when the text without a language is the best.
    ///
    /// That text is taken to be English, which is what packages have there.
    static func best(of tags: [String], for ranges: [String]) -> Int? {
        let tags = tags.map(subtags)
        for range in ranges.prefix(32).map(subtags) {
            var wanted = range
            while let last = wanted.last {
                if let index = tags.firstIndex(of: wanted) { return index }
                wanted.removeLast()
                // A letter alone begins an extension, which has no meaning without the rest.
                if last.count > 1, wanted.last?.count == 1 { wanted.removeLast() }
            }
            // Rather another region's version than another language.
            if let language = range.first, let index = tags.firstIndex(where: { $0.first == language }) { return index }
            if range.first == "en" || range.first == "*" { return nil }
        }
        return nil
    }

    private static func subtags(_ tag: String) -> [String] {
        tag.lowercased().split { $0 == "-" || $0 == "_" }.prefix(16).map(String.init)
    }
}
