/// Header lines of an answer, ready to be sent.
struct FieldBlock: Sendable {
    /// Lines that many answers have in common: kept once, and sent from where they are.
    let common: [UInt8]
    /// The lines of this one.
    private(set) var bytes: [UInt8] = []

    /// What the lines of one answer seldom exceed.
    private static let usualBytes = 480

    init() { common = [] }

    /// Begins with the lines of `block`, which are not copied for each answer.
    init(beginningWith block: FieldBlock) { common = block.common + block.bytes }

    /// Adds a line whose value is ours.
    mutating func add(_ name: StaticString, _ value: some StringProtocol) {
        if bytes.isEmpty { bytes.reserveCapacity(FieldBlock.usualBytes) }
        bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        bytes.append(0x3a)
        bytes.append(0x20)
        bytes.append(contentsOf: value.utf8)
        bytes.append(0x0d)
        bytes.append(0x0a)
    }

    mutating func add(_ trace: TraceID) {
        bytes.append(contentsOf: "X-Trace-Id: ".utf8)
        bytes.append(contentsOf: trace.bytes)
        bytes.append(0x0d)
        bytes.append(0x0a)
    }

    /// Adds a line whose value an app chose.
    /// - Returns: False, having added nothing, when the value holds what would end the line or is a control character.
    mutating func addForeign(
        _ name: StaticString, _ value: String, between prefix: StaticString = "", and suffix: StaticString = ""
    ) -> Bool {
        guard FieldBlock.isValue(value) else { return false }
        if bytes.isEmpty { bytes.reserveCapacity(FieldBlock.usualBytes) }
        bytes.append(name)
        bytes.append(": ")
        bytes.append(prefix)
        bytes.append(contentsOf: value.utf8)
        bytes.append(suffix)
        bytes.append("\r\n")
        return true
    }

    /// The same with a name that an app chose.
    mutating func addForeign(name: String, _ value: String) -> Bool {
        guard FieldBlock.isValue(value), !name.isEmpty, name.utf8.allSatisfy(FieldBlock.isNameByte) else {
            return false
        }
        bytes.append(contentsOf: name.utf8)
        bytes.append(contentsOf: ": ".utf8)
        bytes.append(contentsOf: value.utf8)
        bytes.append(contentsOf: [0x0d, 0x0a])
        return true
    }

    /// Whether a value may stand in a header line.
    static func isValue(_ value: String) -> Bool {
        value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x5f: true
        default: false
        }
    }
}
