/// An entity tag, without its quotes.
public struct EntityTag: Sendable, Equatable {
    public var value: [UInt8]
    public var isWeak: Bool

    public init(value: [UInt8], isWeak: Bool = false) {
        self.value = value
        self.isWeak = isWeak
    }

    /// Reads `"value"` or `W/"value"`; nil for anything else.
    public init?(parsing field: ArraySlice<UInt8>) {
        var rest = field.trimmed()
        isWeak = rest.starts(with: "W/".utf8)
        if isWeak { rest = rest.dropFirst(2) }
        guard rest.count >= 2, rest.first == Octet.quote, rest.last == Octet.quote else { return nil }
        value = Array(rest.dropFirst().dropLast())
        guard value.allSatisfy({ $0 != Octet.quote && Octet.isFieldContent($0) }) else { return nil }
    }

    /// The tag as it stands in a field.
    /// - Throws: ``HTTPError/valueNotWritable`` when the value would end the quotes.
    public func written() throws(HTTPError) -> [UInt8] {
        guard !value.contains(Octet.quote) else { throw .valueNotWritable }
        return (isWeak ? Array("W/\"".utf8) : [Octet.quote]) + value + [Octet.quote]
    }

    /// If-Match and If-None-Match as a list of tags; nil when it is none. `*` is for the caller.
    public static func list(parsing field: ArraySlice<UInt8>) -> [EntityTag]? {
        var tags: [EntityTag] = []
        for element in ListElements(of: field) {
            guard let tag = EntityTag(parsing: element) else { return nil }
            tags.append(tag)
        }
        return tags.isEmpty ? nil : tags
    }
}
