import Barchan
import CLinux
import Glibc

/// A new file that has its name only once all of it is on the disk.
///
/// Until then it has none (O_TMPFILE, open(2)): whatever ends the host, nothing is left of it. Where the file system cannot do
/// that it has another name, and is locked.
final class UnfinishedFile: Sendable {
    private let descriptor: OwnedDescriptor
    private let folder: OwnedDescriptor
    private let path: String
    private let temporaryName: String?

    /// - Parameters:
    ///   - path: Absolute. Something that an ended host left of it is taken over.
    ///   - isNamed: Even where it could be without a name.
    /// - Throws: ``HostError`` `.alreadyExists` when there is a file with that name, or somebody is writing it.
    init(_ path: String, isNamed: Bool) throws(HostError) {
        guard access(path, F_OK) != 0 else { throw Self.failure(path, EEXIST) }
        let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let number = Glibc.open(parent.isEmpty ? "/" : parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw Self.failure(path) }
        let folder = OwnedDescriptor(takingOwnershipOf: number)
        // An error of the disk's own shows when the file is given another name.
        let unnamed = isNamed ? -1 : clinux_temporary_file(number)
        temporaryName = unnamed < 0 ? path + BackupFile.partialSuffix : nil
        descriptor =
            if let temporaryName { try Self.open(named: temporaryName) } else {
                OwnedDescriptor(takingOwnershipOf: unnamed)
            }
        self.folder = folder
        self.path = path
    }

    /// What it can be opened by until it has its name.
    var temporaryPath: String { temporaryName ?? "/proc/self/fd/\(descriptor.rawValue)" }

    private static func open(named name: String) throws(HostError) -> OwnedDescriptor {
        let number = Glibc.open(name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw failure(name) }
        let file = OwnedDescriptor(takingOwnershipOf: number)
        // A writer locks its file until it has its name; after that the file found here is not the one opened above.
        var own = stat(), named = stat()
        // File systems of other machines may know no locks.
        guard flock(number, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK, fstat(number, &own) == 0,
            stat(name, &named) == 0, own.st_mode & S_IFMT == S_IFREG,
            (own.st_dev, own.st_ino) == (named.st_dev, named.st_ino)
        else { throw failure(name, EEXIST) }
        guard ftruncate(number, 0) == 0 else { throw failure(name) }
        return file
    }

    func append(_ bytes: [UInt8]) throws(HostError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor.rawValue, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Self.failure(path) }
            rest = rest.dropFirst(count)
        }
    }

    /// Gives it its name.
    /// - Throws: ``HostError`` `.alreadyExists` when there is a file with that name by now.
    func finish() throws(HostError) {
        guard fsync(descriptor.rawValue) == 0 else { throw Self.failure(path) }
        if let temporaryName {
            if clinux_rename_new(AT_FDCWD, temporaryName, path) != 0 {
                // File systems of other machines may not know that call; who else writes here was asked at the beginning.
                guard errno == EINVAL || errno == ENOSYS, rename(temporaryName, path) == 0 else {
                    throw Self.failure(path)
                }
            }
        } else {
            // The way for those without CAP_DAC_READ_SEARCH (open(2), O_TMPFILE).
            guard linkat(AT_FDCWD, temporaryPath, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0 else {
                throw Self.failure(path)
            }
        }
        guard fsync(folder.rawValue) == 0 else { throw Self.failure(path) }
    }

    /// Leaves nothing of one that is not finished.
    func remove() { if let temporaryName { unlink(temporaryName) } }

    private static func failure(_ path: String, _ number: CInt = errno) -> HostError {
        let code: HostError.Code =
            switch number {
            case EEXIST: .alreadyExists
            case ENOSPC, EDQUOT: .resourceExhausted
            case EACCES, EPERM, EROFS: .permissionDenied
            case ENOENT, ENOTDIR: .notFound
            default: .failed
            }
        return HostError(code, "write the backup '\(path)': \(String(cString: strerror(number)))")
    }
}
