import CLinux
import Glibc

/// Runs a program and returns its exit status, or -1.
func run(_ arguments: [String]) -> CInt {
    let child = clinux_clone(UInt(SIGCHLD))
    if child == 0 {
        let strings = arguments.map { strdup($0) } + [nil]
        _ = clinux_execve(strings[0], strings, [nil])
        _exit(127)
    }
    var status: CInt = 0
    guard child > 0, waitpid(pid_t(child), &status, 0) == pid_t(child) else { return -1 }
    return clinux_wifexited(status) != 0 ? clinux_wexitstatus(status) : -1
}

/// Things to be ended by.
enum ProcessActions {
    /// Starts processes until that fails, or `most` run.
    static func fork(_ most: Int) {
        var started = 0
        while started < most {
            let child = clinux_clone(UInt(SIGCHLD))
            if child == 0 { waitForever() }
            if child < 0 { break }
            started += 1
        }
        say("forked", started)
        say("forked.last", started < most ? errorName(errno) : "ok")
    }

    /// Starts threads with ordinary stacks until that fails, or `most` run.
    static func startThreads(_ most: Int) {
        var started = 0, thread = pthread_t(), result: CInt = 0
        while started < most {
            result = pthread_create(&thread, nil, { _ in ProcessActions.waitForever() }, nil)
            if result != 0 { break }
            started += 1
        }
        say("threads", started)
        say("threads.last", result == 0 ? "ok" : errorName(result))
    }

    /// Takes memory and uses every page of it.
    static func allocate(_ mebibytes: Int) {
        for _ in 0..<mebibytes {
            guard let memory = malloc(1 << 20) else { return say("allocated.last", errorName(errno)) }
            memset(memory, 1, 1 << 20)
            // Somebody might read it, for all the compiler knows: what nobody reads it does not write.
            _ = write(-1, memory, 1 << 20)
        }
        say("allocated", mebibytes)
    }

