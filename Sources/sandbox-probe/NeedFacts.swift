import CLinux
import Glibc

/// What ordinary programs need and must find: `ok` for each.
enum NeedFacts {
    static func report() {
        say("need thread", thread())
        say("need process", run(["/probe", "exit", "0"]) == 0 ? "ok" : "failed")
        say("need session", session())
        say("need name", outcome(clinux_prctl(15, UInt(bitPattern: strdup("renamed")), 0, 0, 0)))
        say("need queue", outcome(epoll_create1(0)))
        say("need event", outcome(eventfd(0, 0)))
        say("need timer", outcome(clinux_syscall(283 /* timerfd_create */, 1, 0, 0, 0, 0, 0)))
        say("need watch", outcome(inotify_add_watch(inotify_init(), "/var", 0x100)))
        say("need memory file", outcome(clinux_memfd_create("x", 1)))
        say("need random", outcome(clinux_syscall(318, buffer, 16, 0, 0, 0, 0)))
        say("need status", outcome(clinux_syscall(332 /* statx */, -100, address("/var"), 0, 0xfff, buffer, 0)))
        say("need barrier", outcome(clinux_syscall(324, 0, 0, 0, 0, 0, 0)))
        say("need affinity", outcome(clinux_syscall(204, 0, 128, buffer, 0, 0, 0)))
        say("need close range", outcome(clinux_close_range(100, 200, 0)))
        say("need process descriptor", outcome(clinux_pidfd_open(getpid())))
        say("need pages", outcome(mlock(UnsafeRawPointer(bitPattern: buffer), 4096)))
        reportFiles()
        reportExchange()
    }

    private static let buffer = Int(bitPattern: UnsafeMutableRawPointer.allocate(byteCount: 8192, alignment: 4096))
    private static func address(_ text: String) -> Int { Int(bitPattern: strdup(text)) }

    private static func reportFiles() {
        let file = open("/var/file", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        say("need space", outcome(posixAllocate(file)))
        say("need lock", outcome(flock(file, LOCK_EX)))
        say("need sync", outcome(fsync(file)))
        say("need map", mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) == MAP_FAILED ? "failed" : "ok")
        say(
            "need copy",
            outcome(clinux_syscall(326, Int(file), 0, Int(open("/var/copy", O_CREAT | O_RDWR, 0o600)), 0, 16, 0)))
        say("need rename", outcome(rename("/var/file", "/var/renamed")))
        say("need link", outcome(link("/var/renamed", "/var/link")))
        say("need symbolic link", outcome(symlink("/var/renamed", "/var/symbolic")))
        say("need directory", outcome(mkdir("/var/directory", 0o700)))
        say("need move", outcome(rename("/var/link", "/var/directory/link")))
        say("need times", outcome(utimes("/var/renamed", nil)))
        say("need truncate", outcome(truncate("/var/renamed", 5)))
        say(
            "need attribute",
            outcome(clinux_syscall(188, address("/var/renamed"), address("user.a"), address("1"), 1, 0, 0)))
        close(file)
    }

    private static func posixAllocate(_ file: CInt) -> CInt {
        CInt(truncatingIfNeeded: clinux_syscall(285, Int(file), 0, 0, 65536, 0, 0))
    }

    private static func reportExchange() {
        var ends: (CInt, CInt) = (0, 0)
        let paired = withUnsafeMutableBytes(of: &ends) {
            socketpair(1, 1, 0, $0.baseAddress?.assumingMemoryBound(to: CInt.self))
        }
        say("need pair", outcome(paired))
        say("need shared memory", outcome(shmget(0, 4096, 0o1600)))
        say("need semaphores", outcome(semget(0, 1, 0o1600)))
        say("need messages", outcome(msgget(0, 0o1600)))
        say("need memory object", outcome(shm_open("/object", O_CREAT | O_RDWR, 0o600)))
    }

    private static func thread() -> String {
        var thread = pthread_t()
        guard pthread_create(&thread, nil, { _ in nil }, nil) == 0 else { return "failed" }
        return pthread_join(thread, nil) == 0 ? "ok" : "failed"
    }

    private static func session() -> String {
        let child = clinux_clone(UInt(SIGCHLD))
        if child == 0 { _exit(setsid() > 0 ? 0 : 1) }
        var status: CInt = 0
        waitpid(pid_t(child), &status, 0)
        return status == 0 ? "ok" : "failed"
    }
}
