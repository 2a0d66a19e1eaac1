import CCapnpRPC
import CapnProto
import GrainSchemas
import HTTP1

/// A web socket between the host and the app: a handshake, then bytes both ways that nobody here looks at.
///
/// Stays alive by itself until either end is gone.
final class WebSocketBridge: AppConnectionOwner, RPCObject {
    private static let windowBytes = 524_288

    private let app: AppServer
    private let log: Log
    private var client: Capability?
    private var call: IncomingCall?
    private var parser = ResponseParser(answerTo: .upgrade)
    private var connection: AppConnection?
    private var underWay = 0
    private var heldBack: [IncomingCall] = []
    private var itself: WebSocketBridge?
    private var hasEnded = false

    init(app: AppServer, log: Log, client: Capability, call: IncomingCall) {
        self.app = app
        self.log = log
        self.client = client
        self.call = call
    }

    func start(_ request: [UInt8]) {
        do {
            let connection = try AppConnection(to: app, owner: self)
            self.connection = connection
            itself = self
            call?.whenCancelled { [weak self] in self?.end(.failed("the request was cancelled")) }
            connection.send(request)
        } catch {
            end(error)
        }
    }

    // MARK: From the app

    func connection(_ connection: AppConnection, received bytes: Span<UInt8>) {
        do {
            try parser.feed(bytes)
        } catch {
            log.say("the app's answer is not valid HTTP: \(error.reason)")
            return end(.failed("the app's answer is not valid HTTP: \(error.reason)"))
        }
        guard let head = parser.head else { return }
        guard parser.isUpgraded else {
            return end(.failed("open a web socket: the app answered with status \(head.status) instead of 101"))
        }
        if parser.availableBytes > 0 { forward(parser.takeContent()) }
        if let call {
            self.call = nil
            call.reply(opened(head))
        }
    }

    func connection(_ connection: AppConnection, ended problem: CallFailure?) {
        end(problem ?? .failed("open a web socket: the app closed the connection before it answered"))
    }

    func connectionDrained(_ connection: AppConnection) {
        let calls = heldBack
        heldBack = []
        for call in calls { call.reply() }
    }

    private func opened(_ head: ResponseHead) -> Payload {
        var payload = Payload()
        let results = payload.message.initRoot(Wire.WebSession.OpenWebSocketResults.self)
        let protocols = head.fields.all("Sec-WebSocket-Protocol").flatMap { ListElements(of: $0).map { $0 } }
        results.setProtocol(protocols.map { String(decoding: $0, as: UTF8.self) })
        results.setServerStream(capability: payload.index(of: Capability(to: self, on: app.loop)))
        return payload
    }

    private func forward(_ bytes: [UInt8]) {
        guard let client else { return }
        let payload = Payload(capacityWords: bytes.count / 8 + 8)
        payload.message.initRoot(Wire.WebSession.WebSocketStream.SendBytesParams.self).setMessage(bytes)
        underWay += bytes.count
        connection?.isReading = underWay < Self.windowBytes
        OutgoingCall(client, Wire.WebSession.WebSocketStream.Methods.sendBytes, payload) { [self] result in
            underWay -= bytes.count
            if case .failure(let failure) = result { return end(failure) }
            connection?.isReading = underWay < Self.windowBytes
        }
    }

    // MARK: From the host

    func receive(_ call: IncomingCall, _ params: ReceivedMessage) throws(CallFailure) {
        guard call.isCall(of: Wire.WebSession.WebSocketStream.Methods.sendBytes) else { throw .unimplemented(call) }
        guard let connection else { throw .disconnected("the app closed the web socket") }
        do {
            let message = try params.reader.root(Wire.WebSession.WebSocketStream.SendBytesParams.self).message
            connection.send(message.array)
        } catch {
            throw .failed("read a web socket's message: \(error)")
        }
        if connection.unsentBytes > Self.windowBytes { heldBack.append(call) } else { call.reply() }
    }

    /// The host wants no more.
    func dropped() { end(.disconnected("the web socket was closed")) }

    private func end(_ failure: CallFailure) {
        guard !hasEnded else { return }
        hasEnded = true
        connection?.close()
        connection = nil
        client = nil
        call?.fail(failure)
        call = nil
        for call in heldBack { call.fail(.disconnected("the app closed the web socket")) }
        heldBack = []
        itself = nil
    }
}
