import CLinux
import Glibc

/// Users, capabilities, and everything that needs one.
enum PrivilegeAttempts {
    static let all = facts + users + capabilities + ownership + priorities

    private static let facts = [
        fact("noNewPrivileges", .noCapabilities, is: "1") { _ in "\(kernel(SYS_prctl, 39))" },
        fact("capabilities", .noCapabilities, is: "0 0 0") { _ in
            let sets = buffer(24)
            _ = kernel(SYS_capget, address([0x2008_0522]), sets)
            // Effective, permitted and inheritable, low halves first.
            let words = (0..<3).map { word(at: sets, $0) }
            let halves = words.flatMap { [$0 & 0xffff_ffff, $0 >> 32] }
            return (0..<3).map { String(halves[$0] | halves[$0 + 3] << 32, radix: 16) }.joined(separator: " ")
        },
        fact("capabilities.bounding", .noCapabilities, is: "0") { _ in
            "\((0..<64).filter { kernel(SYS_prctl, 23, $0) == 1 }.count)"
        },
        fact("capabilities.ambient", .noCapabilities, is: "0") { _ in
            "\((0..<41).filter { kernel(SYS_prctl, 47, 1, $0, 0, 0) == 1 }.count)"
        },
        fact("setuidProgram", .noCapabilities, is: "the same") { targets in
            // The program is another user's, with the bits of both its user and its group set.
            let status = child {
                let strings = [strdup("\(targets.root)/other-user"), strdup("effective-user"), nil]
                _ = clinux_execve(strings[0], strings, [nil])
                return 255
            }
            return status == 0 ? "the same" : status == 1 ? "another" : "not run"
        },
    ]

    private static let users = [
        refused("user", .noCapabilities) { _ in kernel(SYS_setuid, 0) },
        refused("user.real", .noCapabilities) { _ in kernel(SYS_setreuid, 0, 0) },
        refused("user.saved", .noCapabilities) { _ in kernel(SYS_setresuid, 0, 0, 0) },
        refused("user.nobody", .noCapabilities) { _ in kernel(SYS_setuid, 65534) },
        refused("user.files", .noCapabilities) { _ in
            // Both calls return the user before.
            _ = kernel(SYS_setfsuid, 4242)
            return kernel(SYS_setfsuid, -1) == 4242 ? 0 : -Int(EPERM)
        },
        refused("group", .noCapabilities) { _ in kernel(SYS_setgid, 0) },
        refused("group.saved", .noCapabilities) { _ in kernel(SYS_setresgid, 0, 0, 0) },
        refused("group.nobody", .noCapabilities) { _ in kernel(SYS_setgid, 65534) },
        refused("groups", .noCapabilities) { _ in kernel(SYS_setgroups, 1, address([0])) },
        refused("credentials.process", .noCapabilities) { targets in sendCredentials(targets.process, getuid()) },
        refused("credentials.user", .noCapabilities) { _ in sendCredentials(Int(getpid()), getuid() == 0 ? 4242 : 0) },
    ]

    /// Tells somebody over a socket that this is another process or user.
    private static func sendCredentials(_ process: Int, _ user: UInt32) -> Int {
        var ends: [CInt] = [0, 0]
        socketpair(AF_UNIX, 1, 0, &ends)
        // cmsghdr: length, level SOL_SOCKET, type SCM_CREDENTIALS; then struct ucred.
        let control = address([28, 1 | 2 << 32, UInt64(process) | UInt64(user) << 32, UInt64(getgid())])
        let message = address([0, 0, UInt64(address([UInt64(address("x")), 1])), 1, UInt64(control), 32, 0])
        return kernel(SYS_sendmsg, Int(ends[0]), message, 0)
    }

