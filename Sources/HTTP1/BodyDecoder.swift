/// Finds a body's content and its end, in pieces of any size.
public struct BodyDecoder: Sendable {
    public let framing: BodyFraming
    private var remaining: Int64
    private var chunks: ChunkedDecoder
    private var sawClose = false

    public init(framing: BodyFraming, limits: HTTPLimits = HTTPLimits()) {
        self.framing = framing
        chunks = ChunkedDecoder(limits: limits)
        if case .length(let length) = framing { remaining = length } else { remaining = 0 }
    }

    public var isComplete: Bool {
        switch framing {
        case .none: true
        case .length: remaining == 0
        case .chunked: chunks.isComplete
        case .untilClose: sawClose
        }
    }

    /// Appends content to `body`.
    /// - Returns: The position behind the last byte that belongs to this body.
    public mutating func decode(
        _ input: Span<UInt8>, from start: Int, into body: inout [UInt8]
    ) throws(HTTPError) -> Int {
        switch framing {
        case .none: return start
        case .chunked: return try chunks.decode(input, from: start, into: &body)
        case .untilClose:
            input.extracting(start..<input.count).withUnsafeBufferPointer { body.append(contentsOf: $0) }
            return input.count
        case .length:
            let count = Int(min(remaining, Int64(input.count - start)))
            input.extracting(start..<start + count).withUnsafeBufferPointer { body.append(contentsOf: $0) }
            remaining -= Int64(count)
            return start + count
        }
    }

    /// Passes over up to `count` bytes that are content as they are.
    /// - Returns: How many of them are; none when content has to be decoded.
    public mutating func skip(_ count: Int) -> Int {
        switch framing {
        case .none, .chunked: return 0
        case .untilClose: return count
        case .length:
            let skipped = Int(min(remaining, Int64(count)))
            remaining -= Int64(skipped)
            return skipped
        }
    }

    /// The connection ended.
    public mutating func finish() throws(HTTPError) {
        sawClose = true
        guard isComplete else { throw .endedEarly }
    }
}
