/// What a message may cost its reader.
public struct ReaderLimits: Sendable {
    /// How many words may be read, counting each visit of an object; a list of empty elements counts one per element.
    public var traversalWords: Int
    /// How deeply structs and lists may be nested.
    public var nesting: Int
    /// How many segments the framing may announce.
    public var segments: Int

    public init(traversalWords: Int = 8 << 20, nesting: Int = 64, segments: Int = 512) {
        self.traversalWords = traversalWords
        self.nesting = nesting
        self.segments = segments
    }

    /// 8 Mi words (64 MiB), 64 levels, 512 segments: what peers expect of each other.
    public static let standard = ReaderLimits()
}
