import Barchan
import HTTP1
import HTTP1Server

/// An app's answer as HTTP (specification, section 9.2). Nothing passes but what is named here.
struct ResponseMapping {
    let head: CheckedHead
    /// The header lines of every answer.
    let policy: FieldBlock
    let origin: String
    let site: Site
    /// Programs have no cookies.
    var hasCookies = true
    /// Where the request's own token stood.
    var tokenPath: TokenPath?

    /// - Throws: ``RequestFault`` 502 when the answer cannot be sent as it is.
    func response(_ answer: WebResponse) throws(RequestFault) -> Response {
        var fields = policy
        for cookie in answer.setCookies where hasCookies { try add(cookie, to: &fields) }
        for header in answer.additionalHeaders where HeaderAllowList.grainResponse.contains(header.name) {
            guard fields.addForeign(name: header.name, header.value) else {
                throw unsendable("the header \(header.name)")
            }
            // Scripts of other sites may read what is named, one by one: with a token no `*` counts (Fetch, section 3.3.5).
            if !hasCookies { fields.add("Access-Control-Expose-Headers", header.name) }
        }
        return try response(answer.outcome, fields)
    }

    private func response(_ outcome: WebResponse.Outcome, _ fields: FieldBlock) throws(RequestFault) -> Response {
        switch outcome {
        case .content(let status, let content): return try self.content(status, content, fields)
        case .noContent(let shouldResetForm, let tag):
            var fields = fields
            try add(tag, to: &fields)
            return Response(shouldResetForm ? 205 : 204, fields: fields)
        case .redirect(let isPermanent, let switchToGet, let location):
            return try redirect(isPermanent ? (switchToGet ? 301 : 308) : (switchToGet ? 303 : 307), location, fields)
        case .preconditionFailed(let tag): return try preconditionFailed(tag, fields)
        case .clientError(let status, let body):
            return try error(ResponseMapping.clientErrors.contains(status) ? status : 400, body, fields)
        case .serverError(let body): return try error(500, body, fields)
        case .options(let options): return try self.options(options, fields)
        @unknown default: throw RequestFault(502, "The app's answer is of a kind that this server does not know.")
        }
    }

    private static let clientErrors: Set<Int> = [400, 403, 404, 405, 406, 409, 410, 412, 413, 414, 415, 418, 422]

    // MARK: Outcomes

    private func content(_ status: Int, _ content: WebContent, _ fields: FieldBlock) throws(RequestFault) -> Response {
        guard [200, 201, 202, 206, 207].contains(status) else {
            throw RequestFault(502, "The app answered with status \(status).")
        }
        var fields = fields
        try add("Content-Type", ResponseMapping.harmless(content.mimeType), to: &fields)
        try add("Content-Encoding", content.encoding, to: &fields)
        try add("Content-Language", content.language, to: &fields)
        try add(content.etag, to: &fields)
        if let name = content.downloadName {
            // Bytes: as characters they may be one with a letter beside them.
            let escaped = name.utf8.flatMap { $0 == 0x22 || $0 == 0x5c ? [0x5c, $0] : [$0] }
            let text = String(decoding: escaped, as: UTF8.self)
            try add("Content-Disposition", "attachment; filename=\"\(text)\"", to: &fields)
        }
        switch content.body {
        case .bytes(let bytes): return Response(status, fields: fields, body: body(bytes))
        case .stream(let reader, let length):
            return Response(status, fields: fields, body: .stream(reader, length: length))
        @unknown default:
            throw RequestFault(502, "The app's answer has a body of a kind that this server does not know.")
        }
    }

    private func redirect(_ status: Int, _ location: String, _ fields: FieldBlock) throws(RequestFault) -> Response {
        guard !location.isEmpty else {
            throw RequestFault(502, "The app's answer is a redirect that does not say where to.")
        }
        guard !location.utf8.contains(where: { $0 == 0x0a || $0 == 0x0d }) else {
            throw unsendable("the header Location")
        }
        guard let own = RedirectRules.location(location, origin: origin, alias: hasCookies ? nil : "sandbox")
        else {
            throw RequestFault(
                502,
                "The app wants to send you to '\(location.prefix(300))'. Apps cannot lead you away from here; copy the address if you trust it."
            )
        }
        let address = tokenPath?.location(own, origin: origin) ?? own
        var fields = fields
        fields.add("Location", address)
        fields.add("Content-Type", "text/plain; charset=utf-8")
        return Response(status, fields: fields, body: .bytes(Array("Go to \(address)\n".utf8)))
    }

