import Barchan
import BarchanKernel
import Glibc
import Synchronization

/// Isolation and transport that run no program: a test decides what each app does.
final class ScriptedGrains: PackageHolder, AbortableIsolationProvider, TransportProvider {
    typealias Script = @Sendable (ScriptedApp) -> Void

    private struct State {
        var script: Script = { $0.answerFirst() }
        var apps: [ScriptedApp] = []
        var hosts: [any GrainHost] = []
        var refusal: HostError?
        /// How many launches more are refused.
        var refusals = 0
        /// Told of launches that are refused once they are cancelled.
        var holding: (@Sendable () -> Void)?
        var canFreeze = false
        var hearsAbort = true
        var released: [PackageTree] = []
        var waiters: [(count: Int, continuation: CheckedContinuation<ScriptedApp, Never>)] = []
    }

    private let state = Mutex(State())
    let guarantees: Set<Guarantee>
    let fileOwner = FileOwner(user: 1, group: 2)

    init(guarantees: Set<Guarantee> = [.noNetwork]) { self.guarantees = guarantees }

    /// What every app from now on does when it is launched.
    func onLaunch(_ script: @escaping Script) { state.withLock { $0.script = script } }
    /// Every sandbox from now on can be frozen.
    func allowFreezing() { state.withLock { $0.canFreeze = true } }
    func refuseLaunches(with error: HostError, times: Int = .max) {
        state.withLock { ($0.refusal, $0.refusals) = (error, times) }
    }
    /// Launches are refused from now on, each as soon as whoever wants it gives up.
    /// - Parameter begun: Called for each.
    func refuseCancelledLaunches(with error: HostError, begun: @escaping @Sendable () -> Void) {
        state.withLock { ($0.refusal, $0.refusals, $0.holding) = (error, .max, begun) }
    }
    var apps: [ScriptedApp] { state.withLock { $0.apps } }
    /// Of no app any more is known that it ended, unless it is ended by force.
    func holdEnds() { for app in apps { app.isHeld.store(true, ordering: .relaxed) } }
    /// - Parameter isHeard: Whether that ends anything.
    func hearAbort(_ isHeard: Bool) { state.withLock { $0.hearsAbort = isHeard } }
    let aborted = Later<Bool>()
    func abort() {
        if state.withLock({ $0.hearsAbort }) { for app in apps { app.end(.lost(reason: "by force")) } }
        aborted.set(true)
    }
    var released: [PackageTree] { state.withLock { $0.released } }
    func release(_ package: PackageTree) async { state.withLock { $0.released.append(package) } }
    /// What each app may call, in the order of the starts.
    var hosts: [any GrainHost] { state.withLock { $0.hosts } }

    /// The app that is launched as number `count`, once it is.
    func app(_ count: Int) async -> ScriptedApp {
        await withCheckedContinuation { continuation in
            let app = state.withLock { state in
                if state.apps.count < count { state.waiters.append((count, continuation)) }
                return state.apps.count < count ? nil : state.apps[count - 1]
            }
            if let app { continuation.resume(returning: app) }
        }
    }

    func launch(
        _ specification: SandboxSpecification, socket: consuming OwnedDescriptor, output: consuming OwnedDescriptor
    ) async throws(HostError) -> any Sandbox {
        let refusal = state.withLock { state -> HostError? in
            guard state.refusals > 0 else { return nil }
            state.refusals -= 1
            return state.refusal
        }
        if let refusal {
            if let begun = state.withLock({ $0.holding }) {
                begun()
                let cancelled = Later<Bool>()
                _ = await withTaskCancellationHandler {
                    await cancelled.get()
                } onCancel: {
                    cancelled.set(true)
                }
            }
            throw refusal
        }
        let app = ScriptedApp(specification, socket: socket.release(), output: output.release())
        let (number, script) = state.withLock { state in
            state.apps.append(app)
            return (state.apps.count, state.script)
        }
        // The other end learns from this byte which app it speaks with.
        app.sayNumber(UInt8(number - 1))
        script(app)
        let ready = state.withLock { state in
            defer { state.waiters.removeAll { $0.count == number } }
            return state.waiters.filter { $0.count == number }.map(\.continuation)
        }
        ready.forEach { $0.resume(returning: app) }
        return state.withLock { $0.canFreeze } ? FreezableApp(app: app) : app
    }

    func connect(
        over socket: consuming OwnedDescriptor, offering host: any GrainHost
    ) async throws(HostError) -> any GrainConnection {
        state.withLock { $0.hosts.append(host) }
        return ScriptedConnection(self, socket: socket.release())
    }
}

/// One launched app, as a test plays it.
final class ScriptedApp: MeasuredSandbox, FileHoldingSandbox {
    let specification: SandboxSpecification
    let viewInfo = Later<ViewInfo?>()
    let exit = Later<SandboxExit>()
    let closed = Later<Bool>()
    /// How often it was frozen, and whether it is.
    let freezing = Mutex((count: 0, isFrozen: false))
    /// What it says it uses or used.
    let used = Mutex(SandboxUsage())
    /// What it has open without a name.
    let unnamed = Mutex<Int64?>(0)
    /// How often it was asked.
    let measures = Atomic(0)
    /// How its sandbox is found to have ended when the host ends it.
    let endWhenTerminated = Mutex(SandboxExit.signaled(signal: 9))
    /// Sessions opened so far.
    let sessions = Mutex<[WebSessionParameters]>([])
    private let descriptors: Mutex<(socket: CInt, output: CInt)?>
    private let answer = Mutex<@Sendable (WebRequest) async throws(HostError) -> WebResponse>({ _ in .text("hello") })

