/// Writes a request's head. Whatever could end a line early is refused, not escaped.
public struct RequestWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    /// Without a request line.
    init() {}

    /// Starts with the request line. `root` and `path` are written one after the other.
    /// - Throws: ``HTTPError/valueNotWritable`` for a blank or control character in the target.
    public init(method: StaticString, root: [UInt8], path: String) throws(HTTPError) {
        // As much as malloc(3) keeps at hand for a thread, with the array's own header.
        bytes.reserveCapacity(960)
        append(method)
        bytes.append(Octet.space)
        try appendTarget(root.span)
        var path = path
        path.makeContiguousUTF8()
        try appendTarget(path.utf8Span.span)
        append(" HTTP/1.1\r\n")
    }

    /// - Throws: ``HTTPError/valueNotWritable`` for CR, LF or NUL in the value.
    public mutating func field(_ name: StaticString, _ value: String) throws(HTTPError) {
        var value = value
        value.makeContiguousUTF8()
        append(name)
        try appendValue(value.utf8Span.span)
    }

    /// - Throws: ``HTTPError/valueNotWritable`` for CR, LF or NUL in the value.
    public mutating func field(_ name: StaticString, bytes value: [UInt8]) throws(HTTPError) {
        append(name)
        try appendValue(value.span)
    }

    /// A field that holds an address: `base`, and behind it a root and a path as in the request line.
    /// - Throws: ``HTTPError/valueNotWritable`` for a blank or control character in any of them.
    public mutating func field(
        _ name: StaticString, base: String, root: [UInt8], path: String
    ) throws(HTTPError) {
        append(name)
        append(": ")
        try appendTarget(Array(base.utf8).span)
        try appendTarget(root.span)
        try appendTarget(Array(path.utf8).span)
        append("\r\n")
    }

    public mutating func field(_ name: StaticString, constant value: StaticString) {
        append(name)
        append(": ")
        append(value)
        append("\r\n")
    }

    /// A field whose name came from somebody else.
    public mutating func field(named name: String, _ value: String) throws(HTTPError) {
        guard !name.isEmpty, name.utf8.allSatisfy(Octet.isToken) else { throw .valueNotWritable }
        var value = value
        value.makeContiguousUTF8()
        bytes.append(contentsOf: name.utf8)
        try appendValue(value.utf8Span.span)
    }

    /// Ends the head.
    public mutating func finish() { append("\r\n") }

    /// Appends to a head that has ended.
    public mutating func body(_ content: [UInt8]) { bytes.append(contentsOf: content) }

    /// Appends to a head that has ended.
    public mutating func body(_ content: UnsafeRawBufferPointer) { bytes.append(contentsOf: content) }

    /// Lines that another writer wrote: see ``FieldLines``.
    public mutating func append(_ lines: FieldLines) { bytes.append(contentsOf: lines.bytes) }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// `: `, the value and the end of the line.
    private mutating func appendValue(_ value: Span<UInt8>) throws(HTTPError) {
        for index in value.indices {
            let byte = value[index]
            guard byte != Octet.carriageReturn, byte != Octet.lineFeed, byte != 0 else { throw .valueNotWritable }
        }
        append(": ")
        value.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
        append("\r\n")
    }

    private mutating func appendTarget(_ target: Span<UInt8>) throws(HTTPError) {
        for index in target.indices {
            guard target[index] > Octet.space, target[index] != 0x7f else { throw .valueNotWritable }
        }
        target.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }
}
