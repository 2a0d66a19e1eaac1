/// A struct in a message.
///
/// Offsets are what the schema compiler assigned: data fields count from the start of the data section in bytes (bits
/// for booleans). A field beyond the end of a struct that an older writer made reads as its default.
public struct StructReader: Sendable {
    public let message: MessageReader
    let segment: Int
    /// First byte of the data section.
    let start: Int
    let dataBytes: Int
    let pointerCount: Int
    let nesting: Int

    init(message: MessageReader, segment: Int, start: Int, dataBytes: Int, pointerCount: Int, nesting: Int) {
        self.message = message
        self.segment = segment
        self.start = start
        self.dataBytes = dataBytes
        self.pointerCount = pointerCount
        self.nesting = nesting
    }

    init(emptyIn message: MessageReader) {
        self.init(message: message, segment: 0, start: 0, dataBytes: 0, pointerCount: 0, nesting: 0)
    }

    /// The number at a byte offset.
    public func load<Number: FixedWidthInteger>(_ offset: Int, default: Number = 0) -> Number {
        guard offset >= 0, offset <= dataBytes - MemoryLayout<Number>.size else { return `default` }
        return message.load(segment, byte: start + offset, as: Number.self) ^ `default`
    }

    /// The floating-point number at a byte offset.
    public func load(_ offset: Int, default: Float = 0) -> Float {
        Float(bitPattern: load(offset, default: `default`.bitPattern))
    }

    /// The floating-point number at a byte offset.
    public func load(_ offset: Int, default: Double = 0) -> Double {
        Double(bitPattern: load(offset, default: `default`.bitPattern))
    }

    /// The boolean at a bit offset.
    public func bool(bit: Int, default: Bool = false) -> Bool {
        let byte: UInt8 = load(bit / 8)
        return (byte & (1 << UInt8(bit % 8)) != 0) != `default`
    }

    /// The pointer at an index of the pointer section.
    public func pointer(_ index: Int) -> PointerReader {
        let position = index >= 0 && index < pointerCount ? (start + dataBytes) / 8 + index : nil
        return PointerReader(message: message, segment: segment, position: position, nesting: nesting)
    }

    /// The size this struct has in its message, which may differ from the schema's.
    var size: StructSize { StructSize(dataWords: (dataBytes + 7) / 8, pointers: pointerCount) }
}
