import CLinux
import Glibc

/// What one system call may be given. The first rule whose tests all hold decides.
struct CallRules {
    let call: String
    let rules: [ArgumentRule]
    let otherwise: Verdict
}

struct ArgumentRule {
    let verdict: Verdict
    let tests: [ArgumentTest]

    init(_ verdict: Verdict, _ tests: ArgumentTest...) {
        self.verdict = verdict
        self.tests = tests
    }
}

/// A test of the lower half of an argument; the kernel takes these arguments as 32 bits, too.
struct ArgumentTest {
    let argument: Int
    let mask: UInt32
    let values: [UInt32]
    let isNegated: Bool

    /// The argument, masked, is one of the values.
    static func `is`(_ argument: Int, in values: [UInt32], mask: UInt32 = .max) -> Self {
        Self(argument: argument, mask: mask, values: values, isNegated: false)
    }
    static func isNot(_ argument: Int, in values: [UInt32], mask: UInt32 = .max) -> Self {
        Self(argument: argument, mask: mask, values: values, isNegated: true)
    }
}

/// The calls where it depends on the arguments. Errors are those of an ordinary kernel that lacks the feature.
enum ArgumentRules {
    static let all = [clone, socket, socketPair, socketOption, ioctl, prctl, personality]

    /// No new namespaces. clone3 hides its flags in memory and does not exist here, so that libc takes this one.
    private static let clone = CallRules(
        call: "clone",
        rules: [ArgumentRule(.allow, .is(0, in: [0], mask: newNamespaces))], otherwise: .error(EPERM))

    private static let newNamespaces = UInt32(
        CLINUX_CLONE_NEWUSER | CLINUX_CLONE_NEWNS | CLINUX_CLONE_NEWPID | CLINUX_CLONE_NEWNET | CLINUX_CLONE_NEWIPC
            | CLINUX_CLONE_NEWUTS | CLINUX_CLONE_NEWCGROUP)

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
            // getifaddrs(3) asks NETLINK_ROUTE; nothing can be changed through it without a capability.
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

    /// No filter programs on sockets, no upper-layer protocols, no forged connections.
    private static let socketOption = CallRules(
        call: "setsockopt",
        rules: [
            ArgumentRule(.error(ENOPROTOOPT), .is(1, in: [1]), .is(2, in: [26, 50, 51, 52])),
            ArgumentRule(.error(ENOPROTOOPT), .is(1, in: [6]), .is(2, in: [19, 31])),
        ],
        otherwise: .allow)

    /// There is no terminal and no device to control; everything else says so.
    private static let ioctl = CallRules(
        call: "ioctl",
        rules: [
            ArgumentRule(.allow, .is(1, in: [0x5450, 0x5451, 0x5452, 0x5421, 0x541b, 0x5460, 0x5411])),
            // Questions about the loopback interface: name, list, flags, address, broadcast, mask, MTU, hardware, index.
            ArgumentRule(
                .allow, .is(1, in: [0x8910, 0x8912, 0x8913, 0x8915, 0x8919, 0x891b, 0x8921, 0x8927, 0x8933])),
            // FIFREEZE, FITHAW.
            ArgumentRule(.error(EPERM), .is(1, in: [0xc004_5877, 0xc004_5878])),
            // FS_IOC_FIEMAP, FICLONE, FICLONERANGE, FIDEDUPERANGE.
            ArgumentRule(
                .error(EOPNOTSUPP), .is(1, in: [0xc020_660b, 0x4004_9409, 0x4020_940d, 0xc018_9436])),
        ],
        otherwise: .error(ENOTTY))

    /// By option: parent-death signal, dumpable, keep-caps (get), name, seccomp (get), bounding set (read), secure bits
    /// (get), timer slack, child subreaper, no_new_privs, tid address, huge pages, ambient set, speculation, VMA names.
    private static let prctl = CallRules(
        call: "prctl",
        rules: [
            ArgumentRule(
                .allow,
                .is(
                    0,
                    in: [
                        1, 2, 3, 4, 7, 15, 16, 21, 23, 24, 27, 29, 30, 36, 37, 38, 39, 40, 41, 42, 47, 52, 53,
                        0x5356_4d41,
                    ]))
        ],
        otherwise: .error(EINVAL))

    /// The ordinary Linux personality, and asking for it.
    private static let personality = CallRules(
        call: "personality", rules: [ArgumentRule(.allow, .is(0, in: [0, .max]))], otherwise: .error(ENOSYS))
}
