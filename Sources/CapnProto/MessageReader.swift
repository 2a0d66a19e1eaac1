import Synchronization

/// A message to be read: its segments, and what is left of the limits.
///
/// Readers of structs and lists refer to this object and keep the bytes alive. Pointers are checked when they are
/// followed; reading a field of a struct that was reached cannot fail. Any number of tasks may read at once.
public final class MessageReader: @unchecked Sendable {
    /// How the bytes of a message are laid out.
    public enum Framing: Sendable {
        /// A segment table, then the segments: files and streams.
        case stream
        /// One segment and nothing else.
        case flat
    }

    let segments: [UnsafeRawBufferPointer]
    let limits: ReaderLimits
    /// Length of the message with its segment table; what follows in the buffer belongs to somebody else.
    public let byteCount: Int
    private let remaining: Atomic<Int>
    private let owner: AnyObject

    /// Reads a message in memory that `owner` keeps alive and unchanged, without copying it.
    ///
    /// Meant for mapped files and buffers handed over by other libraries. If somebody can change or truncate the
    /// memory while it is read, use the initializer that copies.
    public init(
        unsafeBytes bytes: UnsafeRawBufferPointer, owner: AnyObject, framing: Framing,
        limits: ReaderLimits = .standard
    ) throws(MessageError) {
        switch framing {
        case .flat:
            segments = [UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count & ~7)])]
            byteCount = bytes.count
        case .stream:
            (segments, byteCount) = try Self.segments(of: bytes, limits: limits)
        }
        self.limits = limits
        self.owner = owner
        remaining = Atomic(limits.traversalWords)
    }

    /// Reads a message from a copy of `bytes`.
    public convenience init(
        _ bytes: [UInt8], framing: Framing, limits: ReaderLimits = .standard
    ) throws(MessageError) {
        let copy = bytes.withUnsafeBytes { OwnedBytes(copying: $0) }
        try self.init(unsafeBytes: copy.bytes, owner: copy, framing: framing, limits: limits)
    }

    /// Reads a message from a copy of `bytes`, which stay the caller's.
    public convenience init(
        copying bytes: UnsafeRawBufferPointer, framing: Framing, limits: ReaderLimits = .standard
    ) throws(MessageError) {
        let copy = OwnedBytes(copying: bytes)
        try self.init(unsafeBytes: copy.bytes, owner: copy, framing: framing, limits: limits)
    }

    /// The pointer every message begins with; null in an empty message.
    public var root: PointerReader {
        PointerReader(
            message: self, segment: 0, position: segments[0].isEmpty ? nil : 0, nesting: limits.nesting)
    }

    /// The root as a struct; an empty message reads as a struct with nothing set.
    public func root<Schema: StructSchema>(_ schema: Schema.Type) throws(MessageError) -> Schema.Reader {
        try root.structure(schema)
    }

    private static func segments(
        of bytes: UnsafeRawBufferPointer, limits: ReaderLimits
    ) throws(MessageError) -> ([UnsafeRawBufferPointer], Int) {
        var (position, sizes) = try StreamFraming.table(bytes, limits: limits)
        guard let sizes else { throw .truncated }
        var segments: [UnsafeRawBufferPointer] = []
        for words in sizes {
            guard words * 8 <= bytes.count - position else { throw .truncated }
            segments.append(UnsafeRawBufferPointer(rebasing: bytes[position..<(position + words * 8)]))
            position += words * 8
        }
        return (segments, position)
    }
}

extension MessageReader {
    /// Reads a number at a place that was checked when its object was reached.
    func load<Number: FixedWidthInteger>(_ segment: Int, byte: Int, as: Number.Type) -> Number {
        withExtendedLifetime(self) {
            Number(littleEndian: segments[segment].loadUnaligned(fromByteOffset: byte, as: Number.self))
        }
    }

    func word(_ segment: Int, _ position: Int) -> UInt64 {
        load(segment, byte: position * 8, as: UInt64.self)
    }

    /// Checks that an object lies within its segment, and counts its words.
    func claim(segment: Int, position: Int, words: Int) throws(MessageError) {
        guard segment < segments.count else { throw .outOfBounds }
        let available = segments[segment].count / 8
        guard position >= 0, words <= available, position <= available - words else { throw .outOfBounds }
        try spend(words)
    }

    /// Counts words against the traversal limit.
    ///
    /// Two tasks that count at the same moment may lose one of the counts. The limit is against amplification by
    /// orders of magnitude, and a locked counter would cost more than the reads it counts.
    func spend(_ words: Int) throws(MessageError) {
        let left = remaining.load(ordering: .relaxed)
        guard words <= left else { throw .traversalLimit }
        remaining.store(left - words, ordering: .relaxed)
    }
}

/// Bytes that live as long as somebody refers to them.
final class OwnedBytes {
    let bytes: UnsafeRawBufferPointer

    init(copying source: UnsafeRawBufferPointer) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: 8)
        copy.copyMemory(from: source)
        bytes = UnsafeRawBufferPointer(copy)
    }

    deinit { bytes.deallocate() }
}
