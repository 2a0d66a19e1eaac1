import CLinux
import Glibc

/// What one system call may be given. The first rule whose tests all hold decides.
struct CallRules {
    let call: String
    let rules: [ArgumentRule]
    let otherwise: Verdict

    /// The same where there is nobody to be asked.
    var withoutSupervisor: CallRules {
        CallRules(call: call, rules: rules.filter { $0.verdict != .ask }, otherwise: otherwise)
    }
}

struct ArgumentRule {
    let verdict: Verdict
    let tests: [ArgumentTest]

    init(_ verdict: Verdict, _ tests: ArgumentTest...) {
        self.verdict = verdict
        self.tests = tests
    }
}

/// A test of one half of an argument. Where only the lower half is looked at, the kernel takes the argument as 32 bits, too,
/// or the test is for a bit of it.
struct ArgumentTest {
    enum Half { case lower, upper }

    let argument: Int
    let half: Half
    let mask: UInt32
    let values: [UInt32]
    let isNegated: Bool

    /// The argument, masked, is one of the values.
    static func `is`(_ argument: Int, in values: [UInt32], mask: UInt32 = .max, half: Half = .lower) -> Self {
        Self(argument: argument, half: half, mask: mask, values: values, isNegated: false)
    }
    static func isNot(_ argument: Int, in values: [UInt32], mask: UInt32 = .max, half: Half = .lower) -> Self {
        Self(argument: argument, half: half, mask: mask, values: values, isNegated: true)
    }
    /// At least one of these bits is set.
    static func has(_ argument: Int, anyOf bits: UInt32, half: Half = .lower) -> Self {
        isNot(argument, in: [0], mask: bits, half: half)
    }
}

/// The calls where it depends on the arguments. Errors are those of an ordinary kernel that lacks the feature.
enum ArgumentRules {
    static let all =
        [
            clone, personality, robustList, architecture, prctl, ioctl, fileControl, makeNode, makeNodeAt, rename,
            allocate,
        ]
        + memory + SocketRules.all

    /// No new namespaces. clone3 hides its flags in memory and does not exist here, so that libc takes this one.
    private static let clone = CallRules(
        call: "clone",
        rules: [ArgumentRule(.allow, .is(0, in: [0], mask: newNamespaces))], otherwise: .error(EPERM))

    private static let newNamespaces = UInt32(
        CLINUX_CLONE_NEWUSER | CLINUX_CLONE_NEWNS | CLINUX_CLONE_NEWPID | CLINUX_CLONE_NEWNET | CLINUX_CLONE_NEWIPC
            | CLINUX_CLONE_NEWUTS | CLINUX_CLONE_NEWCGROUP)

    /// The ordinary Linux personality, and asking for it.
    private static let personality = CallRules(
        call: "personality", rules: [ArgumentRule(.allow, .is(0, in: [0, .max]))], otherwise: .error(ENOSYS))

    /// The caller's own list of locks only: musl asks for it to find out whether locks that outlive their holder can be had.
    private static let robustList = CallRules(
        call: "get_robust_list", rules: [ArgumentRule(.allow, .is(0, in: [0]))], otherwise: .error(ENOSYS))

    /// arch_prctl: thread pointers (ARCH_SET_GS and following) and extended register state (ARCH_GET_XCOMP_SUPP and
    /// following), which numerical libraries ask for.
    private static let architecture = CallRules(
        call: "arch_prctl",
        rules: [ArgumentRule(.allow, .is(0, in: [0x1001, 0x1002, 0x1003, 0x1004, 0x1021, 0x1022, 0x1023]))],
        otherwise: .error(EINVAL))

    /// By option: parent-death signal, dumpable, keep-caps (get), name, seccomp (get), bounding set (read), secure bits
    /// (get), timer slack, child subreaper, no_new_privs, tid address, huge pages, ambient set, speculation, no memory
    /// both writable and executable, VMA names, the auxiliary vector (there is no procfs to read it from).
    private static let prctl = CallRules(
        call: "prctl",
        rules: [
            ArgumentRule(
                .allow,
                .is(
                    0,
                    in: [
                        1, 2, 3, 4, 7, 15, 16, 21, 23, 24, 27, 29, 30, 36, 37, 38, 39, 40, 41, 42, 47, 52, 53, 65, 66,
                        0x5356_4d41, 0x4155_5856,
                    ]))
        ],
        otherwise: .error(EINVAL))

