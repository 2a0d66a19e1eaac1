import Barchan

/// The one promise that takes two processes: what was acknowledged is there after the process that wrote it was killed.
///
/// A writer calls ``write(into:acknowledge:)`` and is killed at any moment; another process, or the same one over a store
/// opened again, calls ``verify(_:in:)`` with what was acknowledged. It applies to stores that guarantee `crashSafe`; one
/// in memory does not, and must not claim it.
public enum RecordDurability {
    public static let sentence = "a batch that was acknowledged is there, whole, after the process was killed"
    public static let required: Set<Guarantee> = [.crashSafe]

    /// Commits numbered batches of two records each, for ever.
    /// - Parameter first: The first number; go on behind what was there before.
    /// - Parameter acknowledge: Called with a batch's number once it is durable.
    public static func write(
        into store: any RecordStore, first: Int = 0, acknowledge: @Sendable (Int) -> Void
    ) async throws -> Never {
        var number = first
        while true {
            let value = Array("\(number)".utf8)
            let batch = RecordBatch(writes: [.put(one(number), value), .put(other(number), value)])
            guard try await store.commit(batch) else {
                throw ConformanceFailure("a batch without conditions was refused")
            }
            acknowledge(number)
            number += 1
        }
    }

    /// Every acknowledged batch is there, and no batch is there by half.
    /// - Returns: The first number that is free.
    @discardableResult
    public static func verify(_ acknowledged: some Sequence<Int>, in store: any RecordStore) async throws -> Int {
        for number in acknowledged {
            let value = try await store.read(one(number))?.value
            try require(value == Array("\(number)".utf8), "batch \(number) was acknowledged and is not there")
        }
        var number = 0
        while let record = try await store.read(one(number)) {
            try require(try await store.read(other(number))?.value == record.value, "half of batch \(number) is there")
            number += 1
        }
        try require(try await store.read(other(number)) == nil, "half of batch \(number) is there")
        return number
    }

    private static func one(_ number: Int) -> RecordKey { RecordKey("durable/a/\(number)") }
    private static func other(_ number: Int) -> RecordKey { RecordKey("durable/b/\(number)") }
}
