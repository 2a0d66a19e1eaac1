import CLinux
import Glibc

/// The app's program and whatever descends from it.
final class AppProcess {
    private let process: pid_t
    private let log: Log

    /// Starts the program. It gets the bridge's environment plus the proxy's address, and no descriptor above 2.
    init(_ command: [String], _ log: Log) throws(CallFailure) {
        self.log = log
        process = try Self.spawn(command)
    }

    /// Tells when the program has exited. Everything else that ends is collected on the way, as pid 1 must.
    /// - Returns: A watch to be kept.
    func whenExited(on loop: EventLoop, _ action: @escaping (Int32) -> Void) -> Watch? {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGCHLD)
        // Whatever the starter blocked is open again.
        sigprocmask(SIG_SETMASK, &signals, nil)
        let descriptor = signalfd(-1, &signals, Int32(SFD_CLOEXEC) | Int32(SFD_NONBLOCK))
        guard descriptor >= 0 else { return nil }
        let collect = { [self] in if let status = collectChildren() { action(status) } }
        let watch = Watch(descriptor, for: .readable, on: loop) { _ in
            var information = signalfd_siginfo()
            _ = read(descriptor, &information, MemoryLayout<signalfd_siginfo>.size)
            collect()
        }
        // It may have ended before the signal was blocked.
        collect()
        return watch
    }

    func kill() { Glibc.kill(process, SIGKILL) }

    /// The program's exit status as a shell counts, once it has ended. Process 1 cannot end by a signal of its own: which one
    /// it was stands in the log.
    private func collectChildren() -> Int32? {
        var exitStatus: Int32?
        var status: Int32 = 0
        while case let child = waitpid(-1, &status, WNOHANG), child > 0 {
            guard child == process else { continue }
            guard clinux_wifsignaled(status) != 0 else {
                exitStatus = clinux_wexitstatus(status)
                continue
            }
            let signal = clinux_wtermsig(status)
            log.say("the app was ended by signal \(signal) (\(strsignal(signal).map { String(cString: $0) } ?? "?"))")
            exitStatus = 128 + signal
        }
        return exitStatus
    }

    private static func spawn(_ command: [String]) throws(CallFailure) -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigaddset(&signals, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var process: pid_t = 0
        let result = withCStrings(command) { arguments in
            withCStrings(environment()) { environment in
                guard let program = arguments[0] else { return ENOENT }
                return posix_spawnp(&process, program, nil, &attributes, arguments, environment)
            }
        }
        guard result == 0 else { throw .failed("start '\(command[0])': \(errorText(result))") }
        return process
    }

    private static func environment() -> [String] {
        let proxy = "http://127.0.0.1:\(OutboundProxy.port)/"
        let additions = ["http_proxy=" + proxy, "HTTP_PROXY=" + proxy, "no_proxy=localhost,127.0.0.1"]
        let names = ["http_proxy=", "HTTP_PROXY=", "no_proxy="]
        var inherited: [String] = []
        var entry = environ
        while let text = entry.pointee {
            let variable = String(cString: text)
            if !names.contains(where: variable.hasPrefix) { inherited.append(variable) }
            entry += 1
        }
        return inherited + additions
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}
