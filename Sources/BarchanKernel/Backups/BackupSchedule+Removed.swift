import Barchan
import Glibc

/// Backups of grains that are gone. They are why a grain that was removed by mistake can come back, so they stay for a while.
///
/// The time runs from when the host first found the grain gone, which a file in its folder says: the backups may be older by
/// far, and a host whose records are not there for a moment must not take that for a removal.
extension BackupSchedule {
    /// In a folder whose grain is gone, with the time when that was noticed.
    private static let mark = "removed"

    func removeThoseOfRemovedGrains(thereAre grains: Set<GrainID>) async throws(HostError) {
        let now = clock.wallSeconds()
        let removed = try await OwnThread.run { () throws(HostError) in
            var removed: [String] = []
            guard access(directory, F_OK) == 0 else { return removed }
            for name in try Self.names(in: directory) {
                guard let grain = GrainID(name) else { continue }
                let folder = "\(directory)/\(name)"
                if grains.contains(grain) {
                    unlink("\(folder)/\(Self.mark)")
                } else if try isOver(folder, now) {
                    try Self.remove(folder)
                    removed.append(name)
                }
            }
            return removed
        }
        for grain in removed { log(.info, "backups of grain \(grain) are removed: it was removed long ago") }
    }

    /// Marks the folder when it has no mark yet.
    private func isOver(_ folder: String, _ now: Int64) throws(HostError) -> Bool {
        let days = settings.keepRemoved.components.seconds
        guard days > 0 else { return false }
        let path = "\(folder)/\(Self.mark)"
        if let file = fopen(path, "re") {
            defer { fclose(file) }
            var text = [CChar](repeating: 0, count: 32)
            guard fgets(&text, CInt(text.count), file) != nil else { return false }
            let since = Int64(String(decoding: text.prefix { $0 != 0x0a && $0 != 0 }.map { UInt8($0) }, as: UTF8.self))
            return since.map { now - $0 >= days } ?? false
        }
        guard let file = fopen(path, "wex") else {
            throw HostError(.failed, "write '\(path)': \(String(cString: strerror(errno)))")
        }
        fputs("\(now)\n", file)
        guard fclose(file) == 0 else {
            unlink(path)
            throw HostError(.failed, "write '\(path)': \(String(cString: strerror(errno)))")
        }
        return false
    }

    /// Nothing but backups, and the folder when nothing else is there.
    private static func remove(_ folder: String) throws(HostError) {
        for name in try names(in: folder) where seconds(name) != nil || name.hasSuffix(BackupFile.partialSuffix) {
            unlink("\(folder)/\(name)")
        }
        unlink("\(folder)/\(mark)")
        rmdir(folder)
    }
}
