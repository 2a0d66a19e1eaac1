// Generated from sandstorm/ip.capnp by capnpc-swift. Do not edit; change the schema and run `make schemas`.
// swift-format-ignore-file
import CapnProto

extension Wire {
    public enum IpNetwork {
        public static let interfaceID: UInt64 = 0xa982576b7a2a2040
        public enum Methods {
            public static var getRemoteHost: Method<Wire.IpNetwork.GetRemoteHostParams, Wire.IpNetwork.GetRemoteHostResults> { .init(interfaceID: 0xa982576b7a2a2040, ordinal: 0, name: "IpNetwork.getRemoteHost") }
            public static var getRemoteHostByName: Method<Wire.IpNetwork.GetRemoteHostByNameParams, Wire.IpNetwork.GetRemoteHostByNameResults> { .init(interfaceID: 0xa982576b7a2a2040, ordinal: 1, name: "IpNetwork.getRemoteHostByName") }
        }
        public enum GetRemoteHostParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasAddress: Bool { !structure.pointer(0).isNull }
                public var address: Wire.IpAddress.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.IpAddress.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initAddress() -> Wire.IpAddress.Builder { structure.pointer(0).initStructure(Wire.IpAddress.self) }
                public func copyAddress(_ source: Wire.IpAddress.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
            }
        }
        public enum GetRemoteHostResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasHost: Bool { !structure.pointer(0).isNull }
                public var host: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setHost(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum GetRemoteHostByNameParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasAddress: Bool { !structure.pointer(0).isNull }
                public var address: String { get throws(MessageError) { try structure.pointer(0).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setAddress(_ text: String) { structure.pointer(0).setText(text) }
            }
        }
        public enum GetRemoteHostByNameResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasHost: Bool { !structure.pointer(0).isNull }
                public var host: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setHost(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum PowerboxTag: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasEncryption: Bool { !structure.pointer(0).isNull }
                public var encryption: Wire.IpNetwork.PowerboxTag.Encryption.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.IpNetwork.PowerboxTag.Encryption.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initEncryption() -> Wire.IpNetwork.PowerboxTag.Encryption.Builder { structure.pointer(0).initStructure(Wire.IpNetwork.PowerboxTag.Encryption.self) }
                public func copyEncryption(_ source: Wire.IpNetwork.PowerboxTag.Encryption.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
            }
            public enum Encryption: StructSchema {
                public static var size: StructSize { StructSize(dataWords: 1, pointers: 0) }
                public enum Which: UInt16, Sendable {
                    case none = 0
                    case tls = 1
                }
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                    public var which: Which? { Which(rawValue: structure.load(0)) }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                    public func setNone() { structure.store(UInt16(0), 0) }
                    public func setTls() { structure.store(UInt16(1), 0) }
                }
            }
        }
    }
}

extension Wire {
    public enum IpAddress: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 2, pointers: 0) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var lower64: UInt64 { structure.load(0) }
            public var upper64: UInt64 { structure.load(8) }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setLower64(_ value: UInt64) { structure.store(value, 0) }
            public func setUpper64(_ value: UInt64) { structure.store(value, 8) }
        }
    }
}

