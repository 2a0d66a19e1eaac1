import Barchan
import CLinux
import Glibc

/// An open directory; everything in it is reached by one name at a time, never through a symbolic link.
final class Directory: Sendable {
    let descriptor: OwnedDescriptor
    /// For messages and for mounts.
    let path: String

    init(_ descriptor: consuming OwnedDescriptor, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    var number: CInt { descriptor.rawValue }

    /// Opens a directory by its absolute path, making it when it is missing.
    static func opening(path: String, mode: mode_t) throws(HostError) -> Directory {
        if mkdir(path, mode) != 0, errno != EEXIST { throw systemError("make directory '\(path)'") }
        return Directory(try openDirectory(at: AT_FDCWD, path, called: path), path: path)
    }

    /// Opens a directory in this one.
    func directory(_ name: String) throws(HostError) -> Directory {
        let path = "\(path)/\(name)"
        return Directory(try openDirectory(at: number, name, called: path), path: path)
    }

    /// Opens a directory in this one, making it with exactly this mode when it is missing.
    func directory(makingIfMissing name: String, mode: mode_t) throws(HostError) -> Directory {
        let made = mkdirat(number, name, mode) == 0
        guard made || errno == EEXIST else { throw systemError("make directory '\(path)/\(name)'") }
        let directory = try directory(name)
        if made, fchmod(directory.number, mode) != 0 { throw systemError("set the mode of '\(path)/\(name)'") }
        return directory
    }

    /// The names in this directory that are text, without `.` and `..`, in no order.
    func names() throws(HostError) -> [String] {
        try rawNames().compactMap { String(validating: $0, as: UTF8.self) }
    }

    /// At most so many of the names in this directory, as bytes: what a grain calls its files need not be UTF-8.
    func rawNames(atMost limit: Int = .max) throws(HostError) -> [[UInt8]] {
        let copy = openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else { throw systemError("read directory '\(path)'") }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while names.count < limit, let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name != [0x2e], name != [0x2e, 0x2e] { names.append(name) }
        }
        return names
    }

    /// False for a link to a directory, too.
    func isDirectory(_ name: String) -> Bool {
        var facts = stat()
        return fstatat(number, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 && facts.st_mode & S_IFMT == S_IFDIR
    }

    func exists(_ name: String) -> Bool { faccessat(number, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0 }

    /// Returns when the names in this directory survive a power cut.
    func synchronize() throws(HostError) {
        guard fsync(number) == 0 else { throw systemError("synchronize directory '\(path)'") }
    }

    /// Returns when everything on this file system survives a power cut.
    func synchronizeFileSystem() throws(HostError) {
        guard clinux_syncfs(number) == 0 else { throw systemError("synchronize the file system of '\(path)'") }
    }

    /// A name that nobody has used; leftovers with it are cleaned up when the storage is opened.
    static func temporaryName(_ kind: String) -> String { ".\(kind)-\(PackageFacts.randomDigits())" }
}

private func openDirectory(at parent: CInt, _ name: String, called path: String) throws(HostError) -> OwnedDescriptor {
    let number = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard number >= 0 else { throw systemError("open directory '\(path)'") }
    return OwnedDescriptor(takingOwnershipOf: number)
}

/// A failed system call as a sentence.
func systemError(_ attempt: String, _ number: CInt = errno) -> HostError {
    let reason = String(cString: strerror(number))
    switch number {
    case ENOSPC, EDQUOT:
        return HostError(.resourceExhausted, "\(attempt): \(reason); make room on the disk and try again")
    case EMFILE, ENFILE, ENOMEM:
        return HostError(.resourceExhausted, "\(attempt): \(reason)")
    case EIO, EROFS, EUCLEAN:
        return HostError(.failed, "\(attempt): \(reason); check the disk, and what the kernel says of it")
    case EACCES, EPERM:
        return HostError(.permissionDenied, "\(attempt): \(reason); check the owner and mode of the data directory")
    case ENOTDIR, EISDIR, ELOOP:
        // A file where a directory should be, a directory where a file should be, a link where neither may be one.
        return HostError(.corrupt, "\(attempt): \(reason); something else is in its place")
    case ENOENT:
        return HostError(.notFound, "\(attempt): \(reason)")
    case EEXIST:
        return HostError(.alreadyExists, "\(attempt): \(reason)")
    default:
        return HostError(.failed, "\(attempt): \(reason)")
    }
}
