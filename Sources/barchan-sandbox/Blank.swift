import CLinux
import Glibc
import SandboxProtocol

/// The life of a sandbox's first process, from its creation to the execution of the program.
struct Blank {
    let configuration: LauncherConfiguration
    let filter: SyscallFilter
    let landlock: LandlockWall?
    /// Processes are counted by a control group.
    let hasProcessGroup: Bool

    /// Out of the way of the program's descriptors and of those that come with an order.
    private static let report = CLINUX_STARTER_REPORT

    /// Runs in the new process, in a copy of the ``TemplateNamespace``. Its descriptors 0 and 3 become the program's; nothing of
    /// the launcher's stays open.
    /// - Parameter needsLoopback: Its network namespace is new and not from the stock.
    func live(_ slot: StartSlot?, needsLoopback: Bool) -> Never {
        slot?.note(.born)
        // The numbers are out of the way of the program's descriptors and of those that come with an order. The other one
        // tells the process beside this one when the program is executed.
        let report = Blank.report
        do throws(LaunchFailure) {
            try becomeGrainUser()
            let prepared = try prepare(needsLoopback)
            slot?.note(.prepared)
            _ = send(BlankReport.parkedMessage, to: report)
            try follow(nextOrder(report), prepared, report, slot)
        } catch {
            _ = send(error.encoded(), to: report)
            _exit(1)
        }
    }

    /// Starts a grain: at once, or after a wait with the package's files in place.
    private func follow(
        _ message: BlankOrder, _ prepared: PreparedState, _ report: CInt, _ slot: StartSlot?
    ) throws(LaunchFailure) -> Never {
        switch (message.request, message.descriptors.count) {
        case (.park(let order), 1):
            let entered = try enter(message.descriptors[0], prepared, order)
            close(message.descriptors[0])
            prepared.close()
            let usual = ProgramImage(order)
            rehearse(order, entered)
            slot?.note(.parked)
            _ = send(BlankReport.enteredMessage, to: report)
            let next = nextGrain(report) { rehearse(order, entered) }
            slot?.note(.taken)
            guard let (number, program) = next.program(usual: usual), next.descriptors.count == 3 else { break }
            slot?.grain = number
            try start(program, entered, GrainDescriptors(next.descriptors), slot)
        case (.launch(_, let order), 4):
            slot?.note(.taken)
            let entered = try enter(message.descriptors[0], prepared, order)
            try start(ProgramImage(order), entered, GrainDescriptors(Array(message.descriptors.dropFirst())), slot)
        default: break
        }
        throw LaunchFailure(.order, EINVAL)
    }

    private func nextOrder(_ report: CInt) -> BlankOrder {
        // No message, no use for this sandbox.
        guard
            case .message(let bytes, let descriptors) = receive(
                from: report, maximumBytes: LauncherRequest.maximumBytes)
        else { _exit(0) }
        return BlankOrder(request: LauncherRequest(decoding: bytes), descriptors: descriptors)
    }

    /// The order for a sandbox that waits, which the host may have announced: then it is worth looking for it for a moment,
    /// because going to sleep and waking up again takes as long as a fifth of a plain process start.
    /// - Parameter warmUp: What to do in the meantime.
    private func nextGrain(_ report: CInt, warmUp: () -> Void) -> BlankOrder {
        let inbox = OrderInbox(report)
        while true {
            guard let order = inbox.order() else { continue }
            guard case .wake = order.request else { return order }
            var isWarm = false
            let end = StartSlot.now() + Blank.patience
            repeat {
                // Where both have one processor, the order is there when this comes to run, or as soon as the host can go on.
                for _ in 0..<2 {
                    if let next = inbox.order(flags: CInt(MSG_DONTWAIT)) {
                        guard case .wake = next.request else { return next }
                    }
                    sched_yield()
                }
                if !isWarm { warmUp() }
                isWarm = true
            } while StartSlot.now() < end
        }
    }

    /// In nanoseconds: some times as long as a host takes from the announcement to the order.
    private static let patience: UInt64 = 300_000

