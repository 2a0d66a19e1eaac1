import Glibc

/// Which sockets there are, and what can be set on them. Everything stays on the sandbox's own loopback; the rules are
/// about how much of the kernel's network code can be reached.
enum SocketRules {
    static let all = [socket, socketPair, socketOption, askedOption] + urgent

    private static let unix: UInt32 = 1, inet: UInt32 = 2, inet6: UInt32 = 10, netlink: UInt32 = 16
    /// SOCK_NONBLOCK and SOCK_CLOEXEC may be added to any type.
    private static let typeMask: UInt32 = ~0x80800

    private static let socket = CallRules(
        call: "socket",
        rules: [
            // DCCP, for any family, as the original.
            ArgumentRule(.error(EPROTONOSUPPORT), .is(1, in: [6], mask: 0xf)),
            ArgumentRule(.allow, .is(0, in: [unix]), .is(1, in: [1, 2, 3, 5], mask: typeMask)),
            ArgumentRule(
                .allow, .is(0, in: [inet, inet6]), .is(1, in: [1, 2], mask: typeMask), .is(2, in: [0, 6, 17])),
            // getifaddrs(3) asks NETLINK_ROUTE; nothing can be changed through it without a capability. Where there is a supervisor
            // it bounds their number.
            ArgumentRule(.ask, .is(0, in: [netlink]), .is(1, in: [2, 3], mask: typeMask), .is(2, in: [0])),
            ArgumentRule(.allow, .is(0, in: [netlink]), .is(1, in: [2, 3], mask: typeMask), .is(2, in: [0])),
            ArgumentRule(.error(EAFNOSUPPORT), .isNot(0, in: [unix, inet, inet6, netlink])),
            ArgumentRule(.error(EPERM), .is(0, in: [inet]), .is(1, in: [10], mask: typeMask)),
            // Streams and datagrams of other protocols (SCTP, MPTCP, ICMP), raw sockets, other netlink families.
            ArgumentRule(.error(EPROTONOSUPPORT), .is(0, in: [inet, inet6]), .is(1, in: [1, 2, 3], mask: typeMask)),
            ArgumentRule(.error(EPROTONOSUPPORT), .is(0, in: [netlink]), .is(1, in: [2, 3], mask: typeMask)),
        ],
        otherwise: .error(ESOCKTNOSUPPORT))

    private static let socketPair = CallRules(
        call: "socketpair", rules: [ArgumentRule(.allow, .is(0, in: [unix]))], otherwise: .error(EAFNOSUPPORT))

    private static let socketOption = CallRules(
        call: "setsockopt",
        rules: lingering + [errorQueue, errorQueue6, groups6]
            + options.map { ArgumentRule(.allow, .is(1, in: [$0.level]), .is(2, in: $0.options)) },
        otherwise: .error(ENOPROTOOPT))

    /// A socket that lingers (SO_LINGER) holds up whoever closes it last: the host, when it was sent there. Where a host can refuse
    /// descriptors (SO_PASSRIGHTS) this is no danger; elsewhere sockets do not linger, which nobody is told.
    private static let lingering: [ArgumentRule] = {
        let stream: CInt = 1, closeOnExec: CInt = 0o2_000_000
        let socket = Glibc.socket(AF_UNIX, stream | closeOnExec, 0)
        defer { close(socket) }
        var value: CInt = 0, length = socklen_t(MemoryLayout<CInt>.size)
        guard getsockopt(socket, 1, 83, &value, &length) < 0 else { return [] }
        return [ArgumentRule(.error(0), .is(1, in: [1]), .is(2, in: [13]))]
    }()

    /// IP_RECVERR, IPV6_RECVERR: what a socket keeps of errors until somebody asks counts for no group, and it can be megabytes for each
    /// socket. Resolvers switch it on, and fail where they cannot; so nobody is told that it stays off.
    private static let errorQueue = ArgumentRule(.error(0), .is(1, in: [0]), .is(2, in: [11]))
    private static let errorQueue6 = ArgumentRule(.error(0), .is(1, in: [41]), .is(2, in: [25]))

