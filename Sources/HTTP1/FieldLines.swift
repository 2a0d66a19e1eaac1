/// Header lines outside of a request, checked as those in one.
public struct FieldLines: Sendable {
    private var writer = RequestWriter()

    public init() {}

    public var bytes: [UInt8] { writer.bytes }
    public var isEmpty: Bool { writer.bytes.isEmpty }

    /// - Throws: ``HTTPError/valueNotWritable`` for CR, LF or NUL in the value.
    public mutating func field(_ name: StaticString, _ value: String) throws(HTTPError) {
        try writer.field(name, value)
    }

    /// A field whose name came from somebody else.
    /// - Throws: ``HTTPError/valueNotWritable`` for a name that is no token, and as ``field(_:_:)``.
    public mutating func field(named name: String, _ value: String) throws(HTTPError) {
        try writer.field(named: name, value)
    }
}
