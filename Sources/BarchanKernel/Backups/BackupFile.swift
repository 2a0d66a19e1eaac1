import Barchan
import Glibc

/// A backup in a file of the host's machine.
enum BackupFile {
    /// Of the name of one that is not finished, where it has one.
    static let partialSuffix = ".partial"

    /// Writes a new file, which has its name only once all of it is on the disk. Takes the place of one that a host did not
    /// finish because it ended.
    /// - Parameters:
    ///   - isNamed: Whether it has a name until then even where the file system can do without.
    ///   - check: Called with a path by which it can be opened until then.
    /// - Returns: Its size.
    /// - Throws: ``HostError`` `.alreadyExists` when there is one with that name, or somebody is writing it. Nothing is left
    ///   after an error.
    static func write(
        _ bytes: any ByteReader, to path: String, isNamed: Bool = false,
        check: (String) async throws(HostError) -> Void = { _ in }
    ) async throws(HostError) -> Int64 {
        var size: Int64 = 0, unfinished: UnfinishedFile?
        do throws(HostError) {
            let file = try await OwnThread.run { () throws(HostError) in try UnfinishedFile(path, isNamed: isNamed) }
            unfinished = file
            while let piece = try await bytes.next() {
                size += Int64(piece.count)
                try await OwnThread.run { () throws(HostError) in try file.append(piece) }
            }
            try await check(file.temporaryPath)
            try await OwnThread.run { () throws(HostError) in try file.finish() }
            return size
        } catch {
            bytes.cancel()
            unfinished?.remove()
            throw error
        }
    }

    /// Removes what a host that ended left of the backup at `path`; nothing while somebody writes it.
    static func removeUnfinished(_ path: String) {
        let temporary = path + partialSuffix
        let number = open(temporary, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard number >= 0 else { return }
        let file = OwnedDescriptor(takingOwnershipOf: number)
        if flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK { unlink(temporary) }
    }
}
