import Barchan
import BarchanConformance
import CLinux
import Glibc

/// No walls at all, and a bad start besides: the control, on which the suite's attempts have to fail.
///
/// The program is an ordinary process of this user, in the wrong directory, with a terminal as its input, a file as its errors,
/// a directory of the host left open, a signal blocked and one ignored, another mask and another niceness.
struct OpenIsolation: IsolationProvider {
    let guarantees: Set<Guarantee> = []
    let fileOwner = FileOwner(user: geteuid(), group: getegid())

    func launch(
        _ specification: SandboxSpecification, socket: consuming OwnedDescriptor, output: consuming OwnedDescriptor
    ) async throws(HostError) -> any Sandbox {
        guard let root = specification.package.layers.first, let program = specification.command.arguments.first else {
            throw HostError(.invalidArgument, "nothing to run")
        }
        var actions = posix_spawn_file_actions_t(), attributes = posix_spawnattr_t(), blocked = sigset_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, output.rawValue, 1)
        posix_spawn_file_actions_adddup2(&actions, socket.rawValue, 3)
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/ptmx", O_RDWR | O_NOCTTY, 0)
        posix_spawn_file_actions_addopen(
            &actions, 2, "/tmp", O_RDWR | 0o20_000_000 /* O_TMPFILE */ | O_DIRECTORY, 0o600)
        posix_spawn_file_actions_addopen(&actions, 5, "/", O_RDONLY | O_DIRECTORY, 0)
        sigemptyset(&blocked)
        sigaddset(&blocked, SIGUSR1)
        posix_spawnattr_setsigmask(&attributes, &blocked)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        let script = "trap '' USR2; umask 022; cd /tmp; exec nice -n 1 \"$0\" \"$@\""
        let words = ["sh", "-c", script, root + program] + specification.command.arguments.dropFirst()
        let arguments = words.map { strdup($0) } + [nil]
        let environment = ["LEAK=1"] + specification.command.environment
        let entries = environment.map { strdup($0) } + [nil]
        defer { for string in arguments + entries { free(string) } }
        var process: pid_t = 0
        let result = posix_spawn(&process, "/bin/sh", &actions, &attributes, arguments, entries)
        guard result == 0 else { throw HostError(.failed, "run a shell: \(String(cString: strerror(result)))") }
        return OpenSandbox(process)
    }
}

/// Waited for once, by whoever asks first.
private actor OpenSandbox: Sandbox {
    private let process: pid_t
    private var waiting: Task<SandboxExit, Never>?

    init(_ process: pid_t) { self.process = process }

    func waitForExit() async -> SandboxExit {
        let process = process
        let task = waiting ?? Task { await onThread { OpenSandbox.exit(of: process) } }
        waiting = task
        return await task.value
    }

    func terminate() async {
        if waiting == nil { kill(process, SIGKILL) }
        _ = await waitForExit()
    }

    private nonisolated static func exit(of process: pid_t) -> SandboxExit {
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        return clinux_wifsignaled(status) != 0
            ? .signaled(signal: clinux_wtermsig(status)) : .exited(status: clinux_wexitstatus(status))
    }
}
