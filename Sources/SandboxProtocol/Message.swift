/// Writes little-endian numbers and counted strings.
struct MessageWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append<Number: FixedWidthInteger & UnsignedInteger>(_ number: Number) {
        var rest = number
        for _ in 0..<(Number.bitWidth / 8) {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest = Number.bitWidth > 8 ? rest >> 8 : 0
        }
    }

    mutating func append(_ string: String) {
        append(UInt32(clamping: string.utf8.count))
        bytes.append(contentsOf: string.utf8)
    }

    mutating func append(_ strings: [String]) {
        append(UInt32(clamping: strings.count))
        for string in strings { append(string) }
    }
}

/// Reads what ``MessageWriter`` wrote; nil for anything that does not fit into the message.
struct MessageReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    private mutating func number<Number: FixedWidthInteger & UnsignedInteger>(_: Number.Type) -> Number? {
        let count = Number.bitWidth / 8
        guard bytes.count - position >= count else { return nil }
        var value: Number = 0
        for index in (0..<count).reversed() {
            value = (Number.bitWidth > 8 ? value << 8 : 0) | Number(bytes[position + index])
        }
        position += count
        return value
    }

    mutating func uint8() -> UInt8? { number(UInt8.self) }
    mutating func uint32() -> UInt32? { number(UInt32.self) }
    mutating func uint64() -> UInt64? { number(UInt64.self) }

    mutating func string() -> String? {
        guard let length = uint32(), bytes.count - position >= Int(length) else { return nil }
        defer { position += Int(length) }
        return String(decoding: bytes[position..<(position + Int(length))], as: UTF8.self)
    }

    mutating func strings() -> [String]? {
        // Every string takes at least its length, which bounds what a count can make us allocate.
        guard let count = uint32(), Int(count) <= (bytes.count - position) / 4 else { return nil }
        var result: [String] = []
        result.reserveCapacity(Int(count))
        for _ in 0..<count {
            guard let next = string() else { return nil }
            result.append(next)
        }
        return result
    }
}
