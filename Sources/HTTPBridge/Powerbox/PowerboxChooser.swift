import CCapnpRPC
import HTTP1
import CapnProto
import GrainSchemas

/// The session in which a person picks one of the app's APIs; the app is not asked.
final class PowerboxChooser: RPCObject {
    private let apis: PowerboxAPIs
    private let user: SessionUser
    private let identity: Capability?
    private let context: Capability?

    /// - Parameter context: Where the answer to the request goes.
    init(_ apis: PowerboxAPIs, for user: SessionUser, _ identity: Capability?, _ context: Capability?) {
        self.apis = apis
        self.user = user
        self.identity = identity
        self.context = context
    }

    func receive(_ call: IncomingCall, _ message: ReceivedMessage) throws(CallFailure) {
        do {
            if call.isCall(of: Wire.WebSession.Methods.get) {
                let path = try message.reader.root(Wire.WebSession.GetParams.self).path
                call.reply(path.isEmpty ? page : Self.refusal(.notFound, "There is nothing else here."))
            } else if call.isCall(of: Wire.WebSession.Methods.post) {
                let params = try message.reader.root(Wire.WebSession.PostParams.self)
                guard try params.path.isEmpty else {
                    return call.reply(Self.refusal(.notFound, "There is nothing else here."))
                }
                grant(String(decoding: try params.content.content.array, as: UTF8.self), call)
            } else {
                throw CallFailure.unimplemented(call)
            }
        } catch let failure as CallFailure {
            throw failure
        } catch { throw .failed("read the request: \(error)") }
    }

    private func grant(_ name: String, _ call: IncomingCall) {
        guard let api = apis.all.first(where: { $0.name == name }) else {
            return call.reply(Self.refusal(.notFound, "The app has no API of this name."))
        }
        guard let identity, let context, !user.identityID.isEmpty else {
            return call.reply(Self.refusal(.forbidden, "Nobody can grant something without an account."))
        }
        apis.grant(api, by: user, identity, to: context) { failure in
            guard let failure else { return call.reply(Self.granted) }
            call.fail(failure)
        }
    }

    // MARK: Answers

    private static var granted: Payload {
        let payload = Payload()
        payload.message.initRoot(Wire.WebSession.Response.self).initNoContent().setShouldResetForm(false)
        return payload
    }

    private static func refusal(_ code: Wire.WebSession.Response.ClientErrorCode, _ text: String) -> Payload {
        let payload = Payload()
        let error = payload.message.initRoot(Wire.WebSession.Response.self).initClientError()
        error.setStatusCode(code)
        error.setDescriptionHtml("<p>\(text)</p>")
        return payload
    }

    private var page: Payload {
        let payload = Payload(capacityWords: 512)
        let content = payload.message.initRoot(Wire.WebSession.Response.self).initContent()
        content.setStatusCode(.ok)
        content.setMimeType("text/html; charset=utf-8")
        content.initDisposition().setNormal()
        content.initBody().setBytes(Array(ChooserPage.html(apis.all).utf8))
        return payload
    }
}

/// A button for each API; a click posts its name.
enum ChooserPage {
    static func html(_ apis: [PowerboxAPI]) -> String {
        let buttons = apis.map { api in
            """
            <button data-name="\(HTMLText.escaped(api.name))"><b>\(HTMLText.escaped(api.title.isEmpty ? api.name : api.title))</b>\
            <span>\(HTMLText.escaped(api.summary))</span></button>
            """
        }
        return """
            <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>Choose what to grant</title>
            <style>
            :root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
            body{max-width:34rem;margin:1rem auto;padding:0 1rem}
            button{display:block;width:100%;margin:.5rem 0;padding:.75rem 1rem;font:inherit;text-align:start}
            span{display:block}
            </style>
            <h1>Choose what to grant</h1>
            \(buttons.joined(separator: "\n"))
            <p id="outcome" role="status"></p>
            <script>
            for (const button of document.querySelectorAll("button")) button.onclick = async () => {
              const answer = await fetch("/", {method: "POST", body: button.dataset.name,
                                               headers: {"Content-Type": "text/plain;charset=utf-8"}});
              outcome.textContent = answer.ok ? "Granted." : "This could not be granted.";
            };
            </script></html>
            """
    }
}
