/// One person's session with one grain. Requests may be sent concurrently.
public protocol WebSession: Sendable {
    /// Sends a request and returns the answer; a long answer's body is still flowing then.
    /// - Throws: ``HostError`` `.disconnected` when the grain went away before it answered, `.unsupported` when the
    ///   app does not know the method, `.resourceExhausted` when a limit was hit, `.failed` with the app's own words.
    func send(_ request: WebRequest) async throws(HostError) -> WebResponse

    /// Opens a web socket. The frames pass unparsed, both ways.
    /// - Parameter incoming: What the browser sends, masked as it is. Cancelled when the app closes.
    func openWebSocket(
        _ request: WebSocketRequest, incoming: any ByteReader
    ) async throws(HostError) -> WebSocketResponse

    /// Ends the session. A second call does nothing.
    func close() async
}

/// A web session that takes short requests without a task of their own: a hop between tasks costs as much as the rest of one.
public protocol DirectWebSession: WebSession {
    /// Where what happens in the session happens, when that is one of the host's loops. `begin` costs least there, and its
    /// completion comes there.
    var loop: (any HostLoop)? { get }

    /// Begins what ``WebSession/send(_:)`` does.
    /// - Parameter completion: Comes once, on any thread and never before this returns, unless the request is cancelled
    ///   before; then it may come or not.
    /// - Returns: Nil, having done nothing, for a request that has to wait for something; `send(_:)` does it then.
    func begin(
        _ request: WebRequest, _ completion: @escaping @Sendable (Result<WebResponse, HostError>) -> Void
    ) -> (any PendingRequest)?
}

/// A request that was begun.
public protocol PendingRequest: AnyObject, Sendable {
    /// Nobody wants the answer any more. From any thread; harmless after the answer.
    func cancel()
}

/// A request as it crosses the wire: what an app may see of HTTP (specification, sections 7.3 and 9.1).
public struct WebRequest: Sendable {
    public enum Method: Sendable, Equatable {
        case get, head, post, put, patch, delete, options
        case propfind(depth: PropfindDepth), proppatch, mkcol
        case copy(destination: String, noOverwrite: Bool, depth: PropfindDepth)
        case move(destination: String, noOverwrite: Bool)
        case lock(isShallow: Bool), unlock(lockToken: String), acl, report
    }

    public enum PropfindDepth: Sendable, Equatable { case infinity, zero, one }

    public var method: Method
    /// Everything behind the first `/`, query included, percent-encoding untouched.
    public var path: String
    public var cookies: [KeyValue] = []
    public var accept: [AcceptedType] = []
    public var acceptEncoding: [AcceptedEncoding] = []
    public var precondition: ETagPrecondition = .none
    /// Names from the request white list only (section 7.4).
    public var additionalHeaders: [KeyValue] = []
    /// The media type of `body`, with parameters.
    public var contentType: String = ""
    /// The coding of `body`, or empty.
    public var contentEncoding: String = ""
    public var body: RequestBody = .none

    public init(method: Method, path: String) {
        self.method = method
        self.path = path
    }
}

/// What a request carries.
public enum RequestBody: Sendable {
    case none
    case bytes([UInt8])
    /// `length` is nil when the client did not say.
    case stream(any ByteReader, length: Int64?)
}

/// A name and its value.
public struct KeyValue: Sendable, Equatable, Hashable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// One entry of an Accept header.
public struct AcceptedType: Sendable, Equatable {
    /// The type with its parameters but without q.
    public var mimeType: String
    /// 0 to 1.
    public var quality: Float

    public init(mimeType: String, quality: Float) {
        self.mimeType = mimeType
        self.quality = quality
    }
}

/// One entry of an Accept-Encoding header.
public struct AcceptedEncoding: Sendable, Equatable {
    public var coding: String
    /// 0 to 1.
    public var quality: Float

    public init(coding: String, quality: Float) {
        self.coding = coding
        self.quality = quality
    }
}

/// An entity tag, without its quotes.
public struct ETag: Sendable, Equatable {
    public var value: String
    public var isWeak: Bool

    public init(value: String, isWeak: Bool = false) {
        self.value = value
        self.isWeak = isWeak
    }
}

/// If-Match and If-None-Match.
public enum ETagPrecondition: Sendable, Equatable {
    case none
    /// `If-Match: *`
    case exists
    /// `If-None-Match: *`
    case doesntExist
    case matchesOneOf([ETag])
    case matchesNoneOf([ETag])
}

/// An app's answer (specification, sections 7.5 and 9.2).
public struct WebResponse: Sendable {
    public enum Outcome: Sendable {
        /// 200, 201, 202, 206 or 207.
        case content(status: Int, WebContent)
        /// 204, or 205 when the form is to be reset.
        case noContent(shouldResetForm: Bool, ETag?)
        case redirect(isPermanent: Bool, switchToGet: Bool, location: String)
        case preconditionFailed(matchingETag: ETag?)
        /// A status from 400 to 422.
        case clientError(status: Int, ErrorBody?)
        case serverError(ErrorBody?)
        /// The answer to OPTIONS.
        case options(DAVOptions)
    }

    public var outcome: Outcome
    public var setCookies: [SetCookie] = []
    /// Names from the response white list only (section 7.4).
    public var additionalHeaders: [KeyValue] = []

    public init(_ outcome: Outcome) { self.outcome = outcome }
}

/// A body with what is said about it.
public struct WebContent: Sendable {
    public enum Body: Sendable {
        case bytes([UInt8])
        /// `length` is nil when the app did not say. Cancelling the stream stops the app's work.
        case stream(any ByteReader, length: Int64?)
    }

    public var body: Body
    public var mimeType: String = ""
    public var encoding: String = ""
    public var language: String = ""
    public var etag: ETag?
    /// The file name when the browser is to save the body.
    public var downloadName: String?

    public init(_ body: Body) { self.body = body }
}

/// The body of an error answer.
public struct ErrorBody: Sendable {
    public var bytes: [UInt8]
    /// `text/html` unless the app said otherwise.
    public var mimeType: String
    public var encoding: String
    public var language: String

    public init(
        bytes: [UInt8], mimeType: String = "text/html; charset=UTF-8", encoding: String = "", language: String = ""
    ) {
        self.bytes = bytes
        self.mimeType = mimeType
        self.encoding = encoding
        self.language = language
    }
}

/// A cookie an app sets. Domain, Secure and SameSite never cross.
public struct SetCookie: Sendable, Equatable {
    public enum Expiry: Sendable, Equatable {
        case none
        /// Seconds since 1970-01-01T00:00:00Z.
        case absolute(Int64)
        /// Seconds from now.
        case relative(UInt64)
    }

    public var name: String
    public var value: String
    public var path: String = ""
    public var expiry: Expiry = .none
    public var isHTTPOnly = false

    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// The DAV header of an OPTIONS answer.
public struct DAVOptions: Sendable, Equatable {
    public var isClass1 = false
    public var isClass2 = false
    public var isClass3 = false
    public var extensions: [String] = []

    public init() {}
}

/// The opening of a web socket.
public struct WebSocketRequest: Sendable {
    public var path: String
    public var cookies: [KeyValue] = []
    public var protocols: [String] = []
    public var additionalHeaders: [KeyValue] = []

    public init(path: String) { self.path = path }
}

/// An open web socket.
public struct WebSocketResponse: Sendable {
    /// The protocols the app accepted.
    public var protocols: [String]
    /// What the app sends. Frames may already wait in it.
    public var outgoing: any ByteReader

    public init(protocols: [String], outgoing: any ByteReader) {
        self.protocols = protocols
        self.outgoing = outgoing
    }
}
