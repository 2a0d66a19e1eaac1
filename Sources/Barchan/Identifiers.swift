/// A grain: 22 characters of `23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz`.
public struct GrainID: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let text: String

    /// Nil when `text` is not 22 characters of the alphabet above.
    public init?(_ text: String) {
        guard text.utf8.count == 22, text.utf8.allSatisfy(GrainID.digits.contains) else { return nil }
        self.text = text
    }

    /// The characters of an identifier: no two of them are easily confused.
    public static let alphabet: [UInt8] = Array("23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz".utf8)
    private static let digits = ASCIISet(alphabet)

    /// A new identifier of more than 126 random bits.
    public static func random() -> GrainID {
        var generator = SystemRandomNumberGenerator()
        let characters = (0..<22).map { _ in alphabet.randomElement(using: &generator) ?? alphabet[0] }
        return GrainID(unchecked: String(decoding: characters, as: UTF8.self))
    }

    private init(unchecked text: String) { self.text = text }
    public var description: String { text }
    public static func < (left: GrainID, right: GrainID) -> Bool { left.text < right.text }
}

/// A package file: the first 16 bytes of SHA-256 over the whole `.spk`, as 32 lower-case hexadecimal digits.
public struct PackageID: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let text: String

    /// Nil when `text` is not 32 lower-case hexadecimal digits.
    public init?(_ text: String) {
        guard text.utf8.count == 32, text.utf8.allSatisfy(isLowerHex) else { return nil }
        self.text = text
    }

    public var description: String { text }
    public static func < (left: PackageID, right: PackageID) -> Bool { left.text < right.text }
}

/// An app: its Ed25519 public key as 52 base-32 characters.
public struct AppID: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let text: String

    /// Nil when `text` is not 52 characters of `0123456789acdefghjkmnpqrstuvwxyz`.
    public init?(_ text: String) {
        guard text.utf8.count == 52, text.utf8.allSatisfy(AppID.digits.contains) else { return nil }
        self.text = text
    }

    /// The base-32 digits in order of value; b, i, l and o are absent.
    public static let alphabet: [UInt8] = Array("0123456789acdefghjkmnpqrstuvwxyz".utf8)
    private static let digits = ASCIISet(alphabet)

    public var description: String { text }
    public static func < (left: AppID, right: AppID) -> Bool { left.text < right.text }
}

/// A person known to this host: 32 lower-case hexadecimal digits.
public struct AccountID: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let text: String

    /// Nil when `text` is not 32 lower-case hexadecimal digits.
    public init?(_ text: String) {
        guard text.utf8.count == 32, text.utf8.allSatisfy(isLowerHex) else { return nil }
        self.text = text
    }

    public static func random() -> AccountID { AccountID(unchecked: randomHex(bytes: 16)) }
    private init(unchecked text: String) { self.text = text }
    public var description: String { text }
    public static func < (left: AccountID, right: AccountID) -> Bool { left.text < right.text }
}

/// One opening of a grain in one browser tab: 32 lower-case hexadecimal digits, the random part of its host name.
public struct SessionID: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    /// Nil when `text` is not 32 lower-case hexadecimal digits.
    public init?(_ text: String) {
        guard text.utf8.count == 32, text.utf8.allSatisfy(isLowerHex) else { return nil }
        self.text = text
    }

    public static func random() -> SessionID { SessionID(unchecked: randomHex(bytes: 16)) }
    private init(unchecked text: String) { self.text = text }
    public var description: String { text }
}

/// One act of giving access to a grain: 32 lower-case hexadecimal digits.
public struct GrantID: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let text: String

    /// Nil when `text` is not 32 lower-case hexadecimal digits.
    public init?(_ text: String) {
        guard text.utf8.count == 32, text.utf8.allSatisfy(isLowerHex) else { return nil }
        self.text = text
    }

    public static func random() -> GrantID { GrantID(unchecked: randomHex(bytes: 16)) }
    private init(unchecked text: String) { self.text = text }
    public var description: String { text }
    public static func < (left: GrantID, right: GrantID) -> Bool { left.text < right.text }
}

/// Something that must never be printed: whoever holds the text is let in.
public struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The text itself, for the wire only.
    public let text: String

    public init(_ text: String) { self.text = text }

    /// 256 random bits as 64 hexadecimal digits.
    public static func random() -> Secret { Secret(randomHex(bytes: 32)) }

    /// Compares in time that depends on the lengths only.
    public static func == (left: Secret, right: Secret) -> Bool {
        left.isWritten(Array(right.text.utf8)[...])
    }

    /// Whether `bytes` are this secret; the time that takes depends on the lengths only.
    public func isWritten(_ bytes: ArraySlice<UInt8>) -> Bool {
        var own = text
        return own.withUTF8 { own in
            bytes.withUnsafeBufferPointer { other in
                guard own.count == other.count else { return false }
                var difference: UInt8 = 0
                for index in 0..<own.count { difference |= own[index] ^ other[index] }
                return difference == 0
            }
        }
    }

    public var description: String { "<secret>" }
    public var debugDescription: String { "<secret>" }
}

private func isLowerHex(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
}

private func randomHex(bytes count: Int) -> String {
    var generator = SystemRandomNumberGenerator()
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(count * 2)
    for _ in 0..<count {
        let byte = UInt8.random(in: 0...255, using: &generator)
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}

/// Some of the ASCII characters, as one bit each: identifiers are read in great numbers.
private struct ASCIISet {
    private var bits: (UInt64, UInt64) = (0, 0)

    init(_ characters: [UInt8]) {
        for character in characters {
            if character < 64 { bits.0 |= 1 << UInt64(character) } else { bits.1 |= 1 << UInt64(character - 64) }
        }
    }

    func contains(_ character: UInt8) -> Bool {
        character < 64
            ? bits.0 >> UInt64(character) & 1 == 1 : character < 128 && bits.1 >> UInt64(character - 64) & 1 == 1
    }
}
