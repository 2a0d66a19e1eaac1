import CapnProto
import GrainSchemas
import HTTP1

/// A request to the proxy as a call on a granted capability (specification, section 9.1).
struct ProxyRequest {
    enum Results { case response, options }

    let isHead: Bool
    /// Whether an unmet condition means that what the client has is still good.
    let isConditional: Bool
    let results: Results
    /// Capability 0 is the stream for the answer's body.
    let start: Start

    typealias Start = (Capability, Capability, @escaping OutgoingCall.Completion) -> OutgoingCall

    /// Nil for a method that cannot be passed on.
    init?(_ head: RequestHead, path: String, body: [UInt8]) throws(HTTPError) {
        typealias Methods = Wire.WebSession.Methods
        let method = String(decoding: head.method, as: UTF8.self)
        isHead = method == "HEAD"
        isConditional = (isHead || method == "GET") && head.fields.first("If-None-Match") != nil
        results = method == "OPTIONS" ? .options : .response
        let context = try ProxyContext(head)
        let content = Content(head, body)
        switch method {
        case "GET", "HEAD":
            let ignoreBody = isHead
            start = Self.call(Methods.get) {
                $0.setPath(path)
                $0.setIgnoreBody(ignoreBody)
                context.fill($0.initContext())
            }
        case "POST":
            start = Self.call(Methods.post, bytes: body.count) {
                $0.setPath(path)
                content.fill($0.initContent())
                context.fill($0.initContext())
            }
        case "PUT":
            start = Self.call(Methods.put, bytes: body.count) {
                $0.setPath(path)
                let put = $0.initContent()
                put.setMimeType(content.type)
                put.setContent(content.body)
                if !content.encoding.isEmpty { put.setEncoding(content.encoding) }
                context.fill($0.initContext())
            }
        case "PATCH":
            start = Self.call(Methods.patch, bytes: body.count) {
                $0.setPath(path)
                content.fill($0.initContent())
                context.fill($0.initContext())
            }
        case "DELETE":
            start = Self.call(Methods.delete) {
                $0.setPath(path)
                context.fill($0.initContext())
            }
        case "OPTIONS":
            start = Self.call(Methods.options) {
                $0.setPath(path)
                context.fill($0.initContext())
            }
        default:
            guard let start = try Self.davStart(method, head, path, content, context) else { return nil }
            self.start = start
        }
    }

    static func call<Params: StructSchema, Answer: StructSchema>(
        _ method: Method<Params, Answer>, bytes: Int = 0, _ fill: @escaping (Params.Builder) -> Void
    ) -> Start {
        { target, stream, completion in
            var payload = Payload(capacityWords: 96 + bytes / 8)
            _ = payload.index(of: stream)
            fill(payload.message.initRoot(Params.self))
            return OutgoingCall(target, method, payload, completion)
        }
    }

    struct Content {
        let type: String
        let encoding: String
        let body: [UInt8]

        init(_ head: RequestHead, _ body: [UInt8]) {
            type = head.fields.first("Content-Type").map { String(decoding: $0, as: UTF8.self) } ?? ""
            encoding = head.fields.first("Content-Encoding").map { String(decoding: $0, as: UTF8.self) } ?? ""
            self.body = body
        }

        func fill(_ content: Wire.WebSession.PostContent.Builder) {
            content.setMimeType(type)
            content.setContent(body)
            if !encoding.isEmpty { content.setEncoding(encoding) }
        }
    }
}

/// What of a request's header goes on: no cookies, because no browser is behind it.
struct ProxyContext {
    private let accept: [WeightedElement]
    private let encodings: [WeightedElement]
    private let headers: [(name: String, value: String)]
    private let condition: Condition

    private enum Condition {
        case none, exists, doesntExist
        case matchesOneOf([EntityTag]), matchesNoneOf([EntityTag])
    }

    /// - Throws: ``HTTPError/fieldValueMalformed`` for a condition that is no list of entity tags.
    init(_ head: RequestHead) throws(HTTPError) {
        accept = WeightedElement.list(parsing: head.fields.all("Accept"))
        encodings = WeightedElement.list(parsing: head.fields.all("Accept-Encoding"))
        var headers: [(name: String, value: String)] = []
        for index in 0..<head.fields.count {
            let field = head.fields[index]
            guard HeaderAllowList.grainRequest.contains(field.name) else { continue }
            headers.append((String(decoding: field.name, as: UTF8.self), String(decoding: field.value, as: UTF8.self)))
        }
        self.headers = headers
        condition = try Self.condition(head)
    }

    private static func condition(_ head: RequestHead) throws(HTTPError) -> Condition {
        let matches = head.fields.all("If-Match"), others = head.fields.all("If-None-Match")
        if !matches.isEmpty { return try tags(matches).map(Condition.matchesOneOf) ?? .exists }
        if !others.isEmpty { return try tags(others).map(Condition.matchesNoneOf) ?? .doesntExist }
        return .none
    }

    /// Nil for `*`.
    private static func tags(_ fields: [ArraySlice<UInt8>]) throws(HTTPError) -> [EntityTag]? {
        if fields.count == 1, fields[0].elementsEqual("*".utf8) { return nil }
        var found: [EntityTag] = []
        for field in fields {
            guard let tags = EntityTag.list(parsing: field) else { throw .fieldValueMalformed }
            found += tags
        }
        return found
    }

    func fill(_ context: Wire.WebSession.Context.Builder) {
        context.setResponseStream(capability: 0)
        let types = context.initAccept(count: accept.count)
        for (index, type) in accept.enumerated() {
            types[index].setMimeType(type.name)
            types[index].setQValue(type.quality)
        }
        let codings = context.initAcceptEncoding(count: encodings.count)
        for (index, coding) in encodings.enumerated() {
            codings[index].setContentCoding(coding.name)
            codings[index].setQValue(coding.quality)
        }
        let list = context.initAdditionalHeaders(count: headers.count)
        for (index, header) in headers.enumerated() {
            list[index].setName(header.name)
            list[index].setValue(header.value)
        }
        fill(context.initETagPrecondition())
    }

    private func fill(_ precondition: Wire.WebSession.Context.ETagPrecondition.Builder) {
        switch condition {
        case .none: precondition.setNone()
        case .exists: precondition.setExists()
        case .doesntExist: precondition.setDoesntExist()
        case .matchesOneOf(let tags): Self.fill(precondition.initMatchesOneOf(count: tags.count), tags)
        case .matchesNoneOf(let tags): Self.fill(precondition.initMatchesNoneOf(count: tags.count), tags)
        }
    }

    private static func fill(_ list: StructListBuilder<Wire.WebSession.ETag>, _ tags: [EntityTag]) {
        for (index, tag) in tags.enumerated() {
            list[index].setValue(String(decoding: tag.value, as: UTF8.self))
            list[index].setWeak(tag.isWeak)
        }
    }
}
