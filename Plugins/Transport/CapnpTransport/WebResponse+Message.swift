import Barchan
import CapnProto
import GrainSchemas

/// An answer as it came. A streamed body's handle is what keeps the app working on it.
struct ReceivedResponse {
    var response: WebResponse
    var streamHandle: RPCCapability?
    var isStream = false

    init(_ message: RPCMessage) throws {
        let wire = try message.reader.root(Wire.WebSession.Response.self)
        response = WebResponse(.serverError(nil))
        switch wire.which {
        case .content: try readContent(wire.content, message)
        case .clientError: try readClientError(wire.clientError, message)
        case .serverError: try readServerError(wire.serverError, message)
        default:
            try message.requireShort()
            try readBodiless(wire)
        }
        for cookie in try wire.setCookies { response.setCookies.append(try SetCookie(cookie)) }
        for header in try wire.additionalHeaders {
            let name = try header.name
            if HeaderWhitelist.response.allows(name) {
                response.additionalHeaders.append(KeyValue(name, try header.value))
            }
        }
    }

    private mutating func readBodiless(_ wire: Wire.WebSession.Response.Reader) throws(MessageError) {
        switch wire.which {
        case .noContent:
            response.outcome = .noContent(
                shouldResetForm: wire.noContent.shouldResetForm,
                wire.noContent.hasETag ? try ETag(try wire.noContent.eTag) : nil)
        case .preconditionFailed:
            let failed = wire.preconditionFailed
            response.outcome = .preconditionFailed(
                matchingETag: failed.hasMatchingETag ? try ETag(try failed.matchingETag) : nil)
        case .redirect:
            response.outcome = .redirect(
                isPermanent: wire.redirect.isPermanent, switchToGet: wire.redirect.switchToGet,
                location: try wire.redirect.location)
        default: break  // A kind of answer from a newer app; nothing better is known than that it is none of ours.
        }
    }

    private mutating func readContent(
        _ wire: Wire.WebSession.Response.Content.Reader, _ message: RPCMessage
    ) throws {
        let content = try content(wire, message)
        switch wire.statusCode {
        case .noContent: response.outcome = .noContent(shouldResetForm: false, content.etag)
        case .notModified: response.outcome = .preconditionFailed(matchingETag: content.etag)
        default:
            isStream = wire.body.which == .stream
            if isStream { streamHandle = try wire.body.stream.flatMap(message.capability) }
            response.outcome = .content(status: wire.statusCode.status, content)
        }
    }

    private func content(
        _ wire: Wire.WebSession.Response.Content.Reader, _ message: RPCMessage
    ) throws -> WebContent {
        let bytes = wire.body.which == .stream ? [] : try wire.body.bytes.array
        try message.requireShort(besides: bytes.count)
        var content = WebContent(.bytes(bytes))
        content.mimeType = try wire.mimeType
        content.encoding = try wire.encoding
        content.language = try wire.language
        content.etag = wire.hasETag ? try ETag(try wire.eTag) : nil
        if wire.disposition.which == .download { content.downloadName = try wire.disposition.download }
        return content
    }

    private mutating func readClientError(
        _ wire: Wire.WebSession.Response.ClientError.Reader, _ message: RPCMessage
    ) throws {
        let body = try errorBody(
            wire.hasNonHtmlBody ? try wire.nonHtmlBody : nil, wire.hasDescriptionHtml ? try wire.descriptionHtml : nil,
            message)
        response.outcome = .clientError(status: Int(wire.statusCode?.httpStatus.id ?? 400), body)
    }

    private mutating func readServerError(
        _ wire: Wire.WebSession.Response.ServerError.Reader, _ message: RPCMessage
    ) throws {
        let body = try errorBody(
            wire.hasNonHtmlBody ? try wire.nonHtmlBody : nil, wire.hasDescriptionHtml ? try wire.descriptionHtml : nil,
            message)
        response.outcome = .serverError(body)
    }

    /// What is not HTML goes before the page that describes the error.
    private func errorBody(
        _ other: Wire.WebSession.Response.ErrorBody.Reader?, _ page: String?, _ message: RPCMessage
    ) throws -> ErrorBody? {
        let described = page.map { ErrorBody(bytes: Array($0.utf8)) }
        let body = try other.map { try ErrorBody($0) }
        try message.requireShort(besides: (described?.bytes.count ?? 0) + (body?.bytes.count ?? 0))
        return body ?? described
    }
}

extension DAVOptions {
    init(_ message: RPCMessage) throws {
        self.init()
        try message.requireShort()
        let wire = try message.reader.root(Wire.WebSession.Options.self)
        isClass1 = wire.davClass1
        isClass2 = wire.davClass2
        isClass3 = wire.davClass3
        for name in try wire.davExtensions { extensions.append(try name.text()) }
    }
}

extension ETag {
    fileprivate init(_ wire: Wire.WebSession.ETag.Reader) throws(MessageError) {
        self.init(value: try wire.value, isWeak: wire.weak)
    }
}

extension ErrorBody {
    fileprivate init(_ wire: Wire.WebSession.Response.ErrorBody.Reader) throws(MessageError) {
        let type = try wire.mimeType
        self.init(
            bytes: try wire.data.array, mimeType: type.isEmpty ? "text/html; charset=UTF-8" : type,
            encoding: try wire.encoding, language: try wire.language)
    }
}

extension SetCookie {
    fileprivate init(_ wire: Wire.WebSession.Cookie.Reader) throws(MessageError) {
        self.init(name: try wire.name, value: try wire.value)
        path = try wire.path
        isHTTPOnly = wire.httpOnly
        switch wire.expires.which {
        case .absolute: expiry = .absolute(wire.expires.absolute)
        case .relative: expiry = .relative(wire.expires.relative)
        default: break
        }
    }
}

extension Optional where Wrapped == Wire.WebSession.Response.SuccessCode {
    /// A code this program does not know counts as success without particulars.
    fileprivate var status: Int {
        switch self {
        case .created: 201
        case .accepted: 202
        case .partialContent: 206
        case .multiStatus: 207
        default: 200
        }
    }
}
