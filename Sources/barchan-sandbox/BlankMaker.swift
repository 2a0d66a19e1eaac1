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
    private let networks: NetworkStock
    private let clock: StartClock
    private let template: TemplateNamespace
    private let isRoot = geteuid() == 0

    init(
        _ configuration: LauncherConfiguration, filter: SyscallFilter, groups: GroupStock,
        networks: NetworkStock, clock: StartClock
    ) throws(LaunchFailure) {
        self.configuration = configuration
        self.groups = groups
        self.networks = networks
        self.clock = clock
        template = try TemplateNamespace(configuration)
        let landlock = configuration.usesLandlock ? LandlockWall.supported() : nil
        var features = groups.features.union(.processLimit)
        if landlock != nil { features.insert(.landlock) }
        self.features = features
        blank = Blank(
            configuration: configuration, filter: filter, landlock: landlock, hasProcessGroup: groups.countsProcesses)
        blank.rehearse()
    }

    /// Returns at once; the new process prepares itself and then waits for its order.
    /// Only a sandbox for which somebody waits gets a network namespace of the stock.
    func make(for contents: SandboxContents?) throws(LaunchFailure) -> LaunchedSandbox {
        let network = contents == nil ? nil : networks.take()
        defer { if let network { close(network) } }
        let (mine, theirs) = try channel(.namespaces)
        let (identity, writer) = try channel(.namespaces)
        defer { close(identity) }
        let (group, entrance): (SandboxGroup, GroupEntrance)
        do throws(LaunchFailure) {
            (group, entrance) = try groups.makeToEnter()
        } catch {
            for descriptor in [mine, theirs, writer] { close(descriptor) }
            throw error
        }
        let slot = clock.take()
        let starter = entrance.clone(SIGCHLD)
        let cloneError = errno
        if starter == 0 { start(report: theirs, identity: writer, network: network, entrance, slot) }
        close(theirs)
        close(writer)
        do throws(LaunchFailure) {
            guard starter > 0 else { throw LaunchFailure(.namespaces, cloneError) }
            let processID = try startedProcess(identity, starter: pid_t(starter))
            let process = try check(clinux_pidfd_open(processID), .namespaces)
            return LaunchedSandbox(
                processID: processID, process: process, report: mine, group: group, slot: slot,
                companion: pid_t(starter))
        } catch {
            close(mine)
            groups.retire(group)
            if let slot { _ = clock.release(slot) }
            throw error
        }
    }

    private func startedProcess(_ identity: CInt, starter: pid_t) throws(LaunchFailure) -> pid_t {
        let received = receive(from: identity, maximumBytes: 64)
        if case .message(let bytes, _) = received, bytes.count == MemoryLayout<pid_t>.size {
            return bytes.withUnsafeBytes { $0.loadUnaligned(as: pid_t.self) }
        }
        var status: CInt = 0
        while waitpid(starter, &status, 0) < 0 && errno == EINTR {}
        guard case .message(let bytes, _) = received, let failure = LaunchFailure(decoding: bytes) else {
            throw LaunchFailure(.namespaces, 0)
        }
        throw failure
    }

    /// A process beside the sandbox until its program is executed. It leads the session of the sandbox and takes on the
    /// grains' user, so that the sandbox can map its own ids and shares a process group with nobody: kill(0) reaches only
    /// itself.
    ///
    /// The sandbox's first process lives in this one's memory. So executing the program only leaves that memory, as after
    /// vfork(2); taking it apart, which takes as long as the execution itself, is left to this process, which ends then.
    private func start(
        report: CInt, identity: CInt, network: CInt?, _ entrance: GroupEntrance, _ slot: StartSlot?
    ) -> Never {
        var channel = identity
        do throws(LaunchFailure) {
            let error = entrance.joinLegacy()
            guard error == 0 else { throw LaunchFailure(.controlGroup, error) }
            setsid()
            if let network { try check(clinux_enter_network(network), .namespaces) }
            try StarterDescriptors.openStandardInput()
            try template.enter()
            try StarterDescriptors.arrange(report: report, identity: identity, processes: template.processes)
            channel = CLINUX_STARTER_IDENTITY
            if isRoot { try Identity.becomeGrainUser(configuration) }
            // The sandbox belongs to the launcher, not to this process.
            let flags =
                CLINUX_CLONE_PARENT | CLINUX_CLONE_NEWUSER | CLINUX_CLONE_NEWNS | CLINUX_CLONE_NEWPID
                | CLINUX_CLONE_NEWIPC | CLINUX_CLONE_NEWUTS | CLINUX_CLONE_NEWCGROUP
                | (network == nil ? CLINUX_CLONE_NEWNET : 0)
            let first = FirstProcess(blank, slot, needsLoopback: network == nil)
            _ = clinux_share_memory(
                flags, { $0.map { Unmanaged<FirstProcess>.fromOpaque($0).takeUnretainedValue().live() } },
                Unmanaged.passRetained(first).toOpaque(), first.number)
            throw LaunchFailure(.namespaces, errno)
        } catch {
            _ = send(error.encoded(), to: channel)
            _exit(1)
        }
    }
}

/// What the first process of a sandbox finds in the memory it shares.
private final class FirstProcess {
    private let blank: Blank
    private let slot: StartSlot?
    private let needsLoopback: Bool
    /// Its process number as the launcher sees it. The kernel fills it in before the process runs, and the one beside it tells
    /// the launcher.
    let number = UnsafeMutablePointer<CInt>.allocate(capacity: 1)

    init(_ blank: Blank, _ slot: StartSlot?, needsLoopback: Bool) {
        self.needsLoopback = needsLoopback
        self.blank = blank
        self.slot = slot
    }

    func live() -> Never {
        blank.live(slot, needsLoopback: needsLoopback)
    }
}

/// The descriptors of a starter and, at first, of the process it starts: as ``clinux_share_memory`` wants them.
private enum StarterDescriptors {
    /// Descriptor 0 is opened for each sandbox: a shared open file would carry flags from grain to grain.
    static func openStandardInput() throws(LaunchFailure) {
        let null = try opened(open("/dev/null", O_RDONLY | O_CLOEXEC), .descriptors)
        try check(dup2(null.number, 0), .descriptors)
        // Replaces the launcher's control socket and keeps the number taken until the grain's socket gets it.
        try check(clinux_dup3(null.number, 3), .descriptors)
    }

    static func arrange(report: CInt, identity: CInt, processes: CInt) throws(LaunchFailure) {
        var ends: [CInt] = [-1, -1]
        try check(clinux_pipe2(&ends, O_CLOEXEC), .namespaces)
        // Two arrays of numbers, of which the launcher has had some: the first array of pairs in a process costs it a tenth of a
        // plain process start, for what the runtime has to find out about its type.
        var numbers = [report, ends[1], identity, ends[0], processes]
        let places = [
            CLINUX_STARTER_REPORT, CLINUX_STARTER_LIFE, CLINUX_STARTER_IDENTITY, CLINUX_STARTER_WATCH,
            CLINUX_STARTER_PROCESSES,
        ]
        // Out of each other's way first.
        for index in numbers.indices {
            numbers[index] = try check(fcntl(numbers[index], F_DUPFD_CLOEXEC, 16), .namespaces)
        }
        for index in numbers.indices { try check(clinux_dup3(numbers[index], places[index]), .namespaces) }
        _ = clinux_close_range(UInt32(CLINUX_STARTER_PROCESSES) + 1, UInt32.max, 0)
    }
}
