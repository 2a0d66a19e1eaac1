import Barchan
import Synchronization

/// Slows down who guesses: so many attempts at once and then so many a minute, by address.
final class AttemptLimiter: Sendable {
    private struct Bucket {
        var left: Double
        /// Nanoseconds.
        var time: UInt64
    }

    /// Beyond these, addresses that have waited long enough are forgotten, then the ones unseen for longest.
    static let maximumAddresses = 10_000

    private let burst: Double
    private let perMinute: Double
    private let now: @Sendable () -> UInt64
    private let buckets = Mutex<[String: Bucket]>([:])

    /// - Parameter perMinute: 0 for no limit.
    init(
        burst: Int = 10, perMinute: Int, now: @escaping @Sendable () -> UInt64 = { uptimeNanoseconds() }
    ) {
        self.burst = Double(burst)
        self.perMinute = Double(perMinute)
        self.now = now
    }

    /// Counts an attempt.
    /// - Returns: Seconds to wait when it is one too many; it does not count then.
    func refuse(_ address: String) -> Int? {
        guard perMinute > 0 else { return nil }
        let now = now()
        return buckets.withLock { buckets in
            var bucket = filled(buckets[address] ?? Bucket(left: burst, time: now), now)
            guard bucket.left >= 1 else {
                buckets[address] = bucket
                return secondsToNext(bucket.left)
            }
            bucket.left -= 1
            if buckets[address] == nil { makeRoom(in: &buckets, now) }
            buckets[address] = bucket
            return nil
        }
    }

    /// Seconds to wait before the next attempt counts as one; nil when there is room for it.
    func waiting(_ address: String) -> Int? {
        guard perMinute > 0 else { return nil }
        let now = now()
        guard let left = buckets.withLock({ buckets in buckets[address].map { filled($0, now).left } }), left < 1 else {
            return nil
        }
        return secondsToNext(left)
    }

    private func secondsToNext(_ left: Double) -> Int { max(1, Int(((1 - left) * 60 / perMinute).rounded(.up))) }

    private func filled(_ bucket: Bucket, _ now: UInt64) -> Bucket {
        let minutes = Double(now &- bucket.time) / 60e9
        return Bucket(left: min(burst, bucket.left + minutes * perMinute), time: now)
    }

    private func makeRoom(in buckets: inout [String: Bucket], _ now: UInt64) {
        guard buckets.count >= AttemptLimiter.maximumAddresses else { return }
        buckets = buckets.filter { filled($0.value, now).left < burst }
        guard buckets.count >= AttemptLimiter.maximumAddresses else { return }
        // A quarter at once: going through all of them for each newcomer would be work for whoever has many addresses.
        let oldest = buckets.sorted { $0.value.time < $1.value.time }.prefix(AttemptLimiter.maximumAddresses / 4)
        for (address, _) in oldest { buckets[address] = nil }
    }
}
