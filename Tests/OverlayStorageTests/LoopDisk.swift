import Barchan
import Glibc
import Testing

/// A file system in a file, for one test.
final class LoopDisk {
    let path: String
    private let scratch: Scratch

    /// - Parameters:
    ///   - kind: As in the name of mkfs.
    ///   - features: Words for mkfs.
    ///   - options: Words for mount.
    /// - Throws: When this kernel does not mount it.
    init(_ kind: String, features: [String] = [], options: [String] = []) throws {
        scratch = try Scratch()
        path = "\(scratch.path)/disk"
        let image = "\(scratch.path)/image", options = (["loop"] + options).joined(separator: ",")
        try #require(mkdir(path, 0o711) == 0 && chmod(scratch.path, 0o711) == 0)
        try #require(run(["/usr/bin/truncate", "-s", "320M", image]) == 0)
        try #require(run(["/usr/sbin/mkfs.\(kind)", "-q"] + features + [image]) == 0)
        guard try run(["/usr/bin/mount", "-o", options, image, path]) == 0 else {
            throw HostError(.unsupported, "mount \(kind) with \(options)")
        }
    }

    // Lazily: the storage of the test may still hold files open.
    deinit { _ = try? run(["/usr/bin/umount", "-q", "-l", path]) }

    func storage() async throws -> any StorageProvider { try await scratch.storage(["directory": .string(path)]) }
}
