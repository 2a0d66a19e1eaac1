import Barchan
import BarchanConformance
import CapnProto
import GrainSchemas
import Synchronization
import Testing

@testable import CapnpTransport

@Suite(.timeLimit(.minutes(1))) struct ConformanceTests {
    @Test(arguments: TransportConformance.checks(startingApps: { try ConformanceApp.start($0) }))
    func conforms(_ check: ConformanceCheck<any TransportProvider>) async throws {
        try await check.run(on: transport())
    }
}

/// The app that the checks ask for.
enum ConformanceApp {
    static func start(_ grain: consuming OwnedDescriptor) throws -> FakeApp {
        try FakeApp(grain, view: view, session)
    }

    private static func view(_ call: AppCall) {
        guard call.method == Wire.UiView.Methods.getViewInfo.ordinal else { return call.openSession(session) }
        let results = MessageBuilder()
        let permissions = results.initRoot(Wire.UiView.ViewInfo.self).initPermissions(count: 2)
        permissions[0].setName("read")
        permissions[1].setName("write")
        call.incoming.reply(results)
    }

    private static func session(_ call: AppCall) {
        switch call.method {
        case Wire.WebSession.Methods.get.ordinal: get(call)
        case Wire.WebSession.Methods.post.ordinal:
            let count = (try? call.params.reader.root(Wire.WebSession.PostParams.self).content.content.count) ?? -1
            call.answer(Array("\(count)".utf8))
        case Wire.WebSession.Methods.postStreaming.ordinal: receive(call)
        case Wire.WebSession.Methods.openWebSocket.ordinal: echo(call)
        default: call.incoming.fail(RPCError(.unimplemented, "no such method"))
        }
    }

    private static func get(_ call: AppCall) {
        let path = call.path
        if path.hasPrefix("echo/") { return call.answer(Array(path.utf8)) }
        if path.hasPrefix("stream/"), let count = Int(path.dropFirst(7)) { return stream(call, count) }
        switch path {
        case "endless": stream(call, .max)
        case "never": unanswered.append(call.incoming)
        default:
            let results = MessageBuilder()
            results.initRoot(Wire.WebSession.Response.self).initClientError().setStatusCode(.notFound)
            call.incoming.reply(results)
        }
    }

    private static func stream(_ call: AppCall, _ count: Int) {
        guard let stream = call.responseStream else { return }
        call.answerStream()
        @Sendable func next(_ left: Int) {
            guard left > 0 else { return stream.done() }
            let size = min(left, 50_000)
            stream.write([UInt8](repeating: 3, count: size)) { if $0 == nil { next(left - size) } }
        }
        next(count)
    }

    private static func receive(_ call: AppCall) {
        let count = Counter(), held = Record<RPCIncoming>()
        let stream = AppServer(call.loop) { inner in
            switch (inner.interfaceID, inner.method) {
            case (Wire.WebSession.RequestStream.interfaceID, 0): held.append(inner.incoming)
            case (Wire.ByteStream.interfaceID, 0):
                count.add((try? inner.params.reader.root(Wire.ByteStream.WriteParams.self).data.count) ?? 0)
                inner.incoming.reply()
            case (Wire.ByteStream.interfaceID, 1):
                inner.incoming.reply()
                for incoming in held.all {
                    AppCall(interfaceID: 0, method: 0, params: inner.params, incoming: incoming, loop: inner.loop)
                        .answer(Array("\(count.value)".utf8))
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

private let unanswered = Record<RPCIncoming>()

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
