/// What finds one request again: in the answer's `X-Trace-Id`, in the host's log and in the grain's.
struct TraceID: Sendable, Equatable, CustomStringConvertible {
    private let value: UInt64

    fileprivate init(_ value: UInt64) { self.value = value }

    private static let digits = Array("0123456789abcdef".utf8)

    /// Sixteen digits.
    var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
            for index in 0..<16 { buffer[index] = TraceID.digits[Int((value >> UInt64(60 - 4 * index)) & 15)] }
            count = 16
        }
    }

    var description: String { String(decoding: bytes, as: UTF8.self) }
}

/// Gives the requests of one connection their traces: one random number for the connection, and no system call for a request.
struct TraceSource {
    private var last = UInt64.random(in: .min ... .max)

    mutating func next() -> TraceID {
        last &+= 0x9e37_79b9_7f4a_7c15
        return TraceID(TraceSource.mixed(last))
    }

    /// Stirs the bits of a counter, one to one (SplitMix64): none tells how many there were.
    private static func mixed(_ number: UInt64) -> UInt64 {
        var bits = number
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }
}
