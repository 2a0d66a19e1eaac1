import Barchan
import Glibc
import HTTP1Server

/// Who a client is, as far as its address tells.
enum ClientAddress {
    /// Four or sixteen bytes: of a proxy's client what the proxy says, which is believed from ``TrustedProxies`` only; nil for a
    /// socket without an address.
    static func bytes(of request: Request) -> [UInt8]? {
        let claimed = request.memory.isProxy ? request.head.value(of: "x-real-ip") : nil
        return claimed.flatMap { bytes(of: $0) } ?? request.memory.remoteAddress.map(unmapped)
    }

    /// What attempts are counted for. One subscriber has a whole /64 of IPv6.
    static func key(of request: Request) -> String {
        bytes(of: request).map(key) ?? request.memory.clientAddress
    }

    /// The same for whoever a connection comes from.
    static func key(of memory: ConnectionMemory) -> String {
        memory.remoteAddress.map { key(unmapped($0)) } ?? memory.clientAddress
    }

    private static func key(_ bytes: [UInt8]) -> String { bytes.prefix(8).map { String($0) }.joined(separator: ".") }

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

    /// Four or sixteen bytes; nil for what is no address.
    static func bytes(of address: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, address, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var six = in6_addr()
        let withoutZone = String(address.prefix { $0 != "%" })
        guard inet_pton(AF_INET6, withoutZone, &six) == 1 else { return nil }
        return unmapped(withUnsafeBytes(of: &six) { Array($0) })
    }

    /// An IPv4 address inside IPv6 is one of IPv4.
    static func unmapped(_ bytes: [UInt8]) -> [UInt8] {
        let isMapped = bytes.count == 16 && bytes.starts(with: [UInt8](repeating: 0, count: 10) + [0xff, 0xff])
        return isMapped ? Array(bytes.suffix(4)) : bytes
    }
}
