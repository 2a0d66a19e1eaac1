/// Gathers bytes until an empty line ends a head.
struct HeadCollector: Sendable {
    /// Also a LF by itself ends a line, and empty lines in front of the head do not end it.
    private let isLenient: Bool
    private(set) var bytes: [UInt8] = []
    /// How many bytes of CR LF CR LF were seen last.
    private var matched = 0
    private var hasBegun = false

    init(isLenient: Bool = false) { self.isLenient = isLenient }

    var isEmpty: Bool { bytes.isEmpty }

    /// Takes bytes up to the end of the head.
    /// - Returns: How many were taken, and whether the head is complete.
    mutating func take(
        _ input: Span<UInt8>, from start: Int, limit: Int
    ) throws(HTTPError) -> (taken: Int, isComplete: Bool) {
        var index = start
        while index < input.count {
            let byte = input[index]
            index += 1
            matched = advance(byte)
            if matched == 4 { break }
        }
        guard bytes.count + (index - start) <= limit else { throw .headTooLarge }
        input.extracting(start..<index).withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
        return (index - start, matched == 4)
    }

    mutating func reset() {
        self = HeadCollector(isLenient: isLenient)
    }

    private mutating func advance(_ byte: UInt8) -> Int {
        if isLenient, !hasBegun {
            hasBegun = byte != Octet.carriageReturn && byte != Octet.lineFeed
            return 0
        }
        return switch (byte, matched) {
        case (Octet.carriageReturn, 0), (Octet.carriageReturn, 2): matched + 1
        case (Octet.lineFeed, 1), (Octet.lineFeed, 3): matched + 1
        case (Octet.lineFeed, 0) where isLenient: 2
        case (Octet.lineFeed, 2) where isLenient: 4
        case (Octet.carriageReturn, _): 1
        default: 0
        }
    }
}
