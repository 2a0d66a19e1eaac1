import CCapnpRPC
import CapnProto
import GrainSchemas

/// The socket on which the app itself speaks Cap'n Proto with the bridge (specification, section 7.10).
final class LocalAPI {
    /// The name the format gives it.
    static let path = "/tmp/sandstorm-api"
    private static let largestCount = 64

    private let loop: EventLoop
    private let listener: Listener
    private let bootstrap: Capability
    private let onFirst: (Capability) -> Void
    private var connections: [ObjectIdentifier: PeerConnection] = [:]
    private var hadFirst = false

    /// - Parameter onFirst: What the first client offers: the app's hooks, when it has some.
    init(
        _ listener: Listener, offering bootstrap: Capability, on loop: EventLoop,
        onFirst: @escaping (Capability) -> Void
    ) {
        self.listener = listener
        self.bootstrap = bootstrap
        self.loop = loop
        self.onFirst = onFirst
        listener.accept(on: loop) { [unowned self] in connected($0) }
    }

    private func connected(_ descriptor: Int32) {
        // Beyond this number it is closed as it goes: an app has few processes that speak with us.
        let peer = PeerConnection(descriptor, side: bcr_server, offering: bootstrap, on: loop) {
            [unowned self] peer, _ in
            connections[ObjectIdentifier(peer)] = nil
        }
        guard connections.count < Self.largestCount else { return }
        connections[ObjectIdentifier(peer)] = peer
        guard !hadFirst else { return }
        hadFirst = true
        if let offered = peer.bootstrap() { onFirst(offered) }
    }
}

/// What the app gets on its socket.
final class LocalAPIObject: RPCObject {
    private typealias Methods = Wire.SandstormHttpBridge.Methods

    private let api: HostAPI
    private let sessions: SessionTable
    private let identities: SavedIdentities

    init(api: HostAPI, sessions: SessionTable, identities: SavedIdentities) {
        self.api = api
        self.sessions = sessions
        self.identities = identities
    }

    func receive(_ call: IncomingCall, _ params: ReceivedMessage) throws(CallFailure) {
        guard call.interfaceID == Wire.SandstormHttpBridge.interfaceID else { throw .unimplemented(call) }
        do {
            try dispatch(call, params)
        } catch let failure as CallFailure {
            throw failure
        } catch {
            throw .failed("read the call: \(error)")
        }
    }

    private func dispatch(_ call: IncomingCall, _ params: ReceivedMessage) throws {
        switch call.ordinal {
        case Methods.getSandstormApi.ordinal: reply(call, with: api.capability)
        case Methods.getSessionContext.ordinal:
            let id = try params.reader.root(Wire.SandstormHttpBridge.GetSessionContextParams.self).id
            reply(call, with: try session(id).context)
        case Methods.getSessionRequest.ordinal: try getSessionRequest(call, params)
        case Methods.getSessionOffer.ordinal: try getSessionOffer(call, params)
        case Methods.getSavedIdentity.ordinal:
            let id = try params.reader.root(Wire.SandstormHttpBridge.GetSavedIdentityParams.self).identityId
            guard let identity = identities.identity(id) else {
                throw CallFailure.failed("getSavedIdentity: no identity '\(id)' was saved")
            }
            reply(call, with: identity)
        case Methods.saveIdentity.ordinal: try saveIdentity(call, params)
        default: throw CallFailure.unimplemented(call)
        }
    }

    /// Results whose first field is a capability.
    private func reply(_ call: IncomingCall, with capability: Capability?) {
        var payload = Payload()
        let results = payload.message.initRoot(Wire.SandstormHttpBridge.GetSandstormApiResults.self)
        if let capability { results.setApi(capability: payload.index(of: capability)) }
        call.reply(payload)
    }

    private func session(_ id: String) throws(CallFailure) -> SessionRecord {
        guard let record = sessions[id] else { throw .failed("there is no open session '\(id)'") }
        return record
    }

    private func getSessionRequest(_ call: IncomingCall, _ params: ReceivedMessage) throws {
        let id = try params.reader.root(Wire.SandstormHttpBridge.GetSessionRequestParams.self).id
        var payload = Payload()
        let results = payload.message.initRoot(Wire.SandstormHttpBridge.GetSessionRequestResults.self)
        guard let request = try session(id).request else {
            throw CallFailure.failed("getSessionRequest: session '\(id)' is not of type request")
        }
        try request.copy(to: results.structure.pointer(0), in: &payload)
        call.reply(payload)
    }

    private func getSessionOffer(_ call: IncomingCall, _ params: ReceivedMessage) throws {
        let id = try params.reader.root(Wire.SandstormHttpBridge.GetSessionOfferParams.self).id
        let record = try session(id)
        guard let offer = record.offer else {
            throw CallFailure.failed("getSessionOffer: session '\(id)' is not of type offer")
        }
        var payload = Payload()
        let results = payload.message.initRoot(Wire.SandstormHttpBridge.GetSessionOfferResults.self)
        results.setOffer(capability: payload.index(of: offer))
        try record.offerDescriptor?.copy(to: results.structure.pointer(1), in: &payload)
        call.reply(payload)
    }

    private func saveIdentity(_ call: IncomingCall, _ params: ReceivedMessage) throws {
        let place = try params.reader.root(Wire.SandstormHttpBridge.SaveIdentityParams.self).identity
        guard let identity = params.capability(place) else {
            throw CallFailure.failed("saveIdentity: there is no identity")
        }
        identities.save(identity) { failure in
            if let failure { call.fail(failure) } else { call.reply() }
        }
    }
}
