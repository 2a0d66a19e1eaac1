import Barchan
import CLinux
import Glibc

/// Fills an empty directory with what somebody else says, one path after the other.
///
/// No step follows a link or leaves the directory. What directories are to be like is set at the end, so that one that may
/// not be written to can be filled.
final class TreeBuilder {
    private let root: Directory
    private let owner: FileOwner?
    private var directories: [(path: [UInt8], permissions: mode_t, modified: timespec?)] = []
    private var parent: (path: [UInt8], directory: Directory)?

    /// - Parameter owner: Nil for the host's user.
    init(_ root: Directory, owner: FileOwner?) {
        self.root = root
        self.owner = owner
    }

    func addDirectory(_ path: [UInt8], permissions: UInt16, modified: timespec) throws(HostError) {
        let (parent, name) = try place(of: path)
        let result = name.withName { mkdirat(parent.number, $0, 0o700) }
        // One that was made for what is in it, and comes now.
        let isKnown = result != 0 && errno == EEXIST && directories.contains { $0.path == path && $0.modified == nil }
        guard result == 0 || isKnown else { throw failure("make directory", path) }
        if isKnown { directories.removeAll { $0.path == path } }
        directories.append((path, mode_t(permissions), modified))
    }

    func addLink(_ path: [UInt8], target: [UInt8], modified: timespec) throws(HostError) {
        let (parent, name) = try place(of: path)
        let result = name.withName { name in
            target.withName { symlinkat($0, parent.number, name) }
        }
        guard result == 0 else { throw failure("make link", path) }
        let isDone = name.withName { name in
            if let owner, fchownat(parent.number, name, owner.user, owner.group, AT_SYMLINK_NOFOLLOW) != 0 {
                return false
            }
            return utimensat(parent.number, name, [modified, modified], AT_SYMLINK_NOFOLLOW) == 0
        }
        guard isDone else { throw failure("set owner and time of", path) }
    }

    /// Makes a file, which `fill` writes.
    func addFile(
        _ path: [UInt8], permissions: UInt16, modified: timespec, _ fill: (CInt) throws(HostError) -> Void
    ) throws(HostError) {
        let (parent, name) = try place(of: path)
        let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let number = name.withName { openat(parent.number, $0, flags, 0o600) }
        guard number >= 0 else { throw failure("make file", path) }
        let file = OwnedDescriptor(takingOwnershipOf: number)
        try fill(file.rawValue)
        if let owner, fchown(file.rawValue, owner.user, owner.group) != 0 { throw failure("set owner of", path) }
        guard fchmod(file.rawValue, mode_t(permissions)) == 0, futimens(file.rawValue, [modified, modified]) == 0 else {
            throw failure("set mode and time of", path)
        }
    }

    /// Gives directories their owners, modes and times, the deepest first.
    func finish() throws(HostError) {
        parent = nil
        for (path, permissions, modified) in directories.sorted(by: { $0.path.count > $1.path.count }) {
            let directory = try root.directory(beneath: path)
            if let owner, fchown(directory.number, owner.user, owner.group) != 0 {
                throw failure("set owner of", path)
            }
            guard fchmod(directory.number, permissions) == 0,
                modified.map({ futimens(directory.number, [$0, $0]) }) ?? 0 == 0
            else { throw failure("set mode and time of", path) }
        }
    }

    // MARK: Details

    private func place(of path: [UInt8]) throws(HostError) -> (Directory, name: [UInt8]) {
        guard let slash = path.lastIndex(of: 0x2f) else { return (try directory([]), path) }
        return (try directory(Array(path[..<slash])), Array(path[(slash + 1)...]))
    }

    /// An open directory of the tree; made when nothing with that name was there.
    private func directory(_ path: [UInt8]) throws(HostError) -> Directory {
        if let parent, parent.path == path { return parent.directory }
        let directory: Directory
        do throws(HostError) {
            directory = try root.directory(beneath: path)
        } catch {
            guard error.code == .notFound else {
                throw HostError(
                    error.code, "\(error.message); something that is no directory has the name of one")
            }
            let (outer, name) = try place(of: path)
            guard name.withName({ mkdirat(outer.number, $0, 0o700) }) == 0 else {
                throw failure("make directory", path)
            }
            directories.append((path, 0o755, nil))
            directory = try root.directory(beneath: path)
        }
        parent = (path, directory)
        return directory
    }

    private func failure(_ attempt: String, _ path: [UInt8]) -> HostError {
        systemError("\(attempt) '\(root.path)/\(String(decoding: path, as: UTF8.self))'")
    }
}
