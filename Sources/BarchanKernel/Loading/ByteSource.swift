import Barchan
import Glibc

/// Bytes of known number that are read in pieces: a file, or an array in a test.
public struct ByteSource {
    public let size: UInt64
    private let read: (UInt64, Int) -> [UInt8]

    public init(_ bytes: [UInt8]) {
        size = UInt64(bytes.count)
        read = { offset, count in
            guard offset <= UInt64(bytes.count) else { return [] }
            return Array(bytes[Int(offset)...].prefix(count))
        }
    }

    /// Reads from `file`, which stays the caller's and must stay open meanwhile.
    init(descriptor: CInt, size: UInt64) {
        self.size = size
        read = { offset, count in
            var bytes = [UInt8](repeating: 0, count: count)
            var filled = 0
            while filled < count {
                let got = bytes.withUnsafeMutableBytes {
                    pread(
                        descriptor, $0.baseAddress?.advanced(by: filled), count - filled, off_t(offset) + off_t(filled))
                }
                if got < 0 && errno == EINTR { continue }
                guard got > 0 else { break }
                filled += got
            }
            return Array(bytes.prefix(filled))
        }
    }

    /// Exactly `count` bytes at `offset`, or nil when there are not as many.
    public func bytes(at offset: UInt64, count: UInt64) -> [UInt8]? {
        guard contains(offset: offset, count: count), count <= UInt64(Int32.max), offset <= UInt64(Int64.max) else {
            return nil
        }
        let found = read(offset, Int(count))
        return found.count == Int(count) ? found : nil
    }

    /// Whether the range lies within the bytes.
    public func contains(offset: UInt64, count: UInt64) -> Bool {
        let (end, overflow) = offset.addingReportingOverflow(count)
        return !overflow && end <= size
    }
}

extension [UInt8] {
    /// A little-endian number at `offset`, or nil when it lies outside.
    func littleEndian<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) -> Number? {
        let width = Number.bitWidth / 8
        guard offset >= 0, offset <= count - width else { return nil }
        var value: Number = 0
        for index in (0..<width).reversed() { value = value << 8 | Number(truncatingIfNeeded: self[offset + index]) }
        return value
    }

    /// The text from `offset` to the next NUL, or nil when there is none.
    func terminatedText(at offset: Int) -> String? {
        guard offset >= 0, offset < count, let end = self[offset...].firstIndex(of: 0) else { return nil }
        return String(decoding: self[offset..<end], as: UTF8.self)
    }
}
