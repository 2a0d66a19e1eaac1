/// The character classes of RFC 9110 and RFC 9112, on bytes.
@usableFromInline enum Octet {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0a
    static let carriageReturn: UInt8 = 0x0d
    static let space: UInt8 = 0x20
    static let quote: UInt8 = 0x22
    static let comma: UInt8 = 0x2c
    static let colon: UInt8 = 0x3a
    static let semicolon: UInt8 = 0x3b
    static let equals: UInt8 = 0x3d
    static let backslash: UInt8 = 0x5c

    // One bit per ASCII character: !#$%&'*+-.^_`|~ 0-9 A-Z a-z
    private static let tokenLow: UInt64 = 0x03ff_6cfa_0000_0000
    private static let tokenHigh: UInt64 = 0x57ff_ffff_c7ff_fffe

    static func isToken(_ byte: UInt8) -> Bool {
        guard byte < 0x80 else { return false }
        return byte < 0x40 ? tokenLow &>> UInt64(byte) & 1 == 1 : tokenHigh &>> UInt64(byte & 0x3f) & 1 == 1
    }

    /// Visible, space, tab, or beyond ASCII.
    static func isFieldContent(_ byte: UInt8) -> Bool {
        byte >= 0x20 ? byte != 0x7f : byte == tab
    }

    @inlinable static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    @inlinable static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
    }

    static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte &- 0x30
        case 0x41...0x46: byte &- 0x41 &+ 10
        case 0x61...0x66: byte &- 0x61 &+ 10
        default: nil
        }
    }
}

extension Sequence where Element == UInt8 {
    /// Letters of ASCII compare without case; everything else as it is. Text is not compared: Unicode has more letters whose lower
    /// case is an ASCII one (U+212A), and others on the way take such a word for another.
    @inlinable public func equalsIgnoringCase(_ name: StaticString) -> Bool {
        var index = 0
        let count = name.utf8CodeUnitCount
        for byte in self {
            guard index < count, Octet.lowercased(byte) == Octet.lowercased(name.utf8Start[index]) else {
                return false
            }
            index += 1
        }
        return index == count
    }
}

extension BidirectionalCollection where Element == UInt8, SubSequence == ArraySlice<UInt8> {
    /// Without blanks at either end.
    @inlinable public func trimmed() -> ArraySlice<UInt8> {
        var slice = self[startIndex...]
        while let first = slice.first, Octet.isBlank(first) { slice = slice.dropFirst() }
        while let last = slice.last, Octet.isBlank(last) { slice = slice.dropLast() }
        return slice
    }

    /// The digits as a number; nil when empty, not all digits or too large for Int64.
    func decimalNumber() -> Int64? {
        guard !isEmpty else { return nil }
        var number: Int64 = 0
        for byte in self {
            guard Octet.isDigit(byte) else { return nil }
            let (shifted, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, carry) = shifted.addingReportingOverflow(Int64(byte &- 0x30))
            guard !overflow, !carry else { return nil }
            number = sum
        }
        return number
    }
}
