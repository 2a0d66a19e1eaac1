import Barchan
import CLinux
import Glibc

extension Directory {
    /// Space on disk that everything below takes, in bytes. A file with several names counts a share for each. What has no
    /// content counts, too: a file system has only so many files.
    ///
    /// A grain may change the tree meanwhile: what vanishes is not counted, and no step follows a link or leaves the
    /// directory.
    func treeBytes() throws(HostError) -> Int64 {
        var measure = TreeMeasure()
        try measure.add(self, bases: 0)
        return measure.bytes
    }
}

private struct TreeMeasure {
    var bytes: Int64 = 0
    /// For an inode and its name.
    private static let leastBytes: Int64 = 4096
    /// Longer relative paths get a directory of their own to start from; the kernel takes 4096 bytes.
    private static let maximumPathBytes = 3000
    /// Nested starting points. 100,000 directories inside one another pass; what is deeper is not counted.
    private static let maximumBases = 128

    mutating func add(_ base: Directory, bases: Int) throws(HostError) {
        var pending: [[UInt8]] = [[0x2e]]
        while let path = pending.popLast() {
            guard let directory = Self.open(path, in: base) else { continue }
            if path.count > Self.maximumPathBytes {
                if bases < Self.maximumBases { try add(directory, bases: bases + 1) }
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
