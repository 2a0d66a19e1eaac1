import Barchan
import CapnProto
import GrainSchemas

/// A call on a web session, ready to be sent; capability 0 is the stream for the answer's body.
struct RequestMessage: @unchecked Sendable {
    // Built by one task, handed to the loop's thread, not touched again.
    enum Results { case response, options, requestStream }

    let params: MessageBuilder
    private let interfaceID: UInt64
    private let ordinal: UInt16
    let results: Results

    init<Params: StructSchema, Answer: StructSchema>(
        _ method: Method<Params, Answer>, _ results: Results = .response, bodyBytes: Int = 0,
        _ fill: (Params.Builder) -> Void
    ) {
        params = MessageBuilder(capacityWords: 96 + bodyBytes / 8)
        fill(params.initRoot(Params.self))
        interfaceID = method.interfaceID
        ordinal = method.ordinal
        self.results = results
    }

    /// - Parameter completion: As for ``RPCCall/start(_:on:_:capabilities:_:)``.
    func start(
        _ target: RPCCapability, _ capabilities: [RPCCapability],
        _ completion: @escaping (Result<RPCMessage, RPCError>) -> Void
    ) -> RPCCall {
        withPayload(params, capabilities) { RPCCall.send(interfaceID, ordinal, on: target, $0, completion) }
    }
}

extension WebRequest {
    /// The call for a request whose body is there as a whole.
    func message(body: [UInt8]) -> RequestMessage {
        typealias Methods = Wire.WebSession.Methods
        switch method {
        case .get: return get(ignoreBody: false)
        case .head: return get(ignoreBody: true)
        case .post:
            return RequestMessage(Methods.post, bodyBytes: body.count) { params in
                params.setPath(path)
                fill(params.initContent(), body)
                fill(params.initContext())
            }
        case .put:
            return RequestMessage(Methods.put, bodyBytes: body.count) { params in
                params.setPath(path)
                let content = params.initContent()
                content.setMimeType(contentType)
                content.setContent(body)
                if !contentEncoding.isEmpty { content.setEncoding(contentEncoding) }
                fill(params.initContext())
            }
        case .patch:
            return RequestMessage(Methods.patch, bodyBytes: body.count) { params in
                params.setPath(path)
                fill(params.initContent(), body)
                fill(params.initContext())
            }
        case .delete:
            return RequestMessage(Methods.delete) { params in
                params.setPath(path)
                fill(params.initContext())
            }
        case .options:
            return RequestMessage(Methods.options, .options) { params in
                params.setPath(path)
                fill(params.initContext())
            }
        case .propfind, .proppatch, .mkcol, .copy, .move, .lock, .unlock, .acl, .report:
            return davMessage(body: body)
        @unknown default:
            return get(ignoreBody: false)
        }
    }

    private func get(ignoreBody: Bool) -> RequestMessage {
        RequestMessage(Wire.WebSession.Methods.get) { params in
            params.setPath(path)
            params.setIgnoreBody(ignoreBody)
            fill(params.initContext())
        }
    }

    /// The call that opens a stream for the body; nil for methods that have none.
    func streamingMessage() -> RequestMessage? {
        switch method {
        case .post:
            RequestMessage(Wire.WebSession.Methods.postStreaming, .requestStream) { params in
                params.setPath(path)
                params.setMimeType(contentType)
                if !contentEncoding.isEmpty { params.setEncoding(contentEncoding) }
                fill(params.initContext())
            }
        case .put:
            RequestMessage(Wire.WebSession.Methods.putStreaming, .requestStream) { params in
                params.setPath(path)
                params.setMimeType(contentType)
                if !contentEncoding.isEmpty { params.setEncoding(contentEncoding) }
                fill(params.initContext())
            }
        default: nil
        }
    }

    func fill(_ content: Wire.WebSession.PostContent.Builder, _ body: [UInt8]) {
        content.setMimeType(contentType)
        content.setContent(body)
        if !contentEncoding.isEmpty { content.setEncoding(contentEncoding) }
    }

    func fill(_ context: Wire.WebSession.Context.Builder) {
        context.fill(cookies: cookies, additionalHeaders: additionalHeaders)
        context.setResponseStream(capability: 0)
        let types = context.initAccept(count: accept.count)
        for (index, type) in accept.enumerated() {
            types[index].setMimeType(type.mimeType)
            types[index].setQValue(type.quality)
        }
        let encodings = context.initAcceptEncoding(count: acceptEncoding.count)
        for (index, encoding) in acceptEncoding.enumerated() {
            encodings[index].setContentCoding(encoding.coding)
            encodings[index].setQValue(encoding.quality)
        }
        precondition.fill(context.initETagPrecondition())
    }
}

extension Wire.WebSession.Context.Builder {
    /// What plain requests and web sockets share. Headers that are not on the white list stay behind.
    func fill(cookies: [KeyValue], additionalHeaders: [KeyValue]) {
        let list = initCookies(count: cookies.count)
        for (index, cookie) in cookies.enumerated() {
            list[index].setKey(cookie.name)
            list[index].setValue(cookie.value)
        }
        let allowed = additionalHeaders.filter { HeaderWhitelist.request.allows($0.name) }
        let headers = initAdditionalHeaders(count: allowed.count)
        for (index, header) in allowed.enumerated() {
            headers[index].setName(header.name)
            headers[index].setValue(header.value)
        }
    }
}

extension ETagPrecondition {
    fileprivate func fill(_ builder: Wire.WebSession.Context.ETagPrecondition.Builder) {
        switch self {
        case .none: builder.setNone()
        case .exists: builder.setExists()
        case .doesntExist: builder.setDoesntExist()
        case .matchesOneOf(let tags): Self.fill(builder.initMatchesOneOf(count: tags.count), tags)
        case .matchesNoneOf(let tags): Self.fill(builder.initMatchesNoneOf(count: tags.count), tags)
        @unknown default: builder.setNone()
        }
    }

    private static func fill(_ list: StructListBuilder<Wire.WebSession.ETag>, _ tags: [ETag]) {
        for (index, tag) in tags.enumerated() {
            list[index].setValue(tag.value)
            list[index].setWeak(tag.isWeak)
        }
    }
}