    /// IPV6_JOIN_GROUP, MCAST_JOIN_GROUP: the kernel keeps 2,000 groups for each socket and counts them for no group of processes. As of
    /// a machine whose interfaces have no multicast. With IPv4 a socket has at most 20.
    private static let groups6 = ArgumentRule(.error(ENODEV), .is(1, in: [41]), .is(2, in: [20, 42]))

    /// Urgent bytes (MSG_OOB) are nobody's any more, UNIX sockets have had several holes through them, and on descriptor 3 they
    /// would be the host's to deal with. As of a kernel without them.
    private static let urgent = [("sendto", 3), ("sendmsg", 2), ("sendmmsg", 3)].map { call, flags in
        CallRules(
            call: call, rules: [ArgumentRule(.error(EOPNOTSUPP), .has(flags, anyOf: 1))], otherwise: .allow)
    }

    /// Descriptor 3 was made by a process of the host: SO_PEERPIDFD would give a descriptor of it, SO_PEERGROUPS its groups,
    /// SO_PEERSEC what its security module calls it, SO_NETNS_COOKIE a number of the host's network namespace. TCP_ZEROCOPY_RECEIVE maps the kernel's buffers. The rest are netfilter's
    /// tables, of IPv4 and IPv6.
    private static let askedOption = CallRules(
        call: "getsockopt",
        rules: [
            ArgumentRule(.error(ENOPROTOOPT), .is(1, in: [1]), .is(2, in: [31, 59, 71, 77])),
            ArgumentRule(.error(ENOPROTOOPT), .is(1, in: [6]), .is(2, in: [35])),
            ArgumentRule(.error(ENOPROTOOPT), .is(1, in: [0]), .is(2, in: [64, 65, 66, 67])),
            ArgumentRule(.error(ENOPROTOOPT), .is(1, in: [41]), .is(2, in: [64, 65, 68, 69])),
        ],
        otherwise: .allow)

    /// What servers and language runtimes set, by the numbers of the kernel's headers. Not there: filter programs on
    /// sockets, forged connections (TCP_REPAIR), upper-layer protocols, keys, packet encapsulation (UDP_ENCAP), lists of
    /// multicast sources (counted for no group, as above), netfilter tables, changing a socket's family, and the rest of the corners that had the holes.
    private static let options: [(level: UInt32, options: [UInt32])] = [
        // SOL_SOCKET: address reuse, broadcast, buffers, keep-alive, priority, linger, port reuse, credentials, low-water
        // marks, timeouts, time stamps, peek offset, busy polling, pacing.
        (
            1,
            [
                1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 18, 19, 20, 21, 29, 35, 40, 42, 46, 47, 63, 64, 66, 67,
            ]
        ),
        // IPPROTO_IP: type of service, TTL, packet information, path MTU, multicast membership.
        (0, [1, 2, 8, 10, 12, 13, 15, 20, 21, 24, 32, 33, 34, 35, 36, 42, 45, 49, 51]),
        // IPPROTO_TCP: no delay, segment size, cork, keep-alive times, SYN count, linger, deferred accept, window clamp,
        // quick acknowledgement, congestion control, user timeout, fast open, low-water mark, saved SYN, queue length.
        (6, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 18, 23, 25, 27, 30, 34, 36]),
        // IPPROTO_UDP: cork, segmentation offload both ways.
        (17, [1, 103, 104]),
        // IPPROTO_IPV6: the same as for IP, but for membership.
        (
            41,
            [
                16, 17, 18, 19, 21, 23, 24, 26, 29, 33, 45, 49, 50, 51, 52, 60, 61, 62, 66, 67, 70, 72, 73, 76, 78,
            ]
        ),
        // SOL_NETLINK: packet information, errors, extended acknowledgement, strict checks.
        (270, [3, 4, 11, 12]),
    ]
}
