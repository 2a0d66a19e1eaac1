// Generated from everything.capnp by capnpc-swift. Do not edit; change the schema and run `make schemas`.
// swift-format-ignore-file
import CapnProto
import GrainSchemas

extension Wire {
    public enum Everything: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 8, pointers: 17) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var flag: Bool { structure.bool(bit: 0) }
            public var int8: Int8 { structure.load(1) }
            public var int16: Int16 { structure.load(2) }
            public var int32: Int32 { structure.load(4) }
            public var int64: Int64 { structure.load(8) }
            public var uint8: UInt8 { structure.load(16) }
            public var uint16: UInt16 { structure.load(18) }
            public var uint32: UInt32 { structure.load(20) }
            public var uint64: UInt64 { structure.load(24) }
            public var float: Float { structure.load(32) }
            public var double: Double { structure.load(40) }
            public var hasText: Bool { !structure.pointer(0).isNull }
            public var text: String { get throws(MessageError) { try structure.pointer(0).text() } }
            public var hasData: Bool { !structure.pointer(1).isNull }
            public var data: DataReader { get throws(MessageError) { try structure.pointer(1).data() } }
            public var hasChild: Bool { !structure.pointer(2).isNull }
            public var child: Wire.Everything.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.Everything.self) } }
            public var color: Wire.Color? { .init(rawValue: structure.load(36)) }
            public var hasFlags: Bool { !structure.pointer(3).isNull }
            public var flags: ScalarList<Bool> { get throws(MessageError) { try structure.pointer(3).list(of: Bool.self) } }
            public var hasBytes: Bool { !structure.pointer(4).isNull }
            public var bytes: ScalarList<UInt8> { get throws(MessageError) { try structure.pointer(4).list(of: UInt8.self) } }
            public var hasShorts: Bool { !structure.pointer(5).isNull }
            public var shorts: ScalarList<UInt16> { get throws(MessageError) { try structure.pointer(5).list(of: UInt16.self) } }
            public var hasWords: Bool { !structure.pointer(6).isNull }
            public var words: ScalarList<Int32> { get throws(MessageError) { try structure.pointer(6).list(of: Int32.self) } }
            public var hasLongs: Bool { !structure.pointer(7).isNull }
            public var longs: ScalarList<UInt64> { get throws(MessageError) { try structure.pointer(7).list(of: UInt64.self) } }
            public var hasFloats: Bool { !structure.pointer(8).isNull }
            public var floats: ScalarList<Float> { get throws(MessageError) { try structure.pointer(8).list(of: Float.self) } }
            public var hasTexts: Bool { !structure.pointer(9).isNull }
            public var texts: PointerList { get throws(MessageError) { try structure.pointer(9).pointers() } }
            public var hasDatas: Bool { !structure.pointer(10).isNull }
            public var datas: PointerList { get throws(MessageError) { try structure.pointer(10).pointers() } }
            public var hasPairs: Bool { !structure.pointer(11).isNull }
            public var pairs: StructList<Wire.Pair> { get throws(MessageError) { try structure.pointer(11).list(of: Wire.Pair.self) } }
            public var hasNested: Bool { !structure.pointer(12).isNull }
            public var nested: PointerList { get throws(MessageError) { try structure.pointer(12).pointers() } }
            public var hasNothings: Bool { !structure.pointer(13).isNull }
            public var nothings: ListReader { get throws(MessageError) { try structure.pointer(13).list() } }
            public var any: PointerReader { structure.pointer(14) }
            public var choice: Wire.Everything.Choice.Reader { .init(structure) }
            public var withDefault: Wire.Everything.WithDefault.Reader { .init(structure) }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setFlag(_ value: Bool) { structure.setBool(value, bit: 0) }
            public func setInt8(_ value: Int8) { structure.store(value, 1) }
            public func setInt16(_ value: Int16) { structure.store(value, 2) }
            public func setInt32(_ value: Int32) { structure.store(value, 4) }
            public func setInt64(_ value: Int64) { structure.store(value, 8) }
            public func setUint8(_ value: UInt8) { structure.store(value, 16) }
            public func setUint16(_ value: UInt16) { structure.store(value, 18) }
            public func setUint32(_ value: UInt32) { structure.store(value, 20) }
            public func setUint64(_ value: UInt64) { structure.store(value, 24) }
            public func setFloat(_ value: Float) { structure.store(value, 32) }
            public func setDouble(_ value: Double) { structure.store(value, 40) }
            public func setText(_ text: String) { structure.pointer(0).setText(text) }
            public func setData(_ bytes: some Collection<UInt8>) { structure.pointer(1).setData(bytes) }
            public func initData(count: Int) -> DataBuilder { structure.pointer(1).initData(count: count) }
            public func initChild() -> Wire.Everything.Builder { structure.pointer(2).initStructure(Wire.Everything.self) }
            public func copyChild(_ source: Wire.Everything.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
            public func setColor(_ value: Wire.Color) { structure.store(value.rawValue, 36) }
            public func setFlags(_ elements: some Collection<Bool>) { structure.pointer(3).setList(elements) }
            public func setBytes(_ elements: some Collection<UInt8>) { structure.pointer(4).setList(elements) }
            public func setShorts(_ elements: some Collection<UInt16>) { structure.pointer(5).setList(elements) }
            public func setWords(_ elements: some Collection<Int32>) { structure.pointer(6).setList(elements) }
            public func setLongs(_ elements: some Collection<UInt64>) { structure.pointer(7).setList(elements) }
            public func setFloats(_ elements: some Collection<Float>) { structure.pointer(8).setList(elements) }
            public func setTexts(_ texts: some Collection<String>) { structure.pointer(9).setTexts(texts) }
            public func initTexts(count: Int) -> PointerListBuilder { structure.pointer(9).initPointers(count: count) }
            public func initDatas(count: Int) -> PointerListBuilder { structure.pointer(10).initPointers(count: count) }
            public func initPairs(count: Int) -> StructListBuilder<Wire.Pair> { structure.pointer(11).initList(of: Wire.Pair.self, count: count) }
            public func initNested(count: Int) -> PointerListBuilder { structure.pointer(12).initPointers(count: count) }
            public func initNothings(count: Int) { _ = structure.pointer(13).initList(.void, count: count) }
            public func initAny() -> PointerBuilder { structure.pointer(14) }
            public func initChoice() -> Wire.Everything.Choice.Builder { Wire.Everything.Choice.Builder(structure) }
            public func initWithDefault() -> Wire.Everything.WithDefault.Builder { Wire.Everything.WithDefault.Builder(structure) }
        }
        public enum Choice {
            public enum Which: UInt16, Sendable {
                case none = 0
                case number = 1
                case name = 2
            }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var which: Which? { Which(rawValue: structure.load(38)) }
                public var number: UInt32 { structure.load(48) }
                public var hasName: Bool { !structure.pointer(15).isNull }
                public var name: String { get throws(MessageError) { try structure.pointer(15).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setNone() { structure.store(UInt16(0), 38) }
                public func setNumber(_ value: UInt32) { structure.store(UInt16(1), 38); structure.store(value, 48) }
                public func setName(_ text: String) { structure.store(UInt16(2), 38); structure.pointer(15).setText(text) }
            }
        }
        public enum WithDefault {
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var flag: Bool { structure.bool(bit: 1, default: true) }
                public var number: Int32 { structure.load(52, default: -123) }
                public var float: Float { structure.load(56, default: 1.5) }
                public var color: Wire.Color? { .init(rawValue: structure.load(60, default: 2)) }
                public var hasText: Bool { !structure.pointer(16).isNull }
                public var text: String { get throws(MessageError) { try structure.pointer(16).text(default: "preset") } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setFlag(_ value: Bool) { structure.setBool(value, bit: 1, default: true) }
                public func setNumber(_ value: Int32) { structure.store(value, 52, default: -123) }
                public func setFloat(_ value: Float) { structure.store(value, 56, default: 1.5) }
                public func setColor(_ value: Wire.Color) { structure.store(value.rawValue, 60, default: 2) }
                public func setText(_ text: String) { structure.pointer(16).setText(text) }
            }
        }
    }
}

