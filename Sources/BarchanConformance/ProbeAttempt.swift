/// One thing that the probe tried from inside a sandbox, and what came of it: a record of its report.
public struct ProbeAttempt: Sendable, Equatable {
    /// The family, a dot, what was tried.
    public let name: String
    /// Name of the guarantee it belongs to, or ``IsolationSuite/everyBackEnd`` or ``IsolationSuite/ordinaryNeeds``.
    public let promise: String
    /// What had to happen.
    public let expected: String
    /// What did.
    public let found: String
    public let held: Bool
    public let microseconds: Int64
}

/// Everything the probe said in one run.
public struct ProbeReport: Sendable, Equatable {
    public private(set) var attempts: [ProbeAttempt] = []
    /// How many it said it would make; nil when it said nothing.
    public private(set) var announced: Int?

    /// - Parameter lines: One JSON object each; what is none is passed over, and missed in ``announced``.
    public init(lines: [String]) {
        for line in lines {
            guard let record = FlatRecord(line) else { continue }
            if let count = record.number("attempts") { announced = Int(count) }
            guard let name = record.text("name"), let promise = record.text("promise"), let held = record.flag("held")
            else { continue }
            attempts.append(
                ProbeAttempt(
                    name: name, promise: promise, expected: record.text("expected") ?? "",
                    found: record.text("found") ?? "", held: held, microseconds: record.number("microseconds") ?? 0))
        }
    }

    /// It came to its end.
    public var isComplete: Bool { announced == attempts.count && !attempts.isEmpty }
}

/// A JSON object of strings, whole numbers and booleans, as the probe writes it.
private struct FlatRecord {
    private var values: [String: Value] = [:]

    private enum Value {
        case text(String)
        case number(Int64)
        case flag(Bool)
    }

    func text(_ name: String) -> String? {
        guard case .text(let text) = values[name] else { return nil }
        return text
    }

    func number(_ name: String) -> Int64? {
        guard case .number(let number) = values[name] else { return nil }
        return number
    }

    func flag(_ name: String) -> Bool? {
        guard case .flag(let flag) = values[name] else { return nil }
        return flag
    }

    /// Nil for anything else.
    init?(_ line: String) {
        var rest = line.utf8[...]
        guard FlatRecord.take("{", &rest) else { return nil }
        repeat {
            guard let name = FlatRecord.string(&rest), FlatRecord.take(":", &rest), let value = FlatRecord.value(&rest)
            else { return nil }
            values[name] = value
        } while FlatRecord.take(",", &rest)
        guard FlatRecord.take("}", &rest), rest.isEmpty else { return nil }
    }

    private static func take(_ character: Character, _ rest: inout Substring.UTF8View) -> Bool {
        guard rest.first == character.asciiValue else { return false }
        rest.removeFirst()
        return true
    }

    private static func string(_ rest: inout Substring.UTF8View) -> String? {
        guard take("\"", &rest) else { return nil }
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") { return String(decoding: bytes, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            guard let escaped = rest.popFirst(), escaped == UInt8(ascii: "\"") || escaped == UInt8(ascii: "\\")
            else { return nil }
            bytes.append(escaped)
        }
        return nil
    }

    private static func value(_ rest: inout Substring.UTF8View) -> Value? {
        if rest.first == UInt8(ascii: "\"") { return string(&rest).map(Value.text) }
        let word = rest.prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "}") }
        rest = rest.dropFirst(word.count)
        let text = String(decoding: word, as: UTF8.self)
        return text == "true" ? .flag(true) : text == "false" ? .flag(false) : Int64(text).map(Value.number)
    }
}
