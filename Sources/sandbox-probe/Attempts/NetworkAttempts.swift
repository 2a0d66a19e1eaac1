import CLinux
import Glibc

/// Who can be reached, and whose ports these are.
enum NetworkAttempts {
    static let all = host + names + elsewhere + own

    private static let loopback: UInt32 = 0x7f00_0001
    private static let loopback6: [UInt8] = [UInt8](repeating: 0, count: 15) + [1]
    private static let mapped: [UInt8] = [UInt8](repeating: 0, count: 10) + [255, 255, 127, 0, 0, 1]

    private static let host = [
        refused("host.tcp", .noNetwork) { SocketAddress.inet(loopback, $0.number("tcp")).connect() },
        refused("host.tcp.any", .noNetwork) { SocketAddress.inet(0, $0.number("tcp")).connect() },
        refused("host.tcp.mapped", .noNetwork) { SocketAddress.inet6(mapped, $0.number("tcp")).connect() },
        refused("host.tcp.fastOpen", .noNetwork) { targets in
            // MSG_FASTOPEN connects without connect(2).
            SocketAddress.inet(loopback, targets.number("tcp")).send(1, flags: 0x2000_0000)
        },
        refused("host.tcp6", .noNetwork) { SocketAddress.inet6(loopback6, $0.number("tcp6")).connect() },
        refused("host.udp", .noNetwork) { SocketAddress.inet(loopback, $0.number("udp")).exchange() },
        works("host.portIsFree", .noNetwork) { SocketAddress.inet(loopback, $0.number("tcp")).bind() },
        works("host.datagramPortIsFree", .noNetwork) { SocketAddress.inet(loopback, $0.number("udp")).bind(2) },
    ]

    private static let names = [
        refused("abstract.stream", .noNetwork) { SocketAddress.abstract($0["abstract"]).connect() },
        refused("abstract.datagram", .noNetwork) { SocketAddress.abstract("\($0["abstract"])-2").connect(2) },
        refused("abstract.packets", .noNetwork) { SocketAddress.abstract("\($0["abstract"])-5").connect(5) },
        refused("abstract.send", .noNetwork) { SocketAddress.abstract("\($0["abstract"])-2").send() },
        works("abstract.nameIsFree", .noNetwork) { SocketAddress.abstract($0["abstract"]).bind() },
        refused("path.stream", .privateFileSystem) { SocketAddress.unix($0["socket"]).connect() },
    ]

    /// A connected datagram socket needs a route and sends nothing.
    private static let elsewhere =
        [
            ("internet", 0x0808_0808), ("private10", 0x0a00_0001), ("private172", 0xac10_0001),
            ("private192", 0xc0a8_0001), ("metadata", 0xa9fe_a9fe), ("shared", 0x6440_0001), ("test", 0xc000_0201),
            ("multicast", 0xe000_0001),
        ].map { (name: String, number: UInt32) in
            refused("route.\(name)", .noNetwork) { _ in SocketAddress.inet(number, 53).connect(2) }
        } + [
            refused("route.broadcast", .noNetwork) { _ in
                let socket = kernel(SYS_socket, 2, 2, 0)
                _ = setOption(CInt(socket), 1, 6 /* SO_BROADCAST */, [1])
                return kernel(
                    SYS_connect, socket,
                    address(bytes: [2, 0, 0, 9, 255, 255, 255, 255] + [UInt8](repeating: 0, count: 8)), 16)
            },
            refused("route.internet6", .noNetwork) { _ in
                SocketAddress.inet6([0x20, 1, 0xdb, 8] + [UInt8](repeating: 0, count: 11) + [1], 53).connect(2)
            },
            refused("route.neighbour6", .noNetwork) { _ in
                // fe80::1 on each interface but loopback.
                let neighbour: [UInt8] = [0xfe, 0x80] + [UInt8](repeating: 0, count: 13) + [1]
                return (2..<32).map { SocketAddress.inet6(neighbour, 53, interface: $0).connect(2) }.max() ?? untried
            },
            refused("route.privileged", .noCapabilities) { _ in SocketAddress.inet(loopback, 80).bind() },
            refused("route.privileged6", .noCapabilities) { _ in SocketAddress.inet6(loopback6, 443).bind() },
        ]

    private static let own = [
        fact("interfaces", .noNetwork, is: "lo") { _ in interfaces().joined(separator: ",") },
        refused("interfaces.others", .noNetwork) { _ in
            SocketAttempts.interfaceBeyondLoopback(kernel(SYS_socket, 2, 2, 0))
        },
    ]

    private static func interfaces() -> [String] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [errorName(errno)] }
        var names: Set<String> = []
        while let next = list {
            if let name = next.pointee.ifa_name { names.insert(String(cString: name)) }
            list = next.pointee.ifa_next
        }
        return names.sorted()
    }
}
