import Glibc

/// The answers to questions about network interfaces (netdevice(7)): there is one, `lo`.
///
/// The kernel answers them for the network namespace that the socket was made in. Descriptor 3 was made in the host's: through it, or
/// a duplicate, which no filter can tell from other sockets, a grain would learn the host's interfaces and addresses.
enum LoopbackInterface {
    /// SIOCGIFNAME, SIOCGIFCONF, SIOCGIFFLAGS, SIOCGIFADDR, SIOCGIFBRDADDR, SIOCGIFNETMASK, SIOCGIFMTU, SIOCGIFHWADDR,
    /// SIOCGIFINDEX.
    static let requests: [UInt32] = [0x8910, 0x8912, 0x8913, 0x8915, 0x8919, 0x891b, 0x8921, 0x8927, 0x8933]

    /// struct ifreq: a name, then what is asked for.
    private static let nameBytes = 16, requestBytes = 40
    private static let name = padded(Array("lo".utf8), to: nameBytes)

    /// - Parameter read: So many bytes of the caller's memory from an address on; nil when there are none.
    static func answer(_ request: UInt32, at address: UInt64, read: (Int, UInt64) -> [UInt8]?) -> VirtualAnswer {
        guard request != 0x8912 else { return list(at: address, read) }
        guard let asked = read(requestBytes, address) else { return .error(EFAULT) }
        if request == 0x8910 {
            return asked[nameBytes..<nameBytes + 4].elementsEqual([1, 0, 0, 0])
                ? .value(0, bytes: name + asked[nameBytes...], address: address) : .error(ENODEV)
        }
        guard asked.prefix(while: { $0 != 0 }).elementsEqual("lo".utf8) else { return .error(ENODEV) }
        guard let value = values[request] else { return .error(ENOTTY) }
        return .value(0, bytes: name + padded(value, to: requestBytes - nameBytes), address: address)
    }

    private static let values: [UInt32: [UInt8]] = [
        0x8913: [0x49, 0],  // up, loopback, running
        0x8915: internetAddress([127, 0, 0, 1]),
        0x8919: internetAddress([0, 0, 0, 0]),
        0x891b: internetAddress([255, 0, 0, 0]),
        0x8921: [0, 0, 1, 0],  // 65,536
        0x8927: [4, 3],  // ARPHRD_LOOPBACK, 772
        0x8933: [1, 0, 0, 0],
    ]

    /// struct ifconf: a length, and where the list goes; without a place the kernel says how long it would be.
    private static func list(at address: UInt64, _ read: (Int, UInt64) -> [UInt8]?) -> VirtualAnswer {
        guard let asked = read(16, address) else { return .error(EFAULT) }
        let length = asked.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let place = asked.suffix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let entry = name + padded(internetAddress([127, 0, 0, 1]), to: requestBytes - nameBytes)
        let fits = place == 0 || Int32(bitPattern: length) >= Int32(requestBytes)
        let answer: [UInt8] = [fits ? UInt8(requestBytes) : 0, 0, 0, 0]
        guard place != 0, fits else { return .value(0, bytes: answer, address: address) }
        return .value(0, bytes: answer, address: address, also: (entry, place))
    }

    /// struct sockaddr_in.
    private static func internetAddress(_ bytes: [UInt8]) -> [UInt8] { [2, 0, 0, 0] + bytes }

    private static func padded(_ bytes: [UInt8], to count: Int) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: count - bytes.count)
    }
}
