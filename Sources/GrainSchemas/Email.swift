// Generated from sandstorm/email.capnp by capnpc-swift. Do not edit; change the schema and run `make schemas`.
// swift-format-ignore-file
import CapnProto

extension Wire {
    public enum EmailAddress: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasAddress: Bool { !structure.pointer(0).isNull }
            public var address: String { get throws(MessageError) { try structure.pointer(0).text() } }
            public var hasName: Bool { !structure.pointer(1).isNull }
            public var name: String { get throws(MessageError) { try structure.pointer(1).text() } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setAddress(_ text: String) { structure.pointer(0).setText(text) }
            public func setName(_ text: String) { structure.pointer(1).setText(text) }
        }
    }
}

extension Wire {
    public enum EmailAttachment: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 0, pointers: 4) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasContentType: Bool { !structure.pointer(0).isNull }
            public var contentType: String { get throws(MessageError) { try structure.pointer(0).text() } }
            public var hasContentDisposition: Bool { !structure.pointer(1).isNull }
            public var contentDisposition: String { get throws(MessageError) { try structure.pointer(1).text() } }
            public var hasContentId: Bool { !structure.pointer(2).isNull }
            public var contentId: String { get throws(MessageError) { try structure.pointer(2).text() } }
            public var hasContent: Bool { !structure.pointer(3).isNull }
            public var content: DataReader { get throws(MessageError) { try structure.pointer(3).data() } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setContentType(_ text: String) { structure.pointer(0).setText(text) }
            public func setContentDisposition(_ text: String) { structure.pointer(1).setText(text) }
            public func setContentId(_ text: String) { structure.pointer(2).setText(text) }
            public func setContent(_ bytes: some Collection<UInt8>) { structure.pointer(3).setData(bytes) }
            public func initContent(count: Int) -> DataBuilder { structure.pointer(3).initData(count: count) }
        }
    }
}

extension Wire {
    public enum EmailMessage: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 1, pointers: 12) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var date: Int64 { structure.load(0) }
            public var hasFrom: Bool { !structure.pointer(0).isNull }
            public var from: Wire.EmailAddress.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.EmailAddress.self) } }
            public var hasTo: Bool { !structure.pointer(1).isNull }
            public var to: StructList<Wire.EmailAddress> { get throws(MessageError) { try structure.pointer(1).list(of: Wire.EmailAddress.self) } }
            public var hasCc: Bool { !structure.pointer(2).isNull }
            public var cc: StructList<Wire.EmailAddress> { get throws(MessageError) { try structure.pointer(2).list(of: Wire.EmailAddress.self) } }
            public var hasBcc: Bool { !structure.pointer(3).isNull }
            public var bcc: StructList<Wire.EmailAddress> { get throws(MessageError) { try structure.pointer(3).list(of: Wire.EmailAddress.self) } }
            public var hasReplyTo: Bool { !structure.pointer(4).isNull }
            public var replyTo: Wire.EmailAddress.Reader { get throws(MessageError) { try structure.pointer(4).structure(Wire.EmailAddress.self) } }
            public var hasMessageId: Bool { !structure.pointer(5).isNull }
            public var messageId: String { get throws(MessageError) { try structure.pointer(5).text() } }
            public var hasReferences: Bool { !structure.pointer(6).isNull }
            public var references: PointerList { get throws(MessageError) { try structure.pointer(6).pointers() } }
            public var hasInReplyTo: Bool { !structure.pointer(7).isNull }
            public var inReplyTo: PointerList { get throws(MessageError) { try structure.pointer(7).pointers() } }
            public var hasSubject: Bool { !structure.pointer(8).isNull }
            public var subject: String { get throws(MessageError) { try structure.pointer(8).text() } }
            public var hasText: Bool { !structure.pointer(9).isNull }
            public var text: String { get throws(MessageError) { try structure.pointer(9).text() } }
            public var hasHtml: Bool { !structure.pointer(10).isNull }
            public var html: String { get throws(MessageError) { try structure.pointer(10).text() } }
            public var hasAttachments: Bool { !structure.pointer(11).isNull }
            public var attachments: StructList<Wire.EmailAttachment> { get throws(MessageError) { try structure.pointer(11).list(of: Wire.EmailAttachment.self) } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setDate(_ value: Int64) { structure.store(value, 0) }
            public func initFrom() -> Wire.EmailAddress.Builder { structure.pointer(0).initStructure(Wire.EmailAddress.self) }
            public func copyFrom(_ source: Wire.EmailAddress.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
            public func initTo(count: Int) -> StructListBuilder<Wire.EmailAddress> { structure.pointer(1).initList(of: Wire.EmailAddress.self, count: count) }
            public func initCc(count: Int) -> StructListBuilder<Wire.EmailAddress> { structure.pointer(2).initList(of: Wire.EmailAddress.self, count: count) }
            public func initBcc(count: Int) -> StructListBuilder<Wire.EmailAddress> { structure.pointer(3).initList(of: Wire.EmailAddress.self, count: count) }
            public func initReplyTo() -> Wire.EmailAddress.Builder { structure.pointer(4).initStructure(Wire.EmailAddress.self) }
            public func copyReplyTo(_ source: Wire.EmailAddress.Reader) throws(MessageError) { try structure.pointer(4).copy(source.structure) }
            public func setMessageId(_ text: String) { structure.pointer(5).setText(text) }
            public func setReferences(_ texts: some Collection<String>) { structure.pointer(6).setTexts(texts) }
            public func initReferences(count: Int) -> PointerListBuilder { structure.pointer(6).initPointers(count: count) }
            public func setInReplyTo(_ texts: some Collection<String>) { structure.pointer(7).setTexts(texts) }
            public func initInReplyTo(count: Int) -> PointerListBuilder { structure.pointer(7).initPointers(count: count) }
            public func setSubject(_ text: String) { structure.pointer(8).setText(text) }
            public func setText(_ text: String) { structure.pointer(9).setText(text) }
            public func setHtml(_ text: String) { structure.pointer(10).setText(text) }
            public func initAttachments(count: Int) -> StructListBuilder<Wire.EmailAttachment> { structure.pointer(11).initList(of: Wire.EmailAttachment.self, count: count) }
        }
    }
}

