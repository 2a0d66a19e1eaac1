import CLinux
import ControlGroups
import Glibc
import SandboxProtocol

/// A program that makes namespaces and mounts, in place of the launcher.
protocol SandboxRuntime {
    /// Whether the program stays beside the sandbox and has to be ended; otherwise it ends by itself.
    var staysBeside: Bool { get }
    /// Its absolute path. Started with the channel to the launcher as descriptor 3, as the grains' user.
    var program: String { get }
    var environment: [String] { get }
    /// For ``RuntimeGuest``.
    var guestOptions: [String] { get }
    /// Its arguments, after whatever it needs was put on the stage.
    func arguments(for stage: RuntimeStage) throws(LaunchFailure) -> [String]
}

/// Makes each sandbox by running another program, which starts ``RuntimeGuest`` as the sandbox's first process.
///
/// That process becomes a child of the launcher (process 1 of its pid namespace) as soon as the program between them has
/// ended, so that the launcher learns how it ended, and nothing of the program stays in memory beside a grain.
final class RuntimeMaker: SandboxMaker {
    let features: LauncherFeatures
    let makesAhead = false
    private let configuration: LauncherConfiguration
    private let runtime: any SandboxRuntime
    private let groups: GroupStock
    private let guestOptions: [String]
    private let isRoot = geteuid() == 0
    /// A runtime that says nothing for so long does not work here; they take 5 to 100 ms.
    private static let patienceSeconds: CInt = 30

    init(_ configuration: LauncherConfiguration, runtime: any SandboxRuntime, groups: GroupStock, virtualizing: Bool) {
        self.configuration = configuration
        self.groups = groups
        self.runtime = runtime
        guestOptions =
            (configuration.usesLandlock ? [] : ["--no-landlock"]) + (virtualizing ? ["--virtual-calls"] : [])
            + (groups.countsProcesses ? [RuntimeGuest.processGroupOption] : []) + runtime.guestOptions
        var features = groups.features.union(.processLimit)
        if configuration.usesLandlock && LandlockWall.supported() != nil { features.insert(.landlock) }
        self.features = features
    }

    func make(for contents: SandboxContents?) throws(LaunchFailure) -> LaunchedSandbox {
        let (mine, theirs) = try channel(.runtime)
        // Before anybody can send: a message knows its sender only then.
        _ = clinux_pass_credentials(mine, 1)
        let group = try groups.make(orClose: [mine, theirs])
        let program = group.clone(SIGCHLD)
        let cloneError = errno
        if program == 0 { start(contents, report: theirs, group) }
        close(theirs)
        do throws(LaunchFailure) {
            guard program > 0 else { throw LaunchFailure(.runtime, cloneError) }
            let processID = try firstProcess(behind: mine, madeBy: pid_t(program))
            return LaunchedSandbox(
                processID: processID, process: try check(clinux_pidfd_open(processID), .runtime), report: mine,
                group: group, slot: nil)
        } catch {
            close(mine)
            groups.retire(group)
            throw error
        }
    }

    /// Waits until the sandbox's first process says that it is there. The kernel tells who said it.
    private func firstProcess(behind report: CInt, madeBy program: pid_t) throws(LaunchFailure) -> pid_t {
        var hasSucceeded = false
        defer { end(program, afterSuccess: hasSucceeded) }
        var bytes = [UInt8](repeating: 0, count: 64)
        var sender: CInt = 0
        let capacity = bytes.count
        try waitForReport(report, from: program)
        let length = clinux_receive_from_process(report, &bytes, capacity, &sender)
        _ = clinux_pass_credentials(report, 0)
        guard length > 0 else { throw LaunchFailure(.runtime, length < 0 ? errno : 0) }
        switch BlankReport(Array(bytes.prefix(length)), []) {
        case .parked:
            guard sender > 0 else { throw LaunchFailure(.runtime, ESRCH) }
            hasSucceeded = true
            return sender
        case .failed(let failure): throw failure
        case .entered, .executed, .listening, nil: throw LaunchFailure(.runtime, 0)
        }
    }

    /// The program and, when it failed, what it started and left in its process group.
    private func end(_ program: pid_t, afterSuccess: Bool) {
        if afterSuccess && !runtime.staysBeside { waitForEnd(of: program) }
        kill(afterSuccess ? program : -program, SIGKILL)
        var status: CInt = 0
        while waitpid(afterSuccess ? program : -program, &status, 0) > 0 || errno == EINTR {}
    }

    private func waitForEnd(of program: pid_t) {
        let process = clinux_pidfd_open(program)
        guard process >= 0 else { return }
        _ = isReady([process])
        close(process)
    }

    /// Until the report says something. A program that fails may leave processes that hold the other end of it open.
    private func waitForReport(_ report: CInt, from program: pid_t) throws(LaunchFailure) {
        let process = try opened(clinux_pidfd_open(program), .runtime)
        guard isReady([report, process.number]) else { throw LaunchFailure(.runtime, ETIMEDOUT) }
        if isReady([report], milliseconds: 0) { return }
        var end = siginfo_t()
        waitid(P_PID, id_t(program), &end, WEXITED | WNOWAIT)
        guard !runtime.staysBeside, clinux_exit_status(&end) == 0 else { throw LaunchFailure(.runtime, 0) }
        guard isReady([report]) else { throw LaunchFailure(.runtime, ETIMEDOUT) }
    }

    /// Whether one of the descriptors can be read, now or soon enough.
    private func isReady(_ descriptors: [CInt], milliseconds: CInt = patienceSeconds * 1000) -> Bool {
        var entries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        return poll(&entries, nfds_t(entries.count), milliseconds) > 0
    }

    /// Runs in a process of its own, which becomes the runtime.
    private func start(_ contents: SandboxContents?, report inherited: CInt, _ group: SandboxGroup) -> Never {
        let report: CInt = 3
        do throws(LaunchFailure) {
            let error = group.joinLegacy()
            guard error == 0 else { throw LaunchFailure(.controlGroup, error) }
            setsid()
            try check(dup2(inherited, report), .descriptors)
            if isRoot { try Identity.becomeGrainUser(configuration) }
            // Found before the stage covers anything.
            let program = try check(open(runtime.program, CLINUX_O_PATH | O_CLOEXEC), .runtime)
            let stage = try RuntimeStage(contents, guestOptions: guestOptions)
            // Opened for each sandbox: a shared open file would carry flags from grain to grain.
            let null = try opened(open("/dev/null", O_RDONLY | O_CLOEXEC), .descriptors)
            try check(dup2(null.number, 0), .descriptors)
            let arguments = try runtime.arguments(for: stage)
            let image = ProgramImage(arguments: [runtime.program] + arguments, environment: runtime.environment)
            throw LaunchFailure(.runtime, image.execute(program))
        } catch {
            _ = send(error.encoded(), to: report)
            _exit(1)
        }
    }
}
