/// Reads one answer from a connection, in pieces of any size. After an error it stays failed.
///
/// Heads that are not quite right are taken where their meaning is clear: see ``BodyFraming/init(of:forHEAD:)`` for the length; lines may
/// end in LF, continue on the next one and have blanks in front of a colon, and the head empty lines in front.
public struct ResponseParser: Sendable {
    /// What was asked, as far as it decides how the answer is read.
    public enum Request: Sendable { case ordinary, head, upgrade }

    private enum State {
        case head, body, complete, upgraded
        case failed(HTTPError)
    }

    private let request: Request
    private let limits: HTTPLimits
    private var state = State.head
    private var collector = HeadCollector(isLenient: true)
    private var decoder = BodyDecoder(framing: .none)
    private var interimResponses = 0

    /// The final head, once it is there. Interim (1xx) answers are skipped.
    public private(set) var head: ResponseHead?
    /// Bytes came behind an answer whose status says that it has no content: the app's content all the same, which nobody wants.
    public private(set) var hasUnwantedContent = false
    /// Content that has been decoded and not been taken yet; after a switch of protocols, raw bytes.
    private var content: [UInt8] = []

    public init(answerTo request: Request, limits: HTTPLimits = HTTPLimits()) {
        self.request = request
        self.limits = limits
    }

    /// The whole answer has been read.
    public var isComplete: Bool { if case .complete = state { true } else { false } }
    /// The connection speaks another protocol from here on.
    public var isUpgraded: Bool { if case .upgraded = state { true } else { false } }
    public var framing: BodyFraming { decoder.framing }

    /// How long the body will be, when the head says.
    public var expectedLength: Int64? {
        switch decoder.framing {
        case .none: 0
        case .length(let length): length
        case .chunked, .untilClose: nil
        }
    }

    public var availableBytes: Int { content.count }

    /// The content decoded since the last call.
    public mutating func takeContent() -> [UInt8] {
        let taken = content
        content = []
        return taken
    }

    /// Takes the next bytes of the connection.
    /// - Throws: what is wrong with them. Bytes behind a complete answer are an error.
    public mutating func feed(_ input: Span<UInt8>) throws(HTTPError) {
        do {
            var position = 0
            while position < input.count { position = try advance(input, from: position) }
        } catch {
            state = .failed(error)
            throw error
        }
    }

    /// Passes over bytes of the connection that are content as they are, so that the caller need not have them copied here. What comes
    /// behind them is to be fed.
    /// - Returns: How many of the next `count` bytes are; none while content waits to be taken, or has to be decoded.
    public mutating func skipContent(_ count: Int) -> Int {
        guard case .body = state, content.isEmpty else { return 0 }
        let skipped = decoder.skip(count)
        if decoder.isComplete { state = .complete }
        return skipped
    }

    /// The connection ended.
    public mutating func finish() throws(HTTPError) {
        switch state {
        case .head: throw .endedEarly
        case .body:
            try decoder.finish()
            state = .complete
        case .complete, .upgraded: return
        case .failed(let error): throw error
        }
    }

    private mutating func advance(_ input: Span<UInt8>, from start: Int) throws(HTTPError) -> Int {
        switch state {
        case .head:
            let (taken, isComplete) = try collector.take(input, from: start, limit: limits.headBytes)
            if isComplete { try headArrived() }
            return start + taken
        case .body:
            let end = try decoder.decode(input, from: start, into: &content)
            if decoder.isComplete { state = .complete }
            return end
        case .upgraded:
            input.extracting(start..<input.count).withUnsafeBufferPointer { content.append(contentsOf: $0) }
            return input.count
        case .complete:
            guard request != .head else { throw .bodyUnexpected }
            guard let status = head?.status, status == 204 || status == 304 else { throw .afterTheEnd }
            hasUnwantedContent = true
            return input.count
        case .failed(let error): throw error
        }
    }

    private mutating func headArrived() throws(HTTPError) {
        let parsed = try parsedHead()
        collector.reset()
        if parsed.status == 101 {
            guard request == .upgrade else { throw .upgradeUnexpected }
            head = parsed
            state = .upgraded
        } else if parsed.status < 200 {
            interimResponses += 1
            guard interimResponses <= limits.interimResponses else { throw .tooManyInterimResponses }
        } else {
            decoder = BodyDecoder(framing: try BodyFraming(of: parsed, forHEAD: request == .head), limits: limits)
            head = parsed
            state = decoder.isComplete ? .complete : .body
        }
    }

    private func parsedHead() throws(HTTPError) -> ResponseHead {
        if let head = try? ResponseHead(parsing: collector.bytes, limits: limits) { return head }
        return try ResponseHead(parsing: HeadMending.mended(collector.bytes), limits: limits)
    }
}
