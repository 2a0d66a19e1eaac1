import CapnProto
import GrainRPC
import GrainSchemas

/// What the host gets when it asks for the app: a grain that counts the visits to its one page.
final class CounterView: RPCObject {
    let visits: VisitFile
    let loop: EventLoop
    private(set) var host: Host?
    /// Whether the counter came back by the token of an earlier run.
    private(set) var isRestored = false
    /// Held to stay awake.
    var wakeLock: Capability?

    init(_ visits: VisitFile, on loop: EventLoop) {
        self.visits = visits
        self.loop = loop
    }

    /// Saves the counter in the first run, and in every other finds it again by its token.
    func begin(_ host: Host) {
        self.host = host
        guard !visits.token.isEmpty else {
            return host.save(Capability(to: Counter(), on: loop), label: "The counter") { [visits] result in
                switch result {
                case .success(let token): visits.token = token
                case .failure(let failure): print("save the counter: \(failure.text)")
                }
            }
        }
        guard let counter = host.restore(visits.token) else { return }
        OutgoingCall(counter, Wire.Handle.Methods.ping, Payload()) { [weak self] result in
            if case .success = result { self?.isRestored = true }
        }
    }

    func receive(_ call: IncomingCall, _ params: ReceivedMessage) throws(CallFailure) {
        if call.isCall(of: Wire.UiView.Methods.getViewInfo) { return getViewInfo(call) }
        if call.isCall(of: Wire.UiView.Methods.newSession) { return try newSession(call, params) }
        guard call.isCall(of: Wire.MainView.Methods.restore) else { throw .unimplemented(call) }
        try restore(call, params)
    }

    private func getViewInfo(_ call: IncomingCall) {
        let payload = Payload()
        let permissions = payload.message.initRoot(Wire.UiView.ViewInfo.self).initPermissions(count: 1)
        permissions[0].setName("count")
        permissions[0].initTitle().setDefaultText("count")
        call.reply(payload)
    }

    private func newSession(_ call: IncomingCall, _ message: ReceivedMessage) throws(CallFailure) {
        do {
            let params = try message.reader.root(Wire.UiView.NewSessionParams.self)
            guard params.sessionType == Wire.WebSession.interfaceID else {
                throw CallFailure.failed("open a session: this app knows web sessions only")
            }
            let name = try params.userInfo.displayName.defaultText
            var payload = Payload()
            let session = Capability(to: PageSession(of: self, for: name), on: loop)
            let index = payload.index(of: session)
            payload.message.initRoot(Wire.UiView.NewSessionResults.self).setSession(capability: index)
            call.reply(payload)
        } catch let failure as CallFailure {
            throw failure
        } catch {
            throw .failed("open a session: \(error)")
        }
    }

    /// The host asks for an object by what ``Counter`` called itself.
    private func restore(_ call: IncomingCall, _ message: ReceivedMessage) throws(CallFailure) {
        let name: String
        do {
            name = try message.reader.root(Wire.MainView.RestoreParams.self).objectId.text()
        } catch {
            throw .failed("restore: \(error)")
        }
        guard name == Counter.name else { throw .failed("restore: there is no object '\(name)'") }
        var payload = Payload()
        let index = payload.index(of: Capability(to: Counter(), on: loop))
        payload.message.initRoot(Wire.MainView.RestoreResults.self).setCap(capability: index)
        call.reply(payload)
    }
}

/// The app's one object that can be saved.
final class Counter: RPCObject {
    static let name = "counter"

    func receive(_ call: IncomingCall, _ params: ReceivedMessage) throws(CallFailure) {
        if call.isCall(of: Wire.Handle.Methods.ping) { return call.reply() }
        guard call.isCall(of: Wire.AppPersistent.Methods.save) else { throw .unimplemented(call) }
        let payload = Payload()
        let results = payload.message.initRoot(Wire.AppPersistent.SaveResults.self)
        results.initObjectId().setText(Counter.name)
        results.initLabel().setDefaultText("The counter")
        call.reply(payload)
    }
}
