import Barchan
import CLinux
import Glibc
import ZIP

/// Fills an empty directory with what somebody else says, one path after the other.
///
/// No step follows a link or leaves the directory. What directories are to be like is set at the end, so that one that may
/// not be written to can be filled.
final class TreeBuilder {
    private let owner: FileOwner?
    private var anchors: PathAnchors
    private var directories: [[UInt8]: (permissions: mode_t, modified: timespec?)] = [:]
    private var pathBytes = 0
    private var parent: (path: [UInt8], directory: Directory)?
    /// Of the paths of all directories: a name of 64 KiB may stand for 32,768 of them.
    private static let maximumPathBytes = ZIPLimits().directoryBytes

    /// - Parameter owner: Nil for the host's user.
    init(_ root: Directory, owner: FileOwner?) {
        anchors = PathAnchors(root)
        self.owner = owner
    }

    func addDirectory(_ path: [UInt8], permissions: UInt16, modified: timespec) throws(HostError) {
        let (parent, name) = try place(of: path)
        let result = name.withName { mkdirat(parent.number, $0, 0o700) }
        // One that was made for what is in it, and comes now.
        let isKnown = result != 0 && errno == EEXIST && directories[path].map { $0.modified == nil } == true
        guard result == 0 || isKnown else { throw failure("make directory", path) }
        try note(path, mode_t(permissions), modified)
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
        for (path, (permissions, modified)) in directories.sorted(by: { $0.key.count > $1.key.count }) {
            guard let directory = try opened(path) else { throw failure("open directory", path) }
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
        var missing: [Int] = [], end = path.count, found = try opened(path)
        while found == nil {
            missing.append(end)
            end = path[..<end].lastIndex(of: 0x2f) ?? 0
            found = try opened(Array(path[..<end]))
        }
        guard var directory = found else { fatalError("the loop ends with a directory") }
        for next in missing.reversed() {
            let made = Array(path[..<next]), name = Array(path[(end > 0 ? end + 1 : 0)..<next])
            guard name.withName({ mkdirat(directory.number, $0, 0o700) }) == 0 else {
                throw failure("make directory", made)
            }
            try note(made, 0o755, nil)
            directory = try directory.directory(beneath: name)
            end = next
        }
        parent = (path, directory)
        return directory
    }

    /// Nil when nothing has that name.
    private func opened(_ path: [UInt8]) throws(HostError) -> Directory? {
        do throws(HostError) {
            let place = try anchors.place(of: path)
            return try place.directory.directory(beneath: place.path)
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    private func note(_ path: [UInt8], _ permissions: mode_t, _ modified: timespec?) throws(HostError) {
        guard directories.updateValue((permissions, modified), forKey: path) == nil else { return }
        pathBytes += path.count
        guard pathBytes <= Self.maximumPathBytes else {
            throw HostError(
                .resourceExhausted,
                "make directory '\(ZIPEntry.text(of: path))': the paths of all directories have more than "
                    + "\(Self.maximumPathBytes >> 20) MiB")
        }
    }

    private func failure(_ attempt: String, _ path: [UInt8]) -> HostError {
        let number = errno, text = "\(attempt) '\(ZIPEntry.text(of: path))' of the grain's data"
        guard number != EEXIST else { return HostError(.invalidArgument, "\(text): something else has that name") }
        return systemError(text, number)
    }
}
