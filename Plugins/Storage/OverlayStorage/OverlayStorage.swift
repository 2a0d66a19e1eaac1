import Barchan
import Glibc
import OpenPGP

/// Packages and grains in directories, records in SQLite.
struct OverlayStorage: ClosableStorageProvider {
    let guarantees: Set<Guarantee> = [.crashSafe, .powerLossSafe, .sharedPackages, .verifiedPackages]
    let packages: any PackageStore
    let volumes: any VolumeStore
    let records: any RecordStore
    private let mounts: Result<ImageMounts, HostError>?

    init(_ settings: OverlayStorageSettings, log: HostLog) async throws(HostError) {
        // 0711: a sandbox's user must be able to reach what is mounted for it, but not to look around.
        let root = try Directory.opening(path: settings.directory, mode: 0o711)
        let packages = try root.directory(makingIfMissing: "packages", mode: 0o711)
        let volumes = try root.directory(makingIfMissing: "volumes", mode: 0o711)
        let files = try SharedFiles(in: root)
        let lock = try StorageLock(root) { () throws(HostError) in
            try ImageMounts.removeLeftovers(in: root)
            try files.removePackages(try packages.leftovers(), in: packages)
            try volumes.removeLeftovers()
        }
        mounts = try Self.mounts(settings, root, packages)
        self.packages = DirectoryPackageStore(
            root: packages, skeleton: try Skeleton.make(in: root),
            format: settings.storesImages ? .images : .directories(areShared: settings.sharesFiles), files: files,
            mounts: mounts, limits: settings.limits,
            verifier: AuthorVerifier(program: settings.gpg), lock: lock,
            log: log)
        self.volumes = DirectoryVolumeStore(
            root: volumes, logBytes: settings.logBytes, backupLimits: settings.backupLimits, lock: lock)
        records = try await SQLiteRecordStore(path: "\(root.path)/records.sqlite")
    }

    func close() { try? mounts?.get().close() }

    /// Where images are mounted: those to come, and those that are there whatever the setting is now. Launchers of sandboxes
    /// need the place when they start.
    /// - Returns: Nil when there is no image; a failure when none of those that are there can be mounted.
    private static func mounts(
        _ settings: OverlayStorageSettings, _ root: Directory, _ packages: Directory
    ) throws(HostError) -> Result<ImageMounts, HostError>? {
        let hasImages = try packages.names().contains { packages.exists("\($0)/\(PackageFacts.imageName)") }
        guard hasImages || settings.storesImages else { return nil }
        do throws(HostError) {
            return .success(try ImageMounts(in: root))
        } catch {
            guard settings.storesImages else { return .failure(error) }
            throw HostError(error.code, "\(error.message); with packageStore = \"directories\" none is needed")
        }
    }
}

/// Held as long as the directory is in use, so that nobody cleans up what another one is working on.
final class StorageLock: Sendable {
    private let file: OwnedDescriptor

    /// - Parameter alone: Called when nobody else uses the directory, and nobody else can begin meanwhile.
    init(_ root: Directory, alone: () throws(HostError) -> Void) throws(HostError) {
        let number = openat(root.number, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw systemError("open '\(root.path)/lock'") }
        file = OwnedDescriptor(takingOwnershipOf: number)
        if flock(number, LOCK_EX | LOCK_NB) == 0 { try alone() }
        // Waits while somebody else cleans up; from then on everybody shares.
        guard flock(number, LOCK_SH) == 0 else { throw systemError("lock '\(root.path)/lock'") }
    }
}
