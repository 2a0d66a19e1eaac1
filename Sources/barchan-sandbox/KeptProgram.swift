import CLinux
import Glibc
import SandboxProtocol

/// Keeps another program, a back end that is not ours, as the first process of a pid namespace.
///
/// Whatever that program starts goes with it, by the kernel's hand; and it goes with the host, whose end of the program's
/// descriptor 3 closes.
struct KeptProgram {
    static let option = "--keep"
    private let arguments: [String]

    init?(arguments: [String]) {
        guard arguments.count > 2, arguments[1] == KeptProgram.option else { return nil }
        self.arguments = Array(arguments.dropFirst(2))
    }

    func keep() -> Never {
        // The terminal's signals are for the host.
        setsid()
        do throws(LaunchFailure) {
            if geteuid() != 0 { try enterUserNamespace() }
            let child = clinux_clone(CLINUX_CLONE_NEWPID | CLINUX_CLONE_NEWNS | UInt(SIGCHLD))
            guard child >= 0 else { throw LaunchFailure(.launcherNamespaces, errno) }
            if child == 0 { try start() }
            waitForEnd(of: pid_t(child))
        } catch {
            complain("'\(arguments[0])': \(error.step.attempt): \(String(cString: strerror(error.errorNumber)))")
            exit(1)
        }
    }

    private func start() throws(LaunchFailure) -> Never {
        clinux_default_signals()
        _ = clinux_prctl(PR_SET_PDEATHSIG, UInt(SIGKILL), 0, 0, 0)
        try check(clinux_mount_propagation("/", CLINUX_MOUNT_SLAVE), .launcherSetup)
        try ProcessFileSystem.mount(.launcherSetup)
        _ = clinux_close_range(4, UInt32.max, 0)
        let image = ProgramImage(arguments: arguments, environment: ProgramImage.ownEnvironment)
        throw LaunchFailure(.execute, image.execute())
    }

    private func waitForEnd(of child: pid_t) -> Never {
        let process = clinux_pidfd_open(child)
        // Nothing is read here; the end of a connection is reported all the same.
        var entries = [
            pollfd(fd: controlSocket, events: 0, revents: 0), pollfd(fd: process, events: Int16(POLLIN), revents: 0),
        ]
        while poll(&entries, 2, -1) < 0 && errno == EINTR {}
        kill(child, SIGKILL)
        var status: CInt = 0
        while waitpid(child, &status, 0) < 0 && errno == EINTR {}
        if clinux_wifexited(status) != 0 { exit(clinux_wexitstatus(status)) }
        // The host is to learn of the signal, and the core would be the wrong program's.
        _ = clinux_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
        clinux_default_signals()
        kill(getpid(), clinux_wtermsig(status))
        exit(1)
    }
}

/// A /proc that shows the processes of this pid namespace.
enum ProcessFileSystem {
    static func mount(_ step: LaunchStep) throws(LaunchFailure) {
        let context = try opened(clinux_fsopen("proc"), step)
        try check(clinux_fsconfig_create(context.number), step)
        let attributes = CLINUX_MOUNT_NOSUID | CLINUX_MOUNT_NODEV | CLINUX_MOUNT_NOEXEC
        let mount = try opened(clinux_fsmount(context.number, UInt32(attributes)), step)
        try check(clinux_move_mount(mount.number, "", AT_FDCWD, "/proc", CLINUX_MOVE_FROM_DESCRIPTOR), step)
    }
}
