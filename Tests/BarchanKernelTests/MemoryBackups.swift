import Barchan
import Synchronization

/// Backups in memory: the metadata as lines of text.
extension MemoryStorage: BackupStore {
    func snapshot(of grain: GrainID) async throws(HostError) -> any VolumeSnapshot {
        guard try await volume(for: grain) != nil else { throw HostError(.notFound, "no volume") }
        try await whileSnapshot.withLock { $0 }()
        return MemorySnapshot(discarded: discarded)
    }

    func restore(
        _ backup: any ByteReader, for grain: GrainID, owner: FileOwner, diskBytes: Int64?,
        check: @Sendable (BackupMetadata) async throws(HostError) -> Int64?
    ) async throws(HostError) -> BackupMetadata {
        let metadata = try MemorySnapshot.read(try await backup.readAll(maximumBytes: 1 << 20))
        let volumeBytes = try await check(metadata)
        restoreLimits.withLock { $0 = (diskBytes, volumeBytes) }
        _ = try await create(for: grain, owner: owner)
        return metadata
    }

    func verify(_ backup: any ByteReader, diskBytes: Int64?) async throws(HostError) -> BackupContents {
        BackupContents(metadata: try MemorySnapshot.read(try await backup.readAll(maximumBytes: 1 << 20)))
    }
}

struct MemorySnapshot: VolumeSnapshot {
    let discarded: Later<Bool>

    func backup(_ metadata: BackupMetadata) async throws(HostError) -> any ByteReader {
        BufferedBytes(Self.write(metadata))
    }

    func discard() async { discarded.set(true) }

    static func write(_ metadata: BackupMetadata) -> [UInt8] {
        var lines = [
            metadata.app.text, String(metadata.appVersion), metadata.title, metadata.ownerIdentity,
            metadata.originalGrain,
        ]
        for user in metadata.users { lines += [user.identity, user.credentials.joined(separator: " ")] }
        return Array(lines.joined(separator: "\n").utf8)
    }

    static func read(_ bytes: [UInt8]) throws(HostError) -> BackupMetadata {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
        guard lines.count >= 5, let app = AppID(lines[0]), let version = UInt32(lines[1]) else {
            throw HostError(.invalidArgument, "no backup")
        }
        var metadata = BackupMetadata(
            app: app, appVersion: version, title: lines[2], ownerIdentity: lines[3], originalGrain: lines[4])
        for index in stride(from: 5, to: lines.count - 1, by: 2) {
            let credentials = lines[index + 1].split(separator: " ").map(String.init)
            metadata.users.append(
                BackupUser(identity: lines[index], credentials: credentials, displayName: "", handle: ""))
        }
        return metadata
    }
}
