import CLinux
import ControlGroups
import Glibc
import SandboxProtocol

/// The one process of a host that answers virtual calls, of all sandboxes.
///
/// A process beside the launcher and not the launcher itself: a grain that asks without end must not hold up a start, and
/// whatever stops this process, which reaches into the memory of strangers, stops nothing else. It may look into processes
/// and has no other privilege that matters. When it dies the kernel answers ENOSYS in its place.
struct CallSupervisor {
    /// The messages of one byte; the other is ``SandboxView``.
    static let ready: [UInt8] = [1], question: [UInt8] = [3]

    /// How many calls of one sandbox are answered in a tenth of a second; the rest waits for the next. A call takes some
    /// 20 µs of this process, so one sandbox can use a twelfth of a processor that is not its own. One that takes longer counts
    /// for as many as it held up: the caller's other threads may keep its memory locked (`mmap_lock`) for tens of milliseconds.
    private static let answersPerInterval: Int64 = 400
    private static let intervalMilliseconds: Int64 = 100
    private static let answerMicroseconds: Int64 = 20
    /// What one call counts for at most: this process may have waited for a processor, which is nobody's fault.
    private static let weightMaximum: Int64 = 5000
    /// What a socket counts for at least. It is there only some time after the answer, and whoever is answered meanwhile is not
    /// counted: this bounds how many that are.
    private static let answersPerSocket: Int64 = 25
    /// What is allocated of a disk at once, and in a tenth of a second.
    private static let allocationMaximum: UInt64 = 64 << 20
    /// How many wait that were received: a call that was not is broken off by any signal (EINTR), which none of these calls
    /// ever is. Far more than a sandbox may have threads, unless nothing limits them.
    private static let heldMaximum = 4096

    private let channel: CInt = 3
    private let processes: CInt
    private let machine: VirtualMachine
    private let events: EventQueue
    private var sandboxes: [UInt64: WatchedSandbox] = [:]
    /// Those that have to wait for the next interval.
    private var waiting: Set<UInt64> = []

    private final class WatchedSandbox {
        let listener: CallListener
        let view: SandboxView
        /// Its control group that counts memory; nil where none does.
        let memory: MemoryGroup?
        /// Monotonic milliseconds.
        let started: Int64
        /// Received and to be answered in the next interval.
        var held: [CallListener.Call] = []
        private var interval: Int64 = 0
        private var answered: Int64 = 0

        init(listener: CallListener, view: SandboxView, memory: MemoryGroup?, started: Int64) {
            self.listener = listener
            self.view = view
            self.memory = memory
            self.started = started
        }

        var isFull: Bool { held.count >= CallSupervisor.heldMaximum }

        /// Whether one more call may be answered now.
        func hasTurn(_ now: Int64) -> Bool {
            let interval = now / CallSupervisor.intervalMilliseconds
            answered = max(0, answered - (interval - self.interval) * CallSupervisor.answersPerInterval)
            self.interval = interval
            return answered < CallSupervisor.answersPerInterval
        }

        func count(_ answers: Int64) { answered += answers }
    }

    /// Runs in a new process that has the launcher's other descriptors still open.
    static func run(_ configuration: LauncherConfiguration, channel: CInt) -> Never {
        if channel != 3 { _ = clinux_dup3(channel, 3) }
        _ = clinux_close_range(4, UInt32.max, 0)
        do throws(LaunchFailure) {
            var supervisor = try CallSupervisor(configuration)
            guard send(ready, to: supervisor.channel) else { _exit(0) }
            supervisor.run()
            _exit(0)
        } catch {
            complain("\(error.step.attempt): \(String(cString: strerror(error.errorNumber)))")
            _exit(1)
        }
    }

    private init(_ configuration: LauncherConfiguration) throws(LaunchFailure) {
        machine = VirtualMachine(processors: configuration.processors)
        // The launcher's processes by number. It is mounted nowhere, so that nobody else can see it.
        let context = try opened(clinux_fsopen("proc"), .virtualCalls)
        try check(clinux_fsconfig_create(context.number), .virtualCalls)
        processes = try check(clinux_fsmount(context.number, 0), .virtualCalls)
        events = try EventQueue()
        try events.add(channel, 0)
        let overrideFileModes: UInt32 = 1 << 1, lookIntoProcesses: UInt32 = 1 << 19
        try check(clinux_keep_capabilities(overrideFileModes | lookIntoProcesses), .virtualCalls)
    }

    private mutating func run() {
        while true {
            let ready = events.waitForEnds(
                milliseconds: waiting.isEmpty ? -1 : CInt(CallSupervisor.intervalMilliseconds))
            let now = CallSupervisor.milliseconds()
            for event in ready {
                if event.token == 0 {
                    guard takeMessages(now) else { return }
                } else if event.isOver {
                    sandboxes[event.token] = nil
                    waiting.remove(event.token)
                } else {
                    serve(event.token, now)
                }
            }
            resume(now)
        }
    }

    // MARK: The launcher

