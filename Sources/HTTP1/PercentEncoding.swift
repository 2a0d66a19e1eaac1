/// Percent-encoding as in a URI's component.
public enum PercentEncoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Letters, digits and `-_.!~*'()` stay; every other byte becomes `%XX`.
    public static func encode(_ text: String) -> [UInt8] { encode(bytes: Array(text.utf8)) }

    /// The same for bytes that are no text.
    public static func encode(bytes: [UInt8]) -> [UInt8] {
        var encoded: [UInt8] = []
        for byte in bytes {
            if isUnreserved(byte) {
                encoded.append(byte)
            } else {
                encoded.append(0x25)
                encoded.append(digits[Int(byte >> 4)])
                encoded.append(digits[Int(byte & 15)])
            }
        }
        return encoded
    }

    /// Nil when a `%` is not followed by two hexadecimal digits.
    public static func decode(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        var decoded: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] != 0x25 {
                decoded.append(bytes[index])
                index += 1
                continue
            }
            guard bytes.endIndex - index > 2, let high = Octet.hexDigit(bytes[index + 1]),
                let low = Octet.hexDigit(bytes[index + 2])
            else { return nil }
            decoded.append(high << 4 | low)
            index += 3
        }
        return decoded
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        case 0x2d, 0x5f, 0x2e, 0x21, 0x7e, 0x2a, 0x27, 0x28, 0x29: true
        default: false
        }
    }
}
