/// Ordered keys to bytes: where the core keeps what it must remember.
///
/// Small on purpose, so that an existing distributed engine can stand behind it.
public protocol RecordStore: Sendable {
    /// The value of a key with its version, or nil.
    func read(_ key: RecordKey) async throws(HostError) -> Record?

    /// The records of those of the keys that exist, in the order of the keys. Each is as ``read(_:)`` gives it; together they
    /// need not be of one moment.
    func readAll(_ keys: [RecordKey]) async throws(HostError) -> [Record]

    /// Records whose key starts with `prefix`, in order of their keys' bytes, at most `limit`, beginning behind
    /// `after`.
    func scan(prefix: RecordKey, after: RecordKey?, limit: Int) async throws(HostError) -> [Record]

    /// Does all of the batch or nothing. When it returns, the batch is durable as far as the provider guarantees.
    /// - Returns: Whether every condition held. When one did not, nothing was written.
    /// - Throws: ``HostError`` `.invalidArgument` for a key or value over the limits (1 KiB, 1 MiB), `.failed` when
    ///   the engine failed; nothing may be assumed then.
    func commit(_ batch: RecordBatch) async throws(HostError) -> Bool

    /// Yields once for every later commit that touches a key with the prefix; several commits may share one element.
    /// The stream ends when the task that reads it is cancelled.
    func changes(prefix: RecordKey) -> AsyncStream<Void>
}

extension RecordStore {
    /// One key after the other. A store that has a quicker way takes that.
    public func readAll(_ keys: [RecordKey]) async throws(HostError) -> [Record] {
        var records: [Record] = []
        for key in keys {
            if let record = try await read(key) { records.append(record) }
        }
        return records
    }
}

/// A key: bytes, written as text by convention with `/` between its parts.
public struct RecordKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let bytes: [UInt8]

    public init(_ text: String) { bytes = Array(text.utf8) }
    public init(bytes: [UInt8]) { self.bytes = bytes }

    public var description: String { String(decoding: bytes, as: UTF8.self) }
    public static func < (left: RecordKey, right: RecordKey) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

/// A stored value.
public struct Record: Sendable, Equatable {
    public var key: RecordKey
    public var value: [UInt8]
    /// Differs from every earlier version of the same key, and never 0.
    public var version: UInt64

    public init(key: RecordKey, value: [UInt8], version: UInt64) {
        self.key = key
        self.value = value
        self.version = version
    }
}

/// Conditions and writes that hold together.
public struct RecordBatch: Sendable, Equatable {
    /// A condition on a key as it is before the batch.
    public enum Condition: Sendable, Equatable {
        case absent(RecordKey)
        case version(RecordKey, UInt64)
    }

    public enum Write: Sendable, Equatable {
        case put(RecordKey, [UInt8])
        case delete(RecordKey)
    }

    public var conditions: [Condition]
    /// In order; a later write to the same key wins.
    public var writes: [Write]

    public init(conditions: [Condition] = [], writes: [Write] = []) {
        self.conditions = conditions
        self.writes = writes
    }
}
