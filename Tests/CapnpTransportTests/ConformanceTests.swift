import Barchan
import BarchanConformance
import CapnProto
import GrainSchemas
import Synchronization
import Testing

@testable import CapnpTransport

@Suite(.timeLimit(.minutes(10))) struct ConformanceTests {
    @Test(arguments: TransportConformance.checks(startingApps: { try ConformanceApp.start($0) }))
    func conforms(_ check: ConformanceCheck<any TransportProvider>) async throws {
        try await check.run(on: transport())
    }
}

/// The app that the checks ask for.
final class ConformanceApp: @unchecked Sendable {
    // On the loop's thread only.
    private weak var app: FakeApp?
    private let open = Counter()
    private var unanswered: [RPCIncoming] = []
    private var wakeLock: RPCCapability?

    static func start(_ grain: consuming OwnedDescriptor) throws -> FakeApp {
        let state = ConformanceApp()
        let app = try FakeApp(grain, view: { state.view($0) }, { _ in })
        app.loop.post { state.app = app }
        return app
    }

    private func view(_ call: AppCall) {
        switch (call.interfaceID, call.method) {
        case (Wire.UiView.interfaceID, Wire.UiView.Methods.getViewInfo.ordinal):
            let results = MessageBuilder()
            let permissions = results.initRoot(Wire.UiView.ViewInfo.self).initPermissions(count: 2)
            permissions[0].setName("read")
            permissions[1].setName("write")
            call.incoming.reply(results)
        case (Wire.UiView.interfaceID, Wire.UiView.Methods.newSession.ordinal):
            let params = try? call.params.reader.root(Wire.UiView.NewSessionParams.self)
            let identity = (try? params?.userInfo.identity).flatMap { $0 }.flatMap(call.params.capability)
            call.openSession { [self] in session($0, identity) }
        case (Wire.MainView.interfaceID, Wire.MainView.Methods.restore.ordinal):
            let results = MessageBuilder()
            results.initRoot(Wire.MainView.RestoreResults.self).setCap(capability: 0)
            call.incoming.reply(results, capabilities: [thing(call.loop)])
        default: call.incoming.fail(RPCError(.unimplemented, "no such method"))
        }
    }

    private func session(_ call: AppCall, _ identity: RPCCapability?) {
        switch call.method {
        case Wire.WebSession.Methods.get.ordinal: get(call, identity)
        case Wire.WebSession.Methods.post.ordinal:
            let body = try? call.params.reader.root(Wire.WebSession.PostParams.self).content.content.array
            Self.answer(call, path: call.path, body: body ?? [])
        case Wire.WebSession.Methods.postStreaming.ordinal: Self.receive(call)
        case Wire.WebSession.Methods.openWebSocket.ordinal: Self.echo(call)
        default: call.incoming.fail(RPCError(.unimplemented, "no such method"))
        }
    }

    private func get(_ call: AppCall, _ identity: RPCCapability?) {
        let parts = call.path.split(separator: "/", maxSplits: 1).map(String.init)
        switch (parts.first, parts.count > 1 ? parts[1] : "") {
        case ("echo", _): call.answer(Array(call.path.utf8))
        case ("stream", let count): stream(call, Int(count) ?? 0)
        case ("endless", _): stream(call, .max)
        case ("never", _): neverAnswer(call)
        case ("open", _): call.answer(Array("\(open.value)".utf8))
        case ("fail", let kind): call.incoming.fail(RPCError(Self.kinds[kind] ?? .failed, "on purpose"))
        case ("save", _): save(call)
        case ("restore", let token): restore(call, token)
        case ("user", _): tellUser(call, identity)
        case ("awake", _): stayAwake(call)
        case ("asleep", _):
            wakeLock = nil
            call.answer(Array("ok".utf8))
        default:
            let results = MessageBuilder()
            results.initRoot(Wire.WebSession.Response.self).initClientError().setStatusCode(.notFound)
            call.incoming.reply(results)
        }
    }

    private static let kinds: [String: RPCError.Kind] = [
        "failed": .failed, "overloaded": .overloaded, "disconnected": .disconnected, "unimplemented": .unimplemented,
    ]

    private func neverAnswer(_ call: AppCall) {
        open.add()
        unanswered.append(call.incoming)
        call.incoming.onCancel { [open] in open.add(-1) }
    }

    private func stream(_ call: AppCall, _ count: Int) {
        guard let stream = call.responseStream else { return }
        open.add()
        call.answerStream { [open] in open.add(-1) }
        // A period of the pattern fits a whole number of times into a piece, so all pieces are the same.
        let piece = TransportConformance.pattern(251 * 200)
        @Sendable func next(_ left: Int) {
            guard left > 0 else { return stream.done() }
            let size = min(left, piece.count)
            stream.write(Array(piece[..<size])) { if $0 == nil { next(left - size) } }
        }
        next(count)
    }
}

// MARK: What the app asks of its host

extension ConformanceApp {
    /// An object that can be saved and answers when it is pinged.
    private func thing(_ loop: RPCLoop) -> RPCCapability {
        loop.export(
            AppServer(loop) { call in
                guard call.interfaceID == Wire.AppPersistent.interfaceID else { return call.incoming.reply() }
                let results = MessageBuilder()
                results.initRoot(Wire.AppPersistent.SaveResults.self).initObjectId().setText("thing")
                call.incoming.reply(results)
            })
    }

