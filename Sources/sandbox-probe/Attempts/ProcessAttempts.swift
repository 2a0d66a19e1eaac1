import CLinux
import Glibc

/// Processes outside: to see, signal, change, read or trace one. What works outside of a sandbox changes nothing there.
enum ProcessAttempts {
    static let all = signals + questions + changes + memory + own

    private static func outside(_ name: String, _ body: @escaping @Sendable (Int) -> Int) -> Attempt {
        refused(name, .privateProcesses) { targets in
            targets.process > 0 ? body(targets.process) : untried
        }
    }

    private static let signals = [
        outside("signal") { kernel(SYS_kill, $0, 0) },
        outside("signal.window") { kernel(SYS_kill, $0, Int(SIGWINCH)) },
        outside("signal.group") { kernel(SYS_kill, -$0, 0) },
        outside("signal.thread") { kernel(SYS_tkill, $0, 0) },
        outside("signal.threadOfGroup") { kernel(SYS_tgkill, $0, $0, 0) },
        outside("signal.queue") { kernel(SYS_rt_sigqueueinfo, $0, Int(SIGWINCH), signalInformation()) },
        outside("signal.queueThread") { kernel(SYS_rt_tgsigqueueinfo, $0, $0, Int(SIGWINCH), signalInformation()) },
        refused("signal.everybody", .privateProcesses) { _ in kernel(SYS_kill, -1, 0) },
        outside("descriptor") { kernel(SYS_pidfd_open, $0, 0) },
        outside("descriptor.signal") { process in
            let descriptor = kernel(SYS_pidfd_open, process, 0)
            return descriptor < 0 ? descriptor : kernel(SYS_pidfd_send_signal, descriptor, 0, 0, 0)
        },
        outside("owner") { process in
            var ends: [CInt] = [0, 0]
            socketpair(AF_UNIX, 1, 0, &ends)
            return negated(fcntl(ends[0], F_SETOWN, CInt(process)))
        },
        fact("visible", .privateProcesses, is: "0") { targets in "\(strangers(targets))" },
    ]

    /// siginfo_t of SI_QUEUE.
    private static func signalInformation() -> Int { address([UInt64(SIGWINCH), 0xffff_ffff] + zeros) }
    private static let zeros = [UInt64](repeating: 0, count: 14)

    /// How many process numbers belong to somebody else. The first process, and this one, which it started, are ours.
    private static func strangers(_ targets: Targets) -> Int {
        let own = getpid(), parent = getppid()
        return (1...CInt(32768)).filter { number in
            number != own && number != parent && (kill(number, 0) == 0 || errno != ESRCH)
        }.count
    }

    private static let questions = [
        outside("ask.group") { kernel(SYS_getpgid, $0) },
        outside("ask.session") { kernel(SYS_getsid, $0) },
        outside("ask.priority") { kernel(SYS_getpriority, 0, $0) },
        outside("ask.limits") { kernel(SYS_prlimit64, $0, 7, 0, buffer(16)) },
        outside("ask.processors") { kernel(SYS_sched_getaffinity, $0, 128, buffer(128)) },
        outside("ask.scheduler") { kernel(SYS_sched_getscheduler, $0) },
        outside("ask.parameters") { kernel(SYS_sched_getparam, $0, buffer(8)) },
        outside("ask.attributes") { kernel(SYS_sched_getattr, $0, buffer(64), 48, 0) },
        outside("ask.processorTime") { kernel(SYS_clock_gettime, clock(of: $0), buffer(16)) },
        outside("ask.processorTimer") { kernel(SYS_timer_create, clock(of: $0), 0, buffer(8)) },
        outside("ask.interval") { kernel(SYS_sched_rr_get_interval, $0, buffer(16)) },
        outside("ask.ioPriority") { kernel(SYS_ioprio_get, 1, $0) },
        outside("ask.futexes") { kernel(SYS_get_robust_list, $0, buffer(8), buffer(8)) },
        outside("ask.capabilities") { process in
            kernel(SYS_capget, address([0x2008_0522 | UInt64(process) << 32]), buffer(24))
        },
    ]

    /// Of its processor time, see clock_getcpuclockid(3).
    private static func clock(of process: Int) -> Int { Int(CInt(~process << 3 | 2)) }

