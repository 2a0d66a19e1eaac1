/// Takes the chunks of a body apart (RFC 9112, section 7.1). Lines end in CR LF, never in less.
struct ChunkedDecoder: Sendable {
    private enum State {
        case sizeStart, size, extensions, sizeLineFeed
        case content, contentCarriageReturn, contentLineFeed
        case trailerStart, trailer, trailerLineFeed, endLineFeed
        case complete
    }

    private var state = State.sizeStart
    private var remaining: Int64 = 0
    private var lineBytes = 0
    private var trailerBytes = 0
    private var sawColon = false
    private let limits: HTTPLimits

    init(limits: HTTPLimits) { self.limits = limits }

    var isComplete: Bool { state == .complete }

    /// Appends content to `body`.
    /// - Returns: The position behind the last byte that belongs to this body.
    mutating func decode(
        _ input: Span<UInt8>, from start: Int, into body: inout [UInt8]
    ) throws(HTTPError) -> Int {
        var index = start
        while index < input.count, state != .complete {
            if state == .content {
                let count = Int(min(remaining, Int64(input.count - index)))
                input.extracting(index..<index + count).withUnsafeBufferPointer { body.append(contentsOf: $0) }
                index += count
                remaining -= Int64(count)
                if remaining == 0 { state = .contentCarriageReturn }
            } else {
                try step(input[index])
                index += 1
            }
        }
        return index
    }

    private mutating func step(_ byte: UInt8) throws(HTTPError) {
        switch state {
        case .sizeStart, .size, .extensions, .sizeLineFeed: try sizeStep(byte)
        case .contentCarriageReturn: try expect(Octet.carriageReturn, byte, then: .contentLineFeed)
        case .contentLineFeed: try expect(Octet.lineFeed, byte, then: .sizeStart)
        case .trailerStart, .trailer, .trailerLineFeed, .endLineFeed: try trailerStep(byte)
        case .content, .complete: throw .chunkMalformed
        }
    }

    private mutating func expect(_ wanted: UInt8, _ byte: UInt8, then next: State) throws(HTTPError) {
        guard byte == wanted else { throw .chunkMalformed }
        state = next
    }

    private mutating func sizeStep(_ byte: UInt8) throws(HTTPError) {
        if state == .sizeLineFeed {
            let next: State = remaining == 0 ? .trailerStart : .content
            return try expect(Octet.lineFeed, byte, then: next)
        }
        if state == .sizeStart {
            remaining = 0
            lineBytes = 0
        }
        lineBytes += 1
        guard lineBytes <= limits.chunkLineBytes else { throw .chunkMalformed }
        if state != .extensions, let digit = Octet.hexDigit(byte) {
            guard remaining <= Int64.max >> 4 else { throw .chunkTooLarge }
            remaining = remaining << 4 | Int64(digit)
            state = .size
        } else if state != .sizeStart, byte == Octet.carriageReturn {
            state = .sizeLineFeed
        } else if state == .size, byte == Octet.semicolon || Octet.isBlank(byte) {
            state = .extensions
        } else if state == .extensions, Octet.isFieldContent(byte) {
            return
        } else {
            throw .chunkMalformed
        }
    }

    /// Fields behind the last chunk are checked and dropped.
    private mutating func trailerStep(_ byte: UInt8) throws(HTTPError) {
        trailerBytes += 1
        guard trailerBytes <= limits.trailerBytes else { throw .trailerTooLarge }
        switch state {
        case .trailerStart where byte == Octet.carriageReturn: state = .endLineFeed
        case .trailerStart:
            guard Octet.isToken(byte) else { throw Octet.isBlank(byte) ? .lineFolded : .fieldNameMalformed }
            sawColon = false
            state = .trailer
        case .trailer where byte == Octet.carriageReturn:
            guard sawColon else { throw .fieldNameMalformed }
            state = .trailerLineFeed
        case .trailer where sawColon:
            guard Octet.isFieldContent(byte) else { throw .fieldValueMalformed }
        case .trailer where byte == Octet.colon: sawColon = true
        case .trailer:
            guard Octet.isToken(byte) else { throw .fieldNameMalformed }
        case .trailerLineFeed: try expect(Octet.lineFeed, byte, then: .trailerStart)
        default: try expect(Octet.lineFeed, byte, then: .complete)
        }
    }
}