    /// Asks for memory and uses none of it.
    static func reserve(_ mebibytes: Int) {
        let memory = mmap(nil, mebibytes << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        say("reserved", memory == MAP_FAILED ? errorName(errno) : "ok")
    }

    /// Starts processes that take memory each.
    static func spread(_ count: Int, mebibytes: Int) {
        for _ in 0..<count where clinux_clone(UInt(SIGCHLD)) == 0 {
            allocate(mebibytes)
            waitForever()
        }
    }

    /// Fills a file in memory that is mapped nowhere.
    static func fillMemoryFile(_ mebibytes: Int) {
        let file = clinux_memfd_create("file", 0), block = [UInt8](repeating: 1, count: 1 << 20)
        for _ in 0..<mebibytes where write(file, block, block.count) < 0 { return say("filled.last", errorName(errno)) }
        say("filled", mebibytes)
    }

    /// Fills two files without a name in /var, one of which is only mapped, and others that do not count: with a name, in memory, and
    /// in /tmp. A child has the same files.
    static func holdUnnamedFiles(_ mebibytes: Int) {
        func fill(_ file: CInt, _ mebibytes: Int) -> CInt {
            let block = [UInt8](repeating: 1, count: 1 << 20)
            for _ in 0..<mebibytes where write(file, block, block.count) < 0 { say("filled.last", errorName(errno)) }
            return file
        }
        let make = O_RDWR | O_CREAT | O_EXCL
        _ = fill(open("/var/named", make, 0o600), 1)
        _ = fill(clinux_memfd_create("file", 0), 1)
        _ = fill(open("/tmp/unnamed", make, 0o600), 1)
        unlink("/tmp/unnamed")
        _ = dup(fill(open("/var/unnamed", make, 0o600), mebibytes))
        unlink("/var/unnamed")
        let mapped = fill(open("/var/mapped", make, 0o600), mebibytes)
        unlink("/var/mapped")
        let memory = mmap(nil, 4096, PROT_READ, MAP_SHARED, mapped, 0)
        close(mapped)
        if clinux_clone(UInt(SIGCHLD)) == 0 { waitForever() }
        say("holding", memory == MAP_FAILED ? errorName(errno) : "ok")
    }

    /// Daemons: sessions of their own, deaf to every signal. They hold the output open as long as they live.
    static func leaveDescendants() {
        for _ in 0..<3 where clinux_clone(UInt(SIGCHLD)) == 0 {
            setsid()
            if clinux_clone(UInt(SIGCHLD)) > 0 { _exit(0) }
            ignoreSignals()
            waitForever()
        }
        say("descendants", 3)
    }

    /// Leaves processes that are never there for long: each starts the next and ends.
    static func leaveRunaways(_ count: Int) {
        for _ in 0..<count where clinux_fork() == 0 {
            setsid()
            while true {
                let next = clinux_fork()
                // At the limit of processes, for the moment.
                if next < 0 { continue }
                if next > 0 { _exit(0) }
            }
        }
        say("runaways", count)
    }

    /// Keeps a processor busy until the host says something on descriptor 3.
    /// - Parameter steps: Of its own between two calls of the kernel; with 0 it is the kernel that is busy.
    static func spin(steps: Int) {
        say("spinning", "ok")
        fflush(nil)
        var byte: UInt8 = 0, sum: UInt64 = 1
        while recv(3, &byte, 1, CInt(MSG_DONTWAIT)) < 0 {
            for step in 0..<steps { sum = (sum ^ UInt64(step)) &* 0x9e37_79b9_7f4a_7c15 }
        }
        // Nobody may find out that nothing comes of it.
        say("resting", sum == 0 ? "never" : "ok")
    }

    /// Starts processes that take memory until they are ended, again and again; with 0, processes that start others without end.
    static func exhaust(_ mebibytes: Int) {
        if mebibytes == 0 {
            while true { _ = clinux_fork() }
        }
        while true {
            let child = clinux_fork()
            if child == 0 {
                allocate(mebibytes)
                _exit(0)
            }
            var status: CInt = 0
            waitpid(child, &status, 0)
        }
    }

    /// Takes as much as it can of something that the kernel counts for each user, keeps it, and says how much that was.
    static func hold(_ what: String) {
        var count = 0
        switch what {
        case "descriptors":
            // Under way in sockets that nobody reads.
            var files: UInt64 = 0
            _ = clinux_hard_limit(CLINUX_RLIMIT_NOFILE, &files)
            _ = clinux_limit(CLINUX_RLIMIT_NOFILE, files, files)
            let sent = [CInt](repeating: 0, count: 8)
            var ends: [CInt] = [0, 0]
            while socketpair(AF_UNIX, 2 | Int32(SOCK_NONBLOCK.rawValue), 0, &ends) == 0 {
                while clinux_send(ends[0], "x", 1, sent, 8) == 1 { count += 8 }
                guard errno == EAGAIN else { break }
            }
            // The kernel counts those of one user together: others may have taken some.
            if errno == ETOOMANYREFS { return say("held", "all") }
        case "queues":
            while clinux_syscall(240, Int(bitPattern: strdup("hold-\(count)")), 0o102, 0o600, 0, 0, 0) >= 0 {
                count += 1
            }
        case "signals":
            var all = sigset_t()
            sigfillset(&all)
            sigprocmask(SIG_BLOCK, &all, nil)
            while sigqueue(getpid(), 40, sigval()) == 0 { count += 1 }
        case "watches": while clinux_syscall(294, 0, 0, 0, 0, 0, 0) >= 0 { count += 1 }
        default: break
        }
        say("held", count)
    }

    /// Takes 32 MiB of the disk and gives them back, 20 times, and says how many milliseconds that took.
    static func allocateDisk() {
        let file = open("/var/allocated", O_RDWR | O_CREAT, 0o600)
        var begin = timespec(), end = timespec()
        clock_gettime(CLOCK_MONOTONIC, &begin)
        for _ in 0..<20 {
            guard kernel(SYS_fallocate, Int(file), 0, 0, 32 << 20) == 0 else {
                return say("allocated", errorName(errno))
            }
            ftruncate(file, 0)
        }
        clock_gettime(CLOCK_MONOTONIC, &end)
        say("allocated", (end.tv_sec - begin.tv_sec) * 1000 + (end.tv_nsec - begin.tv_nsec) / 1_000_000)
    }

    /// Connects to itself without accepting and closes its ends, 40,000 times; and then 400,000 times more while it accepts.
    static func leaveConnections() {
        var name = 0, listener = -1
        for count in 0..<440_000 {
            if count % 100 == 0 && count <= 40_000 {
                listener = SocketAddress.inet(0x7f00_0001, 0).bind()
                name = buffer(16)
                guard kernel(SYS_listen, listener, 128) >= 0,
                    kernel(SYS_getsockname, listener, name, address([16])) >= 0
                else { return say("connections.left", count) }
            }
            let client = kernel(SYS_socket, 2, 1, 0)
            guard kernel(SYS_connect, client, name, 16) >= 0 else { return say("connections.left", count) }
            if count >= 40_000 { close(CInt(kernel(SYS_accept4, listener, 0, 0, 0))) }
            close(CInt(client))
        }
        say("connections.left", "all")
    }

    /// Sends as much as goes through connections to itself that it never accepts.
    static func fillUnaccepted() {
        let block = [UInt8](repeating: 1, count: 1 << 16)
        let listener = SocketAddress.inet(0x7f00_0001, 0).bind()
        _ = setOption(CInt(listener), 1, 8, [4 << 20])
        let name = buffer(16)
        guard kernel(SYS_listen, listener, 4096) >= 0, kernel(SYS_getsockname, listener, name, address([16])) >= 0
        else { return say("unaccepted", 0) }
        for _ in 0..<4000 {
            let client = CInt(kernel(SYS_socket, 2, 1, 0))
            guard kernel(SYS_connect, Int(client), name, 16) >= 0 else { break }
            while send(client, block, block.count, CInt(MSG_DONTWAIT)) > 0 {}
            close(client)
        }
        say("unaccepted", "all")
    }

    /// Leaves as much as it can in TCP connections whose other ends read nothing, to 400 MiB.
    static func fillSockets() {
        let block = [UInt8](repeating: 1, count: 1 << 16)
        let listener = SocketAddress.inet(0x7f00_0001, 0).bind()
        let name = buffer(16)
        guard kernel(SYS_listen, listener, 8) >= 0,
            kernel(SYS_getsockname, listener, name, address([16])) >= 0
        else { return say("sockets.held", 0) }
        var total = 0
        while total < 400 << 20 {
            let client = kernel(SYS_socket, 2, 1, 0)
            guard kernel(SYS_connect, client, name, 16) >= 0 else { break }
            let server = kernel(SYS_accept4, listener, 0, 0, 0)
            let before = total
            for end in [client, server] where end >= 0 {
                while case let count = send(CInt(end), block, block.count, CInt(MSG_DONTWAIT)), count > 0 {
                    total += count
                }
            }
            guard total > before else { break }
        }
        say("sockets.held", total >> 20)
    }

    static func ignoreSignals() {
        for number in CInt(1)..<65 { signal(number, SIG_IGN) }
        say("ignoring", "ok")
    }

    /// Sends a signal that ends whoever gets it to everybody who can be reached, itself excepted.
    static func signalEverybody() {
        ignoreSignals()
        say("signal.group", outcome(kill(0, SIGTERM)))
        say("signal.all", outcome(kill(-1, SIGTERM)))
        say("signal.all.kill", outcome(kill(-1, SIGKILL)))
    }

    /// A line every ten milliseconds.
    static func tick() -> Never {
        while true {
            say("tick", 1)
            fflush(nil)
            usleep(10_000)
        }
    }

    static func waitForever() -> Never {
        while true { pause() }
    }

    /// Sends back what comes in on descriptor 3, until its end.
    static func echo() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = read(3, &buffer, buffer.count), count > 0 { _ = write(3, buffer, count) }
    }

    /// Ends by a signal. The first process of a pid namespace cannot raise one on itself, so it makes the processor do it.
    static func abort() {
        _ = clinux_syscall(15 /* rt_sigreturn to nowhere */, 0, 0, 0, 0, 0, 0)
    }
}
