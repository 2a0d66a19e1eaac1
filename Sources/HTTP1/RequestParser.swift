/// Reads one request from a connection, in pieces of any size, its body whole. After an error it stays failed.
public struct RequestParser: Sendable {
    private let limits: HTTPLimits
    private let maximumBodyBytes: Int
    private let allowsAbsoluteForm: Bool
    private var collector = HeadCollector()
    private var decoder = BodyDecoder(framing: .none)
    private var failure: HTTPError?

    /// The head, once it is there.
    public private(set) var head: RequestHead?
    /// What of the body is there.
    public private(set) var body: [UInt8] = []

    /// - Parameter allowsAbsoluteForm: As a proxy is asked.
    public init(maximumBodyBytes: Int, allowsAbsoluteForm: Bool = false, limits: HTTPLimits = HTTPLimits()) {
        self.maximumBodyBytes = maximumBodyBytes
        self.allowsAbsoluteForm = allowsAbsoluteForm
        self.limits = limits
    }

    public var isComplete: Bool { head != nil && decoder.isComplete }

    /// Whether the sender waits for a word before it sends the body (RFC 9110, section 10.1.1).
    public var expectsContinue: Bool {
        guard let head, head.minorVersion == 1, !isComplete, body.isEmpty else { return false }
        return head.fields.first("Expect")?.equalsIgnoringCase("100-continue") ?? false
    }

    /// Takes the next bytes of the connection. What follows a complete request is left alone.
    /// - Throws: what is wrong with them; ``HTTPError/bodyTooLarge`` as soon as that is known.
    public mutating func feed(_ input: Span<UInt8>) throws(HTTPError) {
        if let failure { throw failure }
        do {
            var position = 0
            while position < input.count, !isComplete { position = try advance(input, from: position) }
        } catch {
            failure = error
            throw error
        }
    }

    private mutating func advance(_ input: Span<UInt8>, from start: Int) throws(HTTPError) -> Int {
        guard head != nil else {
            let (taken, isComplete) = try collector.take(input, from: start, limit: limits.headBytes)
            if isComplete { try headArrived() }
            return start + taken
        }
        let end = try decoder.decode(input, from: start, into: &body)
        guard body.count <= maximumBodyBytes else { throw .bodyTooLarge }
        return end
    }

    private mutating func headArrived() throws(HTTPError) {
        let head = try RequestHead(parsing: collector.bytes, limits: limits, allowsAbsoluteForm: allowsAbsoluteForm)
        collector.reset()
        let framing = try BodyFraming(of: head)
        if case .length(let length) = framing, length > Int64(maximumBodyBytes) { throw .bodyTooLarge }
        decoder = BodyDecoder(framing: framing, limits: limits)
        self.head = head
    }
}
