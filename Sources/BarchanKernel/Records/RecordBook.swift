import Barchan

/// Records as named fields, and the ways in which the kernel reads and changes them.
struct RecordBook: Sendable {
    let store: any RecordStore

    /// The fields of a record and their version, or nil.
    func read(_ key: RecordKey) async throws(HostError) -> (fields: RecordFields, version: UInt64)? {
        guard let record = try await store.read(key) else { return nil }
        return (try RecordFields(decoding: record.value), record.version)
    }

    /// Changes an existing record; does nothing when there is none.
    /// - Returns: Whether there was one.
    @discardableResult
    func update(_ key: RecordKey, _ change: @Sendable (inout RecordFields) -> Void) async throws(HostError) -> Bool {
        // Somebody else changed the record each time this loop turns, so it ends.
        while let (fields, version) = try await read(key) {
            var changed = fields
            change(&changed)
            if changed == fields { return true }
            if try await store.commit(
                RecordBatch(conditions: [.version(key, version)], writes: [.put(key, changed.encoded)]))
            {
                return true
            }
        }
        return false
    }

    /// As many records are read in one step: enough for the steps not to count, few enough for nobody to wait.
    private static let portion = 256

    /// Every record with one of the keys, in the keys' order, read in portions.
    func forEach(_ keys: [RecordKey], _ body: (Record) async throws(HostError) -> Void) async throws(HostError) {
        for start in stride(from: 0, to: keys.count, by: RecordBook.portion) {
            let portion = keys[start..<min(start + RecordBook.portion, keys.count)]
            for record in try await store.readAll(Array(portion)) { try await body(record) }
        }
    }

    /// Every record with the prefix, read in portions.
    func forEach(prefix: RecordKey, _ body: (Record) async throws(HostError) -> Void) async throws(HostError) {
        var last: RecordKey?
        repeat {
            let portion = try await store.scan(prefix: prefix, after: last, limit: RecordBook.portion)
            for record in portion { try await body(record) }
            last = portion.last?.key
        } while last != nil
    }

    /// How many records have the prefix, counting no further than `limit`.
    func count(prefix: RecordKey, limit: Int) async throws(HostError) -> Int {
        var count = 0, last: RecordKey?
        while count < limit {
            let portion = try await store.scan(prefix: prefix, after: last, limit: min(1024, limit - count))
            guard !portion.isEmpty else { break }
            count += portion.count
            last = portion.last?.key
        }
        return count
    }
}

/// The keys of the kernel's records.
extension RecordKey {
    /// What stands behind a prefix that the key has.
    func text(after prefix: RecordKey) -> String {
        String(decoding: bytes.dropFirst(prefix.bytes.count), as: UTF8.self)
    }

    static func grain(_ grain: GrainID) -> RecordKey { RecordKey("grain/\(grain)") }
    static let grainPrefix = RecordKey("grain/")
    static func owned(_ grain: GrainID, by account: AccountID) -> RecordKey { RecordKey("owned/\(account)/\(grain)") }
    static func ownedPrefix(_ account: AccountID) -> RecordKey { RecordKey("owned/\(account)/") }
    /// What an account calls a grain that it has.
    static func tags(of grain: GrainID, by account: AccountID) -> RecordKey { RecordKey("tags/\(account)/\(grain)") }
    static func tagsPrefix(_ account: AccountID) -> RecordKey { RecordKey("tags/\(account)/") }
    static func use(of app: AppID, by grain: GrainID) -> RecordKey { RecordKey("app-use/\(app)/\(grain)") }
    static func usePrefix(_ app: AppID) -> RecordKey { RecordKey("app-use/\(app)/") }
    static func identity(of account: AccountID, in grain: GrainID) -> RecordKey {
        RecordKey("identity/\(grain)/\(account)")
    }
    static func identityPrefix(_ grain: GrainID) -> RecordKey { RecordKey("identity/\(grain)/") }
    /// There while a grain is made from a backup, so that a volume without a grain is known to be nobody's.
    static func restoring(_ grain: GrainID) -> RecordKey { RecordKey("\(restoringPrefix)\(grain)") }
    static let restoringPrefix = "restoring/"
    /// There while a backup is written into a file that somebody chose; says which.
    static func newBackupMark() -> RecordKey { RecordKey("\(backupMarkPrefix)\(GrainID.random())") }
    static let backupMarkPrefix = "writing-backup/"
}