extension Wire {
    public enum EmailSendPort {
        public static let interfaceID: UInt64 = 0xec831dbf4cc9bcca
        public enum Methods {
            public static var send: Method<Wire.EmailSendPort.SendParams, Wire.EmailSendPort.SendResults> { .init(interfaceID: 0xec831dbf4cc9bcca, ordinal: 0, name: "EmailSendPort.send") }
            public static var hintAddress: Method<Wire.EmailSendPort.HintAddressParams, Wire.EmailSendPort.HintAddressResults> { .init(interfaceID: 0xec831dbf4cc9bcca, ordinal: 1, name: "EmailSendPort.hintAddress") }
        }
        public enum SendParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasEmail: Bool { !structure.pointer(0).isNull }
                public var email: Wire.EmailMessage.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.EmailMessage.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initEmail() -> Wire.EmailMessage.Builder { structure.pointer(0).initStructure(Wire.EmailMessage.self) }
                public func copyEmail(_ source: Wire.EmailMessage.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
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
        public enum HintAddressParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasAddress: Bool { !structure.pointer(0).isNull }
                public var address: Wire.EmailAddress.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.EmailAddress.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initAddress() -> Wire.EmailAddress.Builder { structure.pointer(0).initStructure(Wire.EmailAddress.self) }
                public func copyAddress(_ source: Wire.EmailAddress.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
            }
        }
        public enum HintAddressResults: StructSchema {
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
        public enum PowerboxTag: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasFromHint: Bool { !structure.pointer(0).isNull }
                public var fromHint: Wire.EmailAddress.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.EmailAddress.self) } }
                public var hasListIdHint: Bool { !structure.pointer(1).isNull }
                public var listIdHint: String { get throws(MessageError) { try structure.pointer(1).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initFromHint() -> Wire.EmailAddress.Builder { structure.pointer(0).initStructure(Wire.EmailAddress.self) }
                public func copyFromHint(_ source: Wire.EmailAddress.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
                public func setListIdHint(_ text: String) { structure.pointer(1).setText(text) }
            }
        }
    }
}

extension Wire {
    public enum VerifiedEmail {
        public static let interfaceID: UInt64 = 0xf88bf102464dfa5a
        public enum Methods {
        }
        public enum PowerboxTag: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasVerifierId: Bool { !structure.pointer(0).isNull }
                public var verifierId: DataReader { get throws(MessageError) { try structure.pointer(0).data() } }
                public var hasAddress: Bool { !structure.pointer(1).isNull }
                public var address: String { get throws(MessageError) { try structure.pointer(1).text() } }
                public var hasDomain: Bool { !structure.pointer(2).isNull }
                public var domain: String { get throws(MessageError) { try structure.pointer(2).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setVerifierId(_ bytes: some Collection<UInt8>) { structure.pointer(0).setData(bytes) }
                public func initVerifierId(count: Int) -> DataBuilder { structure.pointer(0).initData(count: count) }
                public func setAddress(_ text: String) { structure.pointer(1).setText(text) }
                public func setDomain(_ text: String) { structure.pointer(2).setText(text) }
            }
        }
    }
}

