import Barchan
import CLinux
import Glibc

/// A program of the machine, run for what it prints. Found through PATH.
enum ToolProcess {
    /// Runs a program to its end.
    /// - Parameters:
    ///   - input: A descriptor for its standard input; nil for nothing to read.
    ///   - package: The Debian package that has it, for the error when it is missing.
    ///   - isSilent: Whether nobody sees what it says on standard error.
    ///   - sink: Called with what it prints, piece by piece.
    /// - Throws: ``HostError`` `.notFound` when there is no such program, `.failed` when it ends with a status other
    ///   than 0; and what `sink` throws, after the program was ended.
    static func run(
        _ arguments: [String], input: CInt? = nil, package: String, isSilent: Bool = false,
        sink: (UnsafeRawBufferPointer) throws(HostError) -> Void = { _ in }
    ) throws(HostError) {
        var ends: [CInt] = [0, 0]
        guard clinux_pipe2(&ends, O_CLOEXEC) == 0 else { throw fileError("make a pipe for", arguments[0]) }
        let reader = OwnedDescriptor(takingOwnershipOf: ends[0])
        let child = try spawn(arguments, input: input, output: ends[1], package, isSilent)
        do throws(HostError) {
            try drain(reader.rawValue, arguments[0], sink)
        } catch {
            kill(child, SIGKILL)
            _ = wait(for: child)
            throw error
        }
        let status = wait(for: child)
        guard status == 0 else {
            throw HostError(.failed, "run '\(arguments.joined(separator: " "))': it ended with status \(status)")
        }
    }

    private static func spawn(
        _ arguments: [String], input: CInt?, output: CInt, _ package: String, _ isSilent: Bool
    ) throws(HostError) -> pid_t {
        defer { close(output) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        if isSilent { posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0) }
        var argv = arguments.map { strdup($0) } + [nil]
        defer { for argument in argv { free(argument) } }
        var child: pid_t = 0
        let failure = posix_spawnp(&child, arguments[0], &actions, nil, &argv, environ)
        guard failure == 0 else {
            guard failure != ENOENT else {
                throw HostError(
                    .notFound,
                    "run '\(arguments[0])': there is no such program; it is in the Debian package '\(package)'")
            }
            throw fileError("run", arguments[0], failure)
        }
        return child
    }

    private static func drain(
        _ number: CInt, _ name: String, _ sink: (UnsafeRawBufferPointer) throws(HostError) -> Void
    ) throws(HostError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = read(number, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw fileError("read what is printed by", name) }
            guard count > 0 else { return }
            try sink(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// The status of exit, or 128 and the signal.
    private static func wait(for child: pid_t) -> CInt {
        var status: CInt = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
    }
}
