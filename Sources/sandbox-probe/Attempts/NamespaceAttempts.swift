import CLinux
import Glibc

/// New namespaces, and ways into those of others.
enum NamespaceAttempts {
    static let all = clones + unshares + clones3 + entries + handles

    private static let flags: [(String, UInt)] = [
        ("user", CLINUX_CLONE_NEWUSER), ("mount", CLINUX_CLONE_NEWNS), ("network", CLINUX_CLONE_NEWNET),
        ("process", CLINUX_CLONE_NEWPID), ("ipc", CLINUX_CLONE_NEWIPC), ("uts", CLINUX_CLONE_NEWUTS),
        ("cgroup", CLINUX_CLONE_NEWCGROUP),
    ]
    /// Not for clone, where this bit belongs to the exit signal.
    private static let time: UInt = 0x80

    private static let clones =
        flags.map { name, flag in refused("clone.\(name)", .syscallFilter) { _ in clone(flag) } } + [
            refused("clone.userAndMount", .syscallFilter) { _ in clone(CLINUX_CLONE_NEWUSER | CLINUX_CLONE_NEWNS) },
            refused("clone.userAndNetwork", .syscallFilter) { _ in clone(CLINUX_CLONE_NEWUSER | CLINUX_CLONE_NEWNET) },
            // The kernel takes the flags' lower half.
            refused("clone.userHighBits", .syscallFilter) { _ in clone(CLINUX_CLONE_NEWUSER | 1 << 40) },
        ]

    private static func clone(_ flags: UInt) -> Int {
        let process = clinux_clone(flags | UInt(SIGCHLD))
        if process == 0 { _exit(0) }
        guard process > 0 else { return -Int(errno) }
        waitpid(pid_t(process), nil, 0)
        return 0
    }

    private static let unshares = (flags + [("time", time)]).map { name, flag in
        refused("unshare.\(name)", .syscallFilter) { _ in negated(clinux_unshare(flag)) }
    }

    /// clone3 hides its flags in memory, where no filter can look.
    private static let clones3 =
        (flags + [("time", time), ("plain", 0)]).map { name, flag in
            absent("clone3.\(name)") { _ in clone3(UInt64(flag), identifiers: 0) }
        } + [absent("clone3.chosenIdentifier") { _ in clone3(0, identifiers: 1) }]

    /// struct clone_args, its first 11 words.
    private static func clone3(_ flags: UInt64, identifiers: UInt64) -> Int {
        let identifier = UInt64(address([30_001]))
        let arguments: [UInt64] = [
            flags, 0, 0, 0, UInt64(SIGCHLD), 0, 0, 0, identifiers == 0 ? 0 : identifier, identifiers, 0,
        ]
        let process = kernel(435, address(arguments), 88)
        if process == 0 { _exit(0) }
        if process > 0 { waitpid(pid_t(process), nil, 0) }
        return process
    }

    private static let entries = (flags + [("time", time)]).map { name, flag in
        absent("setns.\(name)") { _ in
            let own = clinux_pidfd_open(getpid())
            return own < 0 ? untried : kernel(SYS_setns, Int(own), Int(flag))
        }
    }

    /// The ioctls of process descriptors that hand out namespaces (linux/pidfd.h).
    private static let handles = [
        "cgroup", "ipc", "mount", "network", "process", "processOfChildren", "time", "timeOfChildren", "user", "uts",
    ].enumerated().map { index, name in
        refused("descriptor.\(name)", .syscallFilter) { _ in
            let own = clinux_pidfd_open(getpid())
            return own < 0 ? untried : kernel(SYS_ioctl, Int(own), 0xff00 + index + 1, 0)
        }
    }
}