    /// Afterwards there is no way to the host's /proc.
    private func becomeGrainUser() throws(LaunchFailure) {
        try Identity.mapGrainUser(configuration, processes: CLINUX_STARTER_PROCESSES)
        ResourceLimits.limitWatches(processes: CLINUX_STARTER_PROCESSES)
        _ = clinux_close_range(UInt32(CLINUX_STARTER_LIFE) + 1, UInt32.max, 0)
    }

    /// Everything that does not depend on what will run.
    private func prepare(_ needsLoopback: Bool) throws(LaunchFailure) -> PreparedState {
        umask(0)
        try check(clinux_set_names("sandbox", 7), .hostName)
        if needsLoopback { try Loopback.bringUp() }
        let stage = try StagingRoot.find()
        let mounts = try DetachedMounts.inTemplate(stage)
        try stage.attach(mounts)
        try ResourceLimits.applyDefaults()
        try Privileges.lock()
        let rules = try landlock?.makeRules(for: mounts)
        var listener: CInt?
        try filter.load { number in
            listener = number
            return true
        }
        return PreparedState(stage: stage, mounts: mounts, rules: rules, listener: listener)
    }

    /// Everything that depends on the package, but not on the grain.
    private func enter(
        _ package: CInt, _ prepared: PreparedState, _ order: LaunchOrder
    ) throws(LaunchFailure) -> EnteredState {
        let place = try prepared.stage.enter(package: package, prepared.mounts, order)
        if let rules = prepared.rules { try landlock?.allow(package: package, rules) }
        if let listener = prepared.listener { try announce(listener, order) }
        try ResourceLimits.applyOpenFiles(order)
        try ResourceLimits.applyBounds(order, hasProcessGroup: hasProcessGroup)
        umask(0o007)
        return EnteredState(dataPlace: place, rules: prepared.rules)
    }

    /// From now on the launcher answers virtual calls of this process and all it will start.
    private func announce(_ listener: CInt, _ order: LaunchOrder) throws(LaunchFailure) {
        let view = SandboxView(memoryBytes: order.memoryBytes)
        guard send(view.encoded, to: Blank.report, with: [listener]) else { throw LaunchFailure(.filter, errno) }
        close(listener)
    }

    /// In the launcher, whose memory each sandbox begins with a copy of: what the runtime has to find out about types and keep, it
    /// has then.
    func rehearse() {
        rehearse(
            LaunchOrder(layers: ["/"], data: "/", arguments: ["/"], environment: ["A=B"]),
            EnteredState(dataPlace: nil, rules: nil))
    }

    /// Goes through the rest once with nothing in hand, so that the pages of its code and data are there when a grain comes.
    private func rehearse(_ order: LaunchOrder, _ entered: EnteredState) {
        // As an order that comes in: encoded and decoded.
        guard case .launch(_, let order) = LauncherRequest(decoding: LauncherRequest.launch(number: 0, order).encoded())
        else { return }
        _ = ProgramImage(order).isComplete
        // None of these can succeed: they name no descriptor, no program and no file.
        try? StagingRoot.attach(data: -1, on: entered.dataPlace)
        for number: CInt in 1...3 { _ = dup2(-1, number) }
        if let rules = entered.rules { try? landlock?.apply(rules, data: -1) }
        _ = clinux_execve("", [nil], [nil])
    }

    /// The rest; returns only by throwing.
    private func start(
        _ program: ProgramImage, _ entered: EnteredState, _ descriptors: GrainDescriptors, _ slot: StartSlot?
    ) throws(LaunchFailure) -> Never {
        try StagingRoot.attach(data: descriptors.data, on: entered.dataPlace)
        try check(dup2(descriptors.output, 1), .descriptors)
        try check(dup2(descriptors.output, 2), .descriptors)
        try check(dup2(descriptors.socket, 3), .descriptors)
        Conversation.takeName(3)
        slot?.note(.mounted)
        if let rules = entered.rules { try landlock?.apply(rules, data: descriptors.data) }
        try Privileges.dropCapabilities()
        slot?.note(.walled)
        throw LaunchFailure(.execute, program.execute())
    }
}

