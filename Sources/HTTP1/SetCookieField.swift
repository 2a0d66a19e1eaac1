/// A Set-Cookie field. Domain, Secure, SameSite and what is unknown are not kept: a host decides those.
public struct SetCookieField: Sendable, Equatable {
    public enum Expiry: Sendable, Equatable {
        case none
        /// Seconds since 1970-01-01T00:00:00Z.
        case absolute(Int64)
        /// Seconds from now.
        case relative(UInt64)
    }

    public var name: [UInt8]
    public var value: [UInt8]
    public var path: [UInt8] = []
    public var expiry = Expiry.none
    public var isHTTPOnly = false

    /// Nil when there is no name.
    public init?(parsing field: ArraySlice<UInt8>) {
        var attributes = field.split(separator: Octet.semicolon, omittingEmptySubsequences: false).makeIterator()
        guard let pair = attributes.next(), let equals = pair.firstIndex(of: Octet.equals) else { return nil }
        name = Array(pair[pair.startIndex..<equals].trimmed())
        value = Array(pair[(equals + 1)...].trimmed())
        guard !name.isEmpty else { return nil }
        while let attribute = attributes.next() { read(attribute) }
    }

    private mutating func read(_ attribute: ArraySlice<UInt8>) {
        let equals = attribute.firstIndex(of: Octet.equals) ?? attribute.endIndex
        let name = attribute[attribute.startIndex..<equals].trimmed()
        let value = attribute[equals...].dropFirst().trimmed()
        if name.equalsIgnoringCase("path") {
            path = Array(value)
        } else if name.equalsIgnoringCase("httponly") {
            isHTTPOnly = true
        } else if name.equalsIgnoringCase("max-age") {
            if let seconds = Self.maxAge(value) { expiry = .relative(seconds) }
        } else if name.equalsIgnoringCase("expires"), let date = HTTPDate.seconds(parsing: value) {
            // Max-Age wins wherever it stands.
            if case .relative = expiry { return }
            expiry = .absolute(date)
        }
    }

    /// A negative age has passed, as 0 has.
    private static func maxAge(_ value: ArraySlice<UInt8>) -> UInt64? {
        if value.first == 0x2d { return value.dropFirst().allSatisfy(Octet.isDigit) && value.count > 1 ? 0 : nil }
        guard !value.isEmpty, value.allSatisfy(Octet.isDigit) else { return nil }
        return value.decimalNumber().map(UInt64.init) ?? UInt64(Int64.max)
    }
}
