import Barchan
import Sealing

/// What happened in grains, as far as it is remembered: of equal events one record with their number (specification,
/// section 16).
struct ActivityBook: Sendable {
    /// The oldest goes when one more would be too many.
    static let recordsPerGrain = 200
    static let maximumTextCharacters = 1_000

    let records: RecordBook
    let accounts: AccountBook
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
                for name in ["caption", "mentioned", "subscribed"] { known[name] = fields[name] }
            })
        {
            return
        }
        try await add(fields, key, now: now, to: grain)
    }

    /// What is remembered of a grain, newest first.
    func activities(of grain: GrainID) async throws(HostError) -> [NotedActivity] {
        let names = try await handles(in: grain)
        return try await entries(of: grain).map { NotedActivity($0.fields, names) }
    }

    /// Who is who in a grain: handles by identity, in hexadecimal.
    private func handles(in grain: GrainID) async throws(HostError) -> [String: String] {
        let prefix = RecordKey.identityPrefix(grain)
        var names: [String: String] = [:]
        try await records.forEach(prefix: prefix) { (record) throws(HostError) in
            let text = record.key.text(after: prefix)
            guard let account = AccountID(text) else { return }
            names[Hexadecimal.text(record.value)] = try await accounts.account(account)?.handle
        }
        return names
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
        func set(_ name: String, _ users: [ActivityUser]) {
            fields[name] = users.isEmpty ? nil : users.map { Hexadecimal.text($0.identityID) }.joined(separator: " ")
        }
        let users = activity.users.prefix(Activity.maximumUsers)
        set("mentioned", users.filter(\.isMentioned))
        set("subscribed", users.filter(\.isSubscribed))
        return fields
    }
}

/// Something that happened in a grain, as often as it did.
public struct NotedActivity: Sendable, Equatable {
    /// What the app calls this kind of event.
    public var type: String
    /// What somebody did: "edited the page".
    public var verbPhrase: String
    /// Where in the grain.
    public var path: String
    public var threadPath: String?
    public var threadTitle: String
    /// What its app said of the last one, if anything.
    public var caption: String?
    /// The handle of who did it; nil for nobody in particular, and for somebody who is gone.
    public var actor: String?
    /// The handles of those of whom its app said so the last time.
    public var mentioned: [String]
    public var subscribed: [String]
    public var count: Int64
    /// Seconds since 1970-01-01T00:00:00Z.
    public var first: Int64
    public var last: Int64

    fileprivate init(_ fields: RecordFields, _ names: [String: String]) {
        type = fields["type"] ?? ""
        verbPhrase = fields["verb"] ?? ""
        path = fields["path"] ?? ""
        threadPath = fields["thread"]
        threadTitle = fields["title"] ?? ""
        caption = fields["caption"]
        actor = fields["actor"].flatMap { names[$0] }
        func handles(_ name: String) -> [String] {
            (fields[name] ?? "").split(separator: " ").compactMap { names[String($0)] }
        }
        mentioned = handles("mentioned")
        subscribed = handles("subscribed")
        count = fields.integer("count") ?? 1
        first = fields.integer("first") ?? 0
        last = fields.integer("last") ?? 0
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
