import CapnProto
import GrainRPC
import GrainSchemas

/// One person's session: a page, and two things to do on it.
final class PageSession: RPCObject {
    private let view: CounterView
    private let userName: String

    init(of view: CounterView, for userName: String) {
        self.view = view
        self.userName = userName
    }

    func receive(_ call: IncomingCall, _ params: ReceivedMessage) throws(CallFailure) {
        do {
            if call.isCall(of: Wire.WebSession.Methods.get) {
                get(call, try params.reader.root(Wire.WebSession.GetParams.self).path)
            } else if call.isCall(of: Wire.WebSession.Methods.post) {
                post(call, try params.reader.root(Wire.WebSession.PostParams.self).path)
            } else {
                throw CallFailure.unimplemented(call)
            }
        } catch let failure as CallFailure {
            throw failure
        } catch {
            throw .failed("read the request: \(error)")
        }
    }

    private func get(_ call: IncomingCall, _ path: String) {
        guard path.isEmpty else { return refuse(call) }
        view.visits.count += 1
        let payload = Payload()
        let content = payload.message.initRoot(Wire.WebSession.Response.self).initContent()
        content.setMimeType("text/html; charset=UTF-8")
        content.initBody().setBytes(Array(page.utf8))
        call.reply(payload)
    }

    private func post(_ call: IncomingCall, _ path: String) {
        switch path {
        case "awake":
            view.host?.stayAwake("Counting the grains of a dune") { [view] handle in
                view.wakeLock = handle
                Self.redirect(call)
            }
        case "asleep":
            view.wakeLock = nil
            Self.redirect(call)
        default: refuse(call)
        }
    }

    private static func redirect(_ call: IncomingCall) {
        let payload = Payload()
        let redirect = payload.message.initRoot(Wire.WebSession.Response.self).initRedirect()
        redirect.setSwitchToGet(true)
        redirect.setLocation("/")
        call.reply(payload)
    }

    private func refuse(_ call: IncomingCall) {
        let payload = Payload()
        let error = payload.message.initRoot(Wire.WebSession.Response.self).initClientError()
        error.setStatusCode(.notFound)
        error.setDescriptionHtml("<p>There is one page, and this is not it.</p>")
        call.reply(payload)
    }

    private var page: String {
        """
        <!DOCTYPE html>
        <title>Native app</title>
        <h1>Hello, \(escaped(userName))</h1>
        <p>Visits: <b id=visits>\(view.visits.count)</b></p>
        <p>Counter restored: <b id=restored>\(view.isRestored ? "yes" : "no")</b></p>
        <p>Awake: <b id=awake>\(view.wakeLock == nil ? "no" : "yes")</b></p>
        <form method=post action=/awake><button>Stay awake</button></form>
        <form method=post action=/asleep><button>Sleep when nobody looks</button></form>
        """
    }

    private func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            default: result.append(character)
            }
        }
        return result
    }
}
