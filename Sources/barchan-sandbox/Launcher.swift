import CLinux
import ControlGroups
import Glibc
import SandboxProtocol

/// Serves the host until it is gone. Process 1 of its pid namespace: when it returns, every sandbox is gone too.
func runLauncher(_ configuration: LauncherConfiguration, keeper: CInt, _ groups: GroupTree) -> Never {
    clinux_default_signals()
    _ = clinux_prctl(PR_SET_PDEATHSIG, UInt(SIGKILL), 0, 0, 0)
    // Nobody may look into the process that holds the privilege. Sandboxes become dumpable again by executing.
    _ = clinux_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    do throws(LaunchFailure) {
        // Mounts that the host makes later arrive here; nothing from here arrives there.
        if configuration.usesNamespaces {
            try check(clinux_mount_propagation("/", CLINUX_MOUNT_SLAVE), .launcherSetup)
        }
        let launcher = try Launcher(configuration, keeper: keeper, GroupStock(groups))
        guard send(LauncherReply.ready(launcher.features).encoded(), to: controlSocket) else { exit(0) }
        launcher.run()
        exit(0)
    } catch {
        _ = send(LauncherReply.unusable(error).encoded(), to: controlSocket)
        exit(1)
    }
}

/// The resident part: takes requests, keeps the pool filled, reports what happens to sandboxes.
final class Launcher {
    let features: LauncherFeatures
    private let maker: any SandboxMaker
    private let configuration: LauncherConfiguration
    private let events: EventQueue
    /// Nil when calls are not virtualized.
    private let supervisor: SupervisorLink?
    private let groups: GroupStock
    private let networks: NetworkStock
    private var freezes: [PendingFreeze] = []
    private let accounts = ProcessAccounts()
    /// Nil where control groups bound everything.
    private let watch: SandboxWatch?
    /// Nil where no group tells who uses how much.
    private let busyWatch: BusyWatch?
    private let clock: StartClock
    private var sandboxes: [UInt64: LaunchedSandbox] = [:]
    /// The host's number of each sandbox to ours.
    private var tokens: [UInt64: UInt64] = [:]
    private var pool: [UInt64] = []
    private var nextToken: UInt64 = 16
    /// Those that have a package and wait for a grain.
    private var parked: ParkedSandboxes
    private var releases = PendingReleases()
    private let memory = MemoryPressure()
    /// Set when a sandbox made ahead failed, until the next launch: no endless tries.
    private var poolIsBroken = false
    private var isRunning = true

    private static let control: UInt64 = 0, keeper: UInt64 = 1, memoryPressure: UInt64 = 2

    /// Makes one sandbox to find out whether the machine allows it.
    init(_ configuration: LauncherConfiguration, keeper: CInt, _ groups: GroupStock) throws(LaunchFailure) {
        self.configuration = configuration
        parked = ParkedSandboxes(configuration.parking)
        clock = try StartClock()
        self.groups = groups
        networks = NetworkStock(configuration.networks)
        watch = SandboxWatch(groups.abilities, accounts)
        busyWatch = BusyWatch(groups, processes: configuration.usesNamespaces ? accounts?.processes : nil)
        events = try EventQueue()
        supervisor = configuration.virtualizesCalls ? SupervisorLink(configuration, events) : nil
        let information =
            supervisor == nil
            ? nil
            : try ProcessorInformation.limited(
                to: configuration.processors, mayAttach: configuration.usesNamespaces)
        if let information, configuration.usesNamespaces { try ProcessorInformation.cover(with: information) }
        maker = try configuration.makeMaker(
            clock, groups, networks, virtualizing: supervisor != nil, processorInformation: information)
        try events.add(controlSocket, Launcher.control)
        try events.add(keeper, Launcher.keeper)
        if let memory { try events.add(memory.descriptor, Launcher.memoryPressure, for: EPOLLPRI) }
        let first = try maker.make(for: nil)
        features = supervisor == nil ? maker.features : maker.features.union(.virtualizedCalls)
        guard maker.makesAhead else {
            first.kill()
            _ = first.collect()
            groups.retire(first.group)
            return
        }
        try first.waitUntilParked()
        try adopt(first)
    }

