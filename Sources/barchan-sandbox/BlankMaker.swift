import CLinux
import ControlGroups
import Glibc
import SandboxProtocol

/// Makes blanks: sandboxes that have everything but a package and a program.
///
/// Most of the cost of a sandbox does not depend on what runs in it - namespaces (the network namespace alone takes as long
/// as two plain process starts), /dev, limits, the way out of the host's file system - so it is paid ahead of time.
final class BlankMaker: SandboxMaker {
    let features: LauncherFeatures
    let makesAhead = true
    private let configuration: LauncherConfiguration
    private let blank: Blank
    private let groups: GroupStock
    private let clock: StartClock
    private let isRoot = geteuid() == 0

    init(_ configuration: LauncherConfiguration, filter: SyscallFilter, groups: GroupStock, clock: StartClock) {
        self.configuration = configuration
        self.groups = groups
        self.clock = clock
        let landlock = configuration.usesLandlock ? LandlockWall.supported() : nil
        var features = groups.features.union(.processLimit)
        if landlock != nil { features.insert(.landlock) }
        self.features = features
        blank = Blank(
            configuration: configuration, filter: filter, landlock: landlock, hasProcessGroup: groups.countsProcesses)
    }

    /// Returns at once; the new process prepares itself and then waits for its order.
    func make(for _: SandboxContents?) throws(LaunchFailure) -> LaunchedSandbox {
        let (mine, theirs) = try channel(.namespaces)
        let (identity, writer) = try channel(.namespaces)
        defer { close(identity) }
        let group: SandboxGroup
        do throws(LaunchFailure) {
            group = try groups.make()
        } catch {
            for descriptor in [mine, theirs, writer] { close(descriptor) }
            throw error
        }
        let slot = clock.take()
        let starter = group.clone(SIGCHLD)
        let cloneError = errno
        if starter == 0 { start(report: theirs, identity: writer, group, slot) }
        close(theirs)
        close(writer)
        do throws(LaunchFailure) {
            guard starter > 0 else { throw LaunchFailure(.namespaces, cloneError) }
            let processID = try startedProcess(identity, starter: pid_t(starter))
            let process = try check(clinux_pidfd_open(processID), .namespaces)
            return LaunchedSandbox(processID: processID, process: process, report: mine, group: group, slot: slot)
        } catch {
            close(mine)
            groups.retire(group)
            if let slot { _ = clock.release(slot) }
            throw error
        }
    }

    private func startedProcess(_ identity: CInt, starter: pid_t) throws(LaunchFailure) -> pid_t {
        let received = receive(from: identity, maximumBytes: 64)
        var status: CInt = 0
        while waitpid(starter, &status, 0) < 0 && errno == EINTR {}
        guard case .message(let bytes, _) = received else { throw LaunchFailure(.namespaces, 0) }
        if let failure = LaunchFailure(decoding: bytes) { throw failure }
        return pid_t(bytes.reversed().reduce(Int32(0)) { $0 << 8 | Int32($1) })
    }

    /// A process between launcher and sandbox, gone at once. It leads the session of the sandbox and takes on the grains'
    /// user, so that the sandbox can map its own ids and shares a process group with nobody: kill(0) reaches only itself.
    private func start(report: CInt, identity: CInt, _ group: SandboxGroup, _ slot: StartSlot?) -> Never {
        do throws(LaunchFailure) {
            let error = group.joinLegacy()
            guard error == 0 else { throw LaunchFailure(.controlGroup, error) }
            setsid()
            if isRoot { try Identity.becomeGrainUser(configuration) }
            // The sandbox belongs to the launcher, not to this process.
            let flags =
                CLINUX_CLONE_PARENT | CLINUX_CLONE_NEWUSER | CLINUX_CLONE_NEWNS | CLINUX_CLONE_NEWPID
                | CLINUX_CLONE_NEWNET | CLINUX_CLONE_NEWIPC | CLINUX_CLONE_NEWUTS | CLINUX_CLONE_NEWCGROUP
            let process = clinux_clone(flags | UInt(SIGCHLD))
            guard process >= 0 else { throw LaunchFailure(.namespaces, errno) }
            if process == 0 { blank.live(report: report, slot) }
            let number = UInt32(truncatingIfNeeded: process)
            _ = send((0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }, to: identity)
            _exit(0)
        } catch {
            _ = send(error.encoded(), to: identity)
            _exit(1)
        }
    }
}
