import Barchan
import BarchanConformance
import CCapnpRPC
import CapnProto
import GrainSchemas

@testable import CapnpTransport

/// An app at the grain's end of a socket. Its methods run on its own loop's thread.
final class FakeApp: @unchecked Sendable {
    typealias Handler = (_ call: AppCall) -> Void

    let loop: RPCLoop
    /// What the host offers.
    let host = Shared<RPCCapability>()
    /// The same on the loop's thread; nil before the conversation has begun.
    private(set) var hostCapability: RPCCapability?
    private var connection: RPCConnection?
    /// What it answers by method of the web session; set before the first request.
    private let handler: Handler
    private let view: Handler

    /// - Parameter view: Answers calls on the view; nil lets newSession give a session and refuses the rest.
    init(_ grain: consuming OwnedDescriptor, view: Handler? = nil, _ handler: @escaping Handler) throws {
        guard let loop = RPCLoop() else { throw HostError(.resourceExhausted, "no loop") }
        self.loop = loop
        self.handler = handler
        self.view =
            view ?? { call in
                guard call.method == Wire.UiView.Methods.newSession.ordinal else {
                    return call.incoming.fail(RPCError(.unimplemented, "no such method"))
                }
                call.openSession(handler)
            }
        let descriptor = grain.release()
        loop.post { [self] in start(descriptor) }
    }

    private func start(_ descriptor: CInt) {
        let connection = RPCConnection(
            descriptor, bcr_client, bootstrap: loop.export(AppServer(loop, view)), limits: bcr_limits_default(),
            on: loop
        ) { [weak self] _ in self?.connection = nil }
        self.connection = connection
        // libcapnp's client end listens only after it has asked for something.
        hostCapability = connection.bootstrap()
        if let hostCapability { host.set(hostCapability) }
    }

    /// Calls an object and reads the answer, on the loop's thread.
    func call<Params: StructSchema, Results: StructSchema, Value: Sendable>(
        _ method: Method<Params, Results>, on target: RPCCapability, with given: [RPCCapability] = [],
        _ fill: @escaping (Params.Builder) -> Void = { _ in },
        read: @escaping (Results.Reader, RPCMessage) throws -> Value
    ) async throws -> Value {
        let answer = await withUnsafeContinuation { continuation in
            loop.post {
                let params = MessageBuilder()
                fill(params.initRoot(Params.self))
                RPCCall.start(method, on: target, params, capabilities: given) { answer in
                    let result = answer.flatMap { message in
                        Result { try read(message.reader.root(Results.self), message) }
                            .mapError { $0 as? RPCError ?? RPCError(.failed, "read an answer: \($0)") }
                    }
                    continuation.resume(returning: result)
                }
            }
        }
        return try answer.get()
    }

    /// The same where nothing is to be read.
    func call<Params: StructSchema, Results: StructSchema>(
        _ method: Method<Params, Results>, on target: RPCCapability, with given: [RPCCapability] = [],
        _ fill: @escaping (Params.Builder) -> Void = { _ in }
    ) async throws {
        try await call(method, on: target, with: given, fill) { _, _ in }
    }

    /// An object of the app's.
    func export(dropped: @escaping @Sendable () -> Void = {}, _ handler: @escaping @Sendable (AppCall) -> Void) async
        -> RPCCapability
    {
        await loop.run { [self] in loop.export(AppServer(loop, dropped: dropped, handler)) }
    }

    func close() {
        loop.post { [self] in
            connection?.close()
            connection = nil
        }
    }

    deinit {
        guard let connection else { return }
        let ended = UncheckedSendable(connection)
        loop.post { ended.value.close() }
    }
}

/// One call on the fake app.
struct AppCall {
    let interfaceID: UInt64
    let method: UInt16
    let params: RPCMessage
    let incoming: RPCIncoming
    let loop: RPCLoop