    /// 304 is an answer to GET and HEAD alone: to a client that writes it would say that its write was not needed.
    private func preconditionFailed(_ tag: ETag?, _ fields: FieldBlock) throws(RequestFault) -> Response {
        guard head.contains("if-none-match"), head.method == "GET" || head.method == "HEAD" else {
            return Response(412, fields: fields)
        }
        var fields = fields
        try add(tag, to: &fields)
        return Response(304, fields: fields)
    }

    private func error(_ status: Int, _ body: ErrorBody?, _ fields: FieldBlock) throws(RequestFault) -> Response {
        var fields = fields
        guard let body else {
            if head.method == "HEAD" { return Response(status, fields: fields) }
            fields.add("Content-Type", "text/plain; charset=utf-8")
            return Response(status, fields: fields, body: .bytes(Array("\(status) \(StatusLine.name(status))\n".utf8)))
        }
        try add("Content-Type", ResponseMapping.harmless(body.mimeType), to: &fields)
        try add("Content-Encoding", body.encoding, to: &fields)
        try add("Content-Language", body.language, to: &fields)
        return Response(status, fields: fields, body: self.body(body.bytes))
    }

    /// To HEAD an app gives none, and how long that of a GET would be is not known then.
    private func body(_ bytes: [UInt8]) -> Response.Body {
        bytes.isEmpty && head.method == "HEAD" ? .none : .bytes(bytes)
    }

    private func options(_ options: DAVOptions, _ fields: FieldBlock) throws(RequestFault) -> Response {
        var fields = fields
        let classes = [(options.isClass1, "1"), (options.isClass2, "2"), (options.isClass3, "3")].filter(\.0).map(\.1)
        try add("DAV", (classes + options.extensions).joined(separator: ", "), to: &fields)
        return Response(200, fields: fields)
    }

    // MARK: Fields

    /// The media type, but for that of a signed HTTP exchange (draft-yasskin-http-origin-signed-responses, section 5.3): to open
    /// one the browser itself fetches a certificate from wherever it says, and goes to where it says when that fails, whatever
    /// the page around may do. Wherever it stands in the value, because browsers take the last of several types.
    static func harmless(_ mimeType: String) -> String {
        mimeType.utf8.count >= signedExchange.utf8.count && mimeType.lowercased().contains(signedExchange)
            ? "application/octet-stream" : mimeType
    }

    private static let signedExchange = "signed-exchange"

    private func add(_ name: StaticString, _ value: String, to fields: inout FieldBlock) throws(RequestFault) {
        guard !value.isEmpty else { return }
        guard fields.addForeign(name, value) else { throw unsendable("the header \(name)") }
    }

    private func add(_ tag: ETag?, to fields: inout FieldBlock) throws(RequestFault) {
        guard let tag, !tag.value.utf8.contains(0x22) else { return }
        guard fields.addForeign("ETag", tag.value, between: tag.isWeak ? "W/\"" : "\"", and: "\"") else {
            throw unsendable("the header ETag")
        }
    }

    /// Rebuilt from its parts; ours cannot be set, and in a frame of another site only partitioned ones come back.
    private func add(_ cookie: SetCookie, to fields: inout FieldBlock) throws(RequestFault) {
        // A browser ends the name at the first `=`. All by bytes: as characters they may be one with a letter beside them.
        let name = ResponseMapping.text(cookie.name) { ResponseMapping.isCookieByte($0) && $0 != 0x3d }
        guard !name.isEmpty, !SessionCookie.isOurs(name.utf8) else { return }
        var line = "\(name)=\(ResponseMapping.text(cookie.value, keeping: ResponseMapping.isCookieByte))"
        let path = ResponseMapping.text(cookie.path) { $0 != 0x3b }
        if !path.isEmpty { line += "; Path=\(path)" }
        switch cookie.expiry {
        case .none: break
        case .absolute(let seconds): line += "; Expires=\(HTTPClock.text(Int(seconds)))"
        case .relative(let seconds): line += "; Max-Age=\(seconds)"
        @unknown default: break
        }
        if cookie.isHTTPOnly { line += "; HttpOnly" }
        if site.hasSecureGrains { line += "; Secure; SameSite=None; Partitioned" }
        guard fields.addForeign("Set-Cookie", line) else { throw unsendable("the cookie '\(name)'") }
    }

    private static func text(_ text: String, keeping isKept: (UInt8) -> Bool) -> String {
        String(decoding: text.utf8.filter(isKept), as: UTF8.self)
    }

    private static func isCookieByte(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7f && byte != 0x3b && byte != 0x2c
    }

    private func unsendable(_ what: String) -> RequestFault {
        RequestFault(502, "The app's answer cannot be sent: \(what) holds a line break or another control character.")
    }
}
