import Foundation
import Glibc
import Synchronization

/// A program that a test started, ended at the latest with this object.
final class ChildProcess: Sendable {
    let pid: pid_t
    /// What it writes to standard output, line by line; ends with the program's output.
    let lines: AsyncStream<String>
    private let exit: AsyncStream<Int32>
    private let status = Mutex<Int32?>(nil)

    /// - Parameter descriptors: Further descriptors the program gets, by the number it sees them under.
    /// - Parameter standardError: Where its standard error goes; this process's own when nil.
    init(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:],
        descriptors: [Int32: Int32] = [:], standardError: String? = nil
    ) throws {
        let output = try makePipe()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output.write, 1)
        if let standardError {
            posix_spawn_file_actions_addopen(&actions, 2, standardError, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        }
        for (number, descriptor) in descriptors { posix_spawn_file_actions_adddup2(&actions, descriptor, number) }

        let all = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0)=\($1)" }
        var argv = ([executable] + arguments).map { strdup($0) } + [nil]
        var envp = all.map { strdup($0) } + [nil]
        defer { for text in argv + envp { free(text) } }
        var pid: pid_t = 0
        let status = posix_spawn(&pid, executable, &actions, nil, &argv, &envp)
        close(output.write)
        guard status == 0 else {
            close(output.read)
            throw TestFailure("start '\(executable)': \(String(cString: strerror(status)))")
        }
        self.pid = pid
        let child = pid
        let (lines, line) = AsyncStream.makeStream(of: String.self)
        self.lines = lines
        Thread.detachNewThread {
            readLines(from: output.read) { line.yield($0) }
            line.finish()
        }
        let (exit, exited) = AsyncStream.makeStream(of: Int32.self)
        self.exit = exit
        Thread.detachNewThread {
            var status: Int32 = 0
            while waitpid(child, &status, 0) < 0 && errno == EINTR {}
            exited.yield(status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f))
            exited.finish()
        }
    }

    /// Does nothing once ``end()`` has returned.
    func signal(_ number: Int32) { status.withLock { if $0 == nil { kill(pid, number) } } }

    /// Waits for the end and says how it ended: the status of exit, or 128 and the signal.
    @discardableResult
    func end() async -> Int32 {
        for await number in exit { status.withLock { $0 = number } }
        return status.withLock { $0 ?? -1 }
    }

    deinit { signal(SIGKILL) }

    /// Runs a program to its end.
    static func run(_ executable: String, _ arguments: [String]) async throws -> (status: Int32, output: String) {
        let child = try ChildProcess(executable, arguments)
        var text = ""
        for await line in child.lines { text += line + "\n" }
        return (await child.end(), text)
    }
}

/// A pipe that no program inherits unless it is handed over.
func makePipe() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw TestFailure("pipe: \(String(cString: strerror(errno)))") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
}

private func readLines(from descriptor: Int32, _ body: (String) -> Void) {
    defer { close(descriptor) }
    readRecords(from: descriptor, separator: UInt8(ascii: "\n")) { body(String(decoding: $0, as: UTF8.self)) }
}

/// Reads until the end, cutting at `separator`. What is left without one is the last record.
func readRecords(from descriptor: Int32, separator: UInt8, _ body: (Data) -> Void) {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var pending = Data()
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { break }
        for byte in buffer[..<count] {
            if byte == separator {
                body(pending)
                pending.removeAll(keepingCapacity: true)
            } else {
                pending.append(byte)
            }
        }
    }
    if !pending.isEmpty { body(pending) }
}

/// Why a test cannot go on.
struct TestFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Ends an operation that takes too long, so that a hanging test says what it waited for.
func within<Result: Sendable>(
    _ limit: Duration, _ what: String, _ operation: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result.self) { group in
        group.addTask(operation: operation)
        group.addTask {
            try await Task.sleep(for: limit)
            throw TestFailure("\(what): not within \(limit)")
        }
        defer { group.cancelAll() }
        guard let result = try await group.next() else { throw TestFailure(what) }
        return result
    }
}