    func openSession(_ handler: @escaping FakeApp.Handler) {
        let results = MessageBuilder()
        results.initRoot(Wire.UiView.NewSessionResults.self).setSession(capability: 0)
        incoming.reply(results, capabilities: [loop.export(AppServer(loop, handler))])
    }

    /// Answers 200 with these bytes.
    func answer(_ bytes: [UInt8], type: String = "text/plain") {
        let results = MessageBuilder(capacityWords: 32 + bytes.count / 8)
        let content = results.initRoot(Wire.WebSession.Response.self).initContent()
        content.setMimeType(type)
        content.initBody().setBytes(bytes)
        incoming.reply(results)
    }

    /// Answers 200 with a stream that lives until `dropped`.
    func answerStream(dropped: @escaping () -> Void = {}) {
        let results = MessageBuilder()
        results.initRoot(Wire.WebSession.Response.self).initContent().initBody().setStream(capability: 0)
        incoming.reply(results, capabilities: [loop.export(AppServer(loop, dropped: dropped) { $0.incoming.reply() })])
    }

    /// The stream for the answer's body, of a GET.
    var responseStream: RPCCapability? {
        guard let context = try? params.reader.root(Wire.WebSession.GetParams.self).context,
            let index = try? context.responseStream
        else { return nil }
        return params.capability(index)
    }

    /// The path, which is the first pointer of every method's parameters.
    var path: String { (try? params.reader.root.structure().pointer(0).text()) ?? "" }
}

/// A server that is a closure.
final class AppServer: RPCServer {
    private let loop: RPCLoop
    private let handler: FakeApp.Handler
    private let onDrop: () -> Void

    init(_ loop: RPCLoop, dropped: @escaping () -> Void = {}, _ handler: @escaping FakeApp.Handler) {
        self.loop = loop
        self.handler = handler
        onDrop = dropped
    }

    func called(_ interfaceID: UInt64, _ method: UInt16, _ params: RPCMessage, _ incoming: RPCIncoming) {
        handler(AppCall(interfaceID: interfaceID, method: method, params: params, incoming: incoming, loop: loop))
    }

    func dropped() { onDrop() }
}

extension RPCCapability {
    /// ByteStream.write; `answered` comes when the host has room for more.
    func write(_ bytes: [UInt8], answered: @escaping (RPCError?) -> Void = { _ in }) {
        let message = MessageBuilder(capacityWords: 4 + bytes.count / 8)
        message.initRoot(Wire.ByteStream.WriteParams.self).setData(bytes)
        RPCCall.start(Wire.ByteStream.Methods.write, on: self, message) { answer in
            if case .failure(let error) = answer { answered(error) } else { answered(nil) }
        }
    }

    func expect(_ size: UInt64) {
        let message = MessageBuilder()
        message.initRoot(Wire.ByteStream.ExpectSizeParams.self).setSize(size)
        RPCCall.start(Wire.ByteStream.Methods.expectSize, on: self, message) { _ in }
    }

    func done() {
        let message = MessageBuilder()
        _ = message.initRoot(Wire.ByteStream.DoneParams.self)
        RPCCall.start(Wire.ByteStream.Methods.done, on: self, message) { _ in }
    }
}

extension WebSessionParameters {
    static let ann = WebSessionParameters(
        user: UserInfo(
            displayName: "Ann Ö Bee", preferredHandle: "ann", identityID: Array(1...32),
            permissions: [true, false, true]),
        basePath: "https://example.test", userAgent: "test", acceptableLanguages: ["en"],
        tabID: Array(0xa0...0xaf))
}

/// A connection to a fresh app.
func connectedApp(
    _ given: [String: SettingValue] = [:], view: FakeApp.Handler? = nil, host: any GrainHost = MemoryGrainHost(),
    handler: @escaping FakeApp.Handler
) async throws -> (connection: any GrainConnection, app: FakeApp) {
    let pair = try SocketPair()
    let connection = try await transport(given).connect(over: pair.host, offering: host)
    return (connection, try FakeApp(pair.grain, view: view, handler))
}
