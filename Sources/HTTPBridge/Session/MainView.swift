import CCapnpRPC
import CapnProto
import GrainSchemas

/// What the host gets when it asks for the app: a UiView that speaks for a web server.
final class MainView: RPCObject {
    private let app: AppServer
    private let configuration: BridgeConfiguration
    private let log: Log
    let readiness: AppReadiness
    let sessions = SessionTable()
    /// Present when the app answers some calls itself.
    let hooks: AppHooks?
    /// Present when everybody who opens a session is to be kept.
    var identities: SavedIdentities? {
        didSet {
            powerbox = identities.map {
                PowerboxAPIs(configuration, of: app, readiness, sessions: sessions, identities: $0, log: log)
            }
        }
    }
    /// What other grains may be granted; nothing without those who grant it.
    private var powerbox: PowerboxAPIs?

    init(app: AppServer, configuration: BridgeConfiguration, patienceSeconds: UInt32, log: Log) {
        self.app = app
        self.configuration = configuration
        self.log = log
        readiness = AppReadiness(of: app, patienceSeconds: patienceSeconds, log: log)
        hooks = configuration.expectsAppHooks ? AppHooks(on: app.loop) : nil
    }

    func receive(_ call: IncomingCall, _ params: ReceivedMessage) throws(CallFailure) {
        do {
            switch call.interfaceID {
            case Wire.UiView.interfaceID: try dispatch(call, params)
            case Wire.MainView.interfaceID: try dispatchObjects(call, params)
            default: throw CallFailure.unimplemented(call)
            }
        } catch let failure as CallFailure {
            throw failure
        } catch {
            throw .failed("\(Self.attempt(call)): \(error)")
        }
    }

    private static func attempt(_ call: IncomingCall) -> StaticString {
        if call.isCall(of: Wire.MainView.Methods.restore) { return "restore" }
        return call.isCall(of: Wire.MainView.Methods.drop) ? "drop" : "open a session"
    }

    private func dispatch(_ call: IncomingCall, _ params: ReceivedMessage) throws {
        switch call.ordinal {
        case Wire.UiView.Methods.getViewInfo.ordinal:
            if let hooks {
                hooks.getViewInfo(call, otherwise: configuration.viewInfo)
            } else {
                call.reply(configuration.viewInfo)
            }
        case Wire.UiView.Methods.newSession.ordinal: try newSession(call, params)
        case Wire.UiView.Methods.newRequestSession.ordinal: try newRequestSession(call, params)
        case Wire.UiView.Methods.newOfferSession.ordinal: try newOfferSession(call, params)
        default: throw CallFailure.unimplemented(call)
        }
    }

    /// What is saved is the app's own or an API that was granted.
    private func dispatchObjects(_ call: IncomingCall, _ params: ReceivedMessage) throws {
        switch call.ordinal {
        case Wire.MainView.Methods.restore.ordinal:
            switch try SavedObject(try params.reader.root(Wire.MainView.RestoreParams.self).objectId) {
            case .own(let id): try ownHooks(call).restore(id, call, params)
            case .granted(let api):
                guard let powerbox else {
                    throw CallFailure.failed("restore: the app's package keeps nobody who could have granted this")
                }
                powerbox.restore(try GrantedAPI.Identifier(api), call)
            }
        case Wire.MainView.Methods.drop.ordinal:
            switch try SavedObject(try params.reader.root(Wire.MainView.DropParams.self).objectId) {
            case .own(let id): try ownHooks(call).drop(id, call, params)
            // Nothing is kept for one grant alone.
            case .granted: call.reply()
            }
        default: throw CallFailure.unimplemented(call)
        }
    }

    private func ownHooks(_ call: IncomingCall) throws -> AppHooks {
        guard let hooks else { throw CallFailure.unimplemented(call) }
        return hooks
    }

    private func newSession(_ call: IncomingCall, _ message: ReceivedMessage) throws {
        let params = try message.reader.root(Wire.UiView.NewSessionParams.self)
        let user = try SessionUser(
            try params.userInfo, tabID: try params.tabId.array, permissionNames: configuration.permissionNames,
            purpose: .normal)
        keep(user, message.capability(try params.userInfo.identity))
        let record = SessionRecord(context: message.capability(try params.context))
        reply(call, with: try open(params.sessionType, params.sessionParams, user, record))
    }

    private func newRequestSession(_ call: IncomingCall, _ message: ReceivedMessage) throws {
        let params = try message.reader.root(Wire.UiView.NewRequestSessionParams.self)
        let user = try SessionUser(
            try params.userInfo, tabID: try params.tabId.array, permissionNames: configuration.permissionNames,
            purpose: .request)
        let identity = message.capability(try params.userInfo.identity)
        keep(user, identity)
        let record = SessionRecord(context: message.capability(try params.context))
        if let powerbox, try powerbox.answer(try params.requestInfo) {
            let chooser = PowerboxChooser(powerbox, for: user, identity, record.context)
            return reply(call, with: Capability(to: chooser, on: app.loop))
        }
        record.request = try SavedPointer(params.structure.pointer(3), of: message)
        reply(call, with: try open(params.sessionType, params.sessionParams, user, record))
    }

    /// The results of each of the three calls that open a session begin with it.
    private func reply(_ call: IncomingCall, with session: Capability) {
        var payload = Payload()
        let index = payload.index(of: session)
        payload.message.initRoot(Wire.UiView.NewSessionResults.self).setSession(capability: index)
        call.reply(payload)
    }

    private func newOfferSession(_ call: IncomingCall, _ message: ReceivedMessage) throws {
        let params = try message.reader.root(Wire.UiView.NewOfferSessionParams.self)
        let user = try SessionUser(
            try params.userInfo, tabID: try params.tabId.array, permissionNames: configuration.permissionNames,
            purpose: .offer)
        keep(user, message.capability(try params.userInfo.identity))
        let record = SessionRecord(context: message.capability(try params.context))
        record.offer = message.capability(try params.offer)
        record.offerDescriptor = try SavedPointer(params.structure.pointer(4), of: message)
        reply(call, with: try open(params.sessionType, params.sessionParams, user, record))
    }

    private func keep(_ user: SessionUser, _ identity: Capability?) {
        guard let identities, let identity, !user.identityID.isEmpty else { return }
        identities.save(identity, user.userID) { _ in }
    }

    /// A session of the wanted type; a promise of one while the app is still starting.
    private func open(
        _ type: UInt64, _ params: PointerReader, _ user: SessionUser, _ record: SessionRecord
    ) throws -> Capability {
        let number = sessions.nextNumber()
        let headers: SessionHeaders
        switch type {
        case Wire.WebSession.interfaceID:
            headers = try SessionHeaders(
                web: try params.structure(Wire.WebSession.Params.self), user: user, number: number)
        case Wire.ApiSession.interfaceID:
            guard !configuration.apiPath.isEmpty else {
                throw CallFailure.failed("open an API session: the app's package sets no apiPath")
            }
            headers = try SessionHeaders(
                api: try params.structure(Wire.ApiSession.Params.self), path: configuration.apiPath, user: user,
                number: number)
        default:
            throw CallFailure.failed("open a session: type 0x\(String(type, radix: 16)) is not known")
        }
        sessions.insert(record, number)
        let session = WebSessionObject(app: app, log: log, headers: headers) { [sessions] in sessions.remove(number) }
        let capability = Capability(to: session, on: app.loop)
        if readiness.isDecided { return capability }
        let promise = CapabilityPromise(on: app.loop)
        readiness.whenDecided { promise.resolve(capability) }
        return promise.capability
    }
}
