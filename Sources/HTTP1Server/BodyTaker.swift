/// Takes the body of one request out of the connection's bytes.
///
/// A chunked body is read as strictly as a head: CR LF everywhere, sizes of at most 15 digits, bounded extensions and
/// trailers. Extensions and trailers are dropped.
public struct BodyTaker: Sendable {
    /// What one call of ``decode(_:)`` found.
    public struct Step: Sendable, Equatable {
        /// Bytes of the input that are done with.
        public var consumed: Int
        /// Where in those bytes the body's own are; empty when more input is needed or the body is over.
        public var data: Range<Int>
    }

    private enum State {
        case data(Int64), size(UInt64, digits: Int), extensions(Int), sizeEnd, dataEnd, trailer(Int, line: Int), over
    }

    private let limits: RequestLimits
    private let isChunked: Bool
    private var state: State
    private var chunkBytes: UInt64 = 0

    public init(framing: RequestFraming, limits: RequestLimits = RequestLimits()) {
        self.limits = limits
        isChunked = framing == .chunked
        switch framing {
        case .none: state = .over
        case .length(let count): state = .data(count)
        case .chunked: state = .size(0, digits: 0)
        }
    }

    /// Whether the whole body was taken.
    public var isOver: Bool { if case .over = state { true } else { false } }

    /// Takes one piece of the body, or as much as there is before the next one.
    public mutating func decode(_ input: UnsafeRawBufferPointer) throws(RequestFault) -> Step {
        var index = 0
        while index < input.count {
            switch state {
            case .data(let remaining):
                let count = Int(min(remaining, Int64(input.count - index)))
                finishData(remaining: remaining - Int64(count))
                return Step(consumed: index + count, data: index..<(index + count))
            case .over:
                return Step(consumed: index, data: index..<index)
            default:
                try take(input[index])
                index += 1
            }
        }
        return Step(consumed: index, data: index..<index)
    }

    private mutating func finishData(remaining: Int64) {
        if remaining > 0 { state = .data(remaining) } else { state = isChunked ? .dataEnd : .over }
        chunkBytes = 0
    }

    private mutating func take(_ byte: UInt8) throws(RequestFault) {
        switch state {
        case .size(let value, let digits): try takeSize(byte, value: value, digits: digits)
        case .extensions(let count): try takeExtension(byte, count: count)
        case .sizeEnd:
            guard byte == 0x0a else { throw malformed }
            state = chunkBytes == 0 ? .trailer(0, line: 0) : .data(Int64(chunkBytes))
        case .dataEnd:
            // CR, then LF: counted in chunkBytes, which is free between two chunks.
            guard byte == (chunkBytes == 0 ? 0x0d : 0x0a) else { throw malformed }
            if chunkBytes == 0 { chunkBytes = 1 } else { state = .size(0, digits: 0) }
        case .trailer(let count, let line): try takeTrailer(byte, count: count, line: line)
        case .data, .over: break
        }
    }

    private mutating func takeSize(_ byte: UInt8, value: UInt64, digits: Int) throws(RequestFault) {
        if isHexDigit(byte) {
            guard digits < 15 else { throw malformed }
            let digit = isDigit(byte) ? byte - 0x30 : (byte | 0x20) - 0x57
            state = .size(value << 4 | UInt64(digit), digits: digits + 1)
            return
        }
        guard digits > 0 else { throw malformed }
        chunkBytes = value
        switch byte {
        case 0x0d: state = .sizeEnd
        case 0x3b: state = .extensions(0)
        default: throw malformed
        }
    }

    private mutating func takeExtension(_ byte: UInt8, count: Int) throws(RequestFault) {
        if byte == 0x0d {
            state = .sizeEnd
        } else {
            guard isFieldByte(byte), count < limits.chunkExtensionBytes else { throw malformed }
            state = .extensions(count + 1)
        }
    }

    /// `line` is the length of the current line, or -1 behind the CR of an empty one, -2 behind that of another.
    private mutating func takeTrailer(_ byte: UInt8, count: Int, line: Int) throws(RequestFault) {
        guard count < limits.trailerBytes else { throw RequestFault(431, "The fields behind the body are too long.") }
        switch (byte, line) {
        case (0x0a, -1): state = .over
        case (0x0a, -2): state = .trailer(count + 1, line: 0)
        case (_, ..<0): throw malformed
        case (0x0d, let line): state = .trailer(count + 1, line: line == 0 ? -1 : -2)
        case (0x20, 0), (0x09, 0): throw malformed
        default:
            guard isFieldByte(byte) else { throw malformed }
            state = .trailer(count + 1, line: line + 1)
        }
    }

    private var malformed: RequestFault { RequestFault(400, "The body is not chunked as it should be.") }
}
