/// The request line and fields of a request, for a server that wants no doubt about what was asked.
public struct RequestHead: Sendable {
    public let method: ArraySlice<UInt8>
    /// In origin form: it starts with `/` and holds no blank, control character or fragment. Or `*`.
    public let target: ArraySlice<UInt8>
    public let minorVersion: UInt8
    public let fields: HTTPFields

    /// Reads a complete head, from the request line to the empty line.
    ///
    /// The absolute form of a target is taken only when `allowsAbsoluteForm`; a proxy wants it.
    public init(
        parsing bytes: [UInt8], limits: HTTPLimits = HTTPLimits(), allowsAbsoluteForm: Bool = false
    ) throws(HTTPError) {
        let end = try lineEnd(in: bytes, from: 0)
        let parts = bytes[0..<end].split(separator: Octet.space, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(Octet.isToken) else {
            throw .startLineMalformed
        }
        guard parts[2].count == 8 else { throw .startLineMalformed }
        minorVersion = try HTTP1.minorVersion(in: parts[2])
        method = parts[0]
        target = parts[1]
        guard Self.isAllowed(target, allowsAbsoluteForm) else { throw .startLineMalformed }
        var fields = HTTPFields(of: bytes)
        guard try fields.parse(from: end + 2, limits: limits) == bytes.count else { throw .afterTheEnd }
        let hosts = fields.all("Host").count
        guard hosts == 1 || (hosts == 0 && minorVersion == 0) else { throw .hostMissing }
        self.fields = fields
    }

    private static func isAllowed(_ target: ArraySlice<UInt8>, _ allowsAbsoluteForm: Bool) -> Bool {
        guard target.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != 0x23 }) else { return false }
        return target.first == 0x2f || target.elementsEqual("*".utf8)
            || (allowsAbsoluteForm && target.starts(with: "http://".utf8))
    }
}
