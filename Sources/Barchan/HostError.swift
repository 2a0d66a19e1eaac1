/// The one error that crosses an interface.
///
/// `message` is a sentence for a person: what was attempted, on what, why it failed and what to do about it.
public struct HostError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What the caller can do about an error.
    public enum Code: String, Sendable, Equatable, CaseIterable {
        /// The request itself is wrong; the same request fails again.
        case invalidArgument
        /// The thing named does not exist.
        case notFound
        /// The thing named is put away, and may come back: what is in the trash, or a suspended account's.
        case gone
        /// The thing to be made exists already.
        case alreadyExists
        /// The caller is known but may not do this.
        case permissionDenied
        /// A limit was reached; fewer or smaller requests may pass.
        case resourceExhausted
        /// The other side is gone; a new connection may work.
        case disconnected
        /// The other side, or this build, does not know the request.
        case unsupported
        /// The caller's own task was cancelled.
        case cancelled
        /// The other side took too long; it may still do what it was asked.
        case timedOut
        /// Stored bytes are not what was written, or not what they claim to be.
        case corrupt
        /// Everything else.
        case failed
    }

    public let code: Code
    public let message: String
    /// When the same request may pass, counted from now; nil where nobody knows.
    public let retryAfter: Duration?

    public init(_ code: Code, _ message: String, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }

    public var description: String { "\(message) [\(code.rawValue)]" }
}
