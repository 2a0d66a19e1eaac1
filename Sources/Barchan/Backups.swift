/// Volumes that can be put into one file and made from one (specification, section 20.1).
public protocol BackupStore: VolumeStore {
    /// A picture of a grain's volume as it is now, log included, which later changes do not reach.
    ///
    /// The caller sees to it that nobody writes to the volume until this returns.
    /// - Throws: ``HostError`` `.notFound` when the grain has no volume, `.resourceExhausted` when there is no room.
    func snapshot(of grain: GrainID) async throws(HostError) -> any VolumeSnapshot

    /// Makes a volume with what a backup holds. Nothing is visible before all of it is there and on disk, and nothing is
    /// left after an error.
    /// - Parameter backup: The bytes of the file; cancelled on error.
    /// - Parameter diskBytes: What the file and the data may take on disk together; a small file can become a very large
    ///   one. Nil: as much as there is.
    /// - Parameter check: Called once with what the backup says of itself, before anything is unpacked. Returns what the
    ///   data may take on disk, in bytes; nil for no limit.
    /// - Throws: ``HostError`` `.alreadyExists` when the grain has a volume, `.invalidArgument` with what is wrong with the
    ///   file, `.resourceExhausted` beyond a limit or for a full disk; and what `check` throws.
    func restore(
        _ backup: any ByteReader, for grain: GrainID, owner: FileOwner, diskBytes: Int64?,
        check: @Sendable (BackupMetadata) async throws(HostError) -> Int64?
    ) async throws(HostError) -> BackupMetadata

    /// Restores a backup into a place of its own, compares every name, kind, mode, size and content there with what the
    /// file says, and removes it again.
    /// - Throws: ``HostError`` as ``restore(_:for:owner:diskBytes:check:)``, `.corrupt` with the first difference.
    func verify(_ backup: any ByteReader, diskBytes: Int64?) async throws(HostError) -> BackupContents
}

/// The volume of one grain as it was at one moment. Its space is given back when it is discarded.
public protocol VolumeSnapshot: Sendable {
    /// The snapshot as a backup file. Ends the snapshot: it is discarded at the stream's end or when that is cancelled.
    func backup(_ metadata: BackupMetadata) async throws(HostError) -> any ByteReader

    /// Harmless on a second call.
    func discard() async
}

/// What a backup says of its grain.
public struct BackupMetadata: Sendable, Equatable {
    public var app: AppID
    /// A grain may be restored where this version or a later one of its app is installed.
    public var appVersion: UInt32
    public var title: String
    /// What the app knew the owner by; empty when it never met the owner.
    public var ownerIdentity: String
    /// Who had been there.
    public var users: [BackupUser]
    public var originalGrain: String

    public init(
        app: AppID, appVersion: UInt32, title: String, ownerIdentity: String = "", users: [BackupUser] = [],
        originalGrain: String = ""
    ) {
        self.app = app
        self.appVersion = appVersion
        self.title = title
        self.ownerIdentity = ownerIdentity
        self.users = users
        self.originalGrain = originalGrain
    }
}

/// A person as a backup's grain knew them.
public struct BackupUser: Sendable, Equatable {
    /// What the app knew the person by.
    public var identity: String
    /// What the person logs in with, as the host that made the backup named it.
    public var credentials: [String]
    public var displayName: String
    public var handle: String

    public init(identity: String, credentials: [String], displayName: String, handle: String) {
        self.identity = identity
        self.credentials = credentials
        self.displayName = displayName
        self.handle = handle
    }
}

/// What a verified backup holds.
public struct BackupContents: Sendable, Equatable {
    public var metadata: BackupMetadata
    public var files: Int
    public var directories: Int
    public var links: Int
    /// Of all files together.
    public var bytes: Int64

    public init(metadata: BackupMetadata, files: Int = 0, directories: Int = 0, links: Int = 0, bytes: Int64 = 0) {
        self.metadata = metadata
        self.files = files
        self.directories = directories
        self.links = links
        self.bytes = bytes
    }
}
