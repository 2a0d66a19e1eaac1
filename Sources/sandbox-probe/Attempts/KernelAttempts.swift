import CLinux
import Glibc

/// Interfaces of the kernel that no app needs, each with arguments that succeed, or at least are looked at.
enum KernelAttempts {
    static let all = keyrings + programs + rings + modules + machine + filters + personalities + controls + ioctls

    private static let ownKeyring = -2, sessionKeyring = -3

    private static let keyrings = [
        absent("keys.add") { _ in
            kernel(SYS_add_key, address("user"), address("attempt"), address("x"), 1, ownKeyring)
        },
        absent("keys.addKeyring") { _ in kernel(SYS_add_key, address("keyring"), address("attempt"), 0, 0, ownKeyring)
        },
        absent("keys.request") { _ in kernel(SYS_request_key, address("user"), address("attempt"), 0, 0) },
        absent("keys.identifier") { _ in kernel(SYS_keyctl, 0, sessionKeyring, 0) },
        absent("keys.join") { _ in kernel(SYS_keyctl, 1, 0) },
        absent("keys.describe") { _ in kernel(SYS_keyctl, 6, -4 /* the user's */, buffer(256), 256) },
        absent("keys.read") { _ in kernel(SYS_keyctl, 11, -4, buffer(256), 256) },
        absent("keys.capabilities") { _ in kernel(SYS_keyctl, 31, buffer(16), 16) },
    ]

    private static let programs = [
        // union bpf_attr: an array map; then a socket filter of `r0 = 0; exit`.
        absent("bpf.map") { _ in kernel(SYS_bpf, 0, address([2 | 4 << 32, 4 | 1 << 32] + zeros), 128) },
        absent("bpf.program") { _ in
            let code = UInt64(address([0xb7, 0x95])), license = UInt64(address("GPL"))
            return kernel(SYS_bpf, 5, address([1 | 2 << 32, code, license] + zeros), 128)
        },
        absent("bpf.get") { _ in kernel(SYS_bpf, 7, address([UInt64(address("/dev/none"))] + zeros), 128) },
        // struct perf_event_attr: software, size, CPU clock.
        absent("perf.own") { _ in kernel(SYS_perf_event_open, address([1 | 112 << 32] + zeros), 0, -1, -1, 0) },
        absent("perf.kernel") { _ in kernel(SYS_perf_event_open, address([1 | 112 << 32] + zeros), -1, 0, -1, 0) },
        absent("userfaultfd") { _ in kernel(SYS_userfaultfd, 0) },
        absent("userfaultfd.user") { _ in kernel(SYS_userfaultfd, 1) },
        absent("memfd_secret") { _ in kernel(447, 0) },
    ]
    private static let zeros = [UInt64](repeating: 0, count: 16)

    private static let rings = [
        absent("io_uring.setup") { _ in kernel(SYS_io_uring_setup, 8, buffer(120)) },
        absent("io_uring.polling") { _ in kernel(SYS_io_uring_setup, 8, address([0, 1 << 33] + zeros)) },
        absent("io_uring.enter") { _ in kernel(SYS_io_uring_enter, 3, 0, 0, 0, 0) },
        absent("io_uring.register") { _ in kernel(SYS_io_uring_register, 3, 0, 0, 0) },
        absent("aio.setup") { _ in kernel(SYS_io_setup, 1, buffer(8)) },
        absent("vmsplice") { _ in
            var ends: [CInt] = [0, 0]
            pipe(&ends)
            return kernel(SYS_vmsplice, Int(ends[1]), address([UInt64(buffer(16)), 16]), 1, 0)
        },
    ]

