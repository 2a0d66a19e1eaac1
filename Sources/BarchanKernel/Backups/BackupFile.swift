import Barchan
import CLinux
import Glibc

/// A backup in a file of the host's machine.
enum BackupFile {
    /// Of the name of one that is not finished.
    static let partialSuffix = ".partial"

    /// Writes a new file, which has its name only once all of it is on the disk. Takes the place of one that a host did not
    /// finish because it ended.
    /// - Parameter check: Called with the path it has until then.
    /// - Returns: Its size.
    /// - Throws: ``HostError`` `.alreadyExists` when there is one with that name, or somebody is writing it. Nothing is left
    ///   after an error.
    static func write(
        _ bytes: any ByteReader, to path: String, check: (String) async throws(HostError) -> Void = { _ in }
    ) async throws(HostError) -> Int64 {
        let temporary = path + partialSuffix
        var size: Int64 = 0, isOurs = false
        do throws(HostError) {
            let file = try await OwnThread.run { () throws(HostError) in try open(temporary, for: path) }
            isOurs = true
            while let piece = try await bytes.next() {
                size += Int64(piece.count)
                try await OwnThread.run { () throws(HostError) in try append(piece, to: file, path) }
            }
            try await check(temporary)
            try await OwnThread.run { () throws(HostError) in try finish(file, temporary, path) }
            return size
        } catch {
            bytes.cancel()
            if isOurs { unlink(temporary) }
            throw error
        }
    }

    /// Removes what a host that ended left of the backup at `path`; nothing while somebody writes it.
    static func removeUnfinished(_ path: String) {
        let temporary = path + partialSuffix
        let number = Glibc.open(temporary, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard number >= 0 else { return }
        let file = OwnedDescriptor(takingOwnershipOf: number)
        if flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK { unlink(temporary) }
    }

    private static func open(_ temporary: String, for path: String) throws(HostError) -> SharedDescriptor {
        guard access(path, F_OK) != 0 else { throw failure(path, EEXIST) }
        let number = Glibc.open(temporary, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw failure(temporary) }
        let file = OwnedDescriptor(takingOwnershipOf: number)
        // A writer locks its file until it has its name; after that the file found here is not the one opened above.
        var own = stat(), named = stat()
        // File systems of other machines may know no locks.
        guard flock(number, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK, fstat(number, &own) == 0,
            stat(temporary, &named) == 0, own.st_mode & S_IFMT == S_IFREG,
            (own.st_dev, own.st_ino) == (named.st_dev, named.st_ino)
        else { throw failure(temporary, EEXIST) }
        guard ftruncate(number, 0) == 0 else { throw failure(temporary) }
        return SharedDescriptor(file)
    }

    private static func append(_ bytes: [UInt8], to file: SharedDescriptor, _ path: String) throws(HostError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file.descriptor.rawValue, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw failure(path) }
            rest = rest.dropFirst(count)
        }
    }

    private static func finish(_ file: SharedDescriptor, _ temporary: String, _ path: String) throws(HostError) {
        guard fsync(file.descriptor.rawValue) == 0 else { throw failure(path) }
        if clinux_rename_new(AT_FDCWD, temporary, path) != 0 {
            // File systems of other machines may not know that call; who else writes here was asked at the beginning.
            guard errno == EINVAL || errno == ENOSYS, rename(temporary, path) == 0 else { throw failure(path) }
        }
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let number = Glibc.open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw failure(folder) }
        let directory = OwnedDescriptor(takingOwnershipOf: number)
        guard fsync(directory.rawValue) == 0 else { throw failure(folder) }
    }

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

private final class SharedDescriptor: Sendable {
    let descriptor: OwnedDescriptor
    init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }
}
