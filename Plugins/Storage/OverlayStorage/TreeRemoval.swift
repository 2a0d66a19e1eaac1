import Barchan
import Glibc

extension Directory {
    /// Removes a file, a link, or a directory with everything in it. Removing nothing does nothing.
    ///
    /// Works for trees of any depth and breadth: a directory that is not empty is moved up beside the one to be removed
    /// before it is emptied itself, so that neither descriptors nor stack grow with the depth a grain chose.
    func removeTree(_ name: String) throws(HostError) {
        guard try !removeEntry(Array(name.utf8)) else { return }
        var pending = [name]
        var moved: UInt64 = 0
        while let next = pending.popLast() {
            let inner = try openForEmptying(next)
            while case let children = try inner.rawNames(atMost: 4096), !children.isEmpty {
                for child in children where try !inner.removeEntry(child) {
                    moved &+= 1
                    let place = "\(name).\(moved)"
                    try inner.move(child, to: place, in: self)
                    pending.append(place)
                }
            }
            guard unlinkat(number, next, AT_REMOVEDIR) == 0 else { throw systemError("remove '\(path)/\(next)'") }
        }
    }

    /// The names that say that something was never finished or is on its way out.
    func leftovers() throws(HostError) -> [String] {
        try names().filter { $0.hasPrefix(".new-") || $0.hasPrefix(".gone-") }
    }

    /// Removes what has such a name.
    func removeLeftovers() throws(HostError) {
        for name in try leftovers() { try removeTree(name) }
    }

    /// False for a directory that is not empty.
    private func removeEntry(_ name: [UInt8]) throws(HostError) -> Bool {
        try name.withName { name throws(HostError) in
            if unlinkat(number, name, 0) == 0 || errno == ENOENT { return true }
            // Linux says EISDIR, other file systems EPERM.
            guard errno == EISDIR || errno == EPERM else { throw systemError("remove a file in '\(path)'") }
            if unlinkat(number, name, AT_REMOVEDIR) == 0 { return true }
            guard errno == ENOTEMPTY || errno == EEXIST else { throw systemError("remove a directory in '\(path)'") }
            return false
        }
    }

    private func openForEmptying(_ name: String) throws(HostError) -> Directory {
        let directory: Directory
        do {
            directory = try self.directory(name)
        } catch {
            // A host that is not root cannot enter what a grain closed; it owns it, though. Nobody else works here.
            guard fchmodat(number, name, 0o700, 0) == 0 else { throw error }
            directory = try self.directory(name)
        }
        // Removing entries takes write permission, which the owner may have taken from itself.
        _ = fchmod(directory.number, 0o700)
        return directory
    }

    private func move(_ child: [UInt8], to place: String, in other: Directory) throws(HostError) {
        try child.withName { child throws(HostError) in
            if renameat(number, child, other.number, place) == 0 { return }
            // Moving a directory changes its `..`, which takes write permission on the directory itself.
            guard errno == EACCES, fchmodat(number, child, 0o700, 0) == 0,
                renameat(number, child, other.number, place) == 0
            else { throw systemError("move a directory out of '\(path)'") }
        }
    }
}
