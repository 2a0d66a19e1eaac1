import CapnProto
import GrainSchemas
import HTTP1

/// What a call on a granted capability returned, as an answer of HTTP (specification, section 9.2).
struct ProxyAnswer {
    enum Body {
        case none
        case bytes([UInt8])
        /// The bytes come by themselves, for as long as the capability is held.
        case stream(Capability?)
    }

    let status: Int
    /// All fields but those that say where the body ends.
    private(set) var fields = FieldLines()
    private(set) var body = Body.none

    /// - Throws: ``HTTPError/valueNotWritable`` when the other side sent what could end a line early.
    init(_ message: ReceivedMessage, isConditional: Bool) throws {
        let response = try message.reader.root(Wire.WebSession.Response.self)
        switch response.which {
        case .content:
            // A code this program does not know counts as success without particulars.
            status = Int(response.content.statusCode?.httpStatus.id ?? 200)
            try write(response.content, message)
        case .noContent:
            status = response.noContent.shouldResetForm ? 205 : 204
            if response.noContent.hasETag { try write(try response.noContent.eTag) }
        case .preconditionFailed:
            status = isConditional ? 304 : 412
            let failed = response.preconditionFailed
            if isConditional, failed.hasMatchingETag { try write(try failed.matchingETag) }
        case .redirect:
            let redirect = response.redirect
            status = redirect.isPermanent ? (redirect.switchToGet ? 301 : 308) : (redirect.switchToGet ? 303 : 307)
            try fields.field("Location", try redirect.location)
        case .clientError:
            let error = response.clientError
            status = Int(error.statusCode?.httpStatus.id ?? 400)
            try write(error.hasNonHtmlBody ? try error.nonHtmlBody : nil, or: try error.descriptionHtml)
        case .serverError:
            status = 500
            let error = response.serverError
            try write(error.hasNonHtmlBody ? try error.nonHtmlBody : nil, or: try error.descriptionHtml)
        case nil: status = 502
        }
        for header in try response.additionalHeaders where HeaderAllowList.grainResponse.contains(try header.name) {
            try fields.field(named: try header.name, try header.value)
        }
    }

    /// The answer to OPTIONS.
    init(options message: ReceivedMessage) throws {
        let options = try message.reader.root(Wire.WebSession.Options.self)
        status = 200
        let classes = [(options.davClass1, "1"), (options.davClass2, "2"), (options.davClass3, "3")]
        let names = classes.filter(\.0).map(\.1) + (try options.davExtensions.map { try $0.text() })
        if !names.isEmpty { try fields.field("DAV", names.joined(separator: ", ")) }
        body = .bytes([])
    }

    private mutating func write(
        _ content: Wire.WebSession.Response.Content.Reader, _ message: ReceivedMessage
    ) throws {
        try write("Content-Type", try content.mimeType)
        try write("Content-Encoding", try content.encoding)
        try write("Content-Language", try content.language)
        if content.hasETag { try write(try content.eTag) }
        if content.disposition.which == .download {
            let name = try content.disposition.download.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
            try fields.field("Content-Disposition", "attachment; filename=\"\(String(name))\"")
        }
        switch content.body.which {
        case .stream: body = .stream(message.capability(try content.body.stream))
        case .bytes, nil: body = .bytes(try content.body.bytes.array)
        }
    }

    private mutating func write(_ error: Wire.WebSession.Response.ErrorBody.Reader?, or html: String) throws {
        guard let error else {
            try fields.field("Content-Type", "text/html; charset=utf-8")
            body = .bytes(Array(html.utf8))
            return
        }
        try write("Content-Type", try error.mimeType)
        try write("Content-Encoding", try error.encoding)
        try write("Content-Language", try error.language)
        body = .bytes(try error.data.array)
    }

    private mutating func write(_ name: StaticString, _ value: String) throws(HTTPError) {
        if !value.isEmpty { try fields.field(name, value) }
    }

    private mutating func write(_ tag: Wire.WebSession.ETag.Reader) throws {
        let written = try EntityTag(value: Array(try tag.value.utf8), isWeak: tag.weak).written()
        try fields.field("ETag", String(decoding: written, as: UTF8.self))
    }
}
