import CLinux
import Glibc

/// Runs attempts, each in a process of its own with a time limit, and prints a JSON record a line:
/// first `{"attempts":N}`, then for each `{"name":…,"promise":…,"expected":…,"found":…,"held":…,"microseconds":…}`.
struct AttemptRun {
    private let targets: Targets
    private let attempts: [Attempt]
    /// For proof that what must work can fail: the attempts' processes have no system call but write and exit.
    private let isClosed: Bool
    private static let limitMilliseconds: CInt = 120_000
    /// Where an attempt's process says what it found: above what an attempt opens, and no part of the report.
    static let resultDescriptor: CInt = 1000

    /// Takes every `name=value` from the front: what the host offers as targets, `only=` a prefix of names, `closed=1`.
    init(_ arguments: inout ArraySlice<String>) {
        var values: [String: String] = [:]
        while let argument = arguments.first, let split = argument.firstIndex(of: "=") {
            values[String(argument[..<split])] = String(argument[argument.index(after: split)...])
            arguments.removeFirst()
        }
        targets = Targets(values)
        isClosed = values["closed"] == "1"
        _ = ProcessAttempts.first
        let prefix = values["only"] ?? ""
        attempts = AttemptTable.all.filter { $0.name.hasPrefix(prefix) }
    }

    func report() {
        say("{\"attempts\":\(attempts.count)}")
        for attempt in attempts { report(attempt) }
    }

    private func report(_ attempt: Attempt) {
        let start = AttemptRun.microseconds()
        let finding = run(attempt)
        say(
            "{\"name\":\(quoted(attempt.name)),\"promise\":\(quoted(attempt.promise.rawValue)),"
                + "\"expected\":\(quoted(attempt.expectation.description)),\"found\":\(quoted(finding.description)),"
                + "\"held\":\(attempt.expectation.isMet(by: finding)),"
                + "\"microseconds\":\(AttemptRun.microseconds() - start)}")
    }

    private func run(_ attempt: Attempt) -> Attempt.Finding {
        var ends: [CInt] = [-1, -1]
        guard clinux_pipe2(&ends, O_CLOEXEC) == 0 else { return .untried("no pipe: \(errorName(errno))") }
        guard let process = start(attempt, ends) else {
            close(ends[0])
            close(ends[1])
            return .untried("no process: \(errorName(errno))")
        }
        close(ends[1])
        let answer = AttemptRun.line(from: ends[0])
        close(ends[0])
        // Whatever it started belongs to its session's group, or has become a child of this process, the first.
        kill(-process, SIGKILL)
        kill(process, SIGKILL)
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        while waitpid(-1, nil, WNOHANG) > 0 {}
        return AttemptRun.finding(answer, status)
    }

    private func start(_ attempt: Attempt, _ ends: [CInt]) -> pid_t? {
        while true {
            let process = clinux_fork()
            if process == 0 { perform(attempt, ends) }
            guard process > 0 else { return nil }
            // By chance the number of the process outside, too: attempts aimed at that would hit this one.
            guard Int(process) == targets.process else { return process }
            kill(process, SIGKILL)
            waitpid(process, nil, 0)
        }
    }

    private func perform(_ attempt: Attempt, _ ends: [CInt]) -> Never {
        setsid()
        dup2(ends[1], AttemptRun.resultDescriptor)
        // Not a range: what the sandbox left open is something to find.
        for end in ends { close(end) }
        if isClosed { AttemptRun.shutEverything() }
        let text =
            switch attempt.body(targets) {
            case .result(let result): "r\(result)\n"
            case .value(let value): "v\(value.map { $0 == "\n" ? " " : $0 }.reduce(into: "") { $0.append($1) })\n"
            case .untried(let reason): "u\(reason)\n"
            case .ended(let how): "u\(how)\n"
            }
        _ = text.withCString { write(AttemptRun.resultDescriptor, $0, strlen($0)) }
        _exit(0)
    }

    /// The first line, or what came of it until the time was over. Empty when the process ended without one.
    private static func line(from descriptor: CInt) -> String? {
        let deadline = microseconds() + Int(limitMilliseconds) * 1000
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while bytes.last != 10 && bytes.count < 16384 {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let rest = CInt(max(0, (deadline - microseconds()) / 1000))
            guard poll(&entry, 1, rest) > 0 else { return nil }
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer.prefix(count)
        }
        return String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self)
    }

    private static func finding(_ answer: String?, _ status: CInt) -> Attempt.Finding {
        guard let answer else { return .untried("no answer within \(limitMilliseconds) ms") }
        let rest = String(answer.dropFirst())
        switch answer.first {
        case "r": return .of(Int(rest) ?? untried)
        case "v": return .value(rest)
        case "u": return .untried(rest)
        default:
            return clinux_wifsignaled(status) != 0
                ? .ended("signal \(clinux_wtermsig(status))") : .ended("exit \(clinux_wexitstatus(status))")
        }
    }

    /// Leaves write and exit_group; everything else becomes ENOSYS.
    private static func shutEverything() {
        // struct sock_filter: code, jumps, operand. Load the number; write and exit_group pass.
        let program: [UInt64] = [
            0x0000_0000_0000_0020, 0x0000_0001_0002_0015, 0x0000_00e7_0001_0015, 0x0005_0026_0000_0006,
            0x7fff_0000_0000_0006,
        ]
        _ = clinux_prctl(38 /* no new privileges */, 1, 0, 0, 0)
        _ = clinux_seccomp_load(program, UInt16(program.count))
    }

    private static func microseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int(time.tv_sec) * 1_000_000 + Int(time.tv_nsec) / 1000
    }

    private func say(_ line: String) {
        print(line)
        fflush(nil)
    }

    /// A JSON string.
    private func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{0}"..."\u{1f}", "\u{7f}": result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
