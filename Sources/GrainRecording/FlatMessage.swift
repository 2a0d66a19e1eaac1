import CapnProto

/// A message laid out anew in one segment, so that places in it can be read and written by number.
///
/// Everything in it was checked when it was copied: pointers are near ones and lead inside.
struct FlatMessage: Sendable {
    private(set) var bytes: [UInt8]

    /// What a pointer leads to.
    struct Place: Equatable, Sendable {
        enum Kind { case structure, pointers, composite, bytes, plain, capability }
        var kind: Kind
        /// Byte of the first word, behind a composite list's tag.
        var start: Int
        /// Elements, or 1; for a capability its number.
        var count = 1
        var dataWords = 0
        var pointers = 0
    }

    /// - Parameter message: With its segment table.
    init(_ message: [UInt8]) throws(MessageError) {
        let reader = try MessageReader(message, framing: .stream)
        let builder = MessageBuilder(capacityWords: message.count / 8 + 1)
        try builder.root.copy(reader.root)
        bytes = builder.flatBytes
    }

    /// With its segment table.
    var message: [UInt8] {
        let words = UInt32(truncatingIfNeeded: bytes.count / 8)
        return [0, 0, 0, 0] + (0..<4).map { UInt8(truncatingIfNeeded: words >> (8 * $0)) } + bytes
    }

    func load<Number: FixedWidthInteger>(_ byte: Int, as: Number.Type = Number.self) -> Number {
        bytes.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: byte, as: Number.self)) }
    }

    mutating func store<Number: FixedWidthInteger>(_ value: Number, _ byte: Int) {
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: value.littleEndian, toByteOffset: byte, as: Number.self) }
    }

    /// What the pointer at a byte leads to; nil for null.
    func follow(_ byte: Int) -> Place? {
        let pointer: UInt64 = load(byte)
        guard pointer != 0 else { return nil }
        let start = byte + 8 + Int(Int32(truncatingIfNeeded: pointer) >> 2) * 8
        switch pointer & 3 {
        case 0:
            return Place(
                kind: .structure, start: start, dataWords: Int(pointer >> 32 & 0xffff), pointers: Int(pointer >> 48))
        case 1: return list(at: start, elementSize: pointer >> 32 & 7, count: Int(pointer >> 35))
        default: return Place(kind: .capability, start: byte, count: Int(pointer >> 32))
        }
    }

    private func list(at start: Int, elementSize: UInt64, count: Int) -> Place {
        switch elementSize {
        case 2: return Place(kind: .bytes, start: start, count: count)
        case 6: return Place(kind: .pointers, start: start, count: count, pointers: 1)
        case 7:
            let tag: UInt64 = load(start)
            return Place(
                kind: .composite, start: start + 8, count: Int(Int32(truncatingIfNeeded: tag) >> 2),
                dataWords: Int(tag >> 32 & 0xffff), pointers: Int(tag >> 48))
        default:
            let bits = [0, 1, 8, 16, 32, 64][Int(elementSize)]
            return Place(kind: .plain, start: start, count: (count * bits + 7) / 8)
        }
    }

    func contents(of place: Place) -> ArraySlice<UInt8> { bytes[place.start..<(place.start + place.count)] }

    mutating func fill(_ place: Place, with byte: UInt8) {
        for index in place.start..<(place.start + place.count) { bytes[index] = byte }
    }
}

extension FlatMessage.Place {
    /// The byte of the pointer at `index` of an element's pointer section; nil when it has none there.
    func pointer(_ index: Int, ofElement element: Int = 0) -> Int? {
        guard index < pointers, element < count else { return nil }
        return start + (element * (dataWords + pointers) + dataWords + index) * 8
    }

    /// The byte of a field in an element's data section; nil when that is too short.
    func field(_ offset: Int, bytes: Int, ofElement element: Int = 0) -> Int? {
        guard offset + bytes <= dataWords * 8, element < count else { return nil }
        return start + element * (dataWords + pointers) * 8 + offset
    }
}
