import Barchan
import CLinux
import GrainBackup
import Glibc
import ZIP

/// Long work on backups, on a thread that yields to others.
actor BackupWork {
    private let thread = StorageThread(name: "backup", isUrgent: false)
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private var spool: BackupSpool?
    private var archive: ZIPReader?
    private let budget: BackupBudget

    /// - Parameter diskBytes: What a backup that is received and unpacked may take.
    init(diskBytes: Int64? = nil) { budget = BackupBudget(diskBytes: diskBytes) }

    func remove(_ name: String, from root: Directory) { try? root.removeTree(name) }

    func snapshot(
        of volume: Directory, log: [UInt8], in root: Directory, limits: ZIPLimits, lock: StorageLock
    ) throws(HostError) -> DirectorySnapshot {
        try DirectorySnapshot(of: volume, log: log, in: root, limits: limits, lock: lock)
    }

    // MARK: Restoring

    func receive(_ bytes: [UInt8], in root: Directory) throws(HostError) {
        if spool == nil { spool = try BackupSpool(in: root) }
        try budget.takeForFile(bytes.count)
        try spool?.append(bytes)
    }

    /// The backup is here: what it says of itself.
    func open(limits: ZIPLimits) throws(HostError) -> BackupMetadata {
        guard let spool else { throw HostError(.invalidArgument, "read the backup: it is empty") }
        let archive = try ZIPReader(spool, limits: limits)
        self.archive = archive
        return try BackupLayout.metadata(of: archive)
    }

    /// Unpacks the backup into an empty directory of `root`, which gets the name `name` in the end.
    func unpack(
        as name: String, owner: FileOwner, maximumBytes: Int64?, in root: Directory
    ) throws(HostError) {
        budget.volumeLimit = maximumBytes
        let temporary = Directory.temporaryName("new")
        do throws(HostError) {
            let volume = try root.directory(makingIfMissing: temporary, mode: 0o711)
            try unpack(into: try volume.directory(makingIfMissing: "data", mode: 0o770), owner: owner)
            // One call for the whole tree; before the name, or a power cut could leave a volume that looks complete.
            try volume.synchronizeFileSystem()
            guard clinux_rename_new(root.number, temporary, name) == 0 else {
                throw systemError("make the volume of grain '\(name)'")
            }
            try root.synchronize()
        } catch {
            try? root.removeTree(temporary)
            throw error
        }
    }

    /// Unpacks the backup into a place of its own, compares, and removes it.
    func verify(_ metadata: BackupMetadata, in root: Directory) throws(HostError) -> BackupContents {
        let temporary = Directory.temporaryName("new")
        defer { try? root.removeTree(temporary) }
        let data = try root.directory(makingIfMissing: temporary, mode: 0o700)
        try unpack(into: data, owner: FileOwner(user: geteuid(), group: getegid()))
        guard let archive else { throw HostError(.invalidArgument, "read the backup: it is empty") }
        return try BackupComparison(archive, data).contents(metadata)
    }

    private func unpack(into data: Directory, owner: FileOwner) throws(HostError) {
        guard let archive else { throw HostError(.invalidArgument, "read the backup: it is empty") }
        let builder = TreeBuilder(data, owner: owner)
        var own: mode_t = 0o770
        for member in archive.members {
            guard let path = BackupLayout.path(of: member.entry) else { continue }
            guard !path.isEmpty else {
                guard member.entry.kind == .directory else {
                    throw HostError(.invalidArgument, "read the backup: 'data' is no directory")
                }
                // Whatever others may do there, its owner and its group use it.
                own = mode_t(member.entry.permissions & 0o770) | 0o770
                continue
            }
            try add(member, Array(path), to: builder, from: archive)
        }
        try builder.finish()
        guard fchown(data.number, owner.user, owner.group) == 0, fchmod(data.number, own) == 0 else {
            throw systemError("set owner and mode of '\(data.path)'")
        }
    }

    private func add(
        _ member: ZIPMember, _ path: [UInt8], to builder: TreeBuilder, from archive: ZIPReader
    ) throws(HostError) {
        // A name takes something, whatever it is of.
        try budget.takeForVolume(BackupBudget.block)
        let entry = member.entry, permissions = BackupComparison.restored(entry.permissions)
        let modified = timespec(tv_sec: Int(entry.modified), tv_nsec: 0)
        switch entry.kind {
        case .directory: try builder.addDirectory(path, permissions: permissions, modified: modified)
        case .link:
            let target = try archive.content(of: member, maximumBytes: 4095)
            guard !target.contains(0) else {
                throw HostError(.invalidArgument, "restore link '\(entry.text)': its target has a zero byte")
            }
            try builder.addLink(path, target: target, modified: modified)
        case .file:
            try builder.addFile(path, permissions: permissions, modified: modified) { (file) throws(HostError) in
                var sparse = SparseWriter(file, name: entry.text, budget)
                try archive.expand(member) { (bytes) throws(HostError) in try sparse.write(bytes) }
                try sparse.finish()
            }
        }
    }
}

/// Writes a file and leaves holes where it is zero.
private struct SparseWriter {
    private let file: CInt
    private let name: String
    private let budget: BackupBudget
    private var position = 0
    private static let block = BackupBudget.block
    private static let zeros = [UInt8](repeating: 0, count: block)

    init(_ file: CInt, name: String, _ budget: BackupBudget) {
        self.file = file
        self.name = name
        self.budget = budget
    }

    mutating func write(_ bytes: UnsafeRawBufferPointer) throws(HostError) {
        var start = 0
        while start < bytes.count {
            // Up to the next boundary of a block of the file.
            let end = min(bytes.count, start + Self.block - (position + start) % Self.block)
            let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            if !Self.isZero(piece) {
                guard lseek(file, off_t(position + start), SEEK_SET) >= 0 else { throw systemError("write '\(name)'") }
                let run = Self.dataEnd(in: bytes, from: end)
                try budget.takeForVolume(run - start)
                try writeAll(UnsafeRawBufferPointer(rebasing: bytes[start..<run]), to: file, called: name)
                start = run
            } else {
                start = end
            }
        }
        position += bytes.count
    }

    func finish() throws(HostError) {
        guard ftruncate(file, off_t(position)) == 0 else { throw systemError("write '\(name)'") }
    }

    /// The end of what is to be written in one call: the next whole block of zeros.
    private static func dataEnd(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var end = start
        while end < bytes.count {
            let next = min(bytes.count, end + block)
            if isZero(UnsafeRawBufferPointer(rebasing: bytes[end..<next])) { return end }
            end = next
        }
        return end
    }

    private static func isZero(_ piece: UnsafeRawBufferPointer) -> Bool {
        guard let start = piece.baseAddress else { return true }
        return memcmp(start, zeros, piece.count) == 0
    }
}
