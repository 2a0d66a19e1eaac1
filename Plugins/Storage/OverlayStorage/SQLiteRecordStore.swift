import Barchan

/// The records, in one SQLite database.
struct SQLiteRecordStore: RecordStore {
    static let maximumKeyBytes = 1 << 10
    static let maximumValueBytes = 1 << 20

    private let watchers: RecordWatchers
    private let database: RecordDatabase

    init(path: String) async throws(HostError) {
        watchers = RecordWatchers()
        database = try await RecordDatabase(path: path, watchers: watchers)
    }

    func read(_ key: RecordKey) async throws(HostError) -> Record? { try await database.read(key) }

    func readAll(_ keys: [RecordKey]) async throws(HostError) -> [Record] { try await database.readAll(keys) }

    func scan(prefix: RecordKey, after: RecordKey?, limit: Int) async throws(HostError) -> [Record] {
        try await database.scan(prefix: prefix, after: after, limit: limit)
    }

    func commit(_ batch: RecordBatch) async throws(HostError) -> Bool {
        for write in batch.writes {
            guard case .put(let key, let value) = write else { continue }
            try Self.check(key, value)
        }
        return try await database.commit(batch).get()
    }

    func changes(prefix: RecordKey) -> AsyncStream<Void> { watchers.changes(prefix: prefix) }

    private static func check(_ key: RecordKey, _ value: [UInt8]) throws(HostError) {
        guard key.bytes.count <= maximumKeyBytes else {
            throw HostError(
                .invalidArgument, "commit a record: its key has \(key.bytes.count) bytes, more than \(maximumKeyBytes)")
        }
        guard value.count <= maximumValueBytes else {
            throw HostError(
                .invalidArgument,
                "commit record '\(key)': its value has \(value.count) bytes, more than \(maximumValueBytes)")
        }
    }
}
