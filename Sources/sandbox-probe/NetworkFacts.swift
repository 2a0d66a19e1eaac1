import CLinux
import Glibc

/// Who can be reached.
enum NetworkFacts {
    private static let stream = CInt(SOCK_STREAM.rawValue), datagram = CInt(SOCK_DGRAM.rawValue)

    static func reportSockets() {
        let kinds: [(String, CInt, CInt, CInt)] = [
            ("unix", 1, 1, 0), ("unix.datagram", 1, 2, 0), ("unix.packets", 1, 5, 0), ("inet", 2, 1, 0),
            ("inet.tcp", 2, 1, 6), ("inet.datagram", 2, 2, 17), ("inet6", 10, 1, 0), ("route", 16, 3, 0),
            ("inet.raw", 2, 3, 1), ("inet.ping", 2, 2, 1), ("inet.sctp", 2, 1, 132), ("inet.mptcp", 2, 1, 262),
            ("inet.dccp", 2, 6, 33), ("ax25", 3, 2, 0), ("ipx", 4, 2, 0), ("key", 15, 3, 2), ("packet", 17, 3, 0),
            ("rds", 21, 5, 0), ("can", 29, 3, 1), ("tipc", 30, 1, 0), ("bluetooth", 31, 3, 1), ("alg", 38, 5, 0),
            ("vsock", 40, 1, 0), ("kcm", 41, 2, 0), ("smc", 43, 1, 0), ("xdp", 44, 3, 0), ("mctp", 45, 2, 0),
            ("netlink.netfilter", 16, 3, 12), ("netlink.audit", 16, 3, 9), ("netlink.crypto", 16, 3, 21),
            ("netlink.diagnostics", 16, 3, 4),
        ]
        for (name, family, type, proto) in kinds {
            let socket = Glibc.socket(family, type, proto)
            say("socket \(name)", outcome(socket))
            if socket >= 0 { close(socket) }
        }
        let socket = Glibc.socket(2, 1, 0)
        var program = [UInt64](repeating: 0, count: 4)
        say("filter.socket", outcome(setsockopt(socket, 1, 26, &program, 16)))
        say("repair.socket", outcome(setsockopt(socket, 6, 19, &program, 4)))
        close(socket)
    }

    static func report() {
        say("address.outside", outcome(connect(to: 0x0808_0808, port: 53)))
        say("address.local", outcome(connect(to: 0x7f00_0001, port: 9)))
        var interfaces: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&interfaces) == 0 else { return say("interfaces", errorName(errno)) }
        var names: Set<String> = []
        while let next = interfaces {
            if let name = next.pointee.ifa_name { names.insert(String(cString: name)) }
            interfaces = next.pointee.ifa_next
        }
        say("interfaces", names.sorted().joined(separator: ","))
        say("bind.low", outcome(bindSocket(port: 80)))
    }

    static func connect(port: Int) { say("connect", outcome(connect(to: 0x7f00_0001, port: UInt16(clamping: port)))) }

    static func bind(port: Int) { say("bind", outcome(bindSocket(port: UInt16(clamping: port)))) }

    /// Connects to a name in the abstract socket namespace.
    static func connect(abstract name: String) {
        let socket = Glibc.socket(AF_UNIX, stream, 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { path in
            for (index, byte) in name.utf8.prefix(100).enumerated() { path[index + 1] = byte }
        }
        let length = socklen_t(3 + min(100, name.utf8.count))
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(socket, $0, length) }
        }
        say("abstract", outcome(result))
    }

    private static func address(_ number: UInt32, _ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = number.bigEndian
        return address
    }

    private static func connect(to number: UInt32, port: UInt16) -> CInt {
        var address = address(number, port)
        let socket = Glibc.socket(AF_INET, stream, 0)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private static func bindSocket(port: UInt16) -> CInt {
        var address = address(0x7f00_0001, port)
        let socket = Glibc.socket(AF_INET, stream, 0)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return result < 0 ? result : listen(socket, 1)
    }
}
