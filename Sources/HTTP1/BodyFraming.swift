/// How the end of a body is found (RFC 9112, section 6.3).
public enum BodyFraming: Sendable, Equatable {
    case none
    case length(Int64)
    case chunked
    /// Up to the end of the connection.
    case untilClose

    /// What the fields say of an answer's body.
    ///
    /// They are understood where they can mean one thing only: lengths that are all the same are one (RFC 9110, section 8.6), `chunked` goes
    /// before a length (RFC 9112, section 6.3), and the coding `identity` of RFC 2616 changes nothing. Anything two readers could
    /// understand differently is refused: two lengths, a coding other than `chunked`, chunks in HTTP/1.0.
    public init(of head: ResponseHead, forHEAD: Bool) throws(HTTPError) {
        let stated = try Self.stated(in: head)
        let hasNoBody = forHEAD || head.status < 200 || head.status == 204 || head.status == 304
        self = hasNoBody ? .none : stated ?? .untilClose
    }

    private static func stated(in head: ResponseHead) throws(HTTPError) -> BodyFraming? {
        let codings = head.fields.all("Transfer-Encoding").flatMap { Array(ListElements(of: $0)) }
            .filter { !$0.equalsIgnoringCase("identity") }
        if let coding = codings.first {
            guard codings.count == 1, head.minorVersion == 1, coding.equalsIgnoringCase("chunked") else {
                throw .transferEncodingUnsupported
            }
            return .chunked
        }
        var length: Int64?
        for field in head.fields.all("Content-Length") {
            for element in field.split(separator: Octet.comma, omittingEmptySubsequences: false) {
                guard let number = element.trimmed().decimalNumber() else { throw .contentLengthMalformed }
                guard length == nil || length == number else { throw .contentLengthConflicts }
                length = number
            }
        }
        return length.map(BodyFraming.length)
    }

    /// What the fields say of a request's body: none unless they say so.
    ///
    /// Anything two readers could understand differently is refused, and whatever else is not as it should be: two lengths, a length beside
    /// Transfer-Encoding, a coding other than `chunked`, Transfer-Encoding in HTTP/1.0.
    public init(of head: RequestHead) throws(HTTPError) {
        self = try Self.stated(in: head.fields, minorVersion: head.minorVersion) ?? .none
    }

    private static func stated(in fields: HTTPFields, minorVersion: UInt8) throws(HTTPError) -> BodyFraming? {
        let lengths = fields.all("Content-Length")
        let codings = fields.all("Transfer-Encoding")
        if let coding = codings.first {
            guard lengths.isEmpty, codings.count == 1 else { throw .contentLengthConflicts }
            guard minorVersion == 1, coding.equalsIgnoringCase("chunked") else { throw .transferEncodingUnsupported }
            return .chunked
        }
        guard let length = lengths.first else { return nil }
        guard lengths.count == 1 else { throw .contentLengthConflicts }
        guard let number = length.decimalNumber() else { throw .contentLengthMalformed }
        return .length(number)
    }
}
