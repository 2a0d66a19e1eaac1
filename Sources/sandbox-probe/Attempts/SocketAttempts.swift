import CLinux
import Glibc

/// Sockets that lead elsewhere than to UNIX, TCP and UDP, and options that give a socket powers.
enum SocketAttempts {
    static let all = families + protocols + netlink + options + urgent + interfaces + conversation

    /// Address families with the type and protocol that each is opened with.
    private static let families = [
        ("ax25", 3, 2, 0), ("ipx", 4, 2, 0), ("appletalk", 5, 2, 0), ("netrom", 6, 5, 0), ("x25", 9, 5, 0),
        ("rose", 11, 5, 0), ("key", 15, 3, 2), ("packet", 17, 3, 0), ("packet.datagram", 17, 2, 0), ("rds", 21, 5, 0),
        ("pppox", 24, 1, 0), ("llc", 26, 2, 0), ("can.raw", 29, 3, 1), ("can.broadcast", 29, 2, 2), ("tipc", 30, 1, 0),
        ("bluetooth.l2cap", 31, 5, 0), ("bluetooth.hci", 31, 3, 1), ("rxrpc", 33, 2, 2), ("isdn", 34, 3, 0),
        ("phonet", 35, 2, 0), ("ieee802154", 36, 2, 0), ("caif", 37, 5, 0), ("alg", 38, 5, 0), ("nfc", 39, 5, 0),
        ("vsock.stream", 40, 1, 0), ("vsock.datagram", 40, 2, 0), ("vsock.packets", 40, 5, 0), ("kcm", 41, 2, 0),
        ("qipcrtr", 42, 2, 0), ("smc", 43, 1, 0), ("xdp", 44, 3, 0), ("mctp", 45, 2, 0),
    ].map { name, family, type, number in
        refused("family.\(name)", .syscallFilter) { _ in kernel(SYS_socket, family, type, number) }
    }

    private static let protocols = [
        ("inet.raw.icmp", 2, 3, 1), ("inet.raw.tcp", 2, 3, 6), ("inet.raw.any", 2, 3, 255), ("inet.ping", 2, 2, 1),
        ("inet.sctp", 2, 1, 132), ("inet.sctp.packets", 2, 5, 132), ("inet.mptcp", 2, 1, 262), ("inet.dccp", 2, 6, 33),
        ("inet.udplite", 2, 2, 136), ("inet.l2tp", 2, 2, 115), ("inet.smc", 2, 1, 256), ("inet.packet", 2, 10, 3),
        ("inet6.raw.icmp", 10, 3, 58), ("inet6.ping", 10, 2, 58), ("inet6.mptcp", 10, 1, 262),
        ("inet6.sctp", 10, 1, 132), ("inet.raw.highBits", 2 | 1 << 32, 3 | 1 << 32, 1),
    ].map { (name: String, family: Int, type: Int, number: Int) in
        refused("protocol.\(name)", .syscallFilter) { _ in kernel(SYS_socket, family, type, number) }
    }

    private static let netlink = [
        ("users", 2), ("diagnostics", 4), ("netfilterLog", 5), ("xfrm", 6), ("selinux", 7), ("iscsi", 8), ("audit", 9),
        ("fib", 10), ("connector", 11), ("netfilter", 12), ("events", 15), ("generic", 16), ("scsi", 18),
        ("rdma", 20), ("crypto", 21), ("highBits", 16 | 1 << 32),
    ].map { (name: String, number: Int) in
        refused("netlink.\(name)", .syscallFilter) { _ in kernel(SYS_socket, 16, 3, number) }
    }

    /// Out of band data.
    private static let urgent = [
        refused("urgent.unix", .syscallFilter) { _ in
            var ends: [CInt] = [0, 0]
            socketpair(AF_UNIX, 1, 0, &ends)
            return kernel(SYS_sendto, Int(ends[0]), address("x"), 1, 1)
        },
        refused("urgent.message", .syscallFilter) { _ in
            var ends: [CInt] = [0, 0]
            socketpair(AF_UNIX, 1, 0, &ends)
            let message = address([0, 0, UInt64(address([UInt64(address("x")), 1])), 1, 0, 0, 0])
            return kernel(SYS_sendmsg, Int(ends[0]), message, 1 | 1 << 40)
        },
        refused("urgent.messages", .syscallFilter) { _ in
            var ends: [CInt] = [0, 0]
            socketpair(AF_UNIX, 1, 0, &ends)
            let messages = address([0, 0, UInt64(address([UInt64(address("x")), 1])), 1, 0, 0, 0, 0])
            return kernel(SYS_sendmmsg, Int(ends[0]), messages, 1, 1)
        },
    ]

    private static let noop: [UInt64] = [0x7fff_ffff_0000_0006]