    private static let modules = [
        absent("module.image") { _ in kernel(SYS_init_module, buffer(64), 64, address("")) },
        absent("module.file") { targets in
            kernel(SYS_finit_module, Int(open("\(targets.root)/probe", O_RDONLY)), address(""), 0)
        },
        absent("module.remove") { _ in kernel(SYS_delete_module, address("no_such_module"), 0) },
        // Flags that no kernel knows: refused where the call exists, and nothing is loaded.
        absent("kexec") { _ in kernel(SYS_kexec_load, 0, 0, 0, 0xdead) },
        absent("kexec.file") { _ in kernel(SYS_kexec_file_load, -1, -1, 0, 0, 0xdead) },
    ]

    private static let machine = [
        // Without the magic numbers nothing restarts.
        absent("reboot") { _ in kernel(SYS_reboot, 1, 2, 3, 0) },
        absent("log.size") { _ in kernel(SYS_syslog, 10, 0, 0) },
        absent("log.read") { _ in kernel(SYS_syslog, 3, buffer(4096), 4096) },
        absent("quota") { _ in kernel(SYS_quotactl, 0x80_0004 << 8, 0, 0, 0) },
        absent("quota.descriptor") { _ in kernel(443, Int(open("/", O_RDONLY)), 0x80_0004 << 8, 0, 0) },
        absent("swap.on") { _ in kernel(SYS_swapon, address("/no-such-file"), 0) },
        absent("swap.off") { _ in kernel(SYS_swapoff, address("/no-such-file")) },
        absent("accounting") { _ in kernel(SYS_acct, address("/no-such-file")) },
        // Times that no clock can have.
        absent("clock.set") { _ in kernel(SYS_clock_settime, 0, address([0, UInt64.max])) },
        absent("clock.setDay") { _ in kernel(SYS_settimeofday, address([0, UInt64.max]), 0) },
        absent("clock.adjust") { _ in kernel(SYS_adjtimex, buffer(256)) },
        absent("clock.adjustOne") { _ in kernel(SYS_clock_adjtime, 0, buffer(256)) },
        absent("ports.level") { _ in kernel(SYS_iopl, 3) },
        absent("ports.one") { _ in kernel(SYS_ioperm, 0x80, 1, 1) },
        absent("segments.read") { _ in kernel(SYS_modify_ldt, 0, buffer(64), 64) },
        absent("segments.write") { _ in kernel(SYS_modify_ldt, 0x11, buffer(16), 16) },
        refused("name.host", .noCapabilities) { _ in
            apart(CLINUX_CLONE_NEWUTS)
            return kernel(SYS_sethostname, address("attempt"), 7)
        },
        refused("name.domain", .noCapabilities) { _ in
            apart(CLINUX_CLONE_NEWUTS)
            return kernel(SYS_setdomainname, address("attempt"), 7)
        },
        absent("fanotify") { _ in kernel(SYS_fanotify_init, 0, 0) },
        absent("cachestat") { targets in
            kernel(451, Int(open("\(targets.root)/probe", O_RDONLY)), address([0, 4096]), buffer(64), 0)
        },
        // struct sched_attr of an ordinary task that is to run for a tenth of a millisecond at a time, before others.
        absent("scheduler.slice") { _ in kernel(SYS_sched_setattr, 0, address([48, 0, 0, 100_000, 0, 0]), 0) },
        absent("mbind") { _ in
            let page = mmap(nil, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            return kernel(SYS_mbind, Int(bitPattern: page), 4096, 0, 0, 0, 0)
        },
        absent("set_mempolicy") { _ in kernel(SYS_set_mempolicy, 0, 0, 0) },
        absent("get_mempolicy") { _ in kernel(SYS_get_mempolicy, buffer(8), 0, 0, 0, 0) },
    ]

    /// One instruction: everything is allowed.
    private static let allowingProgram: @Sendable () -> Int = {
        address([1, UInt64(address([0x7fff_0000_0000_0006]))])
    }

    private static let filters = [
        refused("seccomp.filter", .syscallFilter) { _ in kernel(SYS_seccomp, 1, 0, allowingProgram()) },
        refused("seccomp.listener", .syscallFilter) { _ in kernel(SYS_seccomp, 1, 8, allowingProgram()) },
        refused("seccomp.actions", .syscallFilter) { _ in kernel(SYS_seccomp, 2, 0, address([0x7fff_0000])) },
        refused("seccomp.prctl", .syscallFilter) { _ in kernel(SYS_prctl, 22, 2, allowingProgram()) },
        absent("landlock") { _ in kernel(SYS_landlock_create_ruleset, 0, 0, 1) },
        absent("security.list") { _ in kernel(461, buffer(64), address([64]), 0) },
        absent("security.own") { _ in kernel(459, 100, buffer(4096), address([4096]), 0) },
    ]

    private static let personalities = [
        ("noRandomization", 0x4_0000), ("readImpliesExecute", 0x40_0000), ("lowAddresses", 0x10_0000),
        ("linux32", 0x8), ("highBits", 0x4_0000 | 1 << 40),
    ].map { name, value in
        refused("personality.\(name)", .syscallFilter) { _ in kernel(SYS_personality, value) }
    }

    /// prctl options that change what the kernel thinks of a process, and that the kernel grants without a filter.
    private static let controls: [Attempt] = [
        ("memoryMap", 35, [15 /* the size of its description */, buffer(8), 0, 0]), ("events", 31, [0, 0, 0, 0]),
        ("machineCheck", 33, [0, 0, 0, 0]), ("tracer", 0x5961_6d61, [0, 0, 0, 0]), ("ioFlusher", 57, [1, 0, 0, 0]),
        ("coreScheduling", 62, [1, 0, 0, 0]),
        ("timestamps", 26, [2, 0, 0, 0]), ("secureBits", 28, [1, 0, 0, 0]),
        ("securityBitsHigh", 28 | 1 << 40, [1, 0, 0, 0]),
        ("mergeable", 67, [1, 0, 0, 0]),
    ].map { (name: String, option: Int, rest: [Int]) in
        refused("prctl.\(name)", .syscallFilter) { _ in
            kernel(SYS_prctl, option, rest[0], rest[1], rest[2], rest[3])
        }
    }

    private static let ioctls: [Attempt] =
        [
            ("flags.get", 0x8008_6601), ("flags.get.highBits", 0x8008_6601 | 1 << 32), ("attributes.get", 0x801c_581f),
            ("version.get", 0x8008_7601), ("extents", 0xc020_660b),
        ].map { (name: String, request: Int) in
            refused("ioctl.\(name)", .syscallFilter) { targets in
                let file = targets.scratchFile("flags")
                return file < 0 ? untried : kernel(SYS_ioctl, Int(file), request, address([0, UInt64.max] + zeros))
            }
        } + [
            refused("ioctl.terminalInput", .syscallFilter) { _ in
                // The descriptor decides second: only where the request is let through is it looked at.
                let result = kernel(SYS_ioctl, 9999, 0x5412, address("x"))
                return result == -Int(EBADF) ? 0 : result
            },
            refused("ioctl.terminalPaste", .syscallFilter) { _ in
                let result = kernel(SYS_ioctl, 9999, 0x541c, address("x"))
                return result == -Int(EBADF) ? 0 : result
            },
            refused("ioctl.terminalLine", .syscallFilter) { _ in
                let result = kernel(SYS_ioctl, 9999, 0x5423, address("x"))
                return result == -Int(EBADF) ? 0 : result
            },
            refused("ioctl.owner", .syscallFilter) { targets in
                kernel(SYS_ioctl, Int(socket(AF_INET, 1, 0)), 0x8901, address([UInt64(getpid())]))
            },
            refused("ioctl.immutable", .noCapabilities) { targets in
                let file = targets.scratchFile("immutable")
                guard file >= 0 else { return untried }
                let result = kernel(SYS_ioctl, Int(file), 0x4008_6602, address([0x20]))
                // Where it worked it is taken back, so that the file can be removed.
                if result >= 0 { _ = kernel(SYS_ioctl, Int(file), 0x4008_6602, address([0])) }
                return result
            },
        ]
}