    func run() {
        while isRunning {
            end(parked.expire())
            let isShort = !poolIsBroken && pool.count < configuration.pool
            let wanted = parked.wanted()
            // Sandboxes are made ahead when nothing was asked for a moment, one at a time.
            let isBehind =
                isShort || wanted != nil || networks.isShort || groups.isShort || groups.hasLeftovers
            let quiet = [
                parked.quietMilliseconds, watch?.quietMilliseconds(!tokens.isEmpty),
                busyWatch?.quietMilliseconds(!tokens.isEmpty),
            ].compactMap(\.self).min()
            let patience = freezes.isEmpty ? (isBehind ? 5 : quiet ?? -1) : 1
            let ready = events.wait(milliseconds: patience)
            for token in ready { handle(token) }
            answerFreezes()
            if !tokens.isEmpty { endThoseOver() }
            groups.sweep()
            guard ready.isEmpty else { continue }
            if let wanted {
                park(wanted.files, wanted.order)
            } else if isShort {
                fillPool()
            } else {
                networks.fill()
                groups.fill()
            }
        }
    }

    private func endThoseOver() {
        let over = (watch?.look(at: sandboxes.values) ?? []) + (busyWatch?.look(at: sandboxes.values) ?? [])
        for sandbox in over { sandbox.kill() }
    }

    private func handle(_ event: UInt64) {
        switch event {
        case Launcher.control: serveRequest()
        case Launcher.keeper: isRunning = false
        case Launcher.memoryPressure: if memory?.isReal == true { end(parked.relieve()) }
        case SupervisorLink.channelToken, SupervisorLink.timerToken: supervisor?.handle(event)
        case let event where event & 1 == 0: readReport(of: event & ~1)
        default: collect(event & ~1)
        }
    }

    // MARK: Requests

    private func serveRequest() {
        switch receive(from: controlSocket, maximumBytes: LauncherRequest.maximumBytes, flags: CInt(MSG_DONTWAIT)) {
        case .nothing: return
        case .end: isRunning = false
        case .message(let bytes, let descriptors):
            defer { for descriptor in descriptors { close(descriptor) } }
            switch LauncherRequest(decoding: bytes) {
            case .launch(let number, let order): launch(number, order, bytes, descriptors)
            case .terminate(let number): terminate(number)
            case .release(let ticket, let layers): release(layers, ticket)
            case .act(let ticket, let number, let action): act(action, on: number, ticket)
            case .park, .wake, .take, nil: complain("a request that is none: ignored")
            }
        }
    }

    private func launch(_ number: UInt64, _ order: LaunchOrder, _ bytes: [UInt8], _ descriptors: [CInt]) {
        do throws(LaunchFailure) {
            let ordered = StartSlot.now()
            guard descriptors.count == 2 else { throw LaunchFailure(.order, EINVAL) }
            let data = try openData(order.data)
            let files =
                configuration.parking.perPackage > 0 ? PackageFiles(order.layers, identify: clinux_identify) : nil
            let grain = [data.number] + descriptors
            if let files, let sandbox = takeParked(files, order),
                try hand(order, bytes, grain, to: sandbox, number, ordered)
            {
                end(parked.use(files, order))
                return
            }
            let root = try openPackage(order.layers)
            let contents = SandboxContents(package: root.number, data: data.number, order: order)
            let sandbox = try takeSandbox(for: contents)
            guard try hand(order, bytes, [root.number] + grain, to: sandbox, number, ordered) else {
                throw LaunchFailure(.lostBeforeStart, errno)
            }
            if let files { end(parked.use(files, order)) }
        } catch {
            reply(.failed(number: number, error))
        }
    }

    /// Tells a sandbox to run a grain. False when it is gone.
    private func hand(
        _ order: LaunchOrder, _ bytes: [UInt8], _ descriptors: [CInt], to sandbox: LaunchedSandbox, _ number: UInt64,
        _ ordered: UInt64
    ) throws(LaunchFailure) -> Bool {
        sandbox.slot?.note(.ordered, ordered)
        watch?.begin(sandbox, order)
        // What waits for a grain has the limits of its package's grains already.
        let error = sandbox.isParked ? 0 : sandbox.apply(order)
        guard error == 0 else {
            sandbox.kill()
            sandbox.state = .reported
            throw LaunchFailure(.groupLimits, error)
        }
        guard send(bytes, to: sandbox.report, with: descriptors) else {
            sandbox.state = .reported
            return false
        }
        sandbox.state = .starting(number: number)
        tokens[number] = sandbox.token
        superviseCalls(of: sandbox)
        return true
    }

    private func terminate(_ number: UInt64) {
        guard let token = tokens[number], let sandbox = sandboxes[token] else { return }
        sandbox.kill()
    }

    // MARK: Measuring and freezing