    private static let options: [Attempt] = [
        refused("option.filter", .syscallFilter) { _ in
            kernel(SYS_setsockopt, tcp(), 1, 26, address([1, UInt64(address(noop))]), 16)
        },
        refused("option.filterHighBits", .syscallFilter) { _ in
            kernel(SYS_setsockopt, tcp(), 1 | 1 << 32, 26 | 1 << 32, address([1, UInt64(address(noop))]), 16)
        },
        refused("option.filterOfPort", .syscallFilter) { _ in
            let socket = tcp()
            _ = setOption(CInt(socket), 1, 15 /* SO_REUSEPORT */, [1])
            return kernel(SYS_setsockopt, socket, 1, 51, address([1, UInt64(address(noop))]), 16)
        },
        // Programs that do not exist: where the option does, the descriptor is looked at.
        refused("option.program", .syscallFilter) { _ in reached(setOption(CInt(tcp()), 1, 50, [9999])) },
        refused("option.programOfPort", .syscallFilter) { _ in reached(setOption(CInt(tcp()), 1, 52, [9999])) },
        refused("option.upperLayer", .syscallFilter) { _ in
            let result = kernel(SYS_setsockopt, tcp(), 6, 31, address("tls"), 3)
            return result == -Int(ENOPROTOOPT) ? result : 0
        },
        refused("option.repair", .syscallFilter) { _ in setOption(CInt(tcp()), 6, 19, [1]) },
        refused("option.errorQueue", .syscallFilter) { _ in
            // The error of a port where nobody is, from the queue: what waits there counts for no group.
            let socket = kernel(SYS_socket, 2, 2, 0)
            guard socket >= 0 else { return socket }
            _ = setOption(CInt(socket), 0, 11, [1])
            let nobody = address(bytes: [2, 0, 0, 1, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])
            guard kernel(SYS_connect, socket, nobody, 16) >= 0 else { return untried }
            _ = kernel(SYS_sendto, socket, address("x"), 1)
            var entry = pollfd(fd: CInt(socket), events: 0, revents: 0)
            guard poll(&entry, 1, 10000) > 0 else { return untried }
            return kernel(SYS_recvfrom, socket, buffer(64), 64, 0x2040 /* MSG_ERRQUEUE | MSG_DONTWAIT */)
        },
        // 2,000 for each socket, of whose memory no limit knows: struct ipv6_mreq and struct group_source_req of interface 1.
        refused("option.group6", .syscallFilter) { _ in
            let group: [UInt8] = [0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 1, 0, 0, 0]
            return kernel(SYS_setsockopt, kernel(SYS_socket, 10, 2, 0), 41, 20, address(bytes: group), 20)
        },
        refused("option.groupOfSource", .syscallFilter) { _ in
            func name(_ bytes: [UInt8]) -> [UInt8] {
                [2, 0, 0, 0] + bytes + [UInt8](repeating: 0, count: 120)
            }
            let source = [1, 0, 0, 0, 0, 0, 0, 0] + name([239, 1, 1, 1]) + name([127, 0, 0, 1])
            return kernel(SYS_setsockopt, kernel(SYS_socket, 2, 2, 0), 0, 46, address(bytes: source), 264)
        },
        refused("option.mark", .noCapabilities) { _ in setOption(CInt(tcp()), 1, 36, [1]) },
        refused("option.receiveForce", .noCapabilities) { _ in setOption(CInt(tcp()), 1, 33, [1 << 24]) },
        refused("option.sendForce", .noCapabilities) { _ in setOption(CInt(tcp()), 1, 32, [1 << 24]) },
        refused("option.debug", .noCapabilities) { _ in setOption(CInt(tcp()), 1, 1, [1]) },
        refused("option.priority", .noCapabilities) { _ in setOption(CInt(tcp()), 1, 12, [7]) },
        refused("option.transparent", .noCapabilities) { _ in setOption(CInt(tcp()), 0, 19, [1]) },
        refused("option.busyPoll", .noCapabilities) { _ in setOption(CInt(tcp()), 1, 70, [1]) },
        refused("option.packetFilterTable", .noCapabilities) { _ in
            // IPT_SO_GET_INFO of the table `filter`.
            kernel(SYS_getsockopt, tcp(), 0, 64, address(bytes: Array("filter".utf8) + zeros), address([84]))
        },
        refused("option.packetFilterTable6", .noCapabilities) { _ in
            // IP6T_SO_GET_INFO.
            kernel(
                SYS_getsockopt, kernel(SYS_socket, 10, 1, 0), 41, 64, address(bytes: Array("filter".utf8) + zeros),
                address([84]))
        },
    ]
    private static let zeros = [UInt8](repeating: 0, count: 78)

    private static func tcp() -> Int { kernel(SYS_socket, 2, 1, 0) }
    private static func reached(_ result: Int) -> Int { result == -Int(EBADF) || result == -Int(EINVAL) ? 0 : result }

