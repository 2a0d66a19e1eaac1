import Barchan
import Glibc

/// What a grain can close to its own user, which is the host's where that is not root.
struct ClosedVolume {
    private let volumes: any VolumeStore
    private let owner = FileOwner(user: geteuid(), group: getegid())

    init(_ volumes: any VolumeStore) { self.volumes = volumes }

    func use() async throws {
        let app = AppID(String(repeating: "q", count: 52))
        guard let backups = volumes as? any BackupStore, let app else { exit(2) }
        let original = GrainID.random(), restored = GrainID.random()
        let volume = try await volumes.create(for: original, owner: owner)
        let empty = try await volume.usedBytes()
        try fill(volume.directory)
        StorageWorker.say("used \(try await volume.usedBytes() - empty)")
        let metadata = BackupMetadata(
            app: app, appVersion: 1, title: "closed",
            ownerIdentity: String(repeating: "ab", count: 32), users: [])
        let backup = MemoryBytes()
        let reader = try await backups.snapshot(of: original).backup(metadata)
        while let bytes = try await reader.next() { backup.pieces.append(bytes) }
        let contents = try await backups.verify(backup.copy(), diskBytes: nil)
        StorageWorker.say("verified \(contents.files) \(contents.directories)")
        _ = try await backups.restore(backup.copy(), for: restored, owner: owner, diskBytes: nil) { _ in nil }
        StorageWorker.say("volumes \(original) \(restored)")
    }

    /// Every file has a megabyte.
    private func fill(_ place: String) throws {
        for name in ["closed", "closed/inner", "listed", "searched", "open"] { mkdir("\(place)/\(name)", 0o700) }
        let block = [UInt8](repeating: 1, count: 1 << 20)
        for file in ["closed/inner/file", "closed/file", "listed/file", "searched/file", "open/file", "closed-not"] {
            let number = open("\(place)/\(file)", O_WRONLY | O_CREAT, 0o600)
            guard write(number, block, block.count) == block.count, fchmod(number, file == "open/file" ? 0 : 0o640) == 0
            else { throw HostError(.failed, "fill '\(file)'") }
            close(number)
        }
        // Deeper than descriptors are kept for.
        var path = "\(place)/deep"
        for _ in 0..<100 {
            mkdir(path, 0o700)
            path += "/deep"
        }
        mkdir(path, 0o700)
        close(open("\(path)/file", O_WRONLY | O_CREAT, 0o600))
        while path != place {
            chmod(path, 0)
            path.removeLast("/deep".count)
        }
        for name in ["closed/inner", "closed"] { chmod("\(place)/\(name)", 0) }
        chmod("\(place)/listed", 0o440)
        chmod("\(place)/searched", 0o310)
        // The way out: whoever follows it finds a file that is not the volume's.
        symlink("../../..", "\(place)/way-out")
        chmod(place, 0)
    }
}

/// A backup in memory.
private final class MemoryBytes: ByteReader, @unchecked Sendable {
    var pieces: [[UInt8]] = []
    private var position = 0

    func copy() -> MemoryBytes {
        let copy = MemoryBytes()
        copy.pieces = pieces
        return copy
    }

    func next() async throws(HostError) -> [UInt8]? {
        guard position < pieces.count else { return nil }
        defer { position += 1 }
        return pieces[position]
    }

    func cancel() {}
}
