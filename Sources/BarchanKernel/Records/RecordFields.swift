import Barchan

/// The value of a record: named texts.
///
/// Encoded as a line `1` (the version of this form) and a line `name=value` for each field, with `\\` and `\n` for a
/// backslash and a line break in a value. Names that this host does not know are kept when it writes the record again,
/// so an older host may run on the records of a newer one as long as the version stays.
public struct RecordFields: Sendable, Equatable {
    private var fields: [(name: String, value: String)] = []

    public init() {}

    public subscript(name: String) -> String? {
        get { fields.first { $0.name == name }?.value }
        set {
            fields.removeAll { $0.name == name }
            if let newValue { fields.append((name, newValue)) }
        }
    }

    public func integer(_ name: String) -> Int64? { self[name].flatMap { Int64($0) } }

    public var encoded: [UInt8] {
        Array("1\n".utf8) + fields.flatMap { Array("\($0.name)=\(RecordFields.escaped($0.value))\n".utf8) }
    }

    /// - Throws: ``HostError`` `.unsupported` for a later version of the form, `.corrupt` for anything else.
    public init(decoding bytes: [UInt8]) throws(HostError) {
        let lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
        guard let version = lines.first, bytes.last == 0x0a else {
            throw HostError(.corrupt, "read a record: it has no end")
        }
        guard version.elementsEqual("1".utf8) else {
            throw HostError(
                .unsupported,
                "read a record: its form is '\(String(decoding: version.prefix(16), as: UTF8.self))', of a newer host; this one knows 1"
            )
        }
        for line in lines.dropFirst().dropLast() {
            guard let equals = line.firstIndex(of: 0x3d) else {
                throw HostError(.corrupt, "read a record: a line has no '='")
            }
            let value = String(decoding: line[(equals + 1)...], as: UTF8.self)
            fields.append((String(decoding: line[..<equals], as: UTF8.self), try RecordFields.unescaped(value)))
        }
    }

    private static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x5c || $0 == 0x0a }) else { return text }
        return text.unicodeScalars.map { $0 == "\\" ? "\\\\" : $0 == "\n" ? "\\n" : String($0) }.joined()
    }

    private static func unescaped(_ text: String) throws(HostError) -> String {
        guard text.utf8.contains(0x5c) else { return text }
        var result = String.UnicodeScalarView()
        var scalars = text.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            guard scalar == "\\" else {
                result.append(scalar)
                continue
            }
            switch scalars.next() {
            case "\\": result.append("\\")
            case "n": result.append("\n")
            default: throw HostError(.corrupt, "read a record: an unknown escape")
            }
        }
        return String(result)
    }

    public static func == (left: RecordFields, right: RecordFields) -> Bool {
        left.fields.elementsEqual(right.fields) { $0.name == $1.name && $0.value == $1.value }
    }
}
