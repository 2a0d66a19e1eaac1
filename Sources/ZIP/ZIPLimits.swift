/// Numbers next to everything that an archive can make a reader or a writer hold or produce.
public struct ZIPLimits: Sendable, Equatable {
    /// Bytes of all files together, expanded.
    public var expandedBytes: Int64 = 1 << 40
    public var entries = 500_000
    /// Of the central directory, which is held in memory.
    public var directoryBytes = 64 << 20
    /// Of a link's target: as PATH_MAX of Linux, without its terminating zero.
    public var linkBytes = 4095
    /// As NAME_MAX of Linux.
    public var componentBytes = 255

    public init() {}
}
