import CapnProto

/// What was said on a grain's descriptor 3, in order, from one start of the grain to its end.
///
/// A line per piece: `host>app` or `app>host`, the number of bytes, the bytes in hexadecimal. Pieces need not be whole
/// messages. Lines that begin with `#` are remarks. A line `conversation` stands in front of each conversation; one alone may
/// lack it.
public struct Recording: Sendable {
    public enum Side: String, Sendable { case host = "host>app", app = "app>host" }

    public struct Piece: Sendable, Equatable {
        public var from: Side
        public var bytes: [UInt8]

        public init(from side: Side, _ bytes: [UInt8]) {
            from = side
            self.bytes = bytes
        }

        fileprivate init?(line: ArraySlice<UInt8>) {
            let words = line.split(separator: 0x20)
            guard words.count == 3, let side = Side(rawValue: String(decoding: words[0], as: UTF8.self)),
                let bytes = GrainRecording.bytes(ofHexadecimal: words[2]),
                String(bytes.count).utf8.elementsEqual(words[1])
            else { return nil }
            self.init(from: side, bytes)
        }

        public var line: String { "\(from.rawValue) \(bytes.count) \(hexadecimal(bytes))\n" }
    }

    /// Why a recording cannot be used.
    public struct Mistake: Error, CustomStringConvertible, Equatable {
        public let description: String
    }

    public private(set) var pieces: [Piece] = []

    public init(_ pieces: [Piece]) { self.pieces = pieces }

    /// The last conversation in `text`.
    /// - Throws: As ``conversations(in:)``.
    public init(parsing text: some Sequence<UInt8>) throws(Mistake) {
        self = try Recording.conversations(in: text).last ?? Recording([])
    }

    /// Every conversation in which something was said. A last line without a line break that is no piece is left out: its
    /// writer was killed.
    /// - Throws: ``Mistake`` with the number of the line that is none.
    public static func conversations(in text: some Sequence<UInt8>) throws(Mistake) -> [Recording] {
        var all: [Recording] = []
        let lines = Array(text).split(separator: 0x0a, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            if line.isEmpty || line.first == 0x23 { continue }
            if line.elementsEqual("conversation".utf8) {
                all.append(Recording([]))
            } else if let piece = Piece(line: line) {
                if all.isEmpty { all.append(Recording([])) }
                all[all.count - 1].pieces.append(piece)
            } else if index < lines.count - 1 {
                throw Mistake(description: "line \(index + 1) is no piece of a conversation")
            }
        }
        return all.filter { !$0.pieces.isEmpty }
    }

    /// What ``conversations(in:)`` reads.
    public static func text(of conversations: [Recording]) -> String {
        conversations.map { "conversation\n" + $0.text }.joined()
    }

    public var text: String { pieces.map(\.line).joined() }

    /// The largest message that is put together from pieces.
    static let maximumMessageBytes = 64 << 20

    /// The same conversation, a piece for every message; each stands where its last byte came.
    /// - Throws: ``Mistake`` when a side says what is no message. A message that is cut at the end is left out.
    public func messages() throws(Mistake) -> [Piece] {
        var pending: [Side: [UInt8]] = [:]
        var whole: [Piece] = []
        for piece in pieces {
            var bytes = pending[piece.from, default: []] + piece.bytes
            var start = 0
            while let count = try Recording.messageBytes(bytes[start...]), count <= bytes.count - start {
                whole.append(Piece(from: piece.from, Array(bytes[start..<(start + count)])))
                start += count
            }
            bytes.removeFirst(start)
            pending[piece.from] = bytes
        }
        return whole
    }

    /// How long the message is that begins here; nil while that cannot be told.
    static func messageBytes(_ bytes: ArraySlice<UInt8>) throws(Mistake) -> Int? {
        func number(_ index: Int) -> Int {
            (0..<4).reduce(0) { $0 | Int(bytes[bytes.startIndex + index * 4 + $1]) << (8 * $1) }
        }
        guard bytes.count >= 8 else { return nil }
        let segments = number(0) + 1
        guard segments <= 512 else { throw Mistake(description: "a message has \(segments) segments") }
        let head = (segments / 2 + 1) * 8
        guard bytes.count >= head else { return nil }
        let count = head + (1...segments).reduce(0) { $0 + number($1) * 8 }
        guard count <= maximumMessageBytes else { throw Mistake(description: "a message has \(count) bytes") }
        return count
    }
}

private let digits = Array("0123456789abcdef".utf8)

private func hexadecimal(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

private func bytes(ofHexadecimal text: ArraySlice<UInt8>) -> [UInt8]? {
    guard text.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 2)
    var half: UInt8?
    for character in text {
        let value: UInt8
        switch character {
        case 0x30...0x39: value = character - 0x30
        case 0x61...0x66: value = character - 0x61 + 10
        default: return nil
        }
        if let high = half {
            bytes.append(high << 4 | value)
            half = nil
        } else {
            half = value
        }
    }
    return bytes
}
