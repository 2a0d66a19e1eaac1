// Generated from sandstorm/app-index/submit.capnp by capnpc-swift. Do not edit; change the schema and run `make schemas`.
// swift-format-ignore-file
import CapnProto

extension Wire {
    public enum AppIndex {
        public static let interfaceID: UInt64 = 0xf8a1dc86a4fbd50c
        public enum Methods {
            public static var upload: Method<Wire.AppIndex.UploadParams, Wire.AppIndex.UploadResults> { .init(interfaceID: 0xf8a1dc86a4fbd50c, ordinal: 0, name: "AppIndex.upload") }
        }
        public enum UploadParams: StructSchema {
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
        public enum UploadResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasStream: Bool { !structure.pointer(0).isNull }
                public var stream: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setStream(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum UploadStream {
            public static let interfaceID: UInt64 = 0x92539be464d32fb5
            public enum Methods {
                public static var getResult: Method<Wire.AppIndex.UploadStream.GetResultParams, Wire.AppIndex.UploadStream.GetResultResults> { .init(interfaceID: 0x92539be464d32fb5, ordinal: 0, name: "UploadStream.getResult") }
            }
            public enum GetResultParams: StructSchema {
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
            public enum GetResultResults: StructSchema {
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
        public enum Submission {
            public static let interfaceID: UInt64 = 0xf51278d0875bfcf3
            public enum Methods {
                public static var checkStatus: Method<Wire.AppIndex.Submission.CheckStatusParams, Wire.AppIndex.Submission.CheckStatusResults> { .init(interfaceID: 0xf51278d0875bfcf3, ordinal: 0, name: "Submission.checkStatus") }
                public static var setState: Method<Wire.AppIndex.Submission.SetStateParams, Wire.AppIndex.Submission.SetStateResults> { .init(interfaceID: 0xf51278d0875bfcf3, ordinal: 1, name: "Submission.setState") }
            }
            public enum CheckStatusParams: StructSchema {
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
            public enum CheckStatusResults: StructSchema {
                public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                    public var hasStatus: Bool { !structure.pointer(0).isNull }
                    public var status: Wire.SubmissionStatus.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.SubmissionStatus.self) } }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                    public func initStatus() -> Wire.SubmissionStatus.Builder { structure.pointer(0).initStructure(Wire.SubmissionStatus.self) }
                    public func copyStatus(_ source: Wire.SubmissionStatus.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
                }
            }
            public enum SetStateParams: StructSchema {
                public static var size: StructSize { StructSize(dataWords: 1, pointers: 0) }
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                    public var state: Wire.SubmissionState? { .init(rawValue: structure.load(0)) }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                    public func setState(_ value: Wire.SubmissionState) { structure.store(value.rawValue, 0) }
                }
            }
            public enum SetStateResults: StructSchema {
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
    public enum SubmissionState: UInt16, Sendable, CaseIterable {
        case ignore = 0
        case review = 1
        case publish = 2
    }
}

extension Wire {
    public enum SubmissionRequest: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 2, pointers: 2) }
        public enum Which: UInt16, Sendable {
            case checkStatus = 0
            case setState = 1
        }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var which: Which? { Which(rawValue: structure.load(0)) }
            public var hasPackageId: Bool { !structure.pointer(0).isNull }
            public var packageId: Wire.PackageId.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.PackageId.self) } }
            public var setState: Wire.SubmissionRequest.SetState.Reader { .init(structure) }
            public var hasAppIndexWebkeyHash: Bool { !structure.pointer(1).isNull }
            public var appIndexWebkeyHash: DataReader { get throws(MessageError) { try structure.pointer(1).data() } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func initPackageId() -> Wire.PackageId.Builder { structure.pointer(0).initStructure(Wire.PackageId.self) }
            public func copyPackageId(_ source: Wire.PackageId.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
            public func setCheckStatus() { structure.store(UInt16(0), 0) }
            public func initSetState() -> Wire.SubmissionRequest.SetState.Builder { structure.store(UInt16(1), 0); return Wire.SubmissionRequest.SetState.Builder(structure) }
            public func setAppIndexWebkeyHash(_ bytes: some Collection<UInt8>) { structure.pointer(1).setData(bytes) }
            public func initAppIndexWebkeyHash(count: Int) -> DataBuilder { structure.pointer(1).initData(count: count) }
        }
        public enum SetState {
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var newState: Wire.SubmissionState? { .init(rawValue: structure.load(2)) }
                public var sequenceNumber: UInt64 { structure.load(8) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setNewState(_ value: Wire.SubmissionState) { structure.store(value.rawValue, 2) }
                public func setSequenceNumber(_ value: UInt64) { structure.store(value, 8) }
            }
        }
    }
}

extension Wire {
    public enum SubmissionStatus: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 3, pointers: 1) }
        public enum Which: UInt16, Sendable {
            case pending = 0
            case needsUpdate = 1
            case approved = 2
            case notUploaded = 3
        }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var which: Which? { Which(rawValue: structure.load(2)) }
            public var requestState: Wire.SubmissionState? { .init(rawValue: structure.load(0)) }
            public var hasNeedsUpdate: Bool { !structure.pointer(0).isNull }
            public var needsUpdate: String { get throws(MessageError) { try structure.pointer(0).text() } }
            public var hasApproved: Bool { !structure.pointer(0).isNull }
            public var approved: String { get throws(MessageError) { try structure.pointer(0).text() } }
            public var publishDate: Int64 { structure.load(8) }
            public var nextSequenceNumber: UInt64 { structure.load(16) }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setRequestState(_ value: Wire.SubmissionState) { structure.store(value.rawValue, 0) }
            public func setPending() { structure.store(UInt16(0), 2) }
            public func setNeedsUpdate(_ text: String) { structure.store(UInt16(1), 2); structure.pointer(0).setText(text) }
            public func setApproved(_ text: String) { structure.store(UInt16(2), 2); structure.pointer(0).setText(text) }
            public func setNotUploaded() { structure.store(UInt16(3), 2) }
            public func setPublishDate(_ value: Int64) { structure.store(value, 8) }
            public func setNextSequenceNumber(_ value: UInt64) { structure.store(value, 16) }
        }
    }
}

