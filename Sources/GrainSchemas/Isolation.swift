// Generated from plugin/isolation.capnp by capnpc-swift. Do not edit; change the schema and run `make schemas`.
// swift-format-ignore-file
import CapnProto

extension Wire {
    public enum IsolationRequest: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 2, pointers: 1) }
        public enum Which: UInt16, Sendable {
            case launch = 0
            case terminate = 1
        }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var which: Which? { Which(rawValue: structure.load(8)) }
            public var number: UInt64 { structure.load(0) }
            public var hasLaunch: Bool { !structure.pointer(0).isNull }
            public var launch: Wire.IsolationLaunch.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.IsolationLaunch.self) } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setNumber(_ value: UInt64) { structure.store(value, 0) }
            public func initLaunch() -> Wire.IsolationLaunch.Builder { structure.store(UInt16(0), 8); return structure.pointer(0).initStructure(Wire.IsolationLaunch.self) }
            public func copyLaunch(_ source: Wire.IsolationLaunch.Reader) throws(MessageError) { structure.store(UInt16(0), 8); try structure.pointer(0).copy(source.structure) }
            public func setTerminate() { structure.store(UInt16(1), 8) }
        }
    }
}

extension Wire {
    public enum IsolationLaunch: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 6, pointers: 5) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasGrain: Bool { !structure.pointer(0).isNull }
            public var grain: String { get throws(MessageError) { try structure.pointer(0).text() } }
            public var hasLayers: Bool { !structure.pointer(1).isNull }
            public var layers: PointerList { get throws(MessageError) { try structure.pointer(1).pointers() } }
            public var hasData: Bool { !structure.pointer(2).isNull }
            public var data: String { get throws(MessageError) { try structure.pointer(2).text() } }
            public var hasArguments: Bool { !structure.pointer(3).isNull }
            public var arguments: PointerList { get throws(MessageError) { try structure.pointer(3).pointers() } }
            public var hasEnvironment: Bool { !structure.pointer(4).isNull }
            public var environment: PointerList { get throws(MessageError) { try structure.pointer(4).pointers() } }
            public var openFilesSoft: UInt64 { structure.load(0) }
            public var openFilesHard: UInt64 { structure.load(8) }
            public var temporaryBytes: UInt64 { structure.load(16) }
            public var temporaryInodes: UInt64 { structure.load(24) }
            public var memoryBytes: UInt64 { structure.load(32) }
            public var processes: UInt64 { structure.load(40) }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setGrain(_ text: String) { structure.pointer(0).setText(text) }
            public func setLayers(_ texts: some Collection<String>) { structure.pointer(1).setTexts(texts) }
            public func initLayers(count: Int) -> PointerListBuilder { structure.pointer(1).initPointers(count: count) }
            public func setData(_ text: String) { structure.pointer(2).setText(text) }
            public func setArguments(_ texts: some Collection<String>) { structure.pointer(3).setTexts(texts) }
            public func initArguments(count: Int) -> PointerListBuilder { structure.pointer(3).initPointers(count: count) }
            public func setEnvironment(_ texts: some Collection<String>) { structure.pointer(4).setTexts(texts) }
            public func initEnvironment(count: Int) -> PointerListBuilder { structure.pointer(4).initPointers(count: count) }
            public func setOpenFilesSoft(_ value: UInt64) { structure.store(value, 0) }
            public func setOpenFilesHard(_ value: UInt64) { structure.store(value, 8) }
            public func setTemporaryBytes(_ value: UInt64) { structure.store(value, 16) }
            public func setTemporaryInodes(_ value: UInt64) { structure.store(value, 24) }
            public func setMemoryBytes(_ value: UInt64) { structure.store(value, 32) }
            public func setProcesses(_ value: UInt64) { structure.store(value, 40) }
        }
    }
}

extension Wire {
    public enum IsolationReply: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 2, pointers: 1) }
        public enum Which: UInt16, Sendable {
            case hello = 0
            case started = 1
            case failed = 2
            case exited = 3
            case signaled = 4
        }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var which: Which? { Which(rawValue: structure.load(8)) }
            public var number: UInt64 { structure.load(0) }
            public var hasHello: Bool { !structure.pointer(0).isNull }
            public var hello: Wire.IsolationHello.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.IsolationHello.self) } }
            public var hasFailed: Bool { !structure.pointer(0).isNull }
            public var failed: Wire.IsolationFailure.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.IsolationFailure.self) } }
            public var exited: Int32 { structure.load(12) }
            public var signaled: Int32 { structure.load(12) }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setNumber(_ value: UInt64) { structure.store(value, 0) }
            public func initHello() -> Wire.IsolationHello.Builder { structure.store(UInt16(0), 8); return structure.pointer(0).initStructure(Wire.IsolationHello.self) }
            public func copyHello(_ source: Wire.IsolationHello.Reader) throws(MessageError) { structure.store(UInt16(0), 8); try structure.pointer(0).copy(source.structure) }
            public func setStarted() { structure.store(UInt16(1), 8) }
            public func initFailed() -> Wire.IsolationFailure.Builder { structure.store(UInt16(2), 8); return structure.pointer(0).initStructure(Wire.IsolationFailure.self) }
            public func copyFailed(_ source: Wire.IsolationFailure.Reader) throws(MessageError) { structure.store(UInt16(2), 8); try structure.pointer(0).copy(source.structure) }
            public func setExited(_ value: Int32) { structure.store(UInt16(3), 8); structure.store(value, 12) }
            public func setSignaled(_ value: Int32) { structure.store(UInt16(4), 8); structure.store(value, 12) }
        }
    }
}

extension Wire {
    public enum IsolationHello: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 2, pointers: 1) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var version: UInt16 { structure.load(0) }
            public var hasGuarantees: Bool { !structure.pointer(0).isNull }
            public var guarantees: PointerList { get throws(MessageError) { try structure.pointer(0).pointers() } }
            public var user: UInt32 { structure.load(4) }
            public var group: UInt32 { structure.load(8) }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setVersion(_ value: UInt16) { structure.store(value, 0) }
            public func setGuarantees(_ texts: some Collection<String>) { structure.pointer(0).setTexts(texts) }
            public func initGuarantees(count: Int) -> PointerListBuilder { structure.pointer(0).initPointers(count: count) }
            public func setUser(_ value: UInt32) { structure.store(value, 4) }
            public func setGroup(_ value: UInt32) { structure.store(value, 8) }
        }
    }
}

extension Wire {
    public enum IsolationFailure: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 1, pointers: 1) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var reason: Wire.IsolationFailure.Reason? { .init(rawValue: structure.load(0)) }
            public var hasMessage: Bool { !structure.pointer(0).isNull }
            public var message: String { get throws(MessageError) { try structure.pointer(0).text() } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setReason(_ value: Wire.IsolationFailure.Reason) { structure.store(value.rawValue, 0) }
            public func setMessage(_ text: String) { structure.pointer(0).setText(text) }
        }
        public enum Reason: UInt16, Sendable, CaseIterable {
            case failed = 0
            case invalidArgument = 1
            case resourceExhausted = 2
        }
    }
}

