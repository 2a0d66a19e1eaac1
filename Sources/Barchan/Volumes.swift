/// The data of grains: one volume each.
public protocol VolumeStore: Sendable {
    /// Makes an empty volume that belongs to `owner`.
    /// - Throws: ``HostError`` `.alreadyExists` when the grain has one.
    func create(for grain: GrainID, owner: FileOwner) async throws(HostError) -> any Volume

    /// The grain's volume, or nil when it has none.
    func volume(for grain: GrainID) async throws(HostError) -> (any Volume)?

    /// The grains that have a volume, ordered.
    func grains() async throws(HostError) -> [GrainID]

    /// Removes the grain's volume with everything in it, log included. Removing none does nothing.
    func remove(for grain: GrainID) async throws(HostError)
}

/// Volumes on a disk that says cheaply how full it is.
public protocol MeteredVolumeStore: VolumeStore {
    /// The room on the disk that the volumes are on; takes no longer than a system call.
    func room() async throws(HostError) -> DiskRoom
}

/// Volumes that the disk itself can hold within a size.
public protocol LimitingVolumeStore: VolumeStore {
    /// Whether the disk can do that; fixed as long as the store lives.
    var holdsLimits: Bool { get async }

    /// From now on the disk refuses what would make the grain's volume take more than `bytes`, nil for no limit. What is
    /// larger already may only shrink. Only while nothing uses the volume; a second call changes the limit.
    ///
    /// - Returns: False where the disk cannot do that: the volume is then only what ``Volume/usedBytes()`` says.
    /// - Throws: ``HostError`` when the grain has no volume, or the disk refuses; the volume is as it was.
    func limit(_ grain: GrainID, to bytes: Int64?) async throws(HostError) -> Bool
}

/// Volumes that can say to whom their files belong.
public protocol OwnedVolumeStore: VolumeStore {
    /// To whom the data of a grain belongs now, whatever it was made for.
    /// - Throws: ``HostError`` when it cannot be looked at, `.notFound` when there is none.
    func owner(of grain: GrainID) async throws(HostError) -> FileOwner
}

/// How full a disk is, in bytes.
public struct DiskRoom: Sendable, Equatable {
    /// What may still be written.
    public var freeBytes: Int64
    public var totalBytes: Int64
    /// How many files there are; 0 where the file system does not say.
    public var files: Int64

    public init(freeBytes: Int64, totalBytes: Int64, files: Int64 = 0) {
        self.freeBytes = freeBytes
        self.totalBytes = totalBytes
        self.files = files
    }
}

/// The data of one grain.
public protocol Volume: Sendable {
    /// Absolute path of the directory that becomes the grain's /var.
    var directory: String { get }

    /// Space on disk that the grain's data takes, in bytes, as of now.
    func usedBytes() async throws(HostError) -> Int64

    /// Adds to the grain's log. The log keeps the newest part; at most about 1 MiB (specification, section 4.7).
    func appendToLog(_ bytes: [UInt8]) async throws(HostError)

    /// The newest part of the log, at most `maximumBytes` of it.
    func readLog(maximumBytes: Int) async throws(HostError) -> [UInt8]

    /// Returns when everything the grain has written so far survives a power cut.
    func synchronize() async throws(HostError)
}