/// What a sandbox is told to do.
private struct BlankOrder {
    let request: LauncherRequest?
    /// The package first, unless it is there already; then as ``GrainDescriptors``.
    let descriptors: [CInt]

    /// The host's number of a grain that a sandbox with a package is to start, and what to execute; nil for other orders.
    /// - Parameter usual: What the sandbox was made ready for.
    func program(usual: ProgramImage) -> (number: UInt64, ProgramImage)? {
        switch request {
        case .launch(let number, let order): (number, ProgramImage(order))
        case .take(let number): (number, usual)
        default: nil
        }
    }
}

/// Where a sandbox with a package receives its order, with room made ahead: asking how long a message is before taking it would
/// be in the way of each start.
private struct OrderInbox {
    private let report: CInt
    /// Never freed, and nearly all of it never touched.
    private let room = UnsafeMutableRawBufferPointer.allocate(byteCount: LauncherRequest.maximumBytes, alignment: 16)

    init(_ report: CInt) { self.report = report }

    /// Nil when there is none yet.
    func order(flags: CInt = 0) -> BlankOrder? {
        var descriptors = [CInt](repeating: -1, count: 8), count: CInt = 0
        let length = clinux_receive(report, room.baseAddress, room.count, &descriptors, &count, flags)
        if length < 0 && errno == EAGAIN { return nil }
        // The launcher has no use for this sandbox.
        guard length > 0 else { _exit(0) }
        return BlankOrder(
            request: LauncherRequest(decoding: Array(room.prefix(length))),
            descriptors: Array(descriptors.prefix(Int(count))))
    }
}

/// What a sandbox has ready before its package is known.
struct PreparedState {
    let stage: StagingRoot
    let mounts: DetachedMounts
    /// A Landlock rule set that lacks the package and the data.
    let rules: CInt?
    /// Where virtual calls are answered, when there are any.
    let listener: CInt?

    /// Lets go of what is in its place.
    func close() {
        Glibc.close(stage.directory)
        for mount in [mounts.devices, mounts.memory, mounts.sharedMemory, mounts.temporary] { Glibc.close(mount) }
        if mounts.messageQueues >= 0 { Glibc.close(mounts.messageQueues) }
    }
}

/// What a sandbox has ready before its grain is known.
struct EnteredState {
    /// Where the data is to be mounted; nil when the package has no place for it.
    let dataPlace: CInt?
    /// A Landlock rule set that lacks the data.
    let rules: CInt?
}

/// The descriptors of one grain, in the order they are sent.
struct GrainDescriptors {
    let data: CInt
    let socket: CInt
    let output: CInt

    init(_ descriptors: [CInt]) {
        (data, socket, output) = (descriptors[0], descriptors[1], descriptors[2])
    }
}

/// Arguments and environment in the kernel's form. Never freed: it is followed by execute or exit.
struct ProgramImage {
    private let arguments: [UnsafeMutablePointer<CChar>?]
    private let environment: [UnsafeMutablePointer<CChar>?]

    init(_ order: LaunchOrder) { self.init(arguments: order.arguments, environment: order.environment) }

    init(arguments: [String], environment: [String]) {
        self.arguments = arguments.map { strdup($0) } + [nil]
        self.environment = environment.map { strdup($0) } + [nil]
    }

    /// What this process has, as it has it.
    static var ownEnvironment: [String] {
        var texts: [String] = []
        var entry = environ
        while let text = entry.pointee {
            texts.append(String(cString: text))
            entry += 1
        }
        return texts
    }

    /// The same for a program that is open.
    func execute(_ program: CInt) -> CInt {
        _ = clinux_execute_descriptor(program, arguments, environment)
        return errno
    }

    /// Whether there was memory for all of it.
    var isComplete: Bool { !arguments.dropLast().contains(nil) && !environment.dropLast().contains(nil) }

    /// Returns the error when the program could not be executed.
    func execute() -> CInt {
        guard isComplete, let path = arguments[0] else { return ENOMEM }
        _ = clinux_execve(path, arguments, environment)
        return errno
    }
}
