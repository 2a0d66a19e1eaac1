/// Why a text is no JSON (RFC 8259).
public struct JSONMistake: Error, Equatable, Sendable {
    /// What is wrong, and at which byte.
    public let reason: String
}

/// Reads JSON text. Refuses what is nested deeper than 64 levels.
public struct JSONParser {
    private let bytes: [UInt8]
    private var position = 0
    private static let maximumDepth = 64

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// - Throws: ``JSONMistake``, the first one.
    public static func parse(_ bytes: [UInt8]) throws(JSONMistake) -> JSONValue {
        var parser = JSONParser(bytes)
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.position == bytes.count else { throw parser.mistake("text behind the value") }
        return value
    }

    private func mistake(_ what: String) -> JSONMistake {
        JSONMistake(reason: "\(what) at byte \(position)")
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position + count <= bytes.count else { return false }
        let matches = text.withUTF8Buffer { bytes[position..<(position + count)].elementsEqual($0) }
        if matches { position += count }
        return matches
    }

    private mutating func value(depth: Int) throws(JSONMistake) -> JSONValue {
        guard depth < JSONParser.maximumDepth else { throw mistake("nested too deeply") }
        skipSpace()
        switch current {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t") where take("true"): return .boolean(true)
        case UInt8(ascii: "f") where take("false"): return .boolean(false)
        case UInt8(ascii: "n") where take("null"): return .null
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws(JSONMistake) -> JSONValue {
        position += 1
        var members: [JSONValue.Member] = []
        skipSpace()
        if take("}") { return .object([]) }
        repeat {
            skipSpace()
            let name = try string()
            skipSpace()
            guard take(":") else { throw mistake("no ':'") }
            members.append(JSONValue.Member(name: name, value: try value(depth: depth + 1)))
            skipSpace()
        } while take(",")
        guard take("}") else { throw mistake("an object without end") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(JSONMistake) -> JSONValue {
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if take("]") { return .array([]) }
        repeat {
            elements.append(try value(depth: depth + 1))
            skipSpace()
        } while take(",")
        guard take("]") else { throw mistake("an array without end") }
        return .array(elements)
    }

    private mutating func string() throws(JSONMistake) -> String {
        guard take("\"") else { throw mistake("no string") }
        var text: [UInt8] = []
        while let byte = current {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text += Array(String(try escape()).utf8)
            case 0..<0x20: throw mistake("a control character in a string")
            default: text.append(byte)
            }
        }
        throw mistake("a string without end")
    }

    private mutating func escape() throws(JSONMistake) -> Character {
        guard let byte = current else { throw mistake("a string without end") }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Character(UnicodeScalar(byte))
        case UInt8(ascii: "u"): return Character(try scalar())
        default: throw mistake("an unknown escape")
        }
    }

    private mutating func scalar() throws(JSONMistake) -> UnicodeScalar {
        let first = try hexadecimal()
        guard (0xd800...0xdbff).contains(first) else { return UnicodeScalar(first) ?? "\u{fffd}" }
        guard take("\\u") else { return "\u{fffd}" }
        let second = try hexadecimal()
        guard (0xdc00...0xdfff).contains(second) else { return "\u{fffd}" }
        return UnicodeScalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00)) ?? "\u{fffd}"
    }

    private mutating func hexadecimal() throws(JSONMistake) -> UInt32 {
        let end = position + 4
        guard end <= bytes.count, let number = UInt32(String(decoding: bytes[position..<end], as: UTF8.self), radix: 16)
        else {
            throw mistake("no four hexadecimal digits")
        }
        position = end
        return number
    }

    private mutating func number() throws(JSONMistake) -> JSONValue {
        let start = position
        while let byte = current, (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if let number = Int64(text) { return .integer(number) }
        guard !text.isEmpty, let number = Double(text) else { throw mistake("no value") }
        return .number(number)
    }
}
