/// Reads TOML 1.0. Fractions and dates become ``TOMLValue/other``.
///
/// Our own, because a missing value or a malformed header stops the process in the wrapped C++ parser we tried.
public struct TOMLParser {
    /// What is wrong, and in which line.
    public struct Mistake: Error {
        public let line: Int
        public let text: String
    }

    static let maximumDepth = 16

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    /// A byte-order mark in front is no part of the document (TOML 1.1, "Preliminaries").
    private init(_ text: String) {
        let bytes = Array(text.utf8)
        self.bytes = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? Array(bytes.dropFirst(3)) : bytes
    }

    /// The document's outermost table.
    public static func parse(_ text: String) throws(Mistake) -> TOMLTable {
        var parser = TOMLParser(text)
        return try parser.document()
    }

    // MARK: Characters

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func mistake(_ text: String) -> Mistake { Mistake(line: line, text: text) }

    private mutating func take(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position + count <= bytes.count,
            text.withUTF8Buffer({ bytes[position..<(position + count)].elementsEqual($0) })
        else { return false }
        position += count
        return true
    }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x09 { position += 1 }
    }

    /// Space, comments and line breaks.
    private mutating func skipLines() throws(Mistake) {
        while true {
            skipSpace()
            try skipComment()
            guard takeLineBreak() else { return }
        }
    }

    private mutating func skipComment() throws(Mistake) {
        guard current == UInt8(ascii: "#") else { return }
        while let byte = current, byte != 0x0a, !(byte == 0x0d && isLineBreak) {
            guard byte >= 0x20 && byte != 0x7f || byte == 0x09 else {
                throw mistake("a control character in a comment")
            }
            position += 1
        }
    }

    private var isLineBreak: Bool {
        current == 0x0a || current == 0x0d && position + 1 < bytes.count && bytes[position + 1] == 0x0a
    }

    private mutating func takeLineBreak() -> Bool {
        guard isLineBreak else { return false }
        position += current == 0x0d ? 2 : 1
        line += 1
        return true
    }

    // MARK: Structure

    private mutating func document() throws(Mistake) -> TOMLTable {
        let root = TOMLTable()
        var table = root
        while true {
            try skipLines()
            guard current != nil else { return root }
            if take("[") { table = try header(in: root) } else { try entry(in: table, depth: 0) }
            skipSpace()
            try skipComment()
            guard current == nil || isLineBreak else { throw mistake("more text behind the end of an entry") }
        }
    }

    private mutating func header(in root: TOMLTable) throws(Mistake) -> TOMLTable {
        let isList = take("[")
        let path = try keyPath()
        guard isList ? take("]]") : take("]") else { throw mistake("the name of a section has no ']'") }
        let name = path.joined(separator: ".")
        if isList {
            guard let last = path.last,
                let table = try descend(path.dropLast(), from: root).appendTable(named: last, line: line)
            else {
                throw mistake("'\(name)' is there already and no list of sections")
            }
            return table
        }
        let table = try descend(path[...], from: root)
        guard !table.isDefined else { throw mistake("section [\(name)] is there twice") }
        table.isDefined = true
        return table
    }

    private func descend(_ path: ArraySlice<String>, from table: TOMLTable) throws(Mistake) -> TOMLTable {
        var table = table
        for name in path {
            guard let next = table.subtable(name, line: line) else {
                throw mistake("'\(name)' is there already and no section")
            }
            table = next
        }
        return table
    }

    private mutating func entry(in table: TOMLTable, depth: Int) throws(Mistake) {
        let first = line, path = try keyPath()
        guard take("=") else { throw mistake("'\(path.joined(separator: "."))' has no '='") }
        skipSpace()
        let value = try value(depth: depth), target = try descend(path.dropLast(), from: table)
        guard let name = path.last, target.add(value, named: name, line: first) else {
            throw mistake("'\(path.joined(separator: "."))' is there twice")
        }
    }

    /// `a."b c".d`, with the space around it.
    private mutating func keyPath() throws(Mistake) -> [String] {
        var path: [String] = []
        repeat {
            skipSpace()
            path.append(try key())
            skipSpace()
            guard path.count <= TOMLParser.maximumDepth else { throw mistake("a name has too many parts") }
        } while take(".")
        return path
    }

    private mutating func key() throws(Mistake) -> String {
        if take("\"") { return try basicString() }
        if take("'") { return try literalString() }
        let start = position
        while let byte = current, isBareKey(byte) { position += 1 }
        guard position > start else { throw mistake("a name is missing") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private func isBareKey(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x5f: true
        default: false
        }
    }

    // MARK: Values

    private mutating func value(depth: Int) throws(Mistake) -> TOMLValue {
        guard depth < TOMLParser.maximumDepth else { throw mistake("values are nested too deeply") }
        if take("\"\"\"") { return .string(try multilineString(end: UInt8(ascii: "\""))) }
        if take("'''") { return .string(try multilineString(end: UInt8(ascii: "'"))) }
        if take("\"") { return .string(try basicString()) }
        if take("'") { return .string(try literalString()) }
        if take("[") { return .array(try array(depth: depth + 1)) }
        if take("{") { return .table(try inlineTable(depth: depth + 1)) }
        return try word()
    }

    private mutating func array(depth: Int) throws(Mistake) -> [TOMLValue] {
        var elements: [TOMLValue] = []
        while true {
            try skipLines()
            if take("]") { return elements }
            elements.append(try value(depth: depth))
            try skipLines()
            if take(",") { continue }
            guard take("]") else { throw mistake("a list has no ']'") }
            return elements
        }
    }

    private mutating func inlineTable(depth: Int) throws(Mistake) -> TOMLTable {
        let table = TOMLTable()
        skipSpace()
        if !take("}") {
            repeat {
                try entry(in: table, depth: depth)
                skipSpace()
            } while take(",")
            guard take("}") else { throw mistake("an inline table has no '}'") }
        }
        table.isDefined = true
        table.isInline = true
        return table
    }

    /// true, false, a number, a date.
    private mutating func word() throws(Mistake) -> TOMLValue {
        let start = position
        while let byte = current,
            isBareKey(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":")
        {
            position += 1
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        switch text {
        case "": throw mistake("a value is missing")
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        default: return try number(text)
        }
    }

    private func number(_ text: String) throws(Mistake) -> TOMLValue {
        let isNegative = text.hasPrefix("-")
        let digits = Substring(text).drop { $0 == "-" || $0 == "+" }
        guard let first = digits.first, first.isASCII, first.isNumber, text.count - digits.count <= 1 else {
            throw mistake("'\(text)' is no value; text needs quotation marks")
        }
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where digits.hasPrefix(prefix) {
            guard digits == text[...], let number = integer(digits.dropFirst(2), radix: radix, isNegative: false) else {
                throw mistake("'\(text)' is no number")
            }
            return .integer(number)
        }
        // A fraction, an exponent or a date: right as TOML, but nothing here wants it.
        guard digits.allSatisfy({ $0.isNumber || $0 == "_" }) else { return .other }
        guard digits.count == 1 || first != "0", let number = integer(digits, radix: 10, isNegative: isNegative) else {
            throw mistake("'\(text)' is no number, or too large")
        }
        return .integer(number)
    }

    private func integer(_ digits: Substring, radix: Int, isNegative: Bool) -> Int64? {
        guard digits.first != "_", digits.last != "_", !digits.contains("__"), digits.first != "+", digits.first != "-"
        else { return nil }
        return Int64((isNegative ? "-" : "") + digits.filter { $0 != "_" }, radix: radix)
    }

    // MARK: Strings

    private mutating func literalString() throws(Mistake) -> String {
        let start = position
        while let byte = current, byte != UInt8(ascii: "'") {
            guard byte >= 0x20 && byte != 0x7f || byte == 0x09 else { throw mistake("a text has no end in its line") }
            position += 1
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard take("'") else { throw mistake("a text has no end") }
        return text
    }

    private mutating func basicString() throws(Mistake) -> String {
        var text: [UInt8] = []
        while let byte = current {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text += Array(String(try escape()).utf8)
            case 0x09, 0x20...0x7e, 0x80...: text.append(byte)
            default: throw mistake("a text has no end in its line")
            }
        }
        throw mistake("a text has no end")
    }

    /// The rest of a text in three quotation marks; a line break right at its beginning does not count.
    private mutating func multilineString(end quote: UInt8) throws(Mistake) -> String {
        var text: [UInt8] = []
        _ = takeLineBreak()
        while let byte = current {
            if byte == quote, bytes[position...].starts(with: [quote, quote, quote]) {
                position += 3
                // Up to two more marks belong to the text.
                while current == quote, text.count < bytes.count {
                    text.append(quote)
                    position += 1
                }
                return String(decoding: text, as: UTF8.self)
            }
            if takeLineBreak() {
                text.append(0x0a)
                continue
            }
            position += 1
            if byte == UInt8(ascii: "\\") && quote == UInt8(ascii: "\"") {
                if skipEscapedLineBreak() { continue }
                text += Array(String(try escape()).utf8)
            } else {
                guard byte >= 0x20 && byte != 0x7f || byte == 0x09 else {
                    throw mistake("a control character in a text")
                }
                text.append(byte)
            }
        }
        throw mistake("a text has no end")
    }

    /// A backslash at the end of a line joins it with the next that is not empty.
    private mutating func skipEscapedLineBreak() -> Bool {
        let (start, startLine) = (position, line)
        skipSpace()
        guard isLineBreak else {
            (position, line) = (start, startLine)
            return false
        }
        while takeLineBreak() { skipSpace() }
        return true
    }

    private mutating func escape() throws(Mistake) -> Unicode.Scalar {
        guard let byte = current else { throw mistake("a text has no end") }
        position += 1
        switch byte {
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return Unicode.Scalar(byte)
        case UInt8(ascii: "u"): return try scalar(digits: 4)
        case UInt8(ascii: "U"): return try scalar(digits: 8)
        default: throw mistake("an unknown escape in a text")
        }
    }

    private mutating func scalar(digits: Int) throws(Mistake) -> Unicode.Scalar {
        let end = position + digits
        guard end <= bytes.count, bytes[position] != UInt8(ascii: "+"),
            let number = UInt32(String(decoding: bytes[position..<end], as: UTF8.self), radix: 16),
            let scalar = Unicode.Scalar(number)
        else { throw mistake("no character behind \\u in a text") }
        position = end
        return scalar
    }
}
