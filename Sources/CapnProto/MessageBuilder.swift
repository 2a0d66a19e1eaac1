/// A message being built: one segment that grows.
///
/// The same calls make the same bytes. What is overwritten stays behind as zeroed or unreachable words, so set each
/// pointer once. Not safe to share between tasks; the finished bytes are.
public final class MessageBuilder {
    private var memory: UnsafeMutableRawBufferPointer
    /// Words in use.
    public private(set) var wordCount = 0
    /// Blobs whose bytes the caller adds when it writes the message out.
    public internal(set) var externalBlobs: [ExternalBlob] = []
    var externalWords = 0

    /// Words that near pointers and far pointers can reach.
    static let maximumWords = 1 << 29

    public init(capacityWords: Int = 64) {
        memory = .allocate(byteCount: max(capacityWords, 1) * 8, alignment: 8)
        _ = allocate(words: 1)
    }

    deinit { memory.deallocate() }

    /// The pointer every message begins with.
    public var root: PointerBuilder { PointerBuilder(message: self, position: 0) }

    /// Makes the root a new struct.
    public func initRoot<Schema: StructSchema>(_ schema: Schema.Type) -> Schema.Builder {
        root.initStructure(schema)
    }

    /// Reserves zeroed words at the end and returns the place of the first.
    func allocate(words: Int) -> Int {
        precondition(words <= Self.maximumWords - wordCount, "a message segment is at most 4 GiB")
        let needed = (wordCount + words) * 8
        if needed > memory.count { grow(to: max(needed, memory.count * 2)) }
        let first = wordCount
        UnsafeMutableRawBufferPointer(rebasing: memory[(first * 8)..<needed]).initializeMemory(
            as: UInt8.self, repeating: 0)
        wordCount += words
        return first
    }

    private func grow(to byteCount: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 8)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<(wordCount * 8)]))
        memory.deallocate()
        memory = larger
    }
}

extension MessageBuilder {
    /// Calls `body` with the one segment: the message as ``MessageReader/Framing/flat`` reads it.
    public func withFlatBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(externalBlobs.isEmpty, "a message with external blobs has two segments")
        return try withSegment(body)
    }

    /// The one segment without a table.
    public var flatBytes: [UInt8] { withFlatBytes { [UInt8]($0) } }

    /// The message with its segment table, as files and streams carry it.
    public var streamBytes: [UInt8] {
        precondition(externalBlobs.isEmpty, "write streamHeader, then the external blobs")
        return streamHeader
    }

    /// The segment table and everything but the external blobs.
    public var streamHeader: [UInt8] {
        let sizes = externalBlobs.isEmpty ? [wordCount] : [wordCount, externalWords]
        return withSegment { StreamFraming.header(segmentWords: sizes) + [UInt8]($0) }
    }

    private func withSegment<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(self) {} }
        return try body(UnsafeRawBufferPointer(rebasing: memory[..<(wordCount * 8)]))
    }
}

extension MessageBuilder {
    func load<Number: FixedWidthInteger>(byte: Int, as: Number.Type) -> Number {
        Number(littleEndian: memory.loadUnaligned(fromByteOffset: byte, as: Number.self))
    }

    func store<Number: FixedWidthInteger>(_ value: Number, byte: Int) {
        precondition(byte >= 0 && byte + MemoryLayout<Number>.size <= wordCount * 8, "store within the message")
        memory.storeBytes(of: value.littleEndian, toByteOffset: byte, as: Number.self)
    }

    func store(_ value: Bool, bit: Int) {
        let mask = UInt8(1) << UInt8(bit % 8)
        let byte = load(byte: bit / 8, as: UInt8.self)
        store(value ? byte | mask : byte & ~mask, byte: bit / 8)
    }

    /// The bytes at a place, to be filled in.
    func withMutableBytes<Result, Failure: Error>(
        at byte: Int, count: Int, _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(self) {} }
        return try body(UnsafeMutableRawBufferPointer(rebasing: memory[byte..<(byte + count)]))
    }
}
