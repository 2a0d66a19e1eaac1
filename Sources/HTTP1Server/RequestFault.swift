/// What is wrong with a request, and the status that says so.
public struct RequestFault: Error, Sendable, Equatable {
    public let status: Int
    /// A sentence for the person who wrote the client.
    public let reason: String
    /// The Host of a head that was refused for its length, when it had come so far and is one.
    public internal(set) var host: String?
    /// Whether cookies made most of that head.
    public internal(set) var isOfCookies = false
    /// When the same request may pass; nil where nobody knows.
    public let retryAfterSeconds: Int64?

    public init(_ status: Int, _ reason: String, retryAfterSeconds: Int64? = nil) {
        self.status = status
        self.reason = reason
        self.retryAfterSeconds = retryAfterSeconds
    }
}

/// How much of a request is read before it is refused.
public struct RequestLimits: Sendable {
    /// Request line and fields together.
    public var headBytes = 32_768
    /// The request target.
    public var targetBytes = 8_192
    public var fields = 100
    /// Extensions of one chunk.
    public var chunkExtensionBytes = 256
    /// Fields behind a chunked body.
    public var trailerBytes = 4_096

    public init() {}
}
