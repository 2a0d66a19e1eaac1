/// Why bytes are not the HTTP/1.1 message they claim to be, or why a message may not be written.
public enum HTTPError: Error, Sendable, Equatable, CaseIterable {
    case startLineMalformed
    case versionUnsupported
    case headTooLarge
    case tooManyFields
    case fieldNameMalformed
    case fieldValueMalformed
    case lineEndMalformed
    case lineFolded
    case contentLengthMalformed
    case contentLengthConflicts
    case transferEncodingUnsupported
    case chunkMalformed
    case chunkTooLarge
    case trailerTooLarge
    case tooManyInterimResponses
    case upgradeUnexpected
    case bodyUnexpected
    case bodyTooLarge
    case endedEarly
    case afterTheEnd
    case hostMissing
    case valueNotWritable

    /// The reason as part of a sentence: "the answer is broken: …". Also what is printed.
    public var reason: String {
        switch self {
        case .startLineMalformed: "the first line is not an HTTP/1 start line"
        case .versionUnsupported: "the version is not HTTP/1.0 or HTTP/1.1"
        case .headTooLarge: "the header is larger than allowed"
        case .tooManyFields: "there are more header fields than allowed"
        case .fieldNameMalformed: "a header field's name holds a character that is not allowed there"
        case .fieldValueMalformed: "a header field's value holds a control character"
        case .lineEndMalformed: "a line ends in something else than CR LF"
        case .lineFolded: "a header field continues on a second line"
        case .contentLengthMalformed: "Content-Length is not a number"
        case .contentLengthConflicts: "there is more than one statement of the body's length"
        case .transferEncodingUnsupported: "Transfer-Encoding is something else than `chunked`"
        case .chunkMalformed: "a chunk of the body is malformed"
        case .chunkTooLarge: "a chunk of the body is larger than can be counted"
        case .trailerTooLarge: "the fields behind the last chunk are larger than allowed"
        case .tooManyInterimResponses: "there are more interim (1xx) answers than allowed"
        case .upgradeUnexpected: "the protocol was switched without having been asked to"
        case .bodyUnexpected: "there is a body where none may be"
        case .bodyTooLarge: "the body is larger than allowed"
        case .endedEarly: "it ends in the middle"
        case .afterTheEnd: "bytes follow behind the end"
        case .hostMissing: "there is not exactly one Host field"
        case .valueNotWritable: "a value holds a line end or another character that may not be written there"
        }
    }
}

extension HTTPError: CustomStringConvertible {
    public var description: String { reason }
}
