import Barchan

/// What happened in grains, as far as it is remembered: of equal events one record with their number (specification,
/// section 16).
struct ActivityBook: Sendable {
    /// The oldest goes when one more would be too many.
    static let recordsPerGrain = 200
    static let maximumTextCharacters = 1_000

    let records: RecordBook
    let clock: any HostClock

    /// - Throws: ``HostError`` `.invalidArgument` for a type the app has not declared.
    func note(
        _ activity: Activity, by identityID: [UInt8]?, in grain: GrainID, types: [ActivityTypeDefinition]
    ) async throws(HostError) {
        guard types.indices.contains(activity.type) else {
            throw HostError(
                .invalidArgument,
                "report an activity: the app declares \(types.count) types of events and none with number \(activity.type)"
            )
        }
        let fields = fields(activity, by: identityID, type: types[activity.type])
        let key = RecordKey.activity(fields, in: grain)
        let now = clock.wallSeconds()
        if try await records.update(
            key,
            { known in
                known["count"] = String((known.integer("count") ?? 0) + 1)
                known["last"] = String(now)
                known["caption"] = fields["caption"]
            })
        {
            return
        }
        try await add(fields, key, now: now, to: grain)
    }

    /// What is remembered of a grain, newest first.
    func activities(of grain: GrainID) async throws(HostError) -> [RecordFields] {
        try await entries(of: grain).map(\.fields)
    }

    private func add(_ fields: RecordFields, _ key: RecordKey, now: Int64, to grain: GrainID) async throws(HostError) {
        var fields = fields
        fields["count"] = "1"
        fields["first"] = String(now)
        fields["last"] = String(now)
        let old = try await entries(of: grain).dropFirst(ActivityBook.recordsPerGrain - 1)
        guard let record = try await records.store.read(.grain(grain)) else {
            throw HostError(.notFound, "report an activity: grain '\(grain)' was removed")
        }
        // When the grain's record changed meanwhile, one event is counted too little.
        _ = try await records.store.commit(
            RecordBatch(
                conditions: [.version(.grain(grain), record.version)],
                writes: old.map { .delete($0.key) } + [.put(key, fields.encoded)]))
    }

    private func entries(of grain: GrainID) async throws(HostError) -> [(key: RecordKey, fields: RecordFields)] {
        var entries: [(key: RecordKey, fields: RecordFields)] = []
        try await records.forEach(prefix: .activityPrefix(grain)) { (record) throws(HostError) in
            entries.append((record.key, try RecordFields(decoding: record.value)))
        }
        return entries.sorted { $0.fields.integer("last") ?? 0 > $1.fields.integer("last") ?? 0 }
    }

    private func fields(
        _ activity: Activity, by identityID: [UInt8]?, type: ActivityTypeDefinition
    ) -> RecordFields {
        var fields = RecordFields()
        func set(_ name: String, _ text: String?) {
            fields[name] = text.map { String($0.prefix(ActivityBook.maximumTextCharacters)) }
        }
        set("type", type.name)
        set("verb", type.verbPhrase)
        set("path", activity.path)
        set("thread", activity.threadPath)
        set("title", activity.threadTitle)
        set("caption", activity.caption)
        fields["actor"] = identityID.map(Hexadecimal.text)
        return fields
    }
}

extension RecordKey {
    /// The same for events that count as one.
    fileprivate static func activity(_ fields: RecordFields, in grain: GrainID) -> RecordKey {
        let parts = ["type", "path", "thread", "actor"].map { fields[$0] ?? "" }.joined(separator: "\n")
        return RecordKey("activity/\(grain)/\(SHA256.hexadecimal(Array(parts.utf8)))")
    }
    static func activityPrefix(_ grain: GrainID) -> RecordKey { RecordKey("activity/\(grain)/") }
}
