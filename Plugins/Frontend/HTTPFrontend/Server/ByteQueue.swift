/// Bytes on their way: what a client sent and nobody has taken yet, or what it has not taken of an answer.
struct ByteQueue {
    private var bytes: [UInt8] = []
    private var start = 0

    init() {}

    /// Takes over `bytes`, of which the first `start` are done with.
    init(_ bytes: [UInt8], from start: Int) {
        self.bytes = bytes
        self.start = start
    }

    /// What is kept, with bytes that are done with.
    var keptCount: Int { bytes.count }
    var count: Int { bytes.count - start }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ more: UnsafeRawBufferPointer) {
        makeRoom()
        bytes.append(contentsOf: more)
    }

    mutating func append(_ more: ArraySlice<UInt8>) {
        makeRoom()
        bytes.append(contentsOf: more)
    }

    private mutating func makeRoom() {
        if isEmpty { clear() }
        if start > 0 {
            bytes.removeFirst(start)
            start = 0
        }
    }

    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start...])) }
    }

    /// Takes the first `length` bytes, of which there are as many.
    mutating func take(_ length: Int) -> [UInt8] {
        if start == 0, length == bytes.count {
            var all: [UInt8] = []
            swap(&all, &bytes)
            return all
        }
        defer { drop(length) }
        return Array(bytes[start..<(start + length)])
    }

    func piece(_ range: Range<Int>) -> [UInt8] { Array(bytes[(start + range.lowerBound)..<(start + range.upperBound)]) }

    mutating func drop(_ length: Int) {
        start += length
        if start == bytes.count { clear() }
    }

    mutating func clear() {
        bytes.removeAll(keepingCapacity: bytes.capacity <= 65_536)
        start = 0
    }
}
