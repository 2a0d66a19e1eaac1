/// Content-Disposition, as far as it decides whether a body is shown or saved.
public struct ContentDisposition: Sendable, Equatable {
    public var isAttachment: Bool
    /// The name to save under. `filename*` (RFC 8187, UTF-8) wins over `filename`.
    public var filename: [UInt8]?

    public init(parsing field: ArraySlice<UInt8>) {
        var elements = ListElements(of: field, separatedBy: ";")
        isAttachment = elements.next()?.equalsIgnoringCase("attachment") ?? false
        var plain: [UInt8]?
        var extended: [UInt8]?
        for element in elements {
            guard let (name, value) = parameter(element) else { continue }
            if name.equalsIgnoringCase("filename") { plain = plain ?? value }
            if name.equalsIgnoringCase("filename*") { extended = extended ?? Self.decodeExtended(value) }
        }
        filename = extended ?? plain
    }

    /// `UTF-8'language'percent-encoded`; nil for another charset or a bad encoding.
    private static func decodeExtended(_ value: [UInt8]) -> [UInt8]? {
        let parts = value.split(separator: 0x27, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].equalsIgnoringCase("UTF-8") else { return nil }
        return PercentEncoding.decode(parts[2])
    }
}