    init(_ specification: SandboxSpecification, socket: CInt, output: CInt) {
        self.specification = specification
        descriptors = Mutex((socket, output))
    }

    func answerFirst(_ permissions: [PermissionDefinition] = []) {
        var info = ViewInfo()
        info.permissions = permissions
        viewInfo.set(info)
    }

    func onRequest(_ answer: @escaping @Sendable (WebRequest) async throws(HostError) -> WebResponse) {
        self.answer.withLock { $0 = answer }
    }

    func print(_ text: String) {
        let bytes = Array(text.utf8)
        descriptors.withLock { pair in if let pair { _ = write(pair.output, bytes, bytes.count) } }
    }

    func sayNumber(_ number: UInt8) {
        var byte = number
        descriptors.withLock { pair in if let pair { _ = write(pair.socket, &byte, 1) } }
    }

    /// The app ends by itself.
    func end(_ how: SandboxExit) {
        descriptors.withLock { pair in
            if let pair {
                close(pair.socket)
                close(pair.output)
            }
            pair = nil
        }
        exit.set(how)
        disconnect()
    }

    /// The app closes its socket and goes on.
    func disconnect() {
        viewInfo.set(nil)
        closed.set(true)
    }

    func waitForExit() async -> SandboxExit { await exit.get() }
    func usage() async -> SandboxUsage {
        measures.add(1, ordering: .relaxed)
        return used.withLock { $0 }
    }

    func unnamedFileBytes() async -> Int64? { unnamed.withLock { $0 } }

    /// Whether its end is known only when something else ends it.
    let isHeld = Atomic(false)

    func terminate() async {
        if isHeld.load(ordering: .relaxed) { _ = await exit.get() } else { end(endWhenTerminated.withLock { $0 }) }
    }

    func respond(to request: WebRequest) async throws(HostError) -> WebResponse {
        guard !closed.isSet else { throw HostError(.disconnected, "the app is gone") }
        guard !freezing.withLock({ $0.isFrozen }) else { throw HostError(.failed, "a frozen app was asked") }
        return try await answer.withLock { $0 }(request)
    }
}

/// An app whose sandbox can be frozen. Frozen, it does what a frozen process does: it does not answer.
struct FreezableApp: MeasuredSandbox, FreezableSandbox {
    let app: ScriptedApp

    func freeze() async throws(HostError) {
        guard !app.exit.isSet else { throw HostError(.disconnected, "it has ended") }
        app.freezing.withLock { $0 = ($0.count + 1, true) }
    }
    func thaw() async throws(HostError) {
        guard !app.exit.isSet else { throw HostError(.disconnected, "it has ended") }
        app.freezing.withLock { $0.isFrozen = false }
    }
    func waitForExit() async -> SandboxExit { await app.waitForExit() }
    func terminate() async { await app.terminate() }
    func usage() async -> SandboxUsage { await app.usage() }
}

private final class ScriptedConnection: GrainConnection {
    private let grains: ScriptedGrains
    private let socket: CInt
    private let isClosed = Later<Bool>()
    private let app = Mutex<ScriptedApp?>(nil)

    init(_ grains: ScriptedGrains, socket: CInt) {
        self.grains = grains
        self.socket = socket
    }

    deinit { Glibc.close(socket) }

    func viewInfo() async throws(HostError) -> ViewInfo {
        var number: UInt8 = 0
        guard read(socket, &number, 1) == 1 else { throw HostError(.disconnected, "the app is gone") }
        let found = grains.apps[Int(number)]
        app.withLock { $0 = found }
        Task { [isClosed] in isClosed.set(await found.closed.get()) }
        Task { [isClosed] in
            _ = await isClosed.get()
            found.viewInfo.set(nil)
        }
        guard let info = await found.viewInfo.get() else { throw HostError(.disconnected, "the app is gone") }
        return info
    }

    func openWebSession(_ parameters: WebSessionParameters) async throws(HostError) -> any WebSession {
        guard !isClosed.isSet, let app = app.withLock({ $0 }) else { throw HostError(.disconnected, "the app is gone") }
        app.sessions.withLock { $0.append(parameters) }
        return ScriptedSession(app: app)
    }

    func waitForClose() async { _ = await isClosed.get() }
    func close() async { isClosed.set(true) }
}

private struct ScriptedSession: WebSession {
    let app: ScriptedApp

    func send(_ request: WebRequest) async throws(HostError) -> WebResponse { try await app.respond(to: request) }

    func openWebSocket(_ request: WebSocketRequest, incoming: any ByteReader) async throws(HostError)
        -> WebSocketResponse
    {
        WebSocketResponse(protocols: request.protocols, outgoing: incoming)
    }

    func close() async {}
}

extension WebResponse {
    static func text(_ text: String) -> WebResponse {
        WebResponse(.content(status: 200, WebContent(.bytes(Array(text.utf8)))))
    }

    /// The body when it is there whole.
    var text: String? {
        guard case .content(_, let content) = outcome, case .bytes(let bytes) = content.body else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