extension Wire {
    public enum IpInterface {
        public static let interfaceID: UInt64 = 0xe32c506ee93ed6fa
        public enum Methods {
            public static var listenTcp: Method<Wire.IpInterface.ListenTcpParams, Wire.IpInterface.ListenTcpResults> { .init(interfaceID: 0xe32c506ee93ed6fa, ordinal: 0, name: "IpInterface.listenTcp") }
            public static var listenUdp: Method<Wire.IpInterface.ListenUdpParams, Wire.IpInterface.ListenUdpResults> { .init(interfaceID: 0xe32c506ee93ed6fa, ordinal: 1, name: "IpInterface.listenUdp") }
        }
        public enum ListenTcpParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var portNum: UInt16 { structure.load(0) }
                public var hasPort: Bool { !structure.pointer(0).isNull }
                public var port: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPortNum(_ value: UInt16) { structure.store(value, 0) }
                public func setPort(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum ListenTcpResults: StructSchema {
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
        public enum ListenUdpParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var portNum: UInt16 { structure.load(0) }
                public var hasPort: Bool { !structure.pointer(0).isNull }
                public var port: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPortNum(_ value: UInt16) { structure.store(value, 0) }
                public func setPort(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum ListenUdpResults: StructSchema {
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
}

extension Wire {
    public enum IpRemoteHost {
        public static let interfaceID: UInt64 = 0x905dd76b298b3130
        public enum Methods {
            public static var getTcpPort: Method<Wire.IpRemoteHost.GetTcpPortParams, Wire.IpRemoteHost.GetTcpPortResults> { .init(interfaceID: 0x905dd76b298b3130, ordinal: 0, name: "IpRemoteHost.getTcpPort") }
            public static var getUdpPort: Method<Wire.IpRemoteHost.GetUdpPortParams, Wire.IpRemoteHost.GetUdpPortResults> { .init(interfaceID: 0x905dd76b298b3130, ordinal: 1, name: "IpRemoteHost.getUdpPort") }
        }
        public enum GetTcpPortParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 0) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var portNum: UInt16 { structure.load(0) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPortNum(_ value: UInt16) { structure.store(value, 0) }
            }
        }
        public enum GetTcpPortResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPort: Bool { !structure.pointer(0).isNull }
                public var port: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPort(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum GetUdpPortParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 0) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var portNum: UInt16 { structure.load(0) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPortNum(_ value: UInt16) { structure.store(value, 0) }
            }
        }
        public enum GetUdpPortResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPort: Bool { !structure.pointer(0).isNull }
                public var port: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPort(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
    }
}

extension Wire {
    public enum TcpPort {
        public static let interfaceID: UInt64 = 0xeab20e1af07806b4
        public enum Methods {
            public static var connect: Method<Wire.TcpPort.ConnectParams, Wire.TcpPort.ConnectResults> { .init(interfaceID: 0xeab20e1af07806b4, ordinal: 0, name: "TcpPort.connect") }
        }
        public enum ConnectParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasDownstream: Bool { !structure.pointer(0).isNull }
                public var downstream: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setDownstream(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum ConnectResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasUpstream: Bool { !structure.pointer(0).isNull }
                public var upstream: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setUpstream(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
    }
}

extension Wire {
    public enum UdpPort {
        public static let interfaceID: UInt64 = 0xc6212e1217d001ce
        public enum Methods {
            public static var send: Method<Wire.UdpPort.SendParams, Wire.UdpPort.SendResults> { .init(interfaceID: 0xc6212e1217d001ce, ordinal: 0, name: "UdpPort.send") }
        }
        public enum SendParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasMessage: Bool { !structure.pointer(0).isNull }
                public var message: DataReader { get throws(MessageError) { try structure.pointer(0).data() } }
                public var hasReturnPort: Bool { !structure.pointer(1).isNull }
                public var returnPort: UInt32? { get throws(MessageError) { try structure.pointer(1).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setMessage(_ bytes: some Collection<UInt8>) { structure.pointer(0).setData(bytes) }
                public func initMessage(count: Int) -> DataBuilder { structure.pointer(0).initData(count: count) }
                public func setReturnPort(capability: UInt32) { structure.pointer(1).setCapability(capability) }
            }
        }
        public enum SendResults: StructSchema {
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
    public enum IpPortPowerboxMetadata: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 1, pointers: 1) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var preferredPortNum: UInt16 { structure.load(0) }
            public var hasPreferredHost: Bool { !structure.pointer(0).isNull }
            public var preferredHost: String { get throws(MessageError) { try structure.pointer(0).text() } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setPreferredPortNum(_ value: UInt16) { structure.store(value, 0) }
            public func setPreferredHost(_ text: String) { structure.pointer(0).setText(text) }
        }
    }
}

extension Wire {
    public enum PersistentIpNetwork {
        public static let interfaceID: UInt64 = 0xa5b3215660e038f2
        public enum Methods {
        }
    }
}

extension Wire {
    public enum PersistentIpInterface {
        public static let interfaceID: UInt64 = 0xcf43ebe6a5a6f1b4
        public enum Methods {
        }
    }
}

