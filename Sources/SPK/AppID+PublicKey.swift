import Barchan

/// An app's identity is its Ed25519 public key; people see it in base-32 (specification, section 1.2).
extension AppID {
    /// Reads what a person typed: upper case, and `o`, `i`, `l`, `b` for the digits they look like, are forgiven.
    /// - Throws: ``HostError`` `.invalidArgument` when `text` is not the text of a key.
    public init(parsing text: String) throws(HostError) {
        guard let key = Base32.decode(text, byteCount: 32) else {
            throw HostError(
                .invalidArgument,
                "read app id '\(text.prefix(80))': an app id is 52 characters of 0-9 and a-z without b, i, l and o")
        }
        self = AppID(publicKey: key)
    }

    /// The app that this key is. `key` has 32 bytes.
    public init(publicKey key: [UInt8]) {
        precondition(key.count == 32, "an Ed25519 public key has 32 bytes")
        guard let identifier = AppID(Base32.encode(key)) else { fatalError("52 digits of the alphabet are an app id") }
        self = identifier
    }

    /// The key as 32 bytes, or nil when the last digit has bits that no key has.
    public var publicKey: [UInt8]? { Base32.decode(text, byteCount: 32) }
}

/// Five bits for each digit, most significant first, the last digit filled up with zero bits.
enum Base32 {
    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 0xff, count: 256)
        for (value, digit) in AppID.alphabet.enumerated() {
            table[Int(digit)] = UInt8(value)
            if digit >= 0x61 { table[Int(digit) - 0x20] = UInt8(value) }
        }
        for (alias, digit) in zip("oOiIlLbB".utf8, "00111188".utf8) { table[Int(alias)] = table[Int(digit)] }
        return table
    }()

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var pending: UInt32 = 0
        var bits = 0
        for byte in bytes {
            pending = (pending << 8) | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(AppID.alphabet[Int(pending >> UInt32(bits)) & 31])
            }
        }
        if bits > 0 { text.append(AppID.alphabet[Int(pending << UInt32(5 - bits)) & 31]) }
        return String(decoding: text, as: UTF8.self)
    }

    static func decode(_ text: String, byteCount: Int) -> [UInt8]? {
        guard text.utf8.count == (byteCount * 8 + 4) / 5 else { return nil }
        var bytes: [UInt8] = []
        var pending: UInt32 = 0
        var bits = 0
        for digit in text.utf8 {
            guard case let value = values[Int(digit)], value < 32 else { return nil }
            pending = (pending << 5 | UInt32(value)) & 0xffff
            bits += 5
            guard bits >= 8 else { continue }
            bits -= 8
            bytes.append(UInt8(truncatingIfNeeded: pending >> UInt32(bits)))
        }
        let padding = pending & ((1 << UInt32(bits)) - 1)
        return padding == 0 && bytes.count == byteCount ? bytes : nil
    }
}
