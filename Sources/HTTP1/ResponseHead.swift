/// The status line and fields of an answer.
public struct ResponseHead: Sendable {
    /// 0 or 1: the digit behind `HTTP/1.`.
    public let minorVersion: UInt8
    /// 100 to 999.
    public let status: Int
    public let fields: HTTPFields

    /// Whether the connection may carry another answer (RFC 9112, section 9.3). HTTP/1.0 never does here.
    public var keepsConnection: Bool {
        guard minorVersion == 1 else { return false }
        return !fields.all("Connection").contains { field in
            ListElements(of: field).contains { $0.equalsIgnoringCase("close") }
        }
    }

    /// Reads a complete head, from the status line to the empty line.
    public init(parsing bytes: [UInt8], limits: HTTPLimits = HTTPLimits()) throws(HTTPError) {
        let end = try lineEnd(in: bytes, from: 0)
        // HTTP/1.x SP 3DIGIT, then nothing or SP and a reason.
        guard end >= 12 else { throw .startLineMalformed }
        minorVersion = try HTTP1.minorVersion(in: bytes[0..<8])
        guard bytes[8] == Octet.space, let status = bytes[9..<12].decimalNumber(), status >= 100 else {
            throw .startLineMalformed
        }
        if end > 12 {
            guard bytes[12] == Octet.space, bytes[13..<end].allSatisfy(Octet.isFieldContent) else {
                throw .startLineMalformed
            }
        }
        self.status = Int(status)
        var fields = HTTPFields(of: bytes)
        guard try fields.parse(from: end + 2, limits: limits) == bytes.count else { throw .afterTheEnd }
        self.fields = fields
    }
}

/// The digit behind `HTTP/1.`.
func minorVersion(in bytes: ArraySlice<UInt8>) throws(HTTPError) -> UInt8 {
    guard bytes.starts(with: "HTTP/".utf8) else { throw .startLineMalformed }
    guard bytes.dropLast().elementsEqual("HTTP/1.".utf8), let last = bytes.last, last == 0x30 || last == 0x31 else {
        throw .versionUnsupported
    }
    return last - 0x30
}