    private func ask<Params: StructSchema, Results: StructSchema>(
        _ call: AppCall, _ method: Method<Params, Results>, on target: RPCCapability?, _ given: [RPCCapability] = [],
        _ fill: (Params.Builder) -> Void, then next: @escaping (Results.Reader, RPCMessage) throws -> Void
    ) {
        guard let target else { return call.incoming.fail(RPCError(.failed, "there is nobody to ask")) }
        let params = MessageBuilder()
        fill(params.initRoot(Params.self))
        RPCCall.start(method, on: target, params, capabilities: given) { answer in
            do {
                let message = try answer.get()
                try next(try message.reader.root(Results.self), message)
            } catch { call.incoming.fail(error as? RPCError ?? RPCError(.failed, "\(error)")) }
        }
    }

    private func save(_ call: AppCall) {
        ask(call, Wire.SandstormApi.Methods.save, on: app?.hostCapability, [thing(call.loop)]) {
            $0.setCap(capability: 0)
        } then: { results, _ in
            call.answer(try results.token.array)
        }
    }

    private func restore(_ call: AppCall, _ token: String) {
        ask(call, Wire.SandstormApi.Methods.restore, on: app?.hostCapability) {
            $0.setToken(Array(token.utf8))
        } then: { [self] results, message in
            ask(call, Wire.Handle.Methods.ping, on: try results.cap.flatMap(message.capability)) { _ in
            } then: { _, _ in
                call.answer(Array("thing".utf8))
            }
        }
    }

    private func tellUser(_ call: AppCall, _ identity: RPCCapability?) {
        ask(call, Wire.Identity.Methods.getProfile, on: identity) { _ in
        } then: { results, _ in
            call.answer(Array(try results.profile.displayName.defaultText.utf8))
        }
    }

    private func stayAwake(_ call: AppCall) {
        let notification = call.loop.export(AppServer(call.loop) { $0.incoming.reply() })
        ask(call, Wire.SandstormApi.Methods.stayAwake, on: app?.hostCapability, [notification]) { params in
            params.initDisplayInfo().initCaption().setDefaultText("checked")
            params.setNotification(capability: 0)
        } then: { [self] results, message in
            wakeLock = try results.handle.flatMap(message.capability)
            call.answer(Array("ok".utf8))
        }
    }
}

// MARK: Bodies and web sockets

extension ConformanceApp {
    private static func answer(_ call: AppCall, path: String, body: [UInt8]) {
        call.answer(path == "echo" ? body : Array("\(body.count)".utf8))
    }

    private static func receive(_ call: AppCall) {
        let path = call.path, body = Record<[UInt8]>(), held = Record<RPCIncoming>()
        let stream = AppServer(call.loop) { inner in
            switch (inner.interfaceID, inner.method) {
            case (Wire.WebSession.RequestStream.interfaceID, 0): held.append(inner.incoming)
            case (Wire.ByteStream.interfaceID, 0):
                body.append((try? inner.params.reader.root(Wire.ByteStream.WriteParams.self).data.array) ?? [])
                inner.incoming.reply()
            case (Wire.ByteStream.interfaceID, 1):
                inner.incoming.reply()
                for incoming in held.all {
                    let asked = AppCall(
                        interfaceID: 0, method: 0, params: inner.params, incoming: incoming, loop: inner.loop)
                    answer(asked, path: path, body: Array(body.all.joined()))
                }
            default: inner.incoming.reply()
            }
        }
        let results = MessageBuilder()
        results.initRoot(Wire.WebSession.PostStreamingResults.self).setStream(capability: 0)
        call.incoming.reply(results, capabilities: [call.loop.export(stream)])
    }

    private static func echo(_ call: AppCall) {
        guard let params = try? call.params.reader.root(Wire.WebSession.OpenWebSocketParams.self),
            let index = try? params.clientStream, let client = call.params.capability(index)
        else { return }
        let held = HeldWebSocket(client)
        let server = AppServer(call.loop, dropped: held.drop) { inner in
            let params = try? inner.params.reader.root(Wire.WebSession.WebSocketStream.SendBytesParams.self)
            held.send((try? params?.message.array) ?? [])
            inner.incoming.reply()
        }
        let results = MessageBuilder()
        results.initRoot(Wire.WebSession.OpenWebSocketResults.self).setServerStream(capability: 0)
        call.incoming.reply(results, capabilities: [call.loop.export(server)])
    }
}

/// An app's reference to the host's end of a web socket.
final class HeldWebSocket: Sendable {
    private let peer: Mutex<RPCCapability?>
    init(_ peer: RPCCapability) { self.peer = Mutex(peer) }

    func drop() { peer.withLock { $0 = nil } }

    func send(_ bytes: [UInt8]) {
        guard !bytes.isEmpty, let peer = peer.withLock({ $0 }) else { return }
        let message = MessageBuilder()
        message.initRoot(Wire.WebSession.WebSocketStream.SendBytesParams.self).setMessage(bytes)
        RPCCall.start(Wire.WebSession.WebSocketStream.Methods.sendBytes, on: peer, message) { _ in }
    }
}
