import Barchan
import CSodium
import HTTP1
import Synchronization

/// Rendered offer templates, each behind an id that is known to one page and works once (specification, section 10.4).
///
/// They hold tokens, so they live in memory and for five minutes.
final class OfferBox: Sendable {
    static let lifetimeSeconds: Int64 = 300
    /// Calls that ask for the same within so many seconds get the same token.
    static let reuseSeconds: Int64 = 150
    static let maximumTemplateBytes = 16 << 10

    struct Offer: Sendable {
        var html: String
        /// The origin of the grain's page, the only one that may show it.
        var page: String
        var apiOrigin: String
        var scriptNonce: String
    }

    private let offers = Mutex(SessionShares<Offer>(lifetimeSeconds: lifetimeSeconds))
    private let tokens = Mutex(SessionShares<APIToken>(lifetimeSeconds: reuseSeconds))

    /// The token that was made for the same question of a session a moment ago.
    func token(for question: String, now: Int64) -> APIToken? {
        tokens.withLock { $0.value(at: question, now: now) }
    }

    func keep(_ token: APIToken, for question: String, of session: SessionID, now: Int64) {
        tokens.withLock { $0.insert(token, at: question, of: session, now: now) }
    }

    /// - Returns: The name to ask for it with, once.
    func keep(_ offer: Offer, of session: SessionID, now: Int64) -> String {
        let name = Secret.random().text
        offers.withLock { $0.insert(offer, at: name, of: session, now: now) }
        return name
    }

    func take(_ name: String, now: Int64) -> Offer? { offers.withLock { $0.take(name, now: now) } }
}

/// An offer template with its values put in, as a page.
struct OfferPage {
    var template: String
    var token: APIToken
    var apiHost: String
    var apiOrigin: String
    var title: String
    /// `left`, `right` or neither.
    var clipboardButton: String?
    /// `#rrggbb`
    var color: String?
    var clientApp: String?
    var scriptNonce: String

    /// The words that a template may hold; everything is text and nothing is markup.
    var text: String {
        template.replacing("$API_TOKEN", with: token.secret.text).replacing("$API_HOST", with: apiHost)
            .replacing("$GRAIN_TITLE_SLUG", with: OfferPage.slug(title))
    }

    static func slug(_ title: String) -> String {
        let kept = title.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        let words = String(kept).split(separator: "-")
        return words.isEmpty ? "grain" : words.joined(separator: "-")
    }

    var html: String {
        let button = "<button type=\"button\" id=\"copy\">Copy</button>"
        let body = "<pre id=\"text\">\(HTMLText.escaped(text))</pre>"
        var parts = clipboardButton == "left" ? [button, body] : clipboardButton == "right" ? [body, button] : [body]
        if let clientApp {
            let link = "clientapp-\(clientApp):\(apiOrigin)#\(token.secret.text)"
            parts.append("<a href=\"\(HTMLText.escaped(link))\" target=\"_top\">Open in \(clientApp)</a>")
        }
        return """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>Offer</title>
            <style>:root{color-scheme:light dark}body{margin:0;display:flex;gap:.4em;align-items:center;font:1em system-ui,sans-serif\(color.map { ";color:\($0)" } ?? "")}pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;flex:1}button{font:inherit}</style>
            <body>\(parts.joined())
            <script nonce="\(scriptNonce)">
            const alive=()=>fetch("\(apiOrigin)/",{method:"POST",headers:{Authorization:"Bearer \(token.secret.text)","X-Sandstorm-Token-Keepalive":"300000"}}).catch(()=>{});
            setInterval(alive,60000);
            const copy=document.getElementById("copy"),text=document.getElementById("text");
            if(copy)copy.onclick=()=>{getSelection().selectAllChildren(text);document.execCommand("copy");copy.textContent="Copied"};
            </script></html>
            """
    }
}
