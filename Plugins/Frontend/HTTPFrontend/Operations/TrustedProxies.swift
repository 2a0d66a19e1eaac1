import Barchan

/// Who is believed what they say in `X-Real-IP` about their clients.
struct TrustedProxies: Sendable {
    private let networks: [(address: [UInt8], bits: Int)]

    /// This machine, where a proxy for TLS usually is.
    static let usual = ["127.0.0.0/8", "::1"]

    /// - Parameter texts: IP addresses, or networks as `10.1.0.0/16`.
    /// - Throws: ``HostError`` `.invalidArgument` with the one that is neither.
    init(_ texts: [String]) throws(HostError) {
        var networks: [(address: [UInt8], bits: Int)] = []
        for text in texts { networks.append(try Self.network(text)) }
        self.networks = networks
    }

    private static func network(_ text: String) throws(HostError) -> (address: [UInt8], bits: Int) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = ClientAddress.bytes(of: String(parts[0])), !text.contains("%"),
            let bits = parts.count == 1 ? address.count * 8 : Int(parts[1]), (0...address.count * 8).contains(bits)
        else {
            throw HostError(
                .invalidArgument,
                "setting 'trusted_proxies' has '\(text)'; it has to be an IP address, or a network such as '10.1.0.0/16' or 'fd00::/8'"
            )
        }
        return (address, bits)
    }

    /// - Parameter address: Four or sixteen bytes; nil for a socket without one, which whoever made the socket file vouches for.
    func contains(_ address: [UInt8]?) -> Bool {
        guard let address = address.map(ClientAddress.unmapped) else { return true }
        return networks.contains { network in
            address.count == network.address.count
                && zip(address, network.address).enumerated().allSatisfy { index, bytes in
                    let ignored = min(8, max(0, index * 8 + 8 - network.bits))
                    return (bytes.0 ^ bytes.1) >> UInt8(ignored) == 0
                }
        }
    }
}
