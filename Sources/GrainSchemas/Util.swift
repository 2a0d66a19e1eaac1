// Generated from sandstorm/util.capnp by capnpc-swift. Do not edit; change the schema and run `make schemas`.
// swift-format-ignore-file
import CapnProto

extension Wire {
    public enum KeyValue: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasKey: Bool { !structure.pointer(0).isNull }
            public var key: String { get throws(MessageError) { try structure.pointer(0).text() } }
            public var hasValue: Bool { !structure.pointer(1).isNull }
            public var value: String { get throws(MessageError) { try structure.pointer(1).text() } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setKey(_ text: String) { structure.pointer(0).setText(text) }
            public func setValue(_ text: String) { structure.pointer(1).setText(text) }
        }
    }
}

extension Wire {
    public enum LocalizedText: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasDefaultText: Bool { !structure.pointer(0).isNull }
            public var defaultText: String { get throws(MessageError) { try structure.pointer(0).text() } }
            public var hasLocalizations: Bool { !structure.pointer(1).isNull }
            public var localizations: StructList<Wire.LocalizedText.Localization> { get throws(MessageError) { try structure.pointer(1).list(of: Wire.LocalizedText.Localization.self) } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setDefaultText(_ text: String) { structure.pointer(0).setText(text) }
            public func initLocalizations(count: Int) -> StructListBuilder<Wire.LocalizedText.Localization> { structure.pointer(1).initList(of: Wire.LocalizedText.Localization.self, count: count) }
        }
        public enum Localization: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasLocale: Bool { !structure.pointer(0).isNull }
                public var locale: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasText: Bool { !structure.pointer(1).isNull }
                public var text: String { get throws(MessageError) { try structure.pointer(1).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setLocale(_ text: String) { structure.pointer(0).setText(text) }
                public func setText(_ text: String) { structure.pointer(1).setText(text) }
            }
        }
    }
}

extension Wire {
    public enum Handle {
        public static let interfaceID: UInt64 = 0x98f424ac606042e0
        public enum Methods {
            public static var ping: Method<Wire.Handle.PingParams, Wire.Handle.PingResults> { .init(interfaceID: 0x98f424ac606042e0, ordinal: 0, name: "Handle.ping") }
        }
        public enum PingParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 0) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
            }
        }
        public enum PingResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 0) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
            }
        }
    }
}

extension Wire {
    public enum ByteStream {
        public static let interfaceID: UInt64 = 0xcd57387729cfe35f
        public enum Methods {
            public static var write: Method<Wire.ByteStream.WriteParams, Wire.StreamResult> { .init(interfaceID: 0xcd57387729cfe35f, ordinal: 0, name: "ByteStream.write", isStreaming: true) }
            public static var done: Method<Wire.ByteStream.DoneParams, Wire.ByteStream.DoneResults> { .init(interfaceID: 0xcd57387729cfe35f, ordinal: 1, name: "ByteStream.done") }
            public static var expectSize: Method<Wire.ByteStream.ExpectSizeParams, Wire.ByteStream.ExpectSizeResults> { .init(interfaceID: 0xcd57387729cfe35f, ordinal: 2, name: "ByteStream.expectSize") }
        }
        public enum WriteParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasData: Bool { !structure.pointer(0).isNull }
                public var data: DataReader { get throws(MessageError) { try structure.pointer(0).data() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setData(_ bytes: some Collection<UInt8>) { structure.pointer(0).setData(bytes) }
                public func initData(count: Int) -> DataBuilder { structure.pointer(0).initData(count: count) }
            }
        }
        public enum DoneParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 0) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
            }
        }
        public enum DoneResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 0) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
            }
        }
        public enum ExpectSizeParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 0) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var size: UInt64 { structure.load(0) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setSize(_ value: UInt64) { structure.store(value, 0) }
            }
        }
        public enum ExpectSizeResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 0) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
            }
        }
    }
}

extension Wire {
    public enum Blob {
        public static let interfaceID: UInt64 = 0xe53527a75d90198f
        public enum Methods {
            public static var getSize: Method<Wire.Blob.GetSizeParams, Wire.Blob.GetSizeResults> { .init(interfaceID: 0xe53527a75d90198f, ordinal: 0, name: "Blob.getSize") }
            public static var writeTo: Method<Wire.Blob.WriteToParams, Wire.Blob.WriteToResults> { .init(interfaceID: 0xe53527a75d90198f, ordinal: 1, name: "Blob.writeTo") }
            public static var getSlice: Method<Wire.Blob.GetSliceParams, Wire.Blob.GetSliceResults> { .init(interfaceID: 0xe53527a75d90198f, ordinal: 2, name: "Blob.getSlice") }
        }
        public enum GetSizeParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 0) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
            }
        }
        public enum GetSizeResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 0) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var size: UInt64 { structure.load(0) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setSize(_ value: UInt64) { structure.store(value, 0) }
            }
        }
        public enum WriteToParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasStream: Bool { !structure.pointer(0).isNull }
                public var stream: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
                public var startAtOffset: UInt64 { structure.load(0) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setStream(capability: UInt32) { structure.pointer(0).setCapability(capability) }
                public func setStartAtOffset(_ value: UInt64) { structure.store(value, 0) }
            }
        }
        public enum WriteToResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasHandle: Bool { !structure.pointer(0).isNull }
                public var handle: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setHandle(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum GetSliceParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 2, pointers: 0) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var offset: UInt64 { structure.load(0) }
                public var size: UInt32 { structure.load(8) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setOffset(_ value: UInt64) { structure.store(value, 0) }
                public func setSize(_ value: UInt32) { structure.store(value, 8) }
            }
        }
        public enum GetSliceResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasData: Bool { !structure.pointer(0).isNull }
                public var data: DataReader { get throws(MessageError) { try structure.pointer(0).data() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setData(_ bytes: some Collection<UInt8>) { structure.pointer(0).setData(bytes) }
                public func initData(count: Int) -> DataBuilder { structure.pointer(0).initData(count: count) }
            }
        }
    }
}

