/// What a package may cost whoever reads it. The defaults are the format's own (specification, section 1.3).
public struct PackageLimits: Sendable, Equatable {
    /// Size of the archive once expanded, and of all its files together.
    public var expandedBytes: Int64 = 1 << 30
    /// Files, links and directories.
    public var entries = 250_000
    /// How deeply directories may be nested.
    public var depth = 128
    /// Length of one name and of one symbolic link's target; what Linux file systems take.
    public var nameBytes = 255
    public var linkBytes = 4095
    /// Length of all names together.
    public var allNamesBytes = 16 << 20
    /// Size of the manifest.
    public var manifestBytes = 8 << 20
    /// Memory for decompression. A package whose XZ dictionary needs more is refused. What `xz -9` makes needs 65 MiB
    /// (xz(1)), and the original system takes that.
    public var decoderBytes: Int64 = 70 << 20
    /// Threads for decompression, where the package has several XZ blocks and ``threadedDecoderBytes`` last.
    public var decoderThreads = 2
    /// Memory for decompression by several threads: two of the blocks that we pack at once. More is not faster,
    /// only more blocks that wait. Counts within ``decoderBytes``.
    public var threadedDecoderBytes: Int64 = 20 << 20

    /// Size of the package's file: hardly more than what it expands to, unless it holds what expands to nothing.
    var fileBytes: Int64 {
        let (bytes, overflow) = expandedBytes.addingReportingOverflow(expandedBytes / 16 + (1 << 20))
        return overflow ? .max : bytes
    }

    public init() {}
}
