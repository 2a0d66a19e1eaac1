import Barchan
import Glibc
import ZIP

extension DirectoryVolumeStore: BackupStore {
    func snapshot(of grain: GrainID) async throws(HostError) -> any VolumeSnapshot {
        guard root.exists(grain.text) else {
            throw HostError(.notFound, "back up grain '\(grain)': it has no data yet; open it first")
        }
        let volume = try root.directory(grain.text)
        let log = try readLog(of: grain, maximumBytes: Int(logBytes) * 2)
        return try await BackupWork().snapshot(of: volume, log: log, in: root, limits: backupLimits, lock: lock)
    }

    func restore(
        _ backup: any ByteReader, for grain: GrainID, owner: FileOwner, diskBytes: Int64?,
        check: @Sendable (BackupMetadata) async throws(HostError) -> Int64?
    ) async throws(HostError) -> BackupMetadata {
        guard !root.exists(grain.text) else {
            backup.cancel()
            throw HostError(.alreadyExists, "restore grain '\(grain)': it has a volume")
        }
        let (work, metadata) = try await receive(backup, diskBytes)
        let volumeBytes = try await check(metadata)
        try await work.unpack(as: grain.text, owner: owner, maximumBytes: volumeBytes, in: root)
        return metadata
    }

    func verify(_ backup: any ByteReader, diskBytes: Int64?) async throws(HostError) -> BackupContents {
        let (work, metadata) = try await receive(backup, diskBytes)
        return try await work.verify(metadata, in: root)
    }

    private func receive(
        _ backup: any ByteReader, _ diskBytes: Int64?
    ) async throws(HostError) -> (BackupWork, BackupMetadata) {
        let work = BackupWork(diskBytes: diskBytes)
        do throws(HostError) {
            while let bytes = try await backup.next() {
                guard !Task.isCancelled else { throw HostError(.cancelled, "restore a backup: cancelled") }
                try await work.receive(bytes, in: root)
            }
            return (work, try await work.open(limits: backupLimits))
        } catch {
            backup.cancel()
            throw error
        }
    }
}
