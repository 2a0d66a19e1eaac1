/// The segment table in front of a message in a file or on a stream.
///
/// It is the number of segments less one, the length of each in words, and padding to a whole word; all in 32 bits,
/// little-endian.
public enum StreamFraming {
    /// What the beginning of a stream says about the length of the message there.
    public enum Length: Equatable, Sendable {
        /// At least this many bytes are needed to say more.
        case needs(Int)
        /// The message with its table is this many bytes long.
        case bytes(Int)
    }

    /// Tells how long the message is that begins with `prefix`.
    public static func length(
        of prefix: UnsafeRawBufferPointer, limits: ReaderLimits = .standard
    ) throws(MessageError) -> Length {
        guard prefix.count >= 8 else { return .needs(8) }
        let table = try table(prefix, limits: limits)
        guard let sizes = table.sizes else { return .needs(table.byteCount) }
        return .bytes(table.byteCount + sizes.reduce(0, +) * 8)
    }

    /// The table for segments of these lengths in words.
    public static func header(segmentWords: [Int]) -> [UInt8] {
        var fields = [UInt32(truncatingIfNeeded: segmentWords.count - 1)]
        fields += segmentWords.map { UInt32(truncatingIfNeeded: $0) }
        if fields.count % 2 == 1 { fields.append(0) }
        return fields.flatMap { field in (0..<4).map { UInt8(truncatingIfNeeded: field >> ($0 * 8)) } }
    }

    /// Reads the table; `sizes` is nil when `bytes` ends before the table does.
    static func table(
        _ bytes: UnsafeRawBufferPointer, limits: ReaderLimits
    ) throws(MessageError) -> (byteCount: Int, sizes: [Int]?) {
        guard bytes.count >= 4 else { throw .truncated }
        func field(_ index: Int) -> Int {
            Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)))
        }
        let count = field(0) + 1
        guard count <= limits.segments else { throw .tooManySegments }
        let byteCount = (count / 2 + 1) * 8
        guard bytes.count >= byteCount else { return (byteCount, nil) }
        return (byteCount, (1...count).map(field))
    }
}
