import Barchan
import CLinux
import Glibc
import SPK

/// The files of all packages, each content once: a hard link here for those in the trees.
///
/// Names of one file share its mode and its time of change, too, so those are part of what makes two files the same.
///
/// A file is named here as soon as it is whole, which may be before it is on the disk. That is safe: whoever makes a package
/// visible has synchronized the file system before, and what an installation that a power cut ended leaves is removed with
/// ``removePackages(_:in:)``, which takes everything that is in no tree.
final class SharedFiles: Sendable {
    /// What became of the wish for a name of a file that is here.
    enum Answer { case linked, unknown, unusable }

    private let directory: Directory

    init(in root: Directory) throws(HostError) {
        // For the host alone: what is here belongs to whichever package.
        directory = try root.directory(makingIfMissing: "files", mode: 0o700)
    }

    /// The beginning of what ``name(_:)`` takes; the content is still to be added.
    static func digest(mode: mode_t, modifiedNanoseconds: Int64) -> BLAKE2b {
        let digest = BLAKE2b()
        withUnsafeBytes(of: (modifiedNanoseconds.littleEndian, UInt64(mode).littleEndian)) { digest.update($0) }
        return digest
    }

    /// The name here of a file.
    static func name(_ digest: BLAKE2b) -> String {
        let digits = hexadecimal(digest.finish())
        return "\(digits.prefix(2))/\(digits.dropFirst(2))"
    }

    /// Makes the file that is here under `name` a file of a tree.
    func link(_ name: String, byteCount: Int, to entry: [UInt8], in parent: Directory) -> Answer {
        entry.withName { entry in
            guard linkat(directory.number, name, parent.number, entry, 0) == 0 else {
                // EMLINK: it has as many names as the file system allows.
                return errno == EMLINK ? .unusable : .unknown
            }
            var facts = stat()
            if fstatat(parent.number, entry, &facts, AT_SYMLINK_NOFOLLOW) == 0, facts.st_size == byteCount {
                return .linked
            }
            // Something happened to it on the disk.
            unlinkat(parent.number, entry, 0)
            return .unusable
        }
    }

    /// Keeps a file of a tree under `name`, from now on also instead of one that is unusable.
    ///
    /// Without it the file takes its own space, which is no reason to fail.
    func keep(_ entry: [UInt8], in parent: Directory, as name: String, replacing: Bool) {
        entry.withName { entry in
            if linkat(parent.number, entry, directory.number, name, 0) == 0 { return }
            if errno == ENOENT {
                mkdirat(directory.number, String(name.prefix(2)), 0o700)
                if linkat(parent.number, entry, directory.number, name, 0) == 0 { return }
            }
            guard errno == EEXIST, replacing else { return }
            let temporary = Directory.temporaryName("new")
            guard linkat(parent.number, entry, directory.number, temporary, 0) == 0 else { return }
            if renameat(directory.number, temporary, directory.number, name) != 0 {
                unlinkat(directory.number, temporary, 0)
            }
        }
    }

    /// Removes directories of packages, with the files that are in no other one.
    ///
    /// The directories go last: what a crash interrupts is seen by their names and done again.
    func removePackages(_ names: [String], in packages: Directory) throws(HostError) {
        guard !names.isEmpty else { return }
        // What took a package's place, a file for instance, has no tree.
        for name in names where packages.isDirectory(name) {
            try packages.directory(name).removeTree(PackageFacts.treeName)
        }
        try collect()
        for name in names { try packages.removeTree(name) }
    }

    /// Removes every file that is in no tree any more.
    ///
    /// A file that becomes part of another tree at this moment stays there, and is only not found here later.
    private func collect() throws(HostError) {
        try directory.removeLeftovers()
        for part in try directory.names() {
            // Another process that collects may have been faster.
            guard let shard = try? directory.directory(part) else { continue }
            for name in try shard.names() {
                var facts = stat()
                guard fstatat(shard.number, name, &facts, AT_SYMLINK_NOFOLLOW) == 0, facts.st_nlink == 1 else {
                    continue
                }
                unlinkat(shard.number, name, 0)
            }
            // Fails while something is in it.
            unlinkat(directory.number, part, AT_REMOVEDIR)
        }
    }
}
