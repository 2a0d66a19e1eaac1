import Barchan
import CLinux
import Glibc

/// A program of the machine that is given a stranger's bytes, run for what it prints.
///
/// It has no network and no descriptor of ours, reads programs and libraries and no configuration or data, writes in one directory
/// (Landlock, where the kernel has it), and its processor time, memory, files and life are bounded.
struct ConfinedProgram {
    private static let processorSeconds: UInt32 = 30
    private static let memoryBytes: UInt64 = 1 << 30
    private static let fileBytes: UInt64 = 16 << 20
    /// What it may read: programs and libraries. Not /etc, which holds secrets.
    private static let readable = ["/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache", "/dev/null", "/dev/urandom"]

    struct Outcome {
        /// Of its exit.
        let status: CInt
        let output: [UInt8]
    }

    let path: String
    let arguments: [String]
    /// The directory it may write in.
    let writable: String
    let maximumOutputBytes: Int
    let limit: Duration

    /// Where PATH has a program; nil when it does not. A path is itself.
    static func path(of program: String) -> String? {
        if program.contains("/") { return access(program, X_OK) == 0 ? program : nil }
        let directories = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        return directories.split(separator: ":").map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
    }

    /// Runs it to its end.
    /// - Throws: ``HostError`` `.failed` when it cannot be confined or started, or does not end by itself in
    ///   time; nothing of it runs then.
    func run() throws(HostError) -> Outcome {
        var ends: [CInt] = [0, 0]
        guard clinux_pipe2(&ends, O_CLOEXEC) == 0 else { throw failure(String(cString: strerror(errno))) }
        let reader = OwnedDescriptor(takingOwnershipOf: ends[0])
        let child = spawn(output: ends[1])
        let error = errno
        close(ends[1])
        guard child > 0 else { throw failure(String(cString: strerror(error))) }
        let (output, problem) = drain(reader.rawValue, child)
        // Whatever it started goes with it. It is a child that nobody waited for, so the number is still its own.
        kill(-child, SIGKILL)
        kill(child, SIGKILL)
        let status = wait(for: child)
        if let problem { throw failure(problem) }
        switch status {
        case CLINUX_NOT_CONFINED: throw failure("no network namespace can be made for it; see barchan doctor")
        case CLINUX_NOT_STARTED: throw failure("it cannot be started")
        // It broke, or met one of its bounds: that says nothing of what it was asked.
        case 128...: throw failure("it was ended by signal \(status - 128)")
        default: return Outcome(status: status, output: output)
        }
    }

    private func failure(_ reason: String) -> HostError { HostError(.failed, "run '\(path)': \(reason)") }

    private func spawn(output: CInt) -> pid_t {
        func texts(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] { texts.map { strdup($0) } + [nil] }
        let environment = texts(["PATH=/usr/bin:/bin", "LC_ALL=C", "HOME=\(writable)"])
        let words = texts(arguments), readable = texts(Self.readable + [path])
        defer { for text in environment + words + readable { free(text) } }
        return clinux_spawn_confined(
            path, words, environment, readable, writable, output, Self.processorSeconds, Self.memoryBytes,
            Self.fileBytes)
    }

    /// Reads until the program has ended and nothing more comes.
    /// - Returns: What it printed, and what went wrong.
    private func drain(_ number: CInt, _ child: pid_t) -> (output: [UInt8], problem: String?) {
        let identity = clinux_pidfd_open(child)
        guard identity >= 0 else { return ([], String(cString: strerror(errno))) }
        defer { close(identity) }
        let clock = ContinuousClock(), end = clock.now + limit
        var output: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 4096)
        var waiting = [number, identity].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        while true {
            let left = (end - clock.now) / .milliseconds(1)
            guard left > 0 else { return (output, "it did not end within \(limit)") }
            if poll(&waiting, 2, CInt(min(left, 1_000_000)) + 1) < 0, errno != EINTR {
                return (output, String(cString: strerror(errno)))
            }
            guard waiting[0].revents == 0 else {
                let count = read(number, &buffer, buffer.count)
                if count > 0 { output += buffer[..<count] } else { waiting[0].fd = -1 }
                guard output.count <= maximumOutputBytes else {
                    return (output, "it says more than \(maximumOutputBytes) bytes")
                }
                waiting[0].revents = 0
                continue
            }
            if waiting[1].revents != 0 { return (output, nil) }
        }
    }

    /// The status of exit, or 128 and the signal.
    private func wait(for child: pid_t) -> CInt {
        var status: CInt = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return clinux_wifexited(status) != 0 ? clinux_wexitstatus(status) : 128 + clinux_wtermsig(status)
    }
}