    /// There is no terminal and no device to control; everything else says so.
    private static let ioctl = CallRules(
        call: "ioctl",
        rules: [
            ArgumentRule(.allow, .is(1, in: [0x5450, 0x5451, 0x5452, 0x5421, 0x541b, 0x5460, 0x5411])),
            // Without a supervisor nobody answers.
            ArgumentRule(.ask, .is(1, in: LoopbackInterface.requests)),
            // FIFREEZE, FITHAW.
            ArgumentRule(.error(EPERM), .is(1, in: [0xc004_5877, 0xc004_5878])),
            // FS_IOC_FIEMAP, FICLONE, FICLONERANGE, FIDEDUPERANGE.
            ArgumentRule(
                .error(EOPNOTSUPP), .is(1, in: [0xc020_660b, 0x4004_9409, 0x4020_940d, 0xc018_9436])),
        ],
        otherwise: .error(ENOTTY))

    /// fcntl: duplicates, flags, locks, owners (web servers ask for SIGIO), pipe sizes, seals, write hints. Not leases: a
    /// lease on a file in /var would hold up whoever opens it on the host, a backup for instance, for 45 seconds. Not
    /// F_NOTIFY and not F_SETSIG, which nobody uses any more.
    private static let fileControl = CallRules(
        call: "fcntl",
        rules: [
            // A pipe in direct mode hands over one write at a time: the host would read what a grain prints byte by byte.
            ArgumentRule(.error(EINVAL), .is(1, in: [4 /* F_SETFL */]), .has(2, anyOf: 0x4000 /* O_DIRECT */)),
            ArgumentRule(.allow, .is(1, in: Array(0...9) + [15, 16])),
            ArgumentRule(.allow, .is(1, in: [36, 37, 38, 1027, 1028, 1030, 1031, 1032, 1033, 1034])),
            ArgumentRule(.allow, .is(1, in: [1035, 1036, 1037, 1038])),
        ],
        otherwise: .error(EINVAL))

    /// No device nodes, whatever the mounts and Landlock say.
    private static let makeNode = nodeRules("mknod", mode: 1)
    private static let makeNodeAt = nodeRules("mknodat", mode: 2)

    private static func nodeRules(_ call: String, mode: Int) -> CallRules {
        CallRules(
            call: call,
            rules: [ArgumentRule(.error(EPERM), .is(mode, in: [0x2000, 0x6000], mask: 0xf000 /* S_IFMT */))],
            otherwise: .allow)
    }

    /// A whiteout, which renaming can leave behind, is a character device, and hides a name from who overlays the directory.
    private static let rename = CallRules(
        call: "renameat2", rules: [ArgumentRule(.error(EINVAL), .has(4, anyOf: 4 /* RENAME_WHITEOUT */))],
        otherwise: .allow)

    /// One call may take all of a disk in an instant, before anybody who measures can look. Where there is a supervisor it is no faster
    /// than writing; elsewhere there are small ones only. Programs write instead, as on file systems without it.
    private static let allocate = CallRules(
        call: "fallocate",
        rules: [
            ArgumentRule(.ask, .is(1, in: allocating)),
            ArgumentRule(
                .allow, .is(1, in: allocating), .is(3, in: [0], half: .upper), .is(3, in: [0], mask: 0xfff0_0000)),
            // Holes, and what moves the rest of a file.
            ArgumentRule(.allow, .is(1, in: [3, 8, 0x20])),
        ],
        otherwise: .error(EOPNOTSUPP))

    /// With and without FALLOC_FL_KEEP_SIZE: nothing else, FALLOC_FL_ZERO_RANGE, FALLOC_FL_UNSHARE_RANGE.
    private static let allocating: [UInt32] = [0, 1, 0x10, 0x11, 0x40, 0x41]

    /// Huge pages are a reserve that the machine's administrator made for somebody else, and no limit of a grain counts
    /// them. Merging equal pages tells by its timing what other grains have in memory; poisoning them is for tests.
    private static let memory = [
        CallRules(
            call: "mmap", rules: [ArgumentRule(.error(EINVAL), .has(3, anyOf: 0x40000 /* MAP_HUGETLB */))],
            otherwise: .allow),
        CallRules(
            call: "memfd_create", rules: [ArgumentRule(.error(EINVAL), .has(1, anyOf: 0x4 /* MFD_HUGETLB */))],
            otherwise: .allow),
        CallRules(
            call: "madvise",
            rules: [ArgumentRule(.error(EINVAL), .is(2, in: [12 /* MADV_MERGEABLE */, 100, 101 /* poison */]))],
            otherwise: .allow),
        // System V segments outlive the process that made them: none of 1 GiB or more.
        CallRules(
            call: "shmget",
            rules: [
                ArgumentRule(.error(EINVAL), .has(1, anyOf: .max, half: .upper)),
                ArgumentRule(.error(EINVAL), .has(1, anyOf: 0xc000_0000)),
                ArgumentRule(.error(EINVAL), .has(2, anyOf: 0o4000 /* SHM_HUGETLB */)),
            ],
            otherwise: .allow),
    ]
}
