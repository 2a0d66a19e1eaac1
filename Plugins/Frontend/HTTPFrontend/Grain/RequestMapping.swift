import Barchan
import HTTP1
import HTTP1Server

/// What of a browser's request an app gets to see (specification, section 9.1).
struct RequestMapping {
    let head: CheckedHead
    let host: String
    /// A program's; nil for a browser.
    var credentials: APICredentials?

    /// Everything but the method and the body.
    func request(_ method: WebRequest.Method) throws(RequestFault) -> WebRequest {
        var request = WebRequest(method: method, path: path)
        request.cookies = hasCookies ? cookies : []
        request.accept = accept
        request.acceptEncoding = acceptEncoding
        request.precondition = try precondition()
        request.additionalHeaders = additionalHeaders
        request.contentType = head.value(of: "content-type") ?? ""
        request.contentEncoding = method.takesXML ? "" : head.value(of: "content-encoding") ?? ""
        return request
    }

    var path: String { String((credentials?.target ?? head.target).dropFirst()) }

    /// Programs have no cookies.
    var hasCookies: Bool { credentials == nil }

    // MARK: Methods

    func method() throws(RequestFault) -> WebRequest.Method {
        switch head.method {
        case "GET": .get
        case "HEAD": .head
        case "POST": .post
        case "PUT": .put
        case "PATCH": .patch
        case "DELETE": .delete
        case "OPTIONS": .options
        case "PROPFIND": .propfind(depth: try depth(default: .infinity))
        case "PROPPATCH": .proppatch
        case "MKCOL": .mkcol
        case "COPY":
            .copy(destination: try destination(), noOverwrite: noOverwrite, depth: try depth(default: .infinity))
        case "MOVE": .move(destination: try destination(), noOverwrite: noOverwrite)
        case "LOCK": .lock(isShallow: try depth(default: .infinity) == .zero)
        case "UNLOCK": .unlock(lockToken: head.value(of: "lock-token") ?? "")
        case "ACL": .acl
        case "REPORT": .report
        default: throw RequestFault(501, "Apps are not asked with the method \(head.method).")
        }
    }

    private var noOverwrite: Bool { head.value(of: "overwrite") == "F" }

    private func depth(default absent: WebRequest.PropfindDepth) throws(RequestFault) -> WebRequest.PropfindDepth {
        switch head.value(of: "depth")?.lowercased() {
        case nil: absent
        case "0": .zero
        case "1": .one
        case "infinity": .infinity
        default: throw RequestFault(400, "The Depth is not 0, 1 or infinity.")
        }
    }

    /// A path on the same host, without the leading slash.
    private func destination() throws(RequestFault) -> String {
        guard var text = head.value(of: "destination") else {
            throw RequestFault(400, "The request has no Destination.")
        }
        if let scheme = ["http://", "https://"].first(where: text.hasPrefix) {
            text.removeFirst(scheme.count)
            guard text.lowercased().hasPrefix(host + "/") else {
                throw RequestFault(502, "The Destination is on another host.")
            }
            text.removeFirst(host.count)
        }
        guard text.hasPrefix("/"), !text.hasPrefix("//") else {
            throw RequestFault(400, "The Destination is not a path or an address.")
        }
        if let credentials {
            text = try TokenPath.destination(text, token: credentials.path?.token)
        }
        return String(text.dropFirst())
    }

    // MARK: Fields

    /// All cookies but our own.
    var cookies: [KeyValue] {
        var found: [KeyValue] = []
        for pair in CookiePairs(of: head) where !SessionCookie.isOurs(pair.name) {
            found.append(
                KeyValue(String(decoding: pair.name, as: UTF8.self), String(decoding: pair.value, as: UTF8.self)))
        }
        return found
    }

    var accept: [AcceptedType] {
        weighted("accept").map { AcceptedType(mimeType: $0.name, quality: $0.quality) }
    }

    var acceptEncoding: [AcceptedEncoding] {
        weighted("accept-encoding").map { AcceptedEncoding(coding: $0.name, quality: $0.quality) }
    }

    var languages: [String] {
        let languages = weighted("accept-language").map(\.name)
        return languages.isEmpty ? ["en-US", "en"] : languages
    }

    private func weighted(_ field: StaticString) -> [WeightedElement] {
        WeightedElement.list(parsing: head.bytes(of: field))
    }

    private func precondition() throws(RequestFault) -> ETagPrecondition {
        let matches = head.bytes(of: "if-match"), others = head.bytes(of: "if-none-match")
        if !matches.isEmpty { return try tags(matches).map(ETagPrecondition.matchesOneOf) ?? .exists }
        if !others.isEmpty { return try tags(others).map(ETagPrecondition.matchesNoneOf) ?? .doesntExist }
        return .none
    }

    /// Nil for `*`.
    private func tags(_ fields: [ArraySlice<UInt8>]) throws(RequestFault) -> [ETag]? {
        if fields.count == 1, fields[0].elementsEqual([0x2a]) { return nil }
        var found: [ETag] = []
        for field in fields {
            guard let tags = EntityTag.list(parsing: field) else {
                throw RequestFault(400, "If-Match or If-None-Match is not a list of entity tags.")
            }
            found += tags.map { ETag(value: String(decoding: $0.value, as: UTF8.self), isWeak: $0.isWeak) }
        }
        return found
    }

    /// Every name on the white list starts with `x` or `o`; most of a browser's do not.
    var additionalHeaders: [KeyValue] {
        head.fields { name in
            (name.first == 0x78 || name.first == 0x6f) && HeaderAllowList.grainRequest.contains(name)
        }.map { KeyValue($0.name, $0.value) }
    }

    /// The browser as an app learns about it.
    func client(origin: String, pictures: String) -> WebClient {
        var client = WebClient(
            basePath: origin, userAgent: head.value(of: "user-agent") ?? "UnknownAgent/0.0",
            acceptableLanguages: languages)
        client.pictureBase = pictures
        return client
    }
}

/// The name and value of each cookie in a head. Text is made of those only that somebody wants.
struct CookiePairs: Sequence, IteratorProtocol {
    typealias Pair = (name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)

    private var fields: ArraySlice<ArraySlice<UInt8>>
    private var rest: ArraySlice<UInt8> = []

    init(of head: CheckedHead) { fields = head.bytes(of: "cookie")[...] }

    mutating func next() -> Pair? {
        while true {
            while !rest.isEmpty {
                let end = rest.firstIndex(of: 0x3b) ?? rest.endIndex
                let pair = rest[..<end].trimmed()
                rest = rest[end...].dropFirst()
                guard let equals = pair.firstIndex(of: 0x3d), equals > pair.startIndex else { continue }
                return (pair[..<equals], pair[(equals + 1)...])
            }
            guard let field = fields.popFirst() else { return nil }
            rest = field
        }
    }

    /// Nil when there is no cookie of that name, or more than one.
    static func value(ofOnly name: String, in head: CheckedHead) -> ArraySlice<UInt8>? {
        var found: ArraySlice<UInt8>?
        for pair in CookiePairs(of: head) where pair.name.elementsEqual(name.utf8) {
            if found != nil { return nil }
            found = pair.value
        }
        return found
    }
}