    /// Changes to interfaces, addresses and routes, by ioctl and by routing messages.
    private static let interfaces = [
        refused("interface.down", .noCapabilities) { _ in request(0x8914, flags: 0) },
        refused("interface.promiscuous", .noCapabilities) { _ in request(0x8914, flags: 0x101) },
        refused("interface.address", .noCapabilities) { _ in
            // struct sockaddr_in 10.1.2.3
            request(0x8916, words: [2, 0, 0x0201_0a00 | 0x0302_0000, 0])
        },
        refused("interface.size", .noCapabilities) { _ in request(0x8922, flags: 1400) },
        refused("interface.bridge", .noCapabilities) { _ in request(0x89a0, name: "attempt0", flags: 0) },
        refused("route.link", .noCapabilities) { _ in
            // RTM_SETLINK of interface 1: down.
            route(type: 19, payload: [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0])
        },
        refused("route.address", .noCapabilities) { _ in
            // RTM_NEWADDR: IPv4, 32 bits, interface 1; IFA_LOCAL 10.9.9.9.
            route(type: 20, payload: [2, 32, 0, 0, 1, 0, 0, 0, 8, 0, 2, 0, 10, 9, 9, 9])
        },
        refused("route.newLink", .noCapabilities) { _ in
            // RTM_NEWLINK of kind ifb.
            let kind: [UInt8] = [16, 0, 18, 0, 8, 0, 1, 0] + Array("ifb\0".utf8) + [4, 0, 2, 0]
            return route(type: 16, payload: [UInt8](repeating: 0, count: 16) + kind)
        },
        refused("route.rule", .noCapabilities) { _ in
            // RTM_NEWRULE: IPv4, table main, lookup.
            route(type: 32, payload: [2, 0, 0, 0, 254, 0, 0, 1, 0, 0, 0, 0])
        },
    ]

    private static func request(_ number: Int, name: String = "lo", flags: UInt64) -> Int {
        request(number, name: name, words: [flags, 0, 0])
    }

    /// struct ifreq: a name of 16 bytes, then what the request takes.
    private static func request(_ number: Int, name: String = "lo", words: [UInt64]) -> Int {
        apart(CLINUX_CLONE_NEWNET)
        var bytes = Array(name.utf8) + [UInt8](repeating: 0, count: 16 - name.utf8.count)
        for word in words.prefix(3) {
            for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: word >> (8 * shift))) }
        }
        return kernel(SYS_ioctl, kernel(SYS_socket, 2, 2, 0), number, address(bytes: bytes))
    }

    /// Sends a routing message and returns what the kernel answers.
    private static func route(type: UInt8, payload: [UInt8]) -> Int {
        apart(CLINUX_CLONE_NEWNET)
        let socket = kernel(SYS_socket, 16, 3, 0)
        guard socket >= 0 else { return socket }
        // nlmsghdr: length, type, REQUEST | ACK | EXCL | CREATE, sequence, port.
        let header: [UInt8] = [UInt8(16 + payload.count), 0, 0, 0, type, 0, 5, 6, 1, 0, 0, 0, 0, 0, 0, 0]
        let sent = kernel(SYS_sendto, socket, address(bytes: header + payload), 16 + payload.count)
        guard sent >= 0 else { return sent }
        let answer = buffer(4096)
        let received = kernel(SYS_recvfrom, socket, answer, 4096)
        // nlmsgerr begins behind the header.
        return received < 20 ? untried : Int(Int32(truncatingIfNeeded: word(at: answer, 2)))
    }

    /// Descriptor 3 was made in the host's network namespace, and what is asked of a socket is answered for its own.
    private static let conversation = [
        refused("conversation.interfaces", .syscallFilter) { _ in
            // struct ifconf; the list has 40 bytes for each.
            let list = buffer(4000), question = address([4000, UInt64(list)])
            let result = kernel(SYS_ioctl, 3, 0x8912, question)
            guard result >= 0 else { return result }
            let count = Int(UInt32(truncatingIfNeeded: word(at: question))) / 40
            return (0..<count).contains { word(at: list + 40 * $0) != 0x6f6c /* lo */ } ? 0 : -Int(ENODEV)
        },
        refused("conversation.interfaceNames", .syscallFilter) { _ in interfaceBeyondLoopback(3) },
        refused("conversation.duplicate", .syscallFilter) { _ in
            interfaceBeyondLoopback(Int(fcntl(3, F_DUPFD, 100)))
        },
        refused("conversation.name", .noNetwork) { targets in
            let name = [0] + Array("\(targets["abstract"])-of-3".utf8)
            return kernel(SYS_bind, 3, address(bytes: [1, 0] + name), 2 + name.count)
        },
        refused("conversation.cookie", .syscallFilter) { _ in
            kernel(SYS_getsockopt, 3, 1, 71, buffer(8), address([8]))
        },
        refused("conversation.namespace", .syscallFilter) { _ in kernel(SYS_ioctl, 3, 0x894c, 0) },
    ]

    /// SIOCGIFNAME by number.
    static func interfaceBeyondLoopback(_ socket: Int) -> Int {
        let isThere = (2..<64).contains { kernel(SYS_ioctl, socket, 0x8910, address([0, 0, $0, 0, 0])) >= 0 }
        return isThere ? 0 : -Int(ENODEV)
    }
}