    /// False when the launcher is gone.
    private mutating func takeMessages(_ now: Int64) -> Bool {
        while true {
            switch receive(from: channel, maximumBytes: 64, flags: CInt(MSG_DONTWAIT)) {
            case .nothing: return true
            case .end: return false
            case .message(let bytes, let descriptors):
                if let view = SandboxView(decoding: bytes), (1...2).contains(descriptors.count) {
                    let memory = descriptors.count > 1 ? MemoryGroup(takingOwnershipOf: descriptors[1]) : nil
                    watch(CallListener(descriptors[0], processes: processes), view, memory, now)
                } else {
                    for descriptor in descriptors { close(descriptor) }
                    // The answer says whether there is anybody to look after.
                    let answer = CallSupervisor.question + [sandboxes.isEmpty ? 0 : 1]
                    guard send(answer, to: channel) else { return false }
                }
            }
        }
    }

    private mutating func watch(
        _ listener: CallListener, _ view: SandboxView, _ memory: MemoryGroup?, _ now: Int64
    ) {
        let token = UInt64(listener.number)
        // Where there is no room the listener is closed, and its sandbox gets ENOSYS.
        guard (try? events.add(listener.number, token)) != nil else { return }
        sandboxes[token] = WatchedSandbox(listener: listener, view: view, memory: memory, started: now)
    }

    // MARK: The sandboxes

    /// One call, so that every sandbox gets its turn.
    private mutating func serve(_ token: UInt64, _ now: Int64) {
        guard let sandbox = sandboxes[token], let call = sandbox.listener.receive() else { return }
        if sandbox.hasTurn(now) {
            settle(call, sandbox, now)
        } else {
            sandbox.held.append(call)
            waiting.insert(token)
            if sandbox.isFull { events.setPaused(true, sandbox.listener.number, token) }
        }
    }

    /// Answers those that had asked too much.
    private mutating func resume(_ now: Int64) {
        for token in waiting {
            guard let sandbox = sandboxes[token] else { continue }
            let wasFull = sandbox.isFull
            var count = 0
            while count < sandbox.held.count && sandbox.hasTurn(now) {
                settle(sandbox.held[count], sandbox, now)
                count += 1
            }
            sandbox.held.removeFirst(count)
            if sandbox.held.isEmpty { waiting.remove(token) }
            if wasFull && !sandbox.isFull { events.setPaused(false, sandbox.listener.number, token) }
        }
    }

    private func settle(_ call: CallListener.Call, _ sandbox: WatchedSandbox, _ now: Int64) {
        let begin = CallSupervisor.microseconds()
        sandbox.listener.answer(call, with: answer(call, sandbox, now))
        let length = (CallSupervisor.microseconds() - begin) / CallSupervisor.answerMicroseconds
        sandbox.count(max(CallSupervisor.weight(of: call), min(length, CallSupervisor.weightMaximum)))
    }

    /// For how many answers a call counts, however long it takes.
    private static func weight(of call: CallListener.Call) -> Int64 {
        switch VirtualCall.byNumber[call.number] {
        case .socket: answersPerSocket
        case .allocate:
            1 + Int64(min(call.arguments.3, allocationMaximum)) * answersPerInterval / Int64(allocationMaximum)
        default: 1
        }
    }

    /// Decided by the call's number and registers, and for questions about an interface by its name, which is read once.
    private func answer(_ call: CallListener.Call, _ sandbox: WatchedSandbox, _ now: Int64) -> VirtualAnswer {
        let arguments = call.arguments
        switch VirtualCall.byNumber[call.number] {
        case .uname: return machine.uname(address: arguments.0)
        case .sysinfo:
            var memory: (total: UInt64, free: UInt64) = (0, 0)
            guard clinux_machine_memory(&memory.total, &memory.free) == 0 else { return .error(ENOSYS) }
            return machine.sysinfo(
                sandbox.view, upSeconds: (now - sandbox.started) / 1000, memory: memory, used: sandbox.memory?.used,
                address: arguments.0)
        case .affinity:
            // The kernel takes the length as 32 bits, and looks at it first.
            let capacity = arguments.1 & 0xffff_ffff
            guard capacity % 8 == 0 else { return .error(EINVAL) }
            guard let process = sandbox.listener.process(named: arguments.0, by: call) else { return .error(ESRCH) }
            var mask = [UInt64](repeating: 0, count: 128)
            let bytes = clinux_get_affinity(process, &mask, 1024)
            guard bytes > 0 else { return .error(errno) }
            return machine.affinity(
                Array(mask.prefix(Int(bytes) / 8)), capacity: capacity, address: arguments.2)
        case .control:
            return LoopbackInterface.answer(UInt32(truncatingIfNeeded: arguments.1), at: arguments.2) {
                sandbox.listener.read($0, at: $1, of: call)
            }
        case .socket:
            // As of a machine that has no memory for another one.
            let sockets = NetworkSockets(process: pid_t(truncatingIfNeeded: call.pid), processes: processes)
            guard let count = sockets.netlink, count < NetworkSockets.netlinkMaximum else { return .error(ENOBUFS) }
            return .proceed
        case .allocate: return arguments.3 > CallSupervisor.allocationMaximum ? .error(EOPNOTSUPP) : .proceed
        case nil: return .error(ENOSYS)
        }
    }

    private static func milliseconds() -> Int64 { microseconds() / 1000 }

    private static func microseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
