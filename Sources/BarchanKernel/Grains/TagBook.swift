import Barchan

/// What people call grains for themselves: tags, and titles of their own for what others share. A record for each person
/// and grain.
struct TagBook: TagDirectory {
    static let maximumCount = 16
    static let maximumCharacters = 40

    let records: RecordBook
    let sharing: SharingBook

    func setTags(_ tags: [String], of grain: GrainID, by account: AccountID) async throws(HostError) {
        let tags = try TagBook.checked(tags)
        let text = tags.isEmpty ? nil : tags.joined(separator: ",")
        try await change(grain, by: account, to: "tag") { $0["tags"] = text }
    }

    /// - Parameter title: Nil to call it as its owner does.
    func setTitle(_ title: String?, of grain: GrainID, by account: AccountID) async throws(HostError) {
        try await change(grain, by: account, to: "rename") { $0["title"] = title }
    }

    private func change(
        _ grain: GrainID, by account: AccountID, to attempt: String, _ body: (inout RecordFields) -> Void
    ) async throws(HostError) {
        let key = RecordKey.tags(of: grain, by: account)
        // Whoever removes the grain, or takes it away, changes its record: this is not written then.
        while let record = try await records.store.read(.grain(grain)), try await sharing.admits(account, to: grain) {
            let before = try await records.read(key)
            var fields = before?.fields ?? RecordFields()
            body(&fields)
            let batch = RecordBatch(
                conditions: [
                    .version(.grain(grain), record.version), before.map { .version(key, $0.version) } ?? .absent(key),
                ],
                writes: [fields == RecordFields() ? .delete(key) : .put(key, fields.encoded)])
            if try await records.store.commit(batch) { return }
        }
        throw GrainBook.missing(grain, attempt)
    }

    /// What a person calls one grain.
    struct Words {
        var tags: [String]
        /// Instead of the owner's.
        var title: String?

        fileprivate init(_ fields: RecordFields) {
            tags = fields["tags"]?.split(separator: ",").map(String.init) ?? []
            title = fields["title"]
        }
    }

    /// All that a person has said, by grain.
    func words(of account: AccountID) async throws(HostError) -> [GrainID: Words] {
        let prefix = RecordKey.tagsPrefix(account)
        var words: [GrainID: Words] = [:]
        try await records.forEach(prefix: prefix) { (entry) throws(HostError) in
            let text = entry.key.text(after: prefix)
            guard let grain = GrainID(text) else { return }
            words[grain] = Words(try RecordFields(decoding: entry.value))
        }
        return words
    }

    func words(of grain: GrainID, for account: AccountID) async throws(HostError) -> Words? {
        try await records.read(.tags(of: grain, by: account)).map { Words($0.fields) }
    }

    private static func checked(_ tags: [String]) throws(HostError) -> [String] {
        var known: Set<String> = [], checked: [String] = []
        for tag in tags {
            let text = tag.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            guard !text.isEmpty, known.insert(text.lowercased()).inserted else { continue }
            guard text.count <= maximumCharacters, text.utf8.count <= 16 * maximumCharacters else {
                throw HostError(.invalidArgument, "tag a grain: a tag has at most \(maximumCharacters) characters")
            }
            guard text.unicodeScalars.allSatisfy({ $0 != "," && !TextLine.isForbidden($0) }) else {
                throw HostError(.invalidArgument, "tag a grain: a tag has no comma and no control character")
            }
            checked.append(text)
        }
        guard checked.count <= maximumCount else {
            throw HostError(.invalidArgument, "tag a grain: it may have at most \(maximumCount) tags")
        }
        return checked.sorted { ($0.lowercased(), $0) < ($1.lowercased(), $1) }
    }
}

extension GrainSummary {
    /// Says the grain as somebody calls it. Its owner's title is the grain's own.
    mutating func apply(_ words: TagBook.Words?) {
        tags = words?.tags ?? []
        guard !isOwned, let own = words?.title, own != title else { return }
        givenTitle = title
        title = own
    }
}
