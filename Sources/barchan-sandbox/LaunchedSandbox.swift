import CLinux
import ControlGroups
import Glibc
import SandboxProtocol

/// The launcher's view of one sandbox, from the moment it is made ahead of time to its end.
final class LaunchedSandbox {
    enum State {
        /// In the pool.
        case waiting
        /// It has a package and waits for a grain.
        case parked
        /// It was told what to run.
        case starting(number: UInt64)
        case running(number: UInt64)
        /// The host knows already that it failed.
        case reported
    }

    var token: UInt64 = 0
    var state = State.waiting
    /// Where its first process notes the moments of its start, until the program runs.
    var slot: StartSlot?
    let processID: pid_t
    /// Readable when the first process has ended; for `pidfd_send_signal` and `waitid`.
    let process: CInt
    /// Takes the order, tells failures, and ends when the program is executed.
    let report: CInt
    let group: SandboxGroup
    /// Its weight among others; 0 for what everybody has.
    private(set) var processorWeight: UInt64 = 0
    var busyUse = BusyUse()
    /// Whether it keeps off the first processor.
    var hasLeftProcessor = false
    /// What connections may take that count for no group; 0 for no bound.
    private var connectionBytes: UInt64 = 0
    /// Whether it had more of them and has to be ended.
    var hasTooManyConnections = false
    /// What is known of it where no group counts; nil before it runs a program.
    var watched: WatchedUse?

    /// The process beside it, which ends when the program is executed; nil once it was waited for, and when there is none.
    private var companion: pid_t?

    init(
        processID: pid_t, process: CInt, report: CInt, group: SandboxGroup, slot: StartSlot?, companion: pid_t? = nil
    ) {
        self.companion = companion
        self.slot = slot
        self.processID = processID
        self.process = process
        self.report = report
        self.group = group
    }

    var isRunning: Bool {
        if case .running = state { true } else { false }
    }

    /// Sets what `order` bounds; 0 or an error number.
    func apply(_ order: LaunchOrder) -> CInt {
        processorWeight = order.processorWeight
        connectionBytes = order.memoryBytes / 2
        return group.apply(order)
    }

    /// Counts its TCP connections. What nobody has accepted the kernel keeps without a process to count it for, whatever became of
    /// the other end.
    func lookAtConnections(_ processes: CInt) {
        guard connectionBytes > 0 else { return }
        let count = NetworkSockets(process: processID, processes: processes).tcp
        if count > connectionBytes / NetworkSockets.connectionBytes { hasTooManyConnections = true }
    }

    var isParked: Bool {
        if case .parked = state { true } else { false }
    }

    /// What it was made ready for, when it waits for a grain.
    var parkedOrder: LaunchOrder?

    // MARK: The claim

    /// What the host and the launcher claim it by, from the moment the host knows of it; see ``LauncherReply/parked``.
    private var claim: CInt?

    /// Nil when the host cannot be told of it.
    func makeClaim() -> CInt? {
        claim = slot == nil ? nil : clinux_eventfd(1)
        if let made = claim, made < 0 { claim = nil }
        return claim
    }

    /// False when the host starts a grain in it.
    func takeClaim() -> Bool {
        guard let claim else { return true }
        var value: UInt64 = 0
        return read(claim, &value, 8) == 8
    }

    /// The grain that the host started in it by itself.
    var grainOfHost: UInt64? {
        guard isParked, claim != nil, let grain = slot?.grain, grain != 0 else { return nil }
        return grain
    }

    // MARK: Virtual calls

    private var listener: (CInt, SandboxView)?

    /// Keeps the descriptor through which its virtual calls are to be answered.
    func listen(_ listener: CInt, _ view: SandboxView) {
        if let old = self.listener { close(old.0) }
        self.listener = (listener, view)
    }

    /// Nil when it was taken before.
    func takeListener() -> (CInt, SandboxView)? { listener.take() }

    deinit {
        if let listener { close(listener.0) }
        if let claim { close(claim) }
        close(process)
        close(report)
    }

    /// What ends it.
    var endSignal = SIGKILL

    func kill() { _ = clinux_pidfd_send_signal(process, endSignal) }

    /// What the report socket holds; nil for nothing yet.
    func nextReport(blocking: Bool = false) -> BlankReport? {
        switch receive(from: report, maximumBytes: 64, flags: blocking ? 0 : CInt(MSG_DONTWAIT)) {
        case .nothing: nil
        case .end: .executed
        case .message(let bytes, let descriptors): BlankReport(bytes, descriptors)
        }
    }

    /// Waits until the report says something or ends. A runtime's own processes may hold the other end of it for some moments
    /// longer than a first process lives that is quick.
    func hasReport(within milliseconds: CInt) -> Bool {
        var entry = pollfd(fd: report, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, milliseconds) > 0
    }

    /// Blocks until everything that can be done ahead of time is done.
    func waitUntilParked() throws(LaunchFailure) {
        switch nextReport(blocking: true) {
        case .parked: return
        case .failed(let failure): throw failure
        case .entered, .executed, .listening, nil: throw LaunchFailure(.lostBeforeStart, 0)
        }
    }

    /// Call when the program was executed or the first process has ended: then this is a matter of microseconds.
    func collectCompanion() {
        guard let process = companion.take() else { return }
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    }

    /// Takes the exit status. Call when ``process`` is readable.
    func collect() -> (LauncherReply.ExitKind, Int32) {
        var status: CInt = 0
        while waitpid(processID, &status, 0) < 0 && errno == EINTR {}
        return clinux_wifsignaled(status) != 0
            ? (.signal, clinux_wtermsig(status)) : (.status, clinux_wexitstatus(status))
    }
}

/// What a sandbox tells the launcher before its program runs.
enum BlankReport {
    case parked
    /// It has a package and waits for a grain.
    case entered
    case failed(LaunchFailure)
    /// The filter is loaded; somebody has to answer its virtual calls.
    case listening(CInt, SandboxView)
    case executed

    init?(_ bytes: [UInt8], _ descriptors: [CInt]) {
        if bytes == BlankReport.parkedMessage { self = .parked; return }
        if bytes == BlankReport.enteredMessage { self = .entered; return }
        if let view = SandboxView(decoding: bytes), descriptors.count == 1 {
            self = .listening(descriptors[0], view)
            return
        }
        guard let failure = LaunchFailure(decoding: bytes) else { return nil }
        self = .failed(failure)
    }

    static let parkedMessage: [UInt8] = [0]
    static let enteredMessage: [UInt8] = [1]
}
