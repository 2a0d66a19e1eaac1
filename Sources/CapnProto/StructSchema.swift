/// What the code generator writes for a struct of a schema.
public protocol StructSchema: Sendable {
    associatedtype Reader: TypedReader
    associatedtype Builder: TypedBuilder
    /// How much room a new struct takes.
    static var size: StructSize { get }
}

/// A struct or a group in a message, with accessors by name.
public protocol TypedReader: Sendable {
    var structure: StructReader { get }
    init(_ structure: StructReader)
}

/// A struct or a group in a message that is being built, with accessors by name.
public protocol TypedBuilder {
    var structure: StructBuilder { get }
    init(_ structure: StructBuilder)
}

/// The size of a struct's two sections.
public struct StructSize: Sendable, Equatable {
    public var dataWords: Int
    public var pointers: Int
    public var words: Int { dataWords + pointers }

    public init(dataWords: Int, pointers: Int) {
        self.dataWords = dataWords
        self.pointers = pointers
    }

    init(tag: UInt64) {
        dataWords = Int(UInt16(truncatingIfNeeded: tag >> 32))
        pointers = Int(tag >> 48)
    }
}

/// A method of an interface: where a call goes and what it carries. Calls themselves are made elsewhere.
public struct Method<Params: StructSchema, Results: StructSchema>: Sendable {
    public let interfaceID: UInt64
    public let ordinal: UInt16
    /// For messages to people, as in `UiView.getViewInfo`.
    public let name: String
    /// Whether the caller may have many calls under way and hears only of failure (`-> stream`).
    public let isStreaming: Bool

    public init(interfaceID: UInt64, ordinal: UInt16, name: String, isStreaming: Bool = false) {
        self.interfaceID = interfaceID
        self.ordinal = ordinal
        self.name = name
        self.isStreaming = isStreaming
    }
}