extension Wire {
    public enum Assignable {
        public static let interfaceID: UInt64 = 0xeaf255b498229199
        public enum Methods {
            public static var get: Method<Wire.Assignable.GetParams, Wire.Assignable.GetResults> { .init(interfaceID: 0xeaf255b498229199, ordinal: 0, name: "Assignable.get") }
            public static var asGetter: Method<Wire.Assignable.AsGetterParams, Wire.Assignable.AsGetterResults> { .init(interfaceID: 0xeaf255b498229199, ordinal: 1, name: "Assignable.asGetter") }
            public static var asSetter: Method<Wire.Assignable.AsSetterParams, Wire.Assignable.AsSetterResults> { .init(interfaceID: 0xeaf255b498229199, ordinal: 2, name: "Assignable.asSetter") }
        }
        public enum GetParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 0) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
            }
        }
        public enum GetResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var value: PointerReader { structure.pointer(0) }
                public var hasSetter: Bool { !structure.pointer(1).isNull }
                public var setter: UInt32? { get throws(MessageError) { try structure.pointer(1).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initValue() -> PointerBuilder { structure.pointer(0) }
                public func setSetter(capability: UInt32) { structure.pointer(1).setCapability(capability) }
            }
        }
        public enum AsGetterParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 0) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
            }
        }
        public enum AsGetterResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasGetter: Bool { !structure.pointer(0).isNull }
                public var getter: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setGetter(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum AsSetterParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 0) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
            }
        }
        public enum AsSetterResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasSetter: Bool { !structure.pointer(0).isNull }
                public var setter: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setSetter(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum Getter {
            public static let interfaceID: UInt64 = 0x80f2f65360d64224
            public enum Methods {
                public static var get: Method<Wire.Assignable.Getter.GetParams, Wire.Assignable.Getter.GetResults> { .init(interfaceID: 0x80f2f65360d64224, ordinal: 0, name: "Getter.get") }
                public static var subscribe: Method<Wire.Assignable.Getter.SubscribeParams, Wire.Assignable.Getter.SubscribeResults> { .init(interfaceID: 0x80f2f65360d64224, ordinal: 1, name: "Getter.subscribe") }
            }
            public enum GetParams: StructSchema {
                public static var size: StructSize { StructSize(dataWords: 0, pointers: 0) }
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                }
            }
            public enum GetResults: StructSchema {
                public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                    public var value: PointerReader { structure.pointer(0) }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                    public func initValue() -> PointerBuilder { structure.pointer(0) }
                }
            }
            public enum SubscribeParams: StructSchema {
                public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                    public var hasSetter: Bool { !structure.pointer(0).isNull }
                    public var setter: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                    public func setSetter(capability: UInt32) { structure.pointer(0).setCapability(capability) }
                }
            }
            public enum SubscribeResults: StructSchema {
                public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                    public var hasHandle: Bool { !structure.pointer(0).isNull }
                    public var handle: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                    public func setHandle(capability: UInt32) { structure.pointer(0).setCapability(capability) }
                }
            }
        }
        public enum Setter {
            public static let interfaceID: UInt64 = 0xd5256a3f93589d2f
            public enum Methods {
                public static var set: Method<Wire.Assignable.Setter.SetParams, Wire.Assignable.Setter.SetResults> { .init(interfaceID: 0xd5256a3f93589d2f, ordinal: 0, name: "Setter.set") }
            }
            public enum SetParams: StructSchema {
                public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                    public var value: PointerReader { structure.pointer(0) }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                    public func initValue() -> PointerBuilder { structure.pointer(0) }
                }
            }
            public enum SetResults: StructSchema {
                public static var size: StructSize { StructSize(dataWords: 0, pointers: 0) }
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                }
            }
        }
    }
}

extension Wire {
    public enum StaticAsset {
        public static let interfaceID: UInt64 = 0xfabb5e621fa9a23f
        public enum Methods {
            public static var getUrl: Method<Wire.StaticAsset.GetUrlParams, Wire.StaticAsset.GetUrlResults> { .init(interfaceID: 0xfabb5e621fa9a23f, ordinal: 0, name: "StaticAsset.getUrl") }
        }
        public enum GetUrlParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 0) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
            }
        }
        public enum GetUrlResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var `protocol`: Wire.StaticAsset.ProtocolKind? { .init(rawValue: structure.load(0)) }
                public var hasHostPath: Bool { !structure.pointer(0).isNull }
                public var hostPath: String { get throws(MessageError) { try structure.pointer(0).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setProtocol(_ value: Wire.StaticAsset.ProtocolKind) { structure.store(value.rawValue, 0) }
                public func setHostPath(_ text: String) { structure.pointer(0).setText(text) }
            }
        }
        public enum ProtocolKind: UInt16, Sendable, CaseIterable {
            case https = 0
            case http = 1
        }
    }
}