    private func act(_ action: SandboxAction, on number: UInt64, _ ticket: UInt64) {
        guard let token = tokens[number], let sandbox = sandboxes[token] else {
            return reply(.acted(ticket: ticket, errorNumber: ESRCH, SandboxMeasure()))
        }
        switch action {
        case .measure:
            reply(.acted(ticket: ticket, errorNumber: 0, measure(sandbox)))
        case .measureUnnamed:
            reply(.acted(ticket: ticket, errorNumber: 0, measureUnnamed(sandbox)))
        case .thaw:
            reply(.acted(ticket: ticket, errorNumber: sandbox.group.setFrozen(false), SandboxMeasure()))
        case .freeze:
            let error = sandbox.group.setFrozen(true)
            guard error == 0 else { return reply(.acted(ticket: ticket, errorNumber: error, SandboxMeasure())) }
            freezes.append(PendingFreeze(ticket: ticket, token: token))
        }
    }

    private func measure(_ sandbox: LaunchedSandbox) -> SandboxMeasure {
        var measure = sandbox.group.measure()
        let members = sandbox.group.processes
        accounts?.add(members.isEmpty ? sandbox.watched?.members ?? [] : members, to: &measure)
        sandbox.watched?.add(to: &measure)
        if sandbox.hasTooManyConnections { measure.memoryKills = max(1, measure.memoryKills ?? 0) }
        return measure
    }

    private func measureUnnamed(_ sandbox: LaunchedSandbox) -> SandboxMeasure {
        var measure = SandboxMeasure()
        guard let processes = accounts?.processes else { return measure }
        var members = sandbox.group.processes
        if members.isEmpty { members = ProcessTable(processes).tree(of: sandbox.processID) }
        measure.unnamedBytes = UnnamedFiles.bytes(of: members, processes)
        return measure
    }

    /// A process stops when it comes back from the kernel, which is soon, but not at once.
    private func answerFreezes() {
        freezes.removeAll { freeze in
            guard let answer = freeze.answer(sandboxes[freeze.token]?.group) else { return false }
            reply(.acted(ticket: freeze.ticket, errorNumber: answer, SandboxMeasure()))
            return true
        }
    }

    private func reply(_ reply: LauncherReply, _ descriptors: [CInt] = []) {
        if !send(reply.encoded(), to: controlSocket, with: descriptors) { isRunning = false }
    }

    // MARK: Sandboxes that wait for a grain of one package

    private func takeParked(_ files: PackageFiles, _ order: LaunchOrder) -> LaunchedSandbox? {
        while let token = parked.take(files, order) {
            guard let sandbox = sandboxes[token], sandbox.takeClaim() else { continue }
            reply(.withdrawn(token: token))
            return sandbox
        }
        return nil
    }

    private func park(_ files: PackageFiles, _ order: LaunchOrder) {
        do throws(LaunchFailure) {
            let root = try openPackage(files.layers)
            // What was opened is what will be compared when a grain comes.
            guard PackageFiles(files.layers, identify: clinux_identify) == files else {
                return parked.giveUp(on: files)
            }
            let sandbox = try takeSandbox(for: nil)
            let error = sandbox.apply(order)
            guard error == 0 else {
                end([sandbox.token])
                throw LaunchFailure(.groupLimits, error)
            }
            sandbox.state = .parked
            sandbox.parkedOrder = order
            parked.add(sandbox.token, for: files)
            _ = send(LauncherRequest.park(order).encoded(), to: sandbox.report, with: [root.number])
        } catch {
            parked.giveUp(on: files)
        }
    }

    /// Tells the host that a sandbox has a package and waits, so that it can start a grain there without asking.
    private func offer(_ sandbox: LaunchedSandbox) {
        guard sandbox.isParked, let files = parked.files(of: sandbox.token), let order = sandbox.parkedOrder else {
            return
        }
        let offer = LauncherReply.parked(token: sandbox.token, files, order.withoutData)
        guard offer.encoded().count <= LauncherReply.maximumBytes, let claim = sandbox.makeClaim() else { return }
        reply(offer, [sandbox.report, claim])
    }

    /// Whether the host has started a grain in a sandbox that waited. From then on it is as any other.
    private func recognizeGrain(in sandbox: LaunchedSandbox) {
        guard let number = sandbox.grainOfHost else { return }
        if let order = sandbox.parkedOrder { watch?.begin(sandbox, order) }
        parked.consume(sandbox.token)
        sandbox.state = .starting(number: number)
        tokens[number] = sandbox.token
        superviseCalls(of: sandbox)
    }

    /// Ends sandboxes that wait.
    /// - Returns: Those that are about to end: in the others the host starts a grain just now.
    @discardableResult
    private func end(_ waiting: [UInt64]) -> [UInt64] {
        let ending = waiting.compactMap { sandboxes[$0] }.filter { $0.takeClaim() }
        for sandbox in ending {
            if sandbox.isParked { reply(.withdrawn(token: sandbox.token)) }
            sandbox.state = .reported
            sandbox.kill()
        }
        return ending.map(\.token)
    }

