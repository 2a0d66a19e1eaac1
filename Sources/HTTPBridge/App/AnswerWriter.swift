import CCapnpRPC
import CapnProto
import GrainSchemas
import HTTP1

/// Turns an app's answer into the results of a call on its session.
struct AnswerWriter {
    let head: ResponseHead
    let kind: AnswerKind
    let log: Log

    /// The body of a success.
    enum Body {
        case bytes([UInt8])
        case stream(Capability)
    }

    func payload(_ body: Body) -> Payload {
        var payload = Payload(capacityWords: 96 + body.count / 8)
        let response = payload.message.initRoot(Wire.WebSession.Response.self)
        writeCookies(response)
        switch kind {
        case .content(let code): writeContent(response, code, body, &payload)
        case .noContent(let shouldResetForm):
            let noContent = response.initNoContent()
            noContent.setShouldResetForm(shouldResetForm)
            writeTag { noContent.initETag() }
        case .redirect(let isPermanent, let switchToGet):
            let redirect = response.initRedirect()
            redirect.setIsPermanent(isPermanent)
            redirect.setSwitchToGet(switchToGet)
            redirect.setLocation(location)
        case .preconditionFailed:
            let failed = response.initPreconditionFailed()
            writeTag { failed.initMatchingETag() }
        case .clientError(let code):
            let error = response.initClientError()
            error.setStatusCode(code)
            if let page = page(body) {
                error.setDescriptionHtml(page)
            } else {
                writeError(error.initNonHtmlBody(), body)
            }
        case .serverError:
            let error = response.initServerError()
            if let page = page(body) {
                error.setDescriptionHtml(page)
            } else {
                writeError(error.initNonHtmlBody(), body)
            }
        }
        writeAdditionalHeaders(response)
        return payload
    }

    /// The answer to OPTIONS: its DAV classes and nothing else.
    func optionsPayload() -> Payload {
        let payload = Payload()
        let options = payload.message.initRoot(Wire.WebSession.Options.self)
        let header = DAVHeader(parsing: head.fields.all("DAV"))
        options.setDavClass1(header.isClass1)
        options.setDavClass2(header.isClass2)
        options.setDavClass3(header.isClass3)
        options.setDavExtensions(header.extensions.map { String(decoding: $0, as: UTF8.self) })
        return payload
    }

    private func writeContent(
        _ response: Wire.WebSession.Response.Builder, _ code: Wire.WebSession.Response.SuccessCode, _ body: Body,
        _ payload: inout Payload
    ) {
        let content = response.initContent()
        if let encoding = text("Content-Encoding") { content.setEncoding(encoding) }
        if let language = text("Content-Language") { content.setLanguage(language) }
        if let type = text("Content-Type") { content.setMimeType(type) }
        switch body {
        case .bytes(let bytes): content.initBody().setBytes(bytes)
        case .stream(let handle): content.initBody().setStream(capability: payload.index(of: handle))
        }
        content.setStatusCode(code)
        let disposition = head.fields.first("Content-Disposition").map(ContentDisposition.init(parsing:))
        if let disposition, disposition.isAttachment, let name = disposition.filename {
            content.initDisposition().setDownload(String(decoding: name, as: UTF8.self))
        } else {
            content.initDisposition().setNormal()
        }
        writeTag { content.initETag() }
    }

    /// What is not UTF-8 is percent-encoded, as browsers do it.
    private var location: String {
        guard let field = head.fields.first("Location") else { return "" }
        if let text = String(validating: field, as: UTF8.self) { return text }
        let encoded = field.flatMap { $0 < 0x80 ? [$0] : PercentEncoding.encode(bytes: [$0]) }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// An error's body as a text; nil when its bytes, or the coding they are in, would not survive that.
    private func page(_ body: Body) -> String? {
        guard !isEncoded, case .bytes(let bytes) = body else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// A body whose coding must travel with it cannot be a text.
    private var isEncoded: Bool {
        guard let encoding = text("Content-Encoding") else { return false }
        return !encoding.isEmpty && encoding != "identity"
    }

    private func writeError(_ error: Wire.WebSession.Response.ErrorBody.Builder, _ body: Body) {
        if case .bytes(let bytes) = body { error.setData(bytes) }
        if let encoding = text("Content-Encoding") { error.setEncoding(encoding) }
        if let language = text("Content-Language") { error.setLanguage(language) }
        error.setMimeType(text("Content-Type") ?? "text/html")
    }

    private func text(_ name: StaticString) -> String? {
        head.fields.first(name).map { String(decoding: $0, as: UTF8.self) }
    }

    private func writeTag(_ make: () -> Wire.WebSession.ETag.Builder) {
        guard let field = head.fields.first("ETag") else { return }
        let tag = make()
        guard let parsed = EntityTag(parsing: field) else {
            tag.setValue("")
            return log.once(.malformedTag, "an ETag of the app is not in quotes; it is passed on as empty")
        }
        tag.setValue(String(decoding: parsed.value, as: UTF8.self))
        tag.setWeak(parsed.isWeak)
    }

    private func writeCookies(_ response: Wire.WebSession.Response.Builder) {
        let cookies = head.fields.all("Set-Cookie").compactMap(SetCookieField.init(parsing:))
        let list = response.initSetCookies(count: cookies.count)
        for (index, cookie) in cookies.enumerated() {
            let entry = list[index]
            entry.setName(String(decoding: cookie.name, as: UTF8.self))
            entry.setValue(String(decoding: cookie.value, as: UTF8.self))
            switch cookie.expiry {
            case .none: entry.initExpires().setNone()
            case .absolute(let seconds): entry.initExpires().setAbsolute(seconds)
            case .relative(let seconds): entry.initExpires().setRelative(seconds)
            }
            entry.setHttpOnly(cookie.isHTTPOnly)
            if !cookie.path.isEmpty { entry.setPath(String(decoding: cookie.path, as: UTF8.self)) }
        }
    }

    /// Only names from the white list, in lower case, sorted.
    private func writeAdditionalHeaders(_ response: Wire.WebSession.Response.Builder) {
        var headers: [(name: String, value: String)] = []
        for index in 0..<head.fields.count {
            let field = head.fields[index]
            guard HeaderAllowList.grainResponse.contains(field.name) else { continue }
            headers.append(
                (String(decoding: field.name, as: UTF8.self).lowercased(), String(decoding: field.value, as: UTF8.self))
            )
        }
        headers.sort { $0.name < $1.name }
        let list = response.initAdditionalHeaders(count: headers.count)
        for (index, header) in headers.enumerated() {
            list[index].setName(header.name)
            list[index].setValue(header.value)
        }
    }
}

extension AnswerWriter.Body {
    var count: Int { if case .bytes(let bytes) = self { bytes.count } else { 0 } }
}
