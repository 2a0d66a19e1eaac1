import Barchan
import HTTP1Server
import JSON

/// `renderTemplate` of the page API: our script passes on what an app's page asked for (specification, sections 10.4, 14).
extension ShellService {
    /// A form of our script; which session asks is known by its secret already.
    func renderOffer(_ session: any GrainSession, _ form: [String: String], title: String) async -> Response {
        do throws(HostError) {
            return try await rendered(session, form, title: title)
        } catch {
            return pages.jsonError(ShellService.status(error), error.message)
        }
    }

    private func rendered(
        _ session: any GrainSession, _ form: [String: String], title: String
    ) async throws(HostError) -> Response {
        let template = form["template"] ?? "", now = Pages.now
        guard template.utf8.count <= OfferBox.maximumTemplateBytes else {
            throw HostError(.invalidArgument, "render a template: it has more than 16 KiB")
        }
        let token = try await token(session, form, now: now)
        let nonce = Secret.random().text
        let page = OfferPage(
            template: template, token: token, apiHost: site.apiHost(token.host), apiOrigin: site.apiOrigin(token.host),
            title: title, clipboardButton: form["clipboard"], color: form["color"].flatMap(ShellService.color),
            clientApp: form["clientapp"].flatMap(ShellService.clientApp), scriptNonce: nonce)
        let offer = OfferBox.Offer(
            html: page.html, page: site.grainOrigin(session.identifier), apiOrigin: site.apiOrigin(token.host),
            scriptNonce: nonce)
        let name = offers.keep(offer, of: session.identifier, now: now)
        return pages.json(200, "{\"uri\":\(JSONValue.quoted("\(site.staticOrigin)/offer/\(name)"))}")
    }

    /// A new token, or that of a call of the same session that asked for the same a moment ago.
    private func token(
        _ session: any GrainSession, _ form: [String: String], now: Int64
    ) async throws(HostError) -> APIToken {
        let rendering: Set = ["nonce", "secret", "template", "clipboard", "color", "clientapp"]
        let question = form.filter { !rendering.contains($0.key) }.sorted { $0.key < $1.key }
            .reduce(session.identifier.text) { "\($0)&\(PercentText.encode($1.key))=\(PercentText.encode($1.value))" }
        if let token = offers.token(for: question, now: now), try await isAlive(token) { return token }
        let token = try await host.api.makeToken(
            TokenOffer(
                ShareOffer(
                    try ShellService.assignment(form["role"]), label: String((form["petname"] ?? "").prefix(200))),
                isAnonymous: form["forSharing"] == "1", expiresUnused: now + OfferBox.lifetimeSeconds,
                resources: try ShellService.resources(form)),
            for: .session(session.identifier))
        offers.keep(token, for: question, of: session.identifier, now: now)
        return token
    }

    /// Whether a token is good still; it waits as long as a new one then.
    private func isAlive(_ token: APIToken) async throws(HostError) -> Bool {
        do throws(HostError) {
            try await host.api.keepAlive(token.secret, host: token.host, for: .seconds(OfferBox.lifetimeSeconds))
            return true
        } catch {
            guard error.code == .permissionDenied || error.code == .gone else { throw error }
            return false
        }
    }

    private static func assignment(_ text: String?) throws(HostError) -> ShareOffer.Assignment {
        switch text {
        case "all": return .everything
        case let text?:
            guard let role = Int(text), role >= 0 else {
                throw HostError(.invalidArgument, "render a template: '\(text.prefix(100))' is no role")
            }
            return .role(role)
        case nil: return .defaultRole
        }
    }

    private static func color(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count == 7, bytes[0] == 0x23, bytes.dropFirst().allSatisfy(isHex) else { return nil }
        return text
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) || (0x41...0x46).contains(byte)
    }

    private static func clientApp(_ text: String) -> String? {
        let isGood = text.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d }
        return isGood && (1...64).contains(text.utf8.count) ? text : nil
    }

    /// `dav` as words, and `path-0`, `type-0`, `body-0` and so on.
    private static func resources(_ form: [String: String]) throws(HostError) -> PublicResources {
        var resources = PublicResources()
        resources.dav = (form["dav"] ?? "").split(separator: " ").prefix(32).map(String.init)
        while let path = form["path-\(resources.resources.count)"], resources.resources.count < 32 {
            let index = resources.resources.count
            guard path.hasPrefix("/"), path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
                throw HostError(.invalidArgument, "render a template: '\(path.prefix(100))' is no path of a resource")
            }
            resources.resources.append(
                PublicResources.Resource(
                    path: path, type: form["type-\(index)"] ?? "", language: form["language-\(index)"] ?? "",
                    encoding: form["encoding-\(index)"] ?? "", body: form["body-\(index)"] ?? ""))
        }
        return resources
    }

    /// `/offer/ID` on the host of pictures, shown once, in a frame of the page that asked for it.
    static func offer(_ offer: OfferBox.Offer, shell: String) -> Response {
        var fields = HeaderPolicy.noPage(
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-\(offer.scriptNonce)'; "
                + "connect-src \(offer.apiOrigin); frame-ancestors \(offer.page) \(shell)")
        fields.add("Cross-Origin-Embedder-Policy", "require-corp")
        fields.add("Content-Type", "text/html; charset=utf-8")
        fields.add("Cache-Control", "no-store")
        return Response(200, fields: fields, body: .bytes(Array(offer.html.utf8)))
    }
}