    private func release(_ layers: [String], _ ticket: UInt64) {
        let waiting = end(parked.forget(layers.isEmpty ? nil : layers))
        if !releases.add(ticket, waitingFor: waiting) { reply(.released(ticket: ticket)) }
    }

    // MARK: The pool

    private func fillPool() {
        do throws(LaunchFailure) {
            try adopt(try maker.make(for: nil))
        } catch {
            poolIsBroken = true
            complain(
                "make a sandbox ahead of time: \(error.step.attempt): \(String(cString: strerror(error.errorNumber)))")
        }
    }

    private func takeSandbox(for contents: SandboxContents?) throws(LaunchFailure) -> LaunchedSandbox {
        poolIsBroken = false
        if pool.isEmpty { try adopt(try maker.make(for: contents)) }
        guard let token = pool.first, let sandbox = sandboxes[token] else { throw LaunchFailure(.lostBeforeStart, 0) }
        pool.removeFirst()
        return sandbox
    }

    private func adopt(_ sandbox: LaunchedSandbox) throws(LaunchFailure) {
        sandbox.token = nextToken
        nextToken += 2
        try events.add(sandbox.report, sandbox.token)
        try events.add(sandbox.process, sandbox.token | 1)
        sandboxes[sandbox.token] = sandbox
        pool.append(sandbox.token)
    }

    // MARK: What sandboxes report

    /// The report socket of a sandbox says that it failed, or ends because the program was executed.
    private func readReport(of token: UInt64) {
        guard let sandbox = sandboxes[token] else { return }
        var report = sandbox.nextReport()
        // What it said while it waited may still be there.
        while case .parked = report { report = sandbox.nextReport() }
        switch report {
        case nil, .parked: return
        case .entered:
            offer(sandbox)
            readReport(of: token)
        case .failed(let failure): fail(sandbox, failure)
        case .listening(let listener, let view):
            sandbox.listen(listener, view)
            if case .starting = sandbox.state { superviseCalls(of: sandbox) }
            readReport(of: token)
        case .executed:
            events.remove(sandbox.report)
            sandbox.collectCompanion()
            recognizeGrain(in: sandbox)
            guard case .starting(let number) = sandbox.state else { return }
            sandbox.state = .running(number: number)
            reply(.started(number: number, releaseSlot(of: sandbox)))
        }
    }

    /// Only from now on: the supervisor of today may be another than that of the time when the sandbox was made.
    private func superviseCalls(of sandbox: LaunchedSandbox) {
        guard let (listener, view) = sandbox.takeListener() else { return }
        guard let supervisor else {
            close(listener)
            return
        }
        supervisor.adopt(listener, view, sandbox.group)
    }

    private func releaseSlot(of sandbox: LaunchedSandbox) -> StartMarks {
        guard let slot = sandbox.slot.take() else { return StartMarks() }
        return clock.release(slot)
    }

    private func fail(_ sandbox: LaunchedSandbox, _ failure: LaunchFailure) {
        recognizeGrain(in: sandbox)
        switch sandbox.state {
        case .starting(let number): reply(.failed(number: number, failure))
        case .waiting:
            poolIsBroken = true
            complain("a sandbox made ahead of time failed: \(failure.step.attempt)")
        case .parked:
            parked.remove(sandbox.token)
            reply(.withdrawn(token: sandbox.token))
        case .running, .reported: break
        }
        sandbox.state = .reported
    }

    /// The first process has ended, and the kernel has ended all others of its pid namespace.
    private func collect(_ token: UInt64) {
        guard let sandbox = sandboxes[token] else { return }
        // It holds the other end of the report, too.
        sandbox.collectCompanion()
        recognizeGrain(in: sandbox)
        while case .starting = sandbox.state, sandbox.hasReport(within: 1000) { readReport(of: token) }
        let (kind, value) = sandbox.collect()
        switch sandbox.state {
        case .running(let number), .starting(let number):
            tokens[number] = nil
            reply(.exited(number: number, kind, value: value, measure(sandbox)))
        case .parked: reply(.withdrawn(token: token))
        case .waiting, .reported: tokens = tokens.filter { $0.value != token }
        }
        _ = releaseSlot(of: sandbox)
        groups.retire(sandbox.group)
        // By name: what the host was sent of them keeps them in the queue when they are closed here.
        events.remove(sandbox.process)
        events.remove(sandbox.report)
        pool.removeAll { $0 == token }
        parked.remove(token)
        sandboxes[token] = nil
        for ticket in releases.finish(token) { reply(.released(ticket: ticket)) }
    }
}
