/// What one side of a recording read or wrote at once.
struct WireRecord {
    var isFromApp: Bool
    var bytes: [UInt8]

    /// The host's writes are whole messages; the app's are put together from what was read piece by piece.
    static func records(_ text: String) -> [WireRecord] {
        text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count == 3 else { return nil }
            return WireRecord(isFromApp: fields[0] == "app>host", bytes: hexBytes(fields[2]))
        }
    }
}

/// As much of a message of the RPC protocol as a recording is compared by. libcapnp lays these out the same every time.
struct WireMessage: CustomStringConvertible {
    enum Kind: UInt16 { case unimplemented = 0, abort, call, `return`, finish, resolve, release, bootstrap = 8 }

    let kind: Kind
    let id: UInt32
    var interfaceID: UInt64 = 0
    var methodID: UInt16 = 0
    let lastCapability: UInt32

    /// - Parameter bytes: A message with its segment table.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 40, let kind = Kind(rawValue: UInt16(bytes[16]) | UInt16(bytes[17]) << 8) else {
            return nil
        }
        self.kind = kind
        id = Self.number(bytes, 32, 4)
        lastCapability = Self.lastCapability(bytes)
        if kind == .call, bytes.count >= 48 {
            methodID = UInt16(truncatingIfNeeded: Self.number(bytes, 36, 2) as UInt32)
            interfaceID = Self.number(bytes, 40, 8)
        }
    }

    var isCall: Bool { kind == .call }
    var matters: Bool { kind == .call || kind == .return || kind == .bootstrap }
    var description: String { "\(kind) \(id) \(String(interfaceID, radix: 16)).\(methodID)" }

    /// Whether this message stands where `wanted` stood in the recording.
    func answers(_ wanted: WireMessage) -> Bool {
        guard kind == wanted.kind else { return false }
        return isCall ? interfaceID == wanted.interfaceID && methodID == wanted.methodID : id == wanted.id
    }

    private static func number<Number: FixedWidthInteger>(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Number {
        (0..<count).reduce(0) { $0 | Number(bytes[start + $1]) << Number(8 * $1) }
    }

    /// The number of the last capability that goes along. libcapnp writes these at the end, 16 bytes each.
    static func lastCapability(_ bytes: [UInt8]) -> UInt32 {
        bytes.count < 56 ? 0 : number(bytes, bytes.count - 12, 4)
    }

    /// Changes the question that a Return among `bytes` answers, and the target of a Call. The recording has the body of
    /// a message apart from its segment table.
    static func renumber(_ bytes: inout [UInt8], _ questions: [UInt32: UInt32], _ exports: [UInt32: UInt32]) {
        guard bytes.count >= 32, bytes[0..<8] == [0, 0, 0, 0, 1, 0, 1, 0] else { return }
        if bytes[8] == UInt8(Kind.return.rawValue) {
            replace(&bytes, 24, questions)
        } else if bytes[8] == UInt8(Kind.call.rawValue), bytes.count >= 80 {
            // The target of a call without capabilities is what libcapnp writes last.
            replace(&bytes, bytes.count - 16, exports)
        }
    }

    private static func replace(_ bytes: inout [UInt8], _ start: Int, _ numbers: [UInt32: UInt32]) {
        guard let now = numbers[number(bytes, start, 4)] else { return }
        for index in 0..<4 { bytes[start + index] = UInt8(truncatingIfNeeded: now >> UInt32(8 * index)) }
    }
}