extension Wire {
    public enum VerifiedEmailSendPort {
        public static let interfaceID: UInt64 = 0xa3cc885445aed8e9
        public enum Methods {
        }
        public enum PowerboxTag: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasVerification: Bool { !structure.pointer(0).isNull }
                public var verification: Wire.VerifiedEmail.PowerboxTag.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.VerifiedEmail.PowerboxTag.self) } }
                public var hasPort: Bool { !structure.pointer(1).isNull }
                public var port: Wire.EmailSendPort.PowerboxTag.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.EmailSendPort.PowerboxTag.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initVerification() -> Wire.VerifiedEmail.PowerboxTag.Builder { structure.pointer(0).initStructure(Wire.VerifiedEmail.PowerboxTag.self) }
                public func copyVerification(_ source: Wire.VerifiedEmail.PowerboxTag.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
                public func initPort() -> Wire.EmailSendPort.PowerboxTag.Builder { structure.pointer(1).initStructure(Wire.EmailSendPort.PowerboxTag.self) }
                public func copyPort(_ source: Wire.EmailSendPort.PowerboxTag.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
            }
        }
    }
}

extension Wire {
    public enum EmailVerifier {
        public static let interfaceID: UInt64 = 0xd458f7ca9d1ba9ff
        public enum Methods {
            public static var getId: Method<Wire.EmailVerifier.GetIdParams, Wire.EmailVerifier.GetIdResults> { .init(interfaceID: 0xd458f7ca9d1ba9ff, ordinal: 0, name: "EmailVerifier.getId") }
            public static var verifyEmail: Method<Wire.EmailVerifier.VerifyEmailParams, Wire.EmailVerifier.VerifyEmailResults> { .init(interfaceID: 0xd458f7ca9d1ba9ff, ordinal: 1, name: "EmailVerifier.verifyEmail") }
        }
        public enum GetIdParams: StructSchema {
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
        public enum GetIdResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasId: Bool { !structure.pointer(0).isNull }
                public var id: DataReader { get throws(MessageError) { try structure.pointer(0).data() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setId(_ bytes: some Collection<UInt8>) { structure.pointer(0).setData(bytes) }
                public func initId(count: Int) -> DataBuilder { structure.pointer(0).initData(count: count) }
            }
        }
        public enum VerifyEmailParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasTabId: Bool { !structure.pointer(0).isNull }
                public var tabId: DataReader { get throws(MessageError) { try structure.pointer(0).data() } }
                public var hasVerification: Bool { !structure.pointer(1).isNull }
                public var verification: UInt32? { get throws(MessageError) { try structure.pointer(1).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setTabId(_ bytes: some Collection<UInt8>) { structure.pointer(0).setData(bytes) }
                public func initTabId(count: Int) -> DataBuilder { structure.pointer(0).initData(count: count) }
                public func setVerification(capability: UInt32) { structure.pointer(1).setCapability(capability) }
            }
        }
        public enum VerifyEmailResults: StructSchema {
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
    }
}

extension Wire {
    public enum EmailAgent {
        public static let interfaceID: UInt64 = 0x8b6f158d70cbc773
        public enum Methods {
            public static var send: Method<Wire.EmailAgent.SendParams, Wire.EmailAgent.SendResults> { .init(interfaceID: 0x8b6f158d70cbc773, ordinal: 0, name: "EmailAgent.send") }
            public static var addReceiver: Method<Wire.EmailAgent.AddReceiverParams, Wire.EmailAgent.AddReceiverResults> { .init(interfaceID: 0x8b6f158d70cbc773, ordinal: 1, name: "EmailAgent.addReceiver") }
        }
        public enum SendParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasEmail: Bool { !structure.pointer(0).isNull }
                public var email: Wire.EmailMessage.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.EmailMessage.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initEmail() -> Wire.EmailMessage.Builder { structure.pointer(0).initStructure(Wire.EmailMessage.self) }
                public func copyEmail(_ source: Wire.EmailMessage.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
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
        public enum AddReceiverParams: StructSchema {
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
        public enum AddReceiverResults: StructSchema {
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

