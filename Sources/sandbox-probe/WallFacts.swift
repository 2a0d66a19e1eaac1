import CLinux
import Glibc

/// Walls of the sandbox that are neither mounts nor the filter. Numbers of calls are those of x86-64.
enum WallFacts {
    static func report() {
        reportCore()
        reportCapabilities()
        let zero = open("/dev/zero", O_RDONLY)
        var count: CInt = 0
        say("device.request", outcome(clinux_syscall(16, Int(zero), 0x541b /* FIONREAD */, address(&count), 0, 0, 0)))
        say("device.terminal", outcome(clinux_syscall(16, 0, 0x5401 /* TCGETS */, address(&count), 0, 0, 0)))
        close(zero)
        reportPeer()
        reportQueue()
        reportRandom()
    }

    private static func address(_ pointer: UnsafeMutableRawPointer) -> Int { Int(bitPattern: pointer) }

    /// A child that may leave a core file and ends as if it had to.
    private static func reportCore() {
        let child = clinux_clone(UInt(SIGCHLD))
        if child == 0 {
            let raised = clinux_limit(CLINUX_RLIMIT_CORE, 1 << 30, 1 << 30)
            say("core.raise", outcome(raised))
            fflush(nil)
            signal(SIGABRT, SIG_DFL)
            raise(SIGABRT)
            _exit(0)
        }
        var status: CInt = 0
        waitpid(pid_t(child), &status, 0)
        say("core", status & 0x80 != 0 ? "dumped" : status & 0x7f == SIGABRT ? "none" : "?")
    }

    private static func reportCapabilities() {
        say("ambient", outcome(clinux_prctl(47 /* PR_CAP_AMBIENT */, 2 /* raise */, 10, 0, 0)))
        say("secureBits.locked", clinux_prctl(27, 0, 0, 0, 0) & 0xaa == 0xaa ? "ok" : "open")
        say("noNewPrivileges.undo", outcome(clinux_prctl(38, 0, 0, 0, 0)))
    }

    /// What descriptor 3 tells about who made it.
    private static func reportPeer() {
        var ends: [CInt] = [-1, -1]
        _ = socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends)
        // Outside there is no descriptor 3: a socket of its own shows that the question works.
        let socket = fcntl(3, F_GETFD) >= 0 ? 3 : ends[0]
        var answer: [CInt] = [0, 0, 0]
        var length = socklen_t(4)
        let result = getsockopt(socket, 1, 77 /* SO_PEERPIDFD */, &answer, &length)
        say("peer.descriptor", outcome(result))
        length = 12
        say("peer.process", getsockopt(socket, 1, 17 /* SO_PEERCRED */, &answer, &length) == 0 ? "\(answer[0])" : "?")
        for end in ends { close(end) }
    }

    private static func reportQueue() {
        let name = Int(bitPattern: strdup("probe"))
        let queue = clinux_syscall(240 /* mq_open */, name, Int(O_CREAT | O_EXCL | O_RDWR), 0o600, 0, 0, 0)
        say("queue", outcome(queue))
        guard queue >= 0 else { return }
        var byte: [UInt8] = [7]
        let sent = byte.withUnsafeMutableBytes {
            clinux_syscall(242 /* mq_timedsend */, queue, Int(bitPattern: $0.baseAddress), 1, 0, 0, 0)
        }
        say("queue.send", outcome(sent))
        // It stays: the next sandbox must not find it.
        close(CInt(queue))
    }

    /// Every value of a byte, and never the same again.
    private static func reportRandom() {
        for path in ["/dev/random", "/dev/urandom"] {
            let first = bytes(of: path), second = bytes(of: path)
            let isFull = first.count == 65536 && Set(first).count == 256
            say("random \(path)", isFull && first != second ? "ok" : "bad")
        }
    }

    private static func bytes(of path: String) -> [UInt8] {
        let file = open(path, O_RDONLY)
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 65536)
        let count = read(file, &bytes, 65536)
        return Array(bytes.prefix(max(0, count)))
    }
}
