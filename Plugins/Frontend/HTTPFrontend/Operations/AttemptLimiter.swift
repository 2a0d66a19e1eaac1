import Barchan
import Glibc
import HTTP1Server
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

/// Who a client is, as far as its address tells.
enum ClientAddress {
    /// Four or sixteen bytes: of a proxy's client what the proxy says, which is believed from near addresses only (specification,
    /// section 8.1); nil for a socket without an address.
    static func bytes(of request: Request) -> [UInt8]? {
        let peer = request.memory.clientAddress
        let claimed = isNear(peer) ? request.head.value(of: "x-real-ip") : nil
        return claimed.flatMap { bytes(of: $0) } ?? bytes(of: peer)
    }

    /// What attempts are counted for. One subscriber has a whole /64 of IPv6.
    static func key(of request: Request) -> String {
        guard let bytes = bytes(of: request) else { return request.memory.clientAddress }
        return bytes.prefix(8).map { String($0) }.joined(separator: ".")
    }

    /// Four or sixteen bytes as text; empty for anything else.
    static func text(_ bytes: [UInt8]) -> String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard bytes.count == 4 || bytes.count == 16,
            inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count)) != nil
        else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func isLoopback(_ address: String) -> Bool {
        guard let bytes = bytes(of: address) else { return false }
        return bytes.count == 4 ? bytes[0] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
    }

    /// Loopback, private and link-local networks (RFC 1918, 3927, 4193, 4291), and sockets without an address.
    static func isNear(_ address: String) -> Bool {
        guard let bytes = bytes(of: address) else { return address.isEmpty }
        if isLoopback(address) { return true }
        guard bytes.count == 4 else { return bytes[0] & 0xfe == 0xfc || bytes[0] == 0xfe && bytes[1] & 0xc0 == 0x80 }
        return bytes[0] == 10 || bytes[0] == 172 && (16...31).contains(bytes[1]) || bytes[0] == 192 && bytes[1] == 168
            || bytes[0] == 169 && bytes[1] == 254
    }

    /// Four or sixteen bytes; an IPv4 address inside IPv6 is one of IPv4.
    private static func bytes(of address: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, address, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var six = in6_addr()
        let withoutZone = String(address.prefix { $0 != "%" })
        guard inet_pton(AF_INET6, withoutZone, &six) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: &six) { Array($0) }
        let isMapped = bytes.starts(with: [UInt8](repeating: 0, count: 10) + [0xff, 0xff])
        return isMapped ? Array(bytes.suffix(4)) : bytes
    }
}