    private static let changes = [
        outside("change.limits") { process in
            let limits = buffer(16)
            let result = kernel(SYS_prlimit64, process, 7, 0, limits)
            return result < 0 ? result : kernel(SYS_prlimit64, process, 7, limits, 0)
        },
        outside("change.priority") { kernel(SYS_setpriority, 0, $0, 0) },
        outside("change.processors") { process in
            let mask = buffer(128)
            let size = kernel(SYS_sched_getaffinity, process, 128, mask)
            return size < 0 ? size : kernel(SYS_sched_setaffinity, process, size, mask)
        },
        outside("change.scheduler") { kernel(SYS_sched_setscheduler, $0, 0, buffer(8)) },
        outside("change.memoryNode") { kernel(SYS_migrate_pages, $0, 64, address([1]), address([1])) },
        outside("change.pages") { kernel(SYS_move_pages, $0, 0, 0, 0, 0, 0) },
    ]

    private static let memory = [
        outside("trace") { kernel(SYS_ptrace, 0x4206 /* seize */, $0, 0, 0) },
        outside("memory.read") { found(kernel(SYS_process_vm_readv, $0, part(), 1, part(), 1, 0)) },
        outside("memory.write") { found(kernel(SYS_process_vm_writev, $0, part(), 1, part(), 1, 0)) },
        outside("compare") { kernel(SYS_kcmp, Int(getpid()), $0, 0, 0, 0) },
        outside("memory.advise") { process in
            let descriptor = kernel(SYS_pidfd_open, process, 0)
            return descriptor < 0
                ? descriptor : found(kernel(440, descriptor, address([1 << 16, 4096]), 1, 20 /* cold */, 0))
        },
        outside("descriptor.take") { process in
            let descriptor = kernel(SYS_pidfd_open, process, 0)
            return descriptor < 0 ? descriptor : kernel(438, descriptor, 1, 0)
        },
    ]

    /// struct iovec of 8 bytes.
    private static func part() -> Int { address([UInt64(buffer(8)), 8]) }
    /// The process was there, but not the address in it.
    private static func found(_ result: Int) -> Int { [-Int(EFAULT), -Int(ENOMEM)].contains(result) ? 0 : result }

    private static let own = [
        fact("parent", .privateProcesses, is: "0") { _ in "\(first.parent)" },
        fact("number", .privateProcesses, is: "1") { _ in "\(first.number)" },
        refused("own.traceMe", .syscallFilter) { _ in kernel(SYS_ptrace, 0, 0, 0, 0) },
        absent("own.memory.read") { _ in kernel(SYS_process_vm_readv, Int(getpid()), part(), 1, part(), 1, 0) },
        absent("own.memory.write") { _ in kernel(SYS_process_vm_writev, Int(getpid()), part(), 1, part(), 1, 0) },
        absent("own.compare") { _ in kernel(SYS_kcmp, Int(getpid()), Int(getpid()), 0, 0, 0) },
        absent("own.descriptor.take") { _ in kernel(438, Int(clinux_pidfd_open(getpid())), 0, 0) },
        absent("own.futexes") { _ in kernel(SYS_get_robust_list, Int(getpid()), buffer(8), buffer(8)) },
        // The credentials of whoever made the socket of descriptor 3 are the host's.
        fact("peer.number", .privateProcesses, is: "0") { _ in
            let credentials = buffer(16)
            let result = kernel(SYS_getsockopt, 3, 1, 17, credentials, address([12]))
            return result < 0 ? errorName(CInt(-result)) : "\(UInt32(truncatingIfNeeded: word(at: credentials)))"
        },
        refused("peer.descriptor", .privateProcesses) { _ in
            kernel(SYS_getsockopt, 3, 1, 77, buffer(8), address([4]))
        },
        refused("peer.groups", .privateProcesses) { _ in
            let result = kernel(SYS_getsockopt, 3, 1, 59, buffer(4096), address([4096]))
            // Where there are more than fit, it says so: they were looked at.
            return result == -Int(ERANGE) ? 0 : result
        },
        refused("peer.label", .privateProcesses) { _ in
            kernel(SYS_getsockopt, 3, 1, 31, buffer(4096), address([4096]))
        },
    ]

    /// Of the program itself, not of an attempt's process.
    static let first = (number: getpid(), parent: getppid())
}