extension Wire {
    public enum Pair: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 1, pointers: 1) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var key: UInt16 { structure.load(0) }
            public var hasValue: Bool { !structure.pointer(0).isNull }
            public var value: String { get throws(MessageError) { try structure.pointer(0).text() } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setKey(_ value: UInt16) { structure.store(value, 0) }
            public func setValue(_ text: String) { structure.pointer(0).setText(text) }
        }
    }
}

extension Wire {
    public enum Color: UInt16, Sendable, CaseIterable {
        case red = 0
        case green = 1
        case blue = 2
    }
}

extension Wire {
    public enum OldLists: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasNumbers: Bool { !structure.pointer(0).isNull }
            public var numbers: ScalarList<UInt16> { get throws(MessageError) { try structure.pointer(0).list(of: UInt16.self) } }
            public var hasPairs: Bool { !structure.pointer(1).isNull }
            public var pairs: StructList<Wire.Pair> { get throws(MessageError) { try structure.pointer(1).list(of: Wire.Pair.self) } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setNumbers(_ elements: some Collection<UInt16>) { structure.pointer(0).setList(elements) }
            public func initPairs(count: Int) -> StructListBuilder<Wire.Pair> { structure.pointer(1).initList(of: Wire.Pair.self, count: count) }
        }
    }
}

