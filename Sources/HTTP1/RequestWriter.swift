/// Writes a request's head. Whatever could end a line early is refused, not escaped.
public struct RequestWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    /// Starts with the request line. `root` and `path` are written one after the other.
    /// - Throws: ``HTTPError/valueNotWritable`` for a blank or control character in the target.
    public init(
        method: StaticString, root: some Sequence<UInt8>, path: some Sequence<UInt8>
    ) throws(HTTPError) {
        bytes.reserveCapacity(1_024)
        append(method)
        bytes.append(Octet.space)
        try appendTarget(root)
        try appendTarget(path)
        append(" HTTP/1.1\r\n")
    }

    /// - Throws: ``HTTPError/valueNotWritable`` for CR, LF or NUL in the value.
    public mutating func field(_ name: StaticString, _ value: some Sequence<UInt8>) throws(HTTPError) {
        append(name)
        append(": ")
        try appendValue(value)
        append("\r\n")
    }

    public mutating func field(_ name: StaticString, _ value: StaticString) {
        append(name)
        append(": ")
        append(value)
        append("\r\n")
    }

    /// A field whose name came from somebody else.
    public mutating func field(
        named name: some Collection<UInt8>, _ value: some Sequence<UInt8>
    ) throws(HTTPError) {
        guard !name.isEmpty, name.allSatisfy(Octet.isToken) else { throw .valueNotWritable }
        bytes.append(contentsOf: name)
        append(": ")
        try appendValue(value)
        append("\r\n")
    }

    /// Ends the head.
    public mutating func finish() { append("\r\n") }

    /// Appends to a head that has ended.
    public mutating func body(_ content: some Sequence<UInt8>) { bytes.append(contentsOf: content) }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    private mutating func appendValue(_ value: some Sequence<UInt8>) throws(HTTPError) {
        for byte in value {
            guard byte != Octet.carriageReturn, byte != Octet.lineFeed, byte != 0 else {
                throw .valueNotWritable
            }
            bytes.append(byte)
        }
    }

    private mutating func appendTarget(_ target: some Sequence<UInt8>) throws(HTTPError) {
        for byte in target {
            guard byte > Octet.space, byte != 0x7f else { throw .valueNotWritable }
            bytes.append(byte)
        }
    }
}
