import CLinux
import Glibc

extension NeedAttempts {
    static let processes = [
        works("fork") { _ in child { 7 } == 7 ? 0 : -Int(errno) },
        works("execute") { targets in execute("\(targets.root)/probe") },
        works("execute.data") { executeScript(at: $0.scratch("script"), $0) },
        works("execute.temporary") { executeScript(at: "/tmp/attempt-\(getpid())", $0) },
        works("execute.shared") { executeScript(at: "/dev/shm/attempt-\(getpid())", $0) },
        works("execute.descriptor") { targets in
            // Without procfs a script's interpreter finds no path, but a program runs.
            let file = open("\(targets.root)/probe", O_RDONLY)
            let status = child {
                let arguments = address([UInt64(address("probe")), UInt64(address("exit")), UInt64(address("0")), 0])
                _ = kernel(SYS_execveat, Int(file), address(""), arguments, address([0]), 0x1000)
                return 99
            }
            return status == 0 ? 0 : -Int(ENOEXEC)
        },
        works("spawn") { targets in
            // posix_spawn: clone(CLONE_VM | CLONE_VFORK).
            var process: pid_t = 0
            var arguments = [strdup("probe"), strdup("exit"), strdup("0"), nil]
            let result = posix_spawn(&process, "\(targets.root)/probe", nil, nil, &arguments, [nil])
            guard result == 0 else { return -Int(result) }
            var status: CInt = 0
            waitpid(process, &status, 0)
            return status == 0 ? 0 : -Int(ENOEXEC)
        },
        works("wait.identifier") { _ in
            let process = clinux_fork()
            if process == 0 { _exit(0) }
            return kernel(SYS_waitid, 1 /* P_PID */, Int(process), buffer(128), 4 /* WEXITED */, 0)
        },
        works("wait.usage") { _ in
            let process = clinux_fork()
            if process == 0 { _exit(0) }
            return kernel(SYS_wait4, Int(process), 0, 0, buffer(144))
        },
        works("wait.descriptor") { _ in
            let process = clinux_fork()
            if process == 0 { _exit(0) }
            let descriptor = clinux_pidfd_open(process)
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            return poll(&entry, 1, 2000) == 1 ? kernel(SYS_waitid, 3, Int(descriptor), buffer(128), 4, 0) : -Int(errno)
        },
        works("signalDescriptor") { _ in
            let process = clinux_fork()
            if process == 0 { ProcessActions.waitForever() }
            let result = negated(clinux_pidfd_send_signal(clinux_pidfd_open(process), SIGKILL))
            waitpid(process, nil, 0)
            return result
        },
        works("killChild") { _ in
            let process = clinux_fork()
            if process == 0 { ProcessActions.waitForever() }
            let result = negated(kill(process, SIGTERM))
            waitpid(process, nil, 0)
            return result
        },
        works("session") { _ in child { setsid() > 0 ? 0 : 1 } == 0 ? 0 : -Int(EPERM) },
        works("group") { _ in child { setpgid(0, 0) == 0 ? 0 : 1 } == 0 ? 0 : -Int(EPERM) },
        works("signal.handler") { _ in
            signal(SIGUSR1) { _ in }
            return negated(kill(getpid(), SIGUSR1))
        },
        works("signal.stack") { _ in
            kernel(SYS_sigaltstack, address([UInt64(buffer(65536)), 0, 65536]), 0)
        },
        works("signal.queue") { _ in
            kernel(SYS_rt_sigqueueinfo, Int(getpid()), Int(SIGCHLD), address([UInt64(SIGCHLD), 0xffff_ffff] + zeros))
        },
        works("signal.wait") { _ in
            var set = sigset_t()
            sigemptyset(&set)
            sigaddset(&set, SIGUSR2)
            sigprocmask(SIG_BLOCK, &set, nil)
            kill(getpid(), SIGUSR2)
            return kernel(SYS_rt_sigtimedwait, address([1 << 11]), 0, address([2, 0]), 8)
        },
        works("signal.fault") { _ in
            // A process that catches its own fault, as virtual machines do.
            child {
                signal(SIGSEGV) { _ in _exit(0) }
                // The result counts, so that the compiler cannot leave the call out.
                return UnsafePointer<CChar>(bitPattern: 16).map { strlen($0) } == 0 ? 2 : 1
            } == 0 ? 0 : -Int(EFAULT)
        },
        works("subreaper") { _ in kernel(SYS_prctl, 36, 1) },
        works("parentDeathSignal") { _ in kernel(SYS_prctl, 1, Int(SIGTERM)) },
        works("name") { _ in kernel(SYS_prctl, 15, address("attempt")) },
        works("dumpable") { _ in kernel(SYS_prctl, 4, 0) },
        works("niceness") { _ in kernel(SYS_setpriority, 0, 0, 5) },
        works("scheduler.batch") { _ in kernel(SYS_sched_setscheduler, 0, 3, address([0])) },
        works("scheduler.idle") { _ in kernel(SYS_sched_setscheduler, 0, 5, address([0])) },
        works("scheduler.yield") { _ in kernel(SYS_sched_yield) },
        works("processors") { _ in kernel(SYS_sched_getaffinity, 0, 128, buffer(128)) },
        works("usage") { _ in kernel(SYS_getrusage, 0, buffer(144)) },
        works("times") { _ in kernel(SYS_times, buffer(32)) },
        works("system") { _ in kernel(SYS_sysinfo, buffer(128)) },
        works("limits.lower") { _ in kernel(SYS_prlimit64, 0, 7, address([512, 2048]), 0) },
    ]

