import Barchan
import CLinux
import Glibc
import SandboxProtocol
import Synchronization

/// The conversation with one launcher process: requests go out from anywhere, one thread takes the replies.
final class LauncherConnection: Sendable {
    private let requests: RequestQueue
    private let process: ChildOfHost
    private let whenEnded: @Sendable () -> Void
    private let state = Mutex(State())

    private struct State {
        var isClosed = false
        var features: LauncherFeatures = []
        var ready: CheckedContinuation<Result<Void, LaunchFailure>, Never>?
        var nextNumber: UInt64 = 1
        var nextTicket: UInt64 = 0
        var launches: [UInt64: CheckedContinuation<Result<Void, LaunchFailure>, Never>] = [:]
        var sandboxes: [UInt64: SandboxRecord] = [:]
        var releases: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var actions: [UInt64: CheckedContinuation<Result<SandboxMeasure, ActionFailure>, Never>] = [:]
        var parked = ParkedOffers()
    }

    private init(socket: CInt, process: pid_t, whenEnded: @escaping @Sendable () -> Void) {
        requests = RequestQueue(socket)
        self.process = ChildOfHost(process)
        self.whenEnded = whenEnded
    }

    /// Starts a launcher and waits until it has made its first sandbox.
    /// - Parameter whenEnded: Called once, when the launcher has ended and everybody who waits for it was told.
    static func start(
        _ program: LauncherProgram, whenEnded: @escaping @Sendable () -> Void
    ) async throws(HostError) -> LauncherConnection {
        let (socket, process) = try LauncherProcess.spawn(program.arguments)
        let connection = LauncherConnection(socket: socket, process: process, whenEnded: whenEnded)
        let result = await withCheckedContinuation { continuation in
            connection.state.withLock { $0.ready = continuation }
            connection.startReading()
        }
        if case .failure(let failure) = result { throw failure.hostErrorAtStart(remedy: program.remedy) }
        return connection
    }

    var isClosed: Bool { state.withLock(\.isClosed) }
    var features: LauncherFeatures { state.withLock(\.features) }

    /// Ends the launcher and every sandbox of it.
    func shutDown() { requests.shutDown() }

    /// The same where it does not answer: by the kernel's hand, also when it is stopped or stuck.
    func kill() { process.kill() }

    // MARK: Requests

    /// A grain of the package with these layers is about to be launched.
    func prepareLaunch(of layers: [String]) { state.withLock { $0.parked.wake(layers) } }

