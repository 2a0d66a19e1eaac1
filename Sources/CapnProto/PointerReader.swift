/// A pointer in a message, not yet followed.
public struct PointerReader: Sendable {
    let message: MessageReader
    let segment: Int
    /// The pointer's own place in its segment, in words; nil when the struct is too short to have it.
    let position: Int?
    /// How many levels may still be entered.
    let nesting: Int

    /// Where a pointer leads, with far pointers followed.
    struct Target {
        var segment: Int
        var position: Int
        /// The pointer that describes the object.
        var tag: UInt64

        var isList: Bool { tag & 3 == 1 }
        var isStructure: Bool { tag & 3 == 0 }
    }

    /// Whether there is nothing here.
    public var isNull: Bool { word == 0 }

    private var word: UInt64 { position.map { message.word(segment, $0) } ?? 0 }

    /// What the pointer leads to; the object itself is not checked.
    public func kind() throws(MessageError) -> PointerKind {
        guard let target = try target() else { return .null }
        switch target.tag & 3 {
        case 0: return .structure
        case 1: return .list
        default: return .capability
        }
    }

    /// Follows the pointer, over up to two landing pads, without looking at the object.
    func target() throws(MessageError) -> Target? {
        guard let position, case let pointer = message.word(segment, position), pointer != 0 else { return nil }
        guard pointer & 3 == 2 else { return Self.near(segment, position, pointer) }

        let padSegment = Int(pointer >> 32)
        let pad = Self.farOffset(pointer)
        let isDouble = pointer & 4 != 0
        try message.claim(segment: padSegment, position: pad, words: isDouble ? 2 : 1)
        let first = message.word(padSegment, pad)
        guard isDouble else {
            guard first & 3 != 2 else { throw .badFarPointer }
            return Self.near(padSegment, pad, first)
        }
        let tag = message.word(padSegment, pad + 1)
        guard first & 7 == 2, tag & 3 != 2 else { throw .badFarPointer }
        return Target(segment: Int(first >> 32), position: Self.farOffset(first), tag: tag)
    }

    private static func near(_ segment: Int, _ position: Int, _ pointer: UInt64) -> Target {
        let offset = Int(Int32(truncatingIfNeeded: pointer) >> 2)
        return Target(segment: segment, position: position + 1 + offset, tag: pointer)
    }

    private static func farOffset(_ pointer: UInt64) -> Int { Int(UInt32(truncatingIfNeeded: pointer) >> 3) }

    func entered() throws(MessageError) -> Int {
        guard nesting > 0 else { throw .nestingLimit }
        return nesting - 1
    }
}

extension PointerReader {
    /// The struct this leads to; null reads as a struct with nothing set.
    public func structure() throws(MessageError) -> StructReader {
        guard let target = try target() else { return StructReader(emptyIn: message) }
        guard target.isStructure else { throw .unexpectedPointer(expected: .structure) }
        let size = StructSize(tag: target.tag)
        try message.claim(segment: target.segment, position: target.position, words: size.words)
        return StructReader(
            message: message, segment: target.segment, start: target.position * 8, dataBytes: size.dataWords * 8,
            pointerCount: size.pointers, nesting: try entered())
    }

    /// The struct this leads to, read by its schema.
    public func structure<Schema: StructSchema>(_ schema: Schema.Type) throws(MessageError) -> Schema.Reader {
        Schema.Reader(try structure())
    }

    /// The index of the capability in the message's table; nil for null.
    public func capability() throws(MessageError) -> UInt32? {
        guard let target = try target() else { return nil }
        guard target.tag & 3 == 3 else { throw .unexpectedPointer(expected: .capability) }
        guard UInt32(truncatingIfNeeded: target.tag) == 3 else { throw .unknownPointer }
        return UInt32(truncatingIfNeeded: target.tag >> 32)
    }

    /// The bytes this leads to; null reads as none.
    public func data() throws(MessageError) -> DataReader {
        guard !isNull else { return DataReader(message: message, segment: 0, start: 0, count: 0) }
        let list = try byteList()
        return DataReader(message: message, segment: list.segment, start: list.start, count: list.count)
    }

    /// The bytes of a text, without the zero byte at its end, not checked to be UTF-8; null reads as none.
    public func textBytes() throws(MessageError) -> DataReader {
        guard !isNull else { return DataReader(message: message, segment: 0, start: 0, count: 0) }
        let list = try byteList()
        guard list.count > 0, message.load(list.segment, byte: list.start + list.count - 1, as: UInt8.self) == 0 else {
            throw .unterminatedText
        }
        return DataReader(message: message, segment: list.segment, start: list.start, count: list.count - 1)
    }

    /// The text this leads to, `default` for null. Bytes that are not UTF-8 read as U+FFFD.
    public func text(default: String = "") throws(MessageError) -> String {
        guard !isNull else { return `default` }
        return try textBytes().withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    private func byteList() throws(MessageError) -> ListReader {
        let list = try list()
        guard list.elementSize == .byte else { throw .unexpectedElements }
        return list
    }
}
