import Barchan
import CLinux
import Glibc
import ZIP

/// One directory for each grain: `data` becomes its /var; the log stands beside it, where the grain cannot reach it.
actor DirectoryVolumeStore: VolumeStore {
    private let thread: StorageThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    let root: Directory
    let logBytes: Int64
    let backupLimits: ZIPLimits
    let lock: StorageLock
    /// Nil where the file system holds no limits.
    private var projects: VolumeProjects?

    init(root: Directory, logBytes: Int64, backupLimits: ZIPLimits, lock: StorageLock) {
        thread = StorageThread(name: "volumes")
        projects = VolumeProjects(in: root)
        self.root = root
        self.logBytes = logBytes
        self.backupLimits = backupLimits
        self.lock = lock
    }

    func create(for grain: GrainID, owner: FileOwner) throws(HostError) -> any Volume {
        let attempt = "make the volume of grain '\(grain)'"
        guard !root.exists(grain.text) else { throw Self.exists(grain) }
        // Complete and on the disk before it has its name: a crash leaves a volume or none.
        let temporary = Directory.temporaryName("new")
        do throws(HostError) {
            let volume = try root.directory(makingIfMissing: temporary, mode: 0o711)
            let data = try volume.directory(makingIfMissing: "data", mode: 0o770)
            guard fchown(data.number, owner.user, owner.group) == 0 else { throw systemError(attempt) }
            guard fchmod(data.number, 0o770) == 0 else { throw systemError(attempt) }
            try data.synchronize()
            try volume.synchronize()
            guard clinux_rename_new(root.number, temporary, grain.text) == 0 else {
                if errno == EEXIST { throw Self.exists(grain) }
                throw systemError(attempt)
            }
            try root.synchronize()
        } catch {
            try? root.removeTree(temporary)
            throw error
        }
        return try volume(named: grain)
    }

    func volume(for grain: GrainID) throws(HostError) -> (any Volume)? {
        // Whatever else is in its place is nobody's data, and a link to somewhere would show that to the grain.
        guard root.isDirectory(grain.text), try root.directory(grain.text).isDirectory("data") else { return nil }
        return try volume(named: grain)
    }

    func grains() throws(HostError) -> [GrainID] { try root.names().compactMap { GrainID($0) }.sorted() }

    func remove(for grain: GrainID) throws(HostError) {
        // Out of sight first: a crash while removing must not leave half a volume under the grain's name.
        let temporary = Directory.temporaryName("gone")
        guard clinux_rename_new(root.number, grain.text, temporary) == 0 else {
            if errno == ENOENT { return }
            throw systemError("remove the volume of grain '\(grain)'")
        }
        try root.synchronize()
        let project = (try? root.directory(temporary).directory("data")).flatMap(VolumeProjects.project)
        try root.removeTree(temporary)
        // A limit that is left over does no harm: whoever gets the number next sets its own.
        if let project { try? projects?.limit(project, to: nil) }
    }

    private func volume(named grain: GrainID) throws(HostError) -> DirectoryVolume {
        DirectoryVolume(directory: "\(root.path)/\(grain)/data", grain: grain, store: self)
    }

    private static func exists(_ grain: GrainID) -> HostError {
        HostError(.alreadyExists, "make the volume of grain '\(grain)': it has one")
    }
}

extension DirectoryVolumeStore: MeteredVolumeStore {
    func room() throws(HostError) -> DiskRoom {
        var facts = statvfs()
        guard fstatvfs(root.number, &facts) == 0 else { throw systemError("measure the disk of '\(root.path)'") }
        let block = Int64(clamping: facts.f_frsize), total = Int64(clamping: facts.f_blocks) * block
        let free = Int64(clamping: facts.f_bavail) * block
        // No file can be made without an inode: where their number is fixed, a share of them is a share of the disk.
        let share = facts.f_files > 0 ? Double(facts.f_favail) / Double(facts.f_files) : 1
        return DiskRoom(
            freeBytes: min(free, Int64(share * Double(total))), totalBytes: total,
            files: Int64(clamping: facts.f_files - min(facts.f_files, facts.f_ffree)))
    }

    func usedBytes(of grain: GrainID) async throws(HostError) -> Int64 {
        let volume = try root.directory(grain.text)
        if let projects, let bytes = try projects.usedBytes(try volume.directory("data")) { return bytes }
        // A walk may take long, so it has a thread to itself and holds up no other grain.
        return try await TreeWalk().bytes(of: volume)
    }

    func appendToLog(of grain: GrainID, _ bytes: [UInt8]) throws(HostError) {
        try GrainLog(directory: try root.directory(grain.text), rotateAtBytes: logBytes).append(bytes)
    }

    func readLog(of grain: GrainID, maximumBytes: Int) throws(HostError) -> [UInt8] {
        try GrainLog(directory: try root.directory(grain.text), rotateAtBytes: logBytes).read(
            maximumBytes: maximumBytes)
    }

    func synchronize(_ grain: GrainID) async throws(HostError) {
        try await TreeWalk().synchronize(try root.directory(grain.text))
    }
}

extension DirectoryVolumeStore: LimitingVolumeStore {
    var holdsLimits: Bool { projects != nil }

    func limit(_ grain: GrainID, to bytes: Int64?) async throws(HostError) -> Bool {
        guard projects != nil else { return false }
        let data = try root.directory(grain.text).directory("data")
        let project: UInt32
        if let known = VolumeProjects.project(of: data) {
            project = known
        } else {
            guard let new = try projects?.newProject() else { return false }
            // The whole tree of a volume that was there before, or was restored.
            try await TreeWalk().assign(new, to: data)
            project = new
        }
        try projects?.limit(project, to: bytes)
        return true
    }
}

extension DirectoryVolumeStore: OwnedVolumeStore {
    func owner(of grain: GrainID) throws(HostError) -> FileOwner {
        let data = try root.directory(grain.text).directory("data")
        var facts = stat()
        guard fstat(data.number, &facts) == 0 else { throw systemError("look at '\(data.path)'") }
        return FileOwner(user: facts.st_uid, group: facts.st_gid)
    }
}

/// Long work on one directory.
private actor TreeWalk {
    private let thread = StorageThread(name: "volume walk")
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    func bytes(of volume: Directory) throws(HostError) -> Int64 { try volume.treeBytes(of: "data") }
    func assign(_ project: UInt32, to data: Directory) throws(HostError) {
        try VolumeProjects.assign(project, to: data)
    }
    func synchronize(_ directory: Directory) throws(HostError) { try directory.synchronizeFileSystem() }
}

/// The data of one grain.
struct DirectoryVolume: Volume {
    let directory: String
    let grain: GrainID
    let store: DirectoryVolumeStore

    func usedBytes() async throws(HostError) -> Int64 { try await store.usedBytes(of: grain) }
    func appendToLog(_ bytes: [UInt8]) async throws(HostError) { try await store.appendToLog(of: grain, bytes) }
    func readLog(maximumBytes: Int) async throws(HostError) -> [UInt8] {
        try await store.readLog(of: grain, maximumBytes: maximumBytes)
    }
    func synchronize() async throws(HostError) { try await store.synchronize(grain) }
}
