/// Why a message cannot be read.
///
/// Every one of these means that the bytes are not what their sender promised, or that they are larger than the
/// reader's ``ReaderLimits`` allow. None of them says anything about the state of this program.
public enum MessageError: Error, Equatable, Sendable {
    /// The bytes end before the message does.
    case truncated
    /// The framing announces more segments than the limits allow.
    case tooManySegments
    /// A pointer leads out of its segment, or to a segment that is not there.
    case outOfBounds
    /// A far pointer's landing pad is itself a far pointer.
    case badFarPointer
    /// A pointer is of another kind than the schema says.
    case unexpectedPointer(expected: PointerKind)
    /// A list's elements are smaller than the schema says, or of an incompatible kind.
    case unexpectedElements
    /// The tag of a list of structs is malformed or promises more than the list holds.
    case badListTag
    /// Text does not end in a zero byte.
    case unterminatedText
    /// Structs are nested more deeply than the limits allow.
    case nestingLimit
    /// More was read than the limits allow; also the result of a message that refers to one object many times.
    case traversalLimit
    /// A capability pointer of an unknown kind.
    case unknownPointer
    /// Packed bytes unpack to more than the limits allow.
    case unpackedSizeLimit
}

/// What a pointer leads to.
public enum PointerKind: Sendable, Equatable {
    case null
    case structure
    case list
    case capability
}

extension MessageError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .truncated: "the message is cut off"
        case .tooManySegments: "the message has too many segments"
        case .outOfBounds: "a pointer leads out of the message"
        case .badFarPointer: "a far pointer leads to another far pointer"
        case .unexpectedPointer(let expected): "a pointer is not to a \(expected) as the schema says"
        case .unexpectedElements: "the elements of a list are not what the schema says"
        case .badListTag: "a list of structs has a malformed tag"
        case .unterminatedText: "a text does not end in a zero byte"
        case .nestingLimit: "the message is nested too deeply"
        case .traversalLimit: "the message is larger, or refers to itself more often, than the limit allows"
        case .unknownPointer: "a pointer is of an unknown kind"
        case .unpackedSizeLimit: "the packed message is larger than the limit allows"
        }
    }
}
