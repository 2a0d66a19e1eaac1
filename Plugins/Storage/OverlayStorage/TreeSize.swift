import Barchan
import CLinux
import Glibc

extension Directory {
    /// Space on disk that everything below one of its directories takes, in bytes. A file with several names counts a share for
    /// each. What has no content counts, too: a file system has only so many files.
    ///
    /// A grain may change the tree meanwhile: what vanishes is not counted, and no step follows a link or leaves the
    /// directory. What it has closed to its own user is opened for the host, unless somebody else is doing that just now.
    func treeBytes(of name: String) throws(HostError) -> Int64 {
        guard exists(name) else { throw systemError("open directory '\(path)/\(name)'") }
        var measure = TreeMeasure(mayOpen: lockForOwnerAccess(isPatient: false))
        try measure.add(Array(name.utf8), in: self, bases: 0)
        return measure.bytes
    }
}

private struct TreeMeasure {
    let mayOpen: Bool
    var bytes: Int64 = 0
    /// For an inode and its name.
    private static let leastBytes: Int64 = 4096
    /// Longer relative paths get a directory of their own to start from; the kernel takes 4096 bytes.
    private static let maximumPathBytes = 3000
    /// Nested starting points. 100,000 directories inside one another pass; what is deeper is not counted.
    private static let maximumBases = 128

    init(mayOpen: Bool) { self.mayOpen = mayOpen }

    mutating func add(_ start: [UInt8], in base: Directory, bases: Int) throws(HostError) {
        var pending = [start]
        var accesses = bases == 0 ? OwnerAccesses() : OwnerAccesses(most: 0)
        while let path = pending.popLast() {
            if mayOpen { accesses.enter(path, beneath: base) }
            guard let directory = Self.open(path, in: base) else { continue }
            if path.count > Self.maximumPathBytes {
                if bases < Self.maximumBases { try add([0x2e], in: directory, bases: bases + 1) }
                continue
            }
            for name in try directory.rawNames() where count(name, in: directory) {
                pending.append(path + [0x2f] + name)
            }
        }
    }

    /// Adds one entry; true when it is a directory to look into.
    private mutating func count(_ name: [UInt8], in directory: Directory) -> Bool {
        name.withName { name in
            var facts = stat()
            guard fstatat(directory.number, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 else { return false }
            let isDirectory = facts.st_mode & S_IFMT == S_IFDIR
            let names = isDirectory ? 1 : max(1, Int64(facts.st_nlink))
            bytes += max(Int64(facts.st_blocks) * 512, Self.leastBytes) / names
            return isDirectory
        }
    }

    /// Nil when it vanished, or became a link, or may not be read by the host.
    private static func open(_ path: [UInt8], in base: Directory) -> Directory? {
        let number = path.withName { clinux_open_beneath(base.number, $0) }
        guard number >= 0 else { return nil }
        return Directory(OwnedDescriptor(takingOwnershipOf: number), path: base.path)
    }
}