    private static let capabilities =
        [
            ("administration", 21), ("network", 12), ("override", 1), ("trace", 19), ("modules", 16), ("raw", 13),
            ("setuid", 7), ("chroot", 18), ("nodes", 27), ("bpf", 39),
        ].map { name, number in
            refused("raise.\(name)", .noCapabilities) { _ in
                let bit = UInt64(1) << number
                let sets = [bit & 0xffff_ffff | (bit & 0xffff_ffff) << 32, (bit >> 32) << 32, bit >> 32]
                return kernel(SYS_capset, address([0x2008_0522]), address(sets))
            }
        } + [
            refused("drop.bounding", .noCapabilities) { _ in kernel(SYS_prctl, 24, 40) },
            refused("ambient", .noCapabilities) { _ in
                // Inheritable first, as the kernel wants it.
                let bit = UInt64(1) << 10
                _ = kernel(SYS_capset, address([0x2008_0522]), address([bit | bit << 32, bit, 0]))
                return kernel(SYS_prctl, 47, 2, 10, 0, 0)
            },
            refused("fileCapability", .noCapabilities) { targets in
                guard targets.scratchFile("capable") >= 0 else { return untried }
                let value: [UInt8] = [1, 0, 0, 2, 0xff, 0xff, 0xff, 0xff] + [UInt8](repeating: 0, count: 12)
                return kernel(
                    SYS_setxattr, address(targets.scratch("capable")), address("security.capability"),
                    address(bytes: value), value.count, 0)
            },
            refused("trustedAttribute", .noCapabilities) { targets in
                guard targets.scratchFile("trusted") >= 0 else { return untried }
                return kernel(
                    SYS_setxattr, address(targets.scratch("trusted")), address("trusted.overlay.opaque"),
                    address("y"), 1, 0)
            },
        ]

    private static let ownership = [
        refused("chown.root", .noCapabilities) { chown($0, 0) },
        refused("chown.other", .noCapabilities) { chown($0, 4242) },
        refused("chown.group", .noCapabilities) { targets in
            guard targets.scratchFile("owned") >= 0 else { return untried }
            return kernel(SYS_lchown, address(targets.scratch("owned")), -1, 4242)
        },
        refused("node.null", .noCapabilities) { node($0, S_IFCHR, 1, 3) },
        refused("node.memory", .noCapabilities) { node($0, S_IFCHR, 1, 1) },
        refused("node.terminal", .noCapabilities) { node($0, S_IFCHR, 5, 0) },
        refused("node.disk", .noCapabilities) { node($0, S_IFBLK, 8, 0) },
        refused("node.virtualDisk", .noCapabilities) { node($0, S_IFBLK, 254, 0) },
        refused("node.loop", .noCapabilities) { node($0, S_IFBLK, 7, 0) },
        refused("node.whiteout", .syscallFilter) { targets in
            guard targets.scratchFile("renamed") >= 0 else { return untried }
            let from = targets.scratch("renamed"), to = targets.scratch("renamed-to")
            let result = kernel(SYS_renameat2, Int(AT_FDCWD), address(from), Int(AT_FDCWD), address(to), 4)
            unlink(from)
            unlink(to)
            return result
        },
        refused("handle.open", .syscallFilter) { _ in
            // struct file_handle of inode 2, which is the root of most file systems: bytes, type, inode, generation.
            let handle = address([8 | 1 << 32, 2])
            let result = kernel(SYS_open_by_handle_at, Int(open("/", O_RDONLY)), handle, 0)
            return result == -Int(ESTALE) ? 0 : result
        },
        absent("handle.name") { _ in
            kernel(SYS_name_to_handle_at, Int(AT_FDCWD), address("/"), address([0, 0]), buffer(4), 0)
        },
    ]

    private static func chown(_ targets: Targets, _ user: UInt32) -> Int {
        guard targets.scratchFile("owned") >= 0 else { return untried }
        return kernel(SYS_chown, address(targets.scratch("owned")), Int(user), -1)
    }

    private static func node(_ targets: Targets, _ kind: mode_t, _ major: Int, _ minor: Int) -> Int {
        let path = targets.scratch("node-\(major)-\(minor)")
        let result = kernel(SYS_mknod, address(path), Int(kind | 0o600), major << 8 | minor)
        if result >= 0 { unlink(path) }
        return result
    }

    private static let priorities = [
        refused("priority", .noCapabilities) { _ in kernel(SYS_setpriority, 0, 0, -5) },
        refused("realTime.fifo", .noCapabilities) { _ in kernel(SYS_sched_setscheduler, 0, 1, address([1])) },
        refused("realTime.roundRobin", .noCapabilities) { _ in kernel(SYS_sched_setscheduler, 0, 2, address([1])) },
        refused("realTime.deadline", .noCapabilities) { _ in
            // struct sched_attr: size, policy 6; flags; nice, priority; run time, deadline, period in ns.
            let million: UInt64 = 1_000_000
            return kernel(
                SYS_sched_setattr, 0, address([48 | 6 << 32, 0, 0, 10 * million, 30 * million, 30 * million]), 0)
        },
        absent("ioPriority") { _ in kernel(SYS_ioprio_set, 1, 0, 1 << 13) },
    ]
}