    func launch(
        _ order: LaunchOrder, socket: consuming OwnedDescriptor, output: consuming OwnedDescriptor
    ) async throws(LaunchFailure) -> SandboxRecord {
        let record = state.withLock { state in
            let record = SandboxRecord(number: state.nextNumber)
            state.nextNumber += 1
            state.sandboxes[record.number] = record
            return record
        }
        // Closed below in any case, once the kernel has its own references.
        let descriptors = [socket.release(), output.release()]
        let result = await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isClosed { state.launches[record.number] = continuation }
                return !state.isClosed
            }
            if !isOpen { continuation.resume(returning: .failure(LaunchFailure(.lostBeforeStart, ECONNRESET))) }
            // A launcher that is gone ends the reader, which answers everybody who waits.
            if isOpen && !self.startInParked(record.number, order, descriptors) {
                let request = LauncherRequest.launch(number: record.number, order).encoded()
                self.requests.send(request, descriptors) { self.failed(record.number, LaunchFailure(.request, $0)) }
            }
            for descriptor in descriptors { close(descriptor) }
        }
        if case .failure(let failure) = result {
            state.withLock { $0.sandboxes[record.number] = nil }
            throw failure
        }
        return record
    }

    /// Starts the grain in a sandbox that waits for one of its package, without the launcher.
    /// - Returns: False when there is none, or when this host may not open the data for it: then the launcher is asked.
    private func startInParked(_ number: UInt64, _ order: LaunchOrder, _ descriptors: [CInt]) -> Bool {
        guard !state.withLock({ $0.parked.isEmpty }), let files = PackageFiles(order.layers, identify: clinux_identify)
        else { return false }
        let data = clinux_private_tree(order.data, CLINUX_MOUNT_NOSUID | CLINUX_MOUNT_NODEV)
        guard data >= 0 else { return false }
        defer { close(data) }
        while let (token, parked) = state.withLock({ $0.parked.take(order, files) }) {
            defer { parked.close() }
            guard parked.takeClaim() else { continue }
            state.withLock { $0.parked.note(number, in: token) }
            let request = parked.request(number, order).encoded()
            let error = RequestQueue.send(request, [data] + descriptors, to: parked.channel, CInt(MSG_DONTWAIT))
            guard error != 0 else { return true }
            // It has ended, and the launcher will say so. Any other reason would be one with all of them.
            state.withLock { $0.parked.forget(number) }
            guard RequestQueue.isGone(error) else { return false }
        }
        return false
    }

    func terminate(_ record: SandboxRecord) { send(.terminate(number: record.number)) }

    /// Ends what waits for a grain of a package; returns when it is gone, as it is when the launcher is.
    func release(_ layers: [String]) async {
        await withCheckedContinuation { continuation in
            let ticket = state.withLock { state -> UInt64? in
                guard !state.isClosed else { return nil }
                defer { state.nextNumber += 1 }
                state.releases[state.nextNumber] = continuation
                return state.nextNumber
            }
            guard let ticket else { return continuation.resume() }
            send(.release(ticket: ticket, layers: layers))
        }
    }

    /// Does something to a sandbox and returns when it is done.
    func act(_ action: SandboxAction, on record: SandboxRecord) async throws(ActionFailure) -> SandboxMeasure {
        try await withCheckedContinuation { continuation in
            let ticket = state.withLock { state -> UInt64? in
                guard !state.isClosed else { return nil }
                state.nextTicket += 1
                state.actions[state.nextTicket] = continuation
                return state.nextTicket
            }
            guard let ticket else { return continuation.resume(returning: .failure(ActionFailure(ECONNRESET))) }
            requests.send(LauncherRequest.act(ticket: ticket, number: record.number, action).encoded()) {
                self.acted(ticket, $0, SandboxMeasure())
            }
        }.get()
    }

    /// Without it sandboxes would stay that nobody wants, and so the launcher goes with them when it cannot be sent.
    private func send(_ request: LauncherRequest) {
        requests.send(request.encoded()) { _ in self.shutDown() }
    }

    // MARK: Replies

    private func startReading() {
        if !DetachedThread.start({ [self] in read() }) { end() }
    }

    private func read() {
        var buffer = [UInt8](repeating: 0, count: LauncherReply.maximumBytes)
        var descriptors = [CInt](repeating: -1, count: 8), count: CInt = 0
        while true {
            let length = buffer.withUnsafeMutableBytes {
                clinux_receive(requests.socket, $0.baseAddress, $0.count, &descriptors, &count, 0)
            }
            guard length > 0, let reply = LauncherReply(decoding: Array(buffer.prefix(length))) else { break }
            handle(reply, Array(descriptors.prefix(Int(count))))
        }
        for descriptor in descriptors.prefix(Int(count)) { close(descriptor) }
        end()
    }

    private func handle(_ reply: LauncherReply, _ descriptors: [CInt]) {
        if case .parked(let token, let files, let order) = reply, descriptors.count == 2 {
            let offer = ParkedOffer(files: files, order: order, channel: descriptors[0], claim: descriptors[1])
            return state.withLock { $0.parked.add(token, offer) }
        }
        for descriptor in descriptors { close(descriptor) }
        switch reply {
        case .parked: return
        case .withdrawn(let token):
            guard let number = state.withLock({ $0.parked.withdraw(token) }) else { return }
            failed(number, LaunchFailure(.lostBeforeStart, 0))
        case .ready(let features):
            let waiting = state.withLock { state in
                state.features = features
                return state.ready.take()
            }
            waiting?.resume(returning: .success(()))
        case .unusable(let failure): state.withLock { $0.ready.take() }?.resume(returning: .failure(failure))
        case .started(let number, let marks):
            state.withLock { state in
                state.sandboxes[number]?.note(marks)
                state.parked.forget(number)
                return state.launches.removeValue(forKey: number)
            }?.resume(returning: .success(()))
        case .failed(let number, let failure): failed(number, failure)
        case .exited(let number, let kind, let value, let measure): ended(number, kind, value, measure)
        case .acted(let ticket, let errorNumber, let measure): acted(ticket, errorNumber, measure)
        case .released(let ticket): state.withLock { $0.releases.removeValue(forKey: ticket) }?.resume()
        }
    }

    private func failed(_ number: UInt64, _ failure: LaunchFailure) {
        state.withLock { state in
            state.parked.forget(number)
            return state.launches.removeValue(forKey: number)
        }?.resume(returning: .failure(failure))
    }

    private func acted(_ ticket: UInt64, _ errorNumber: Int32, _ measure: SandboxMeasure) {
        let waiting = state.withLock { $0.actions.removeValue(forKey: ticket) }
        waiting?.resume(returning: errorNumber == 0 ? .success(measure) : .failure(ActionFailure(errorNumber)))
    }

    private func ended(
        _ number: UInt64, _ kind: LauncherReply.ExitKind, _ value: Int32, _ measure: SandboxMeasure
    ) {
        let (launch, record) = state.withLock {
            $0.parked.forget(number)
            return ($0.launches.removeValue(forKey: number), $0.sandboxes.removeValue(forKey: number))
        }
        record?.end(kind == .status ? .exited(status: value) : .signaled(signal: value), measure)
        launch?.resume(returning: .failure(LaunchFailure(.lostBeforeStart, 0)))
    }

    /// The launcher is gone, and with it, by the kernel's hand, everything it started.
    private func end() {
        shutDown()
        _ = process.waitForEnd()
        let state = state.withLock { state in
            state.parked.close()
            defer { state = State(); state.isClosed = true }
            return state
        }
        let failure = Result<Void, LaunchFailure>.failure(LaunchFailure(.lostBeforeStart, ECONNRESET))
        state.ready?.resume(returning: failure)
        for launch in state.launches.values { launch.resume(returning: failure) }
        for release in state.releases.values { release.resume() }
        for action in state.actions.values { action.resume(returning: .failure(ActionFailure(ECONNRESET))) }
        for record in state.sandboxes.values { record.end(.lost(reason: "the sandbox launcher has ended")) }
        whenEnded()
    }
}

/// Why something could not be done to a sandbox.
struct ActionFailure: Error {
    /// ESRCH when it has ended, ECONNRESET when its launcher has.
    let errorNumber: Int32
    init(_ errorNumber: Int32) { self.errorNumber = errorNumber }
}

/// Keeps a launcher running as long as a provider or a sandbox needs it.
final class LauncherHandle: ServingProcess {
    let connection: LauncherConnection
    var isClosed: Bool { connection.isClosed }

    init(_ connection: LauncherConnection) { self.connection = connection }
    deinit { connection.shutDown() }
}
