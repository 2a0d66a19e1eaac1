import Barchan
import Glibc
import ZIP

/// A copy of one volume, in a directory whose name says that it may be removed.
final class DirectorySnapshot: VolumeSnapshot {
    private let root: Directory
    private let name: String
    private let limits: ZIPLimits
    // So that nobody takes the copy for a leftover.
    private let lock: StorageLock

    private static let dataName = "data", logName = "log"

    /// Copies a volume that nobody writes to.
    init(
        of volume: Directory, log: [UInt8], in root: Directory, limits: ZIPLimits, lock: StorageLock
    ) throws(HostError) {
        self.root = root
        self.limits = limits
        self.lock = lock
        name = Directory.temporaryName("new")
        // What this cannot lock is a file system without locks.
        _ = volume.lockForOwnerAccess(isPatient: true)
        let access = OwnerAccess(to: Array(Self.dataName.utf8), beneath: volume)
        defer { withExtendedLifetime(access) {} }
        do throws(HostError) {
            let place = try root.directory(makingIfMissing: name, mode: 0o700)
            let source = try volume.directory(Self.dataName)
            let data = try place.directory(makingIfMissing: Self.dataName, mode: 0o700)
            try source.copyTree(into: data)
            let facts = try source.facts(beneath: [0x2e])
            // Whatever its owner may do there, a restored volume is its owner's to use.
            guard fchmod(data.number, facts.st_mode & 0o7777 | 0o700) == 0,
                futimens(data.number, [facts.st_mtim, facts.st_mtim]) == 0
            else { throw systemError("set mode and time of '\(data.path)'") }
            try place.writeFile(Self.logName, log)
        } catch {
            try? root.removeTree(name)
            throw error
        }
    }

    func data() throws(HostError) -> Directory { try root.directory(name).directory(Self.dataName) }
    func log() throws(HostError) -> [UInt8] { try root.directory(name).readFile(Self.logName, maximumBytes: 1 << 30) }

    func backup(_ metadata: BackupMetadata) async throws(HostError) -> any ByteReader {
        BackupStream(BackupWriter(self, metadata, limits: limits))
    }

    func discard() async { await BackupWork().remove(name, from: root) }
}
