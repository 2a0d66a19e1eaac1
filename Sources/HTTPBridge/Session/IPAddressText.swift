import GrainSchemas

/// An address as text: IPv4 (mapped into IPv6 on the wire) with dots, IPv6 by RFC 5952.
enum IPAddressText {
    static func written(_ address: Wire.IpAddress.Reader) -> String {
        written(upper: address.upper64, lower: address.lower64)
    }

    static func written(upper: UInt64, lower: UInt64) -> String {
        if upper == 0, lower >> 32 == 0xffff {
            return [24, 16, 8, 0].map { String(lower >> UInt64($0) & 255) }.joined(separator: ".")
        }
        let groups = [upper, lower].flatMap { half in [48, 32, 16, 0].map { half >> UInt64($0) & 0xffff } }
        let run = longestRunOfZeros(groups)
        func text(_ range: Range<Int>) -> String {
            groups[range].map { String($0, radix: 16) }.joined(separator: ":")
        }
        guard run.count > 1 else { return text(0..<8) }
        return text(0..<run.lowerBound) + "::" + text(run.upperBound..<8)
    }

    private static func longestRunOfZeros(_ groups: [UInt64]) -> Range<Int> {
        var best = 0..<0
        var start = 0
        for index in 0...groups.count where index == groups.count || groups[index] != 0 {
            if index - start > best.count { best = start..<index }
            start = index + 1
        }
        return best
    }
}
