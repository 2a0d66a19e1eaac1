/// A number or boolean that can be an element of a list.
public protocol WireScalar: Sendable {
    static var elementSize: ElementSize { get }
    static func load(_ list: ListReader, _ index: Int) -> Self
    static func store(_ value: Self, _ list: ListBuilder, _ index: Int)
}

extension WireScalar where Self: FixedWidthInteger {
    public static var elementSize: ElementSize {
        switch MemoryLayout<Self>.size {
        case 1: .byte
        case 2: .twoBytes
        case 4: .fourBytes
        default: .eightBytes
        }
    }

    public static func load(_ list: ListReader, _ index: Int) -> Self { list.structure(index).load(0) }
    public static func store(_ value: Self, _ list: ListBuilder, _ index: Int) {
        list.message.store(value, byte: list.start + index * MemoryLayout<Self>.size)
    }
}

extension UInt8: WireScalar {}
extension UInt16: WireScalar {}
extension UInt32: WireScalar {}
extension UInt64: WireScalar {}
extension Int8: WireScalar {}
extension Int16: WireScalar {}
extension Int32: WireScalar {}
extension Int64: WireScalar {}

extension Float: WireScalar {
    public static var elementSize: ElementSize { .fourBytes }
    public static func load(_ list: ListReader, _ index: Int) -> Float { list.structure(index).load(0) }
    public static func store(_ value: Float, _ list: ListBuilder, _ index: Int) {
        UInt32.store(value.bitPattern, list, index)
    }
}

extension Double: WireScalar {
    public static var elementSize: ElementSize { .eightBytes }
    public static func load(_ list: ListReader, _ index: Int) -> Double { list.structure(index).load(0) }
    public static func store(_ value: Double, _ list: ListBuilder, _ index: Int) {
        UInt64.store(value.bitPattern, list, index)
    }
}

extension Bool: WireScalar {
    public static var elementSize: ElementSize { .bit }
    public static func load(_ list: ListReader, _ index: Int) -> Bool {
        list.message.load(list.segment, byte: list.start + index / 8, as: UInt8.self) & (1 << UInt8(index % 8)) != 0
    }
    public static func store(_ value: Bool, _ list: ListBuilder, _ index: Int) {
        list.message.store(value, bit: list.start * 8 + index)
    }
}

/// A list of numbers or booleans in a message.
public struct ScalarList<Element: WireScalar>: RandomAccessCollection, Sendable {
    let list: ListReader
    public var startIndex: Int { 0 }
    public var endIndex: Int { list.count }
    public subscript(index: Int) -> Element {
        precondition(index >= 0 && index < list.count, "index within the list")
        return Element.load(list, index)
    }
}

/// A list of texts, blobs, lists or capabilities in a message.
public struct PointerList: RandomAccessCollection, Sendable {
    let list: ListReader
    public var startIndex: Int { 0 }
    public var endIndex: Int { list.count }
    public subscript(index: Int) -> PointerReader {
        precondition(index >= 0 && index < list.count, "index within the list")
        return list.pointer(index)
    }
}

/// A list of structs in a message.
public struct StructList<Schema: StructSchema>: RandomAccessCollection, Sendable {
    let list: ListReader
    public var startIndex: Int { 0 }
    public var endIndex: Int { list.count }
    public subscript(index: Int) -> Schema.Reader {
        precondition(index >= 0 && index < list.count, "index within the list")
        return Schema.Reader(list.structure(index))
    }
}
