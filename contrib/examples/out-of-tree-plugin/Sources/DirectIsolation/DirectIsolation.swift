import Barchan
import Glibc

/// Runs a grain's program as an ordinary child process.
struct DirectIsolation: IsolationProvider {
    let guarantees: Set<Guarantee> = []
    let fileOwner = FileOwner(user: geteuid(), group: getegid())

    func launch(
        _ specification: SandboxSpecification, socket: consuming OwnedDescriptor, output: consuming OwnedDescriptor
    ) async throws(HostError) -> any Sandbox {
        let command = specification.command
        guard let program = command.arguments.first, let root = specification.package.layers.first else {
            throw HostError(.invalidArgument, "start grain '\(specification.grain)': its command is empty")
        }
        let path = root + (program.hasPrefix("/") ? program : "/" + program)
        let process = try spawn(path, command, socket: socket.rawValue, output: output.rawValue)
        return DirectSandbox(process: process)
    }

    private func spawn(
        _ path: String, _ command: Command, socket: CInt, output: CInt
    ) throws(HostError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Everything else the host has open is close-on-exec, so the program starts with these four.
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, socket, 3)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own, so that the program and its children can be ended together.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))

        let arguments = CStrings(command.arguments)
        let environment = CStrings(command.environment)
        var process: pid_t = 0
        let code = posix_spawn(&process, path, &actions, &attributes, arguments.pointers, environment.pointers)
        guard code == 0 else {
            throw HostError(
                .invalidArgument,
                "run '\(path)': \(String(cString: strerror(code))); back end 'direct' runs what lies in the package"
            )
        }
        return process
    }
}

/// Strings as C wants them, freed when they are no longer needed.
private final class CStrings {
    private(set) var pointers: [UnsafeMutablePointer<CChar>?]

    init(_ strings: [String]) { pointers = strings.map { strdup($0) } + [nil] }
    deinit { for pointer in pointers { free(pointer) } }
}