    static let zeros = [UInt64](repeating: 0, count: 14)

    private static func execute(_ path: String) -> Int { run([path, "exit", "0"]) == 0 ? 0 : -Int(ENOEXEC) }

    private static func executeScript(at path: String, _ targets: Targets) -> Int {
        let file = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0o700)
        guard file >= 0 else { return -Int(errno) }
        let line = "#!\(targets.root)/probe exit\n"
        _ = line.withCString { write(file, $0, strlen($0)) }
        close(file)
        defer { unlink(path) }
        return run([path]) == 0 ? 0 : -Int(ENOEXEC)
    }

    static let threads = [
        works("thread") { _ in thread() },
        works("threads") { _ in
            for _ in 0..<50 where thread() < 0 { return -Int(EAGAIN) }
            return 0
        },
        works("futex.wake") { _ in kernel(SYS_futex, buffer(8), 1 | 128, 1) },
        works("futex.wait") { _ in
            // Nobody wakes it: the time passes.
            let result = kernel(SYS_futex, buffer(8), 0 | 128, 0, address([0, 1_000_000]))
            return result == -Int(ETIMEDOUT) ? 0 : result
        },
        works("futex.several") { _ in
            // struct futex_waitv: value, address, flags. It differs at once.
            let result = kernel(449, address([1, UInt64(buffer(8)), 2]), 1, 0, 0, 0)
            return result == -Int(EAGAIN) ? 0 : result
        },
        works("robustList") { _ in kernel(SYS_set_robust_list, buffer(24), 24) },
        works("robustList.own") { _ in
            // What musl asks before it makes a lock that outlives its holder.
            kernel(SYS_get_robust_list, 0, buffer(8), buffer(8))
        },
        works("threadIdentifier") { _ in kernel(SYS_set_tid_address, buffer(8)) },
        works("threadSignal") { _ in kernel(SYS_tgkill, Int(getpid()), Int(kernel(SYS_gettid)), 0) },
        works("barrier") { _ in kernel(SYS_membarrier, 0, 0, 0) },
        works("barrier.register") { _ in kernel(SYS_membarrier, 1 << 4, 0, 0) },
        works("restartable") { _ in
            // The C library has registered this thread: that it is so is what another try says.
            let result = kernel(SYS_rseq, buffer(64), 32, 0, 0)
            return [-Int(EINVAL), -Int(EBUSY), -Int(EPERM)].contains(result) ? 0 : result
        },
        works("segment") { _ in kernel(SYS_arch_prctl, 0x1003, buffer(8)) },
        works("processorNumber") { _ in kernel(SYS_getcpu, buffer(8), buffer(8), 0) },
    ]

    private static func thread() -> Int {
        var thread = pthread_t()
        let result = pthread_create(&thread, nil, { _ in nil }, nil)
        return result == 0 ? -Int(pthread_join(thread, nil)) : -Int(result)
    }

    static let memory = [
        works("memory.map") { _ in map(1 << 20, PROT_READ | PROT_WRITE) < 0 ? -Int(errno) : 0 },
        works("memory.reserve") { _ in
            // Databases and garbage collectors reserve much more than they use.
            let base = mmap(nil, 64 << 30, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | 0x4000 /* no reserve */, -1, 0)
            return base == MAP_FAILED ? -Int(errno) : 0
        },
        works("memory.code") { _ in
            let page = map(4096, PROT_READ | PROT_WRITE)
            guard page > 0 else { return page }
            writeCode(at: page)
            let result = kernel(SYS_mprotect, page, 4096, Int(PROT_READ | PROT_EXEC))
            return result < 0 ? result : runCode(at: page)
        },
        works("memory.codeAndData") { _ in
            let page = map(4096, PROT_READ | PROT_WRITE | PROT_EXEC)
            guard page > 0 else { return page }
            writeCode(at: page)
            return runCode(at: page)
        },
        works("memory.codeTwice") { _ in
            // One file, mapped to write and to run.
            let file = clinux_memfd_create("code", 1)
            guard file >= 0, ftruncate(file, 4096) == 0 else { return -Int(errno) }
            let writable = mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
            let executable = mmap(nil, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, file, 0)
            guard writable != MAP_FAILED, executable != MAP_FAILED else { return -Int(errno) }
            writeCode(at: Int(bitPattern: writable))
            return runCode(at: Int(bitPattern: executable))
        },
        works("memory.resize") { _ in
            kernel(SYS_mremap, map(4096, PROT_READ), 4096, 1 << 20, 1) < 0 ? -Int(errno) : 0
        },
        works("memory.release") { _ in kernel(SYS_madvise, map(1 << 20, PROT_READ), 1 << 20, 4) },
        works("memory.hugePages") { _ in
            let result = kernel(SYS_madvise, map(4 << 20, PROT_READ), 4 << 20, 14)
            // A kernel without them says EINVAL, as for any advice it does not know.
            return result == -Int(EINVAL) ? 0 : result
        },
        works("memory.lock") { _ in kernel(SYS_mlock, map(4096, PROT_READ | PROT_WRITE), 4096) },
        works("memory.residence") { _ in kernel(SYS_mincore, map(4096, PROT_READ), 4096, buffer(16)) },
        works("memory.break") { _ in kernel(SYS_brk, 0) },
        works("memory.protectionKey") { _ in
            let result = kernel(SYS_pkey_alloc, 0, 0)
            // Processors without keys have none to give.
            return result == -Int(ENOSPC) || result == -Int(EINVAL) ? 0 : result
        },
        works("memory.stack") { _ in
            // 6 of the 8 MiB that a stack may have.
            withUnsafeTemporaryAllocation(byteCount: 6 << 20, alignment: 16) { area in
                for offset in stride(from: (6 << 20) - 1, to: 0, by: -4096) { area[offset] = 1 }
                return 0
            }
        },
    ]

    private static func map(_ size: Int, _ protection: CInt) -> Int {
        let memory = mmap(nil, size, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        return memory == MAP_FAILED ? -Int(errno) : Int(bitPattern: memory)
    }

    /// x86-64: mov eax, 42; ret.
    private static func writeCode(at page: Int) {
        UnsafeMutablePointer<UInt64>(bitPattern: page)?.pointee = 0x0000_c300_0000_2ab8
    }

    private static func runCode(at page: Int) -> Int {
        typealias Function = @convention(c) () -> CInt
        guard let pointer = UnsafeRawPointer(bitPattern: page) else { return -Int(EFAULT) }
        return unsafeBitCast(pointer, to: Function.self)() == 42 ? 0 : -Int(EFAULT)
    }
}
