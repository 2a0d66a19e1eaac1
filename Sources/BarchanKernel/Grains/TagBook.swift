import Barchan

/// What people call their grains besides the titles: a record for each person and grain.
struct TagBook: TagDirectory {
    static let maximumCount = 16
    static let maximumCharacters = 40

    let records: RecordBook
    let sharing: SharingBook

    func setTags(_ tags: [String], of grain: GrainID, by account: AccountID) async throws(HostError) {
        let tags = try TagBook.checked(tags), key = RecordKey.tags(of: grain, by: account)
        // Whoever removes the grain, or takes it away, changes its record: this is not written then.
        while let record = try await records.store.read(.grain(grain)), try await sharing.admits(account, to: grain) {
            var fields = RecordFields()
            fields["tags"] = tags.joined(separator: ",")
            let batch = RecordBatch(
                conditions: [.version(.grain(grain), record.version)],
                writes: [tags.isEmpty ? .delete(key) : .put(key, fields.encoded)])
            if try await records.store.commit(batch) { return }
        }
        throw GrainBook.missing(grain, "tag")
    }

    /// All that a person has said, by grain.
    func tags(of account: AccountID) async throws(HostError) -> [GrainID: [String]] {
        let prefix = RecordKey.tagsPrefix(account)
        var tags: [GrainID: [String]] = [:]
        try await records.forEach(prefix: prefix) { (entry) throws(HostError) in
            let text = entry.key.text(after: prefix)
            guard let grain = GrainID(text) else { return }
            tags[grain] = TagBook.tags(in: try RecordFields(decoding: entry.value))
        }
        return tags
    }

    func tags(of grain: GrainID, for account: AccountID) async throws(HostError) -> [String] {
        try await records.read(.tags(of: grain, by: account)).flatMap { TagBook.tags(in: $0.fields) } ?? []
    }

    private static func tags(in fields: RecordFields) -> [String]? {
        fields["tags"]?.split(separator: ",").map(String.init)
    }

    private static func checked(_ tags: [String]) throws(HostError) -> [String] {
        var known: Set<String> = [], checked: [String] = []
        for tag in tags {
            let text = tag.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            guard !text.isEmpty, known.insert(text.lowercased()).inserted else { continue }
            guard text.count <= maximumCharacters, text.utf8.count <= 16 * maximumCharacters else {
                throw HostError(.invalidArgument, "tag a grain: a tag has at most \(maximumCharacters) characters")
            }
            guard text.unicodeScalars.allSatisfy({ $0 != "," && $0.value >= 0x20 && $0.value != 0x7f }) else {
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
