import Barchan

extension StorageConformance {
    /// Those of records alone, for a store that keeps nothing else. ``RecordDurability`` is one more.
    public static let records: [Check] = [
        Check("readsWhatWasWritten", "a record reads as it was written, and nothing reads from a key that was not") {
            try await put("a/1", "one", in: $0)
            try require(
                try await $0.records.read(RecordKey("a/1"))?.value == Array("one".utf8), "the value is another one")
            try require(try await $0.records.read(RecordKey("a/2")) == nil, "there is a record that nobody wrote")
        },
        Check("deletesRecords", "a deleted record is gone, and deleting it again does nothing") {
            try await put("a", "one", in: $0)
            for _ in 0..<2 { _ = try await $0.records.commit(RecordBatch(writes: [.delete(RecordKey("a"))])) }
            try require(try await $0.records.read(RecordKey("a")) == nil, "the record is still there")
        },
        Check("versionsDiffer", "every write gives a record another version, never 0, also after it was deleted") {
            var seen: Set<UInt64> = [0]
            for round in 0..<6 {
                try await put("a", "the same", in: $0)
                let record = try require(try await $0.records.read(RecordKey("a")), "the record is missing")
                try require(seen.insert(record.version).inserted, "version \(record.version) was there before")
                if round % 2 == 1 { _ = try await $0.records.commit(RecordBatch(writes: [.delete(RecordKey("a"))])) }
            }
        },
        Check("conditionsHold", "a batch is done exactly when all its conditions hold") {
            let key = RecordKey("a")
            let make = RecordBatch(conditions: [.absent(key)], writes: [.put(key, [1])])
            try require(try await $0.records.commit(make), "an absent key was not absent")
            try require(try await !$0.records.commit(make), "a present key was absent")
            let version = try require(try await $0.records.read(key)?.version, "the record is missing")
            let change = RecordBatch(conditions: [.version(key, version)], writes: [.put(key, [2])])
            try require(try await $0.records.commit(change), "the version just read did not hold")
            try require(try await !$0.records.commit(change), "an old version held")
            try require(try await $0.records.read(key)?.value == [2], "a refused batch wrote something")
        },
        Check("batchesAreAtomic", "a batch with a condition that does not hold writes nothing of itself") {
            try await put("taken", "x", in: $0)
            let batch = RecordBatch(
                conditions: [.absent(RecordKey("free")), .absent(RecordKey("taken"))],
                writes: [.put(RecordKey("free"), [1]), .put(RecordKey("other"), [1])])
            try require(try await !$0.records.commit(batch), "the batch was done")
            try require(try await $0.records.read(RecordKey("free")) == nil, "its first write was done")
            try require(try await $0.records.read(RecordKey("other")) == nil, "its second write was done")
        },
        Check("laterWriteWins", "the last write to a key in a batch is the one that counts") {
            let key = RecordKey("a")
            let batch = RecordBatch(writes: [.put(key, [1]), .delete(key), .put(key, [3])])
            _ = try await $0.records.commit(batch)
            try require(try await $0.records.read(key)?.value == [3], "another write won")
        },
        Check("readsAll", "several keys read at once give those that exist, in the order of the keys") {
            for name in ["a", "b", "c"] { try await put(name, "value of \(name)", in: $0) }
            let found = try await $0.records.readAll(["c", "missing", "a"].map { RecordKey($0) })
            try require(found.map(\.key) == [RecordKey("c"), RecordKey("a")], "it gave \(found.map(\.key))")
            for record in found {
                try require(try await $0.records.read(record.key) == record, "'\(record.key)' is another one alone")
            }
            try require(try await $0.records.readAll([]).isEmpty, "no keys gave records")
        },
        Check("scansInOrder", "a scan gives the records with its prefix, in order of their bytes, no others") {
            let keys: [[UInt8]] = [
                [0x61], [0x61, 0], [0x61, 0x62], [0x61, 0xff], [0x61, 0xff, 0xff], [0x62], [0x60, 0xff],
            ]
            for key in keys.reversed() {
                _ = try await $0.records.commit(RecordBatch(writes: [.put(RecordKey(bytes: key), key)]))
            }
            let found = try await $0.records.scan(prefix: RecordKey("a"), after: nil, limit: 100).map(\.key.bytes)
            try require(found == Array(keys.prefix(5)), "the scan gave \(found)")
            let all = try await $0.records.scan(prefix: RecordKey(""), after: nil, limit: 100)
            try require(all.count == keys.count, "a scan of everything gave \(all.count) of \(keys.count)")
        },
        Check("scansInParts", "scans of a limited number, each behind the last, give everything once") {
            for number in 0..<25 { try await put("k/\(100 + number)", "\(number)", in: $0) }
            var found: [String] = []
            var after: RecordKey?
            while case let part = try await $0.records.scan(prefix: RecordKey("k/"), after: after, limit: 10),
                let last = part.last
            {
                try require(part.count <= 10, "a scan of 10 gave \(part.count)")
                found += part.map(\.key.description)
                after = last.key
            }
            try require(found == (0..<25).map { "k/\(100 + $0)" }, "the scans gave \(found)")
        },
        Check("keepsAnyBytes", "values and keys may hold any bytes, and a value may be empty") {
            let value = (0...255).map { UInt8($0) }
            _ = try await $0.records.commit(
                RecordBatch(writes: [.put(RecordKey(bytes: value), value), .put(RecordKey("empty"), [])]))
            try require(try await $0.records.read(RecordKey(bytes: value))?.value == value, "bytes were changed")
            try require(try await $0.records.read(RecordKey("empty"))?.value == [], "the empty value is missing")
        },
        Check("limitsSizes", "keys of 1 KiB and values of 1 MiB pass, longer ones are refused") { provider in
            let key = RecordKey(bytes: [UInt8](repeating: 7, count: 1 << 10))
            let value = [UInt8](repeating: 7, count: 1 << 20)
            _ = try await provider.records.commit(RecordBatch(writes: [.put(key, value)]))
            try require(try await provider.records.read(key)?.value == value, "the largest record is not there")
            try await requireError(.invalidArgument) {
                _ = try await provider.records.commit(RecordBatch(writes: [.put(RecordKey("a"), value + [0])]))
            }
            try await requireError(.invalidArgument) {
                let long = RecordKey(bytes: key.bytes + [0])
                _ = try await provider.records.commit(RecordBatch(writes: [.put(long, [])]))
            }
        },
        Check("oneWinner", "of many who write on the same condition at once, exactly one succeeds") { provider in
            let batch = RecordBatch(conditions: [.absent(RecordKey("lock"))], writes: [.put(RecordKey("lock"), [1])])
            let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<32 { group.addTask { try await provider.records.commit(batch) } }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            try require(winners == 1, "\(winners) succeeded")
        },
        Check("tellsChanges", "whoever watches a prefix hears of a later commit that touches it") {
            var changes = $0.records.changes(prefix: RecordKey("watched/")).makeAsyncIterator()
            try await put("other", "x", in: $0)
            try await put("watched/a", "x", in: $0)
            try require(await changes.next() != nil, "the stream ended")
        },
        Check("tellsInOrder", "whoever is told of a change reads it or a later one, and hears of the last one") {
            provider in
            let key = RecordKey("counter"), last: UInt8 = 40
            var changes = provider.records.changes(prefix: key).makeAsyncIterator()
            let writing = Task {
                for number in 1...last {
                    _ = try await provider.records.commit(RecordBatch(writes: [.put(key, [number])]))
                }
            }
            var seen: UInt8 = 0
            while seen < last {
                try require(await changes.next() != nil, "the stream ended at \(seen)")
                let value = try require(try await provider.records.read(key)?.value.first, "told of nothing")
                try require(value >= seen, "after \(seen) came \(value)")
                seen = value
            }
            try await writing.value
        },
        Check("stopsTelling", "a stream of changes ends when the task that reads it is cancelled") { provider in
            let task = Task { for await _ in provider.records.changes(prefix: RecordKey("")) {} }
            task.cancel()
            await task.value
        },
    ]

    private static func put(_ key: String, _ value: String, in provider: any StorageProvider) async throws {
        let batch = RecordBatch(writes: [.put(RecordKey(key), Array(value.utf8))])
        try require(try await provider.records.commit(batch), "a batch without conditions was refused")
    }
}
