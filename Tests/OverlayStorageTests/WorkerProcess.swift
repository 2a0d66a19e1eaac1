import Barchan
import Foundation
import Glibc
import Testing

/// storage-worker as a child, with its output as lines.
final class WorkerProcess {
    private let child: pid_t
    private var lines: AsyncStream<String>.Iterator
    private var isOver = false

    convenience init(_ arguments: String...) throws { try self.init(arguments) }

    init(_ arguments: [String]) throws {
        let program = try Self.program("storage-worker")
        var ends: [CInt] = [0, 0]
        guard pipe(&ends) == 0 else { throw HostError(.failed, "make a pipe") }
        _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_addclose(&actions, ends[1])
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child = pid_t()
        guard posix_spawn(&child, program, &actions, nil, &words, environ) == 0 else {
            throw HostError(.failed, "start storage-worker")
        }
        close(ends[1])
        self.child = child
        lines = Self.lines(from: ends[0]).makeAsyncIterator()
    }

    deinit { kill() }

    /// The path of a program that is built beside the tests.
    static func program(_ name: String) throws -> String {
        let places = ["/proc/self/exe".linkTarget] + CommandLine.arguments.filter { $0.hasSuffix(".xctest") }
        let programs = places.map { $0.split(separator: "/").dropLast().joined(separator: "/") }.map {
            "/\($0)/\(name)"
        }
        guard let program = programs.first(where: { access($0, X_OK) == 0 }) else {
            throw HostError(.notFound, "find \(name): it is none of \(programs)")
        }
        return program
    }

    /// Reads on a thread of its own: the tests beside this one need theirs.
    private static func lines(from descriptor: CInt) -> AsyncStream<String> {
        let (lines, line) = AsyncStream.makeStream(of: String.self)
        Thread.detachNewThread {
            defer { line.finish() }
            guard let output = fdopen(descriptor, "r") else { return }
            defer { fclose(output) }
            var text: UnsafeMutablePointer<CChar>?
            var size = 0
            defer { free(text) }
            while case let count = getline(&text, &size, output), count > 0, let text {
                let bytes = UnsafeRawBufferPointer(start: text, count: count)
                // A line without its end was cut off by the kill.
                guard bytes.last == 0x0a else { return }
                line.yield(String(decoding: bytes.dropLast(), as: UTF8.self))
            }
        }
        return lines
    }

    /// The next line, or nil at the end.
    func line() async -> String? { await lines.next() }

    /// What follows `prefix` in the next line that has it.
    func value(_ prefix: String) async throws -> String {
        while let line = await line() {
            if line.hasPrefix(prefix) { return String(line.dropFirst(prefix.count)) }
        }
        throw HostError(.disconnected, "the worker ended before it said '\(prefix)'")
    }

    /// Every line to the end, which has to be a good one.
    func rest() async throws -> [String] {
        var lines: [String] = []
        while let line = await line() { lines.append(line) }
        isOver = true
        var status: CInt = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else { throw HostError(.failed, "the worker ended with status \(status)") }
        return lines
    }

    /// SIGSTOP, and waits until it stands still.
    func stop() {
        Glibc.kill(child, SIGSTOP)
        var status: CInt = 0
        while waitpid(child, &status, WUNTRACED) < 0, errno == EINTR {}
    }

    /// SIGKILL, and waits for the end.
    func kill() {
        guard !isOver else { return }
        isOver = true
        Glibc.kill(child, SIGKILL)
        var status: CInt = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
    }
}

extension String {
    fileprivate var linkTarget: String {
        var target = [CChar](repeating: 0, count: 4096)
        let count = readlink(self, &target, target.count)
        return String(decoding: target.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
