import Barchan

/// What SQLite is asked to do for the records.
final class RecordEngine {
    private let connection: SQLiteConnection
    private let reserve: RecordReserve
    private let begin, look, end, undo, readOne, scanSome, put, delete, nextVersion: SQLiteStatement

    init(path: String) throws(HostError) {
        connection = try SQLiteConnection(path: path)
        // FULL: each commit is on the disk before it is acknowledged. NORMAL loses the last ones in a power cut.
        try connection.execute("PRAGMA journal_mode = WAL")
        try connection.execute("PRAGMA synchronous = FULL")
        try connection.execute("PRAGMA cache_size = -4096")
        connection.keepLogFile(chunkBytes: 1 << 20)
        try RecordMigrations.run(connection)
        reserve = RecordReserve(log: "\(path)-wal")
        reserve.make()
        begin = try connection.prepare("BEGIN IMMEDIATE")
        look = try connection.prepare("BEGIN")
        end = try connection.prepare("COMMIT")
        undo = try connection.prepare("ROLLBACK")
        readOne = try connection.prepare("SELECT value, version FROM records WHERE key = ?")
        scanSome = try connection.prepare(
            "SELECT key, value, version FROM records WHERE key >= ?1 AND key > ?2 AND (?3 IS NULL OR key < ?3) ORDER BY key LIMIT ?4"
        )
        put = try connection.prepare("REPLACE INTO records (key, value, version) VALUES (?, ?, ?)")
        delete = try connection.prepare("DELETE FROM records WHERE key = ?")
        nextVersion = try connection.prepare("UPDATE versions SET last = last + 1 RETURNING last")
    }

    deinit {
        // An empty log: it must not be taken for one of another database that is put in the place of this one.
        try? connection.execute("PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)")
        reserve.makeAgain()
    }

    /// Between calls only when a failed commit could not be undone.
    var isInTransaction: Bool { connection.isInTransaction }

    func read(_ key: RecordKey) throws(HostError) -> Record? {
        var record: Record?
        try readOne.run([.blob(key.bytes)]) { row in
            record = Record(key: key, value: row.blob(0), version: UInt64(bitPattern: row.integer(1)))
            return false
        }
        return record
    }

    /// As ``read(_:)`` of one key after the other; in one transaction, because each one takes its locks anew.
    func readAll(_ keys: [RecordKey]) throws(HostError) -> [Record] {
        let isWithin = isInTransaction
        if !isWithin { try look.run([]) }
        do throws(HostError) {
            var records: [Record] = []
            for key in keys {
                if let record = try read(key) { records.append(record) }
            }
            if !isWithin { try end.run([]) }
            return records
        } catch {
            if !isWithin { try? undo.run([]) }
            throw error
        }
    }

    func scan(prefix: RecordKey, after: RecordKey?, limit: Int) throws(HostError) -> [Record] {
        guard limit > 0 else { return [] }
        var records: [Record] = []
        let end = prefix.behindPrefix.map { SQLiteStatement.Value.blob($0) } ?? .null
        // Without `after`, the smallest key of all passes too: no key is smaller than the empty one, which is none.
        let after = after.map { SQLiteStatement.Value.blob($0.bytes) } ?? .integer(0)
        try scanSome.run([.blob(prefix.bytes), after, end, .integer(Int64(limit))]) { row in
            let key = RecordKey(bytes: row.blob(0))
            records.append(Record(key: key, value: row.blob(1), version: UInt64(bitPattern: row.integer(2))))
            return true
        }
        return records
    }

    /// Does several batches in one transaction, in order; each of them all or nothing.
    /// - Throws: When the engine failed; then none of them was done.
    func commit(_ batches: [RecordBatch]) throws(HostError) -> [RecordDatabase.Answer] {
        do throws(HostError) {
            try begin.run([])
            var answers: [RecordDatabase.Answer] = []
            for batch in batches { answers.append(.success(try apply(batch))) }
            try end.run([])
            reserve.make()
            return answers
        } catch {
            // SQLite may have rolled back by itself already; then this fails, and that is fine.
            try? undo.run([])
            throw error
        }
    }

    /// Conditions are looked at before anything is written, so a batch that may not pass needs no undoing.
    private func apply(_ batch: RecordBatch) throws(HostError) -> Bool {
        for condition in batch.conditions {
            switch condition {
            case .absent(let key): guard try read(key) == nil else { return false }
            case .version(let key, let version): guard try read(key)?.version == version else { return false }
            @unknown default:
                throw HostError(.unsupported, "commit a batch: this storage does not know one of its conditions")
            }
        }
        guard !batch.writes.isEmpty else { return true }
        var version: Int64 = 0
        try nextVersion.run([]) {
            version = $0.integer(0); return true
        }
        for write in batch.writes {
            switch write {
            case .put(let key, let value): try put.run([.blob(key.bytes), .blob(value), .integer(version)])
            case .delete(let key): try delete.run([.blob(key.bytes)])
            @unknown default:
                throw HostError(.unsupported, "commit a batch: this storage does not know one of its writes")
            }
        }
        return true
    }
}

extension RecordKey {
    /// The first key behind all keys with this prefix, or nil when there is none.
    var behindPrefix: [UInt8]? {
        var end = bytes
        while let last = end.popLast() {
            guard last < 0xff else { continue }
            return end + [last + 1]
        }
        return nil
    }
}
