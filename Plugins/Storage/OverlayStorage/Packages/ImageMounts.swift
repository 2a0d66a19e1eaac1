import Barchan
import CLinux
import EROFS
import Glibc

/// Images of packages, mounted in one directory.
///
/// That directory is a mount of its own, which passes on what is mounted in it: launchers of sandboxes copy the mounts of
/// this process when they start, and see later ones this way. What sandboxes have of an image stays with them when it is
/// unmounted here.
final class ImageMounts: Sendable {
    private let directory: Directory
    private let parent: Directory
    private let name: String

    /// - Throws: ``HostError`` `.unsupported` when images cannot be mounted here, with what it takes.
    init(in root: Directory) throws(HostError) {
        parent = try root.directory(makingIfMissing: "mounts", mode: 0o711)
        name = Directory.temporaryName("new")
        let path = "\(parent.path)/\(name)"
        guard mkdirat(parent.number, name, 0o755) == 0 else { throw systemError("make directory '\(path)'") }
        guard clinux_mount_memory(path) == 0, clinux_mount_propagation(path, CLINUX_MOUNT_SHARED) == 0 else {
            let error = Self.refusal(errno)
            clinux_unmount(path)
            unlinkat(parent.number, name, AT_REMOVEDIR)
            throw error
        }
        directory = try parent.directory(name)
        try tryOut(in: root)
    }

    deinit { close() }

    /// Unmounts everything. A second time does nothing.
    func close() {
        clinux_unmount(directory.path)
        unlinkat(parent.number, name, AT_REMOVEDIR)
    }

    /// Unmounts what processes that were killed have left.
    static func removeLeftovers(in root: Directory) throws(HostError) {
        guard root.exists("mounts") else { return }
        let mounts = try root.directory("mounts")
        for name in try mounts.names() { while clinux_unmount("\(mounts.path)/\(name)") == 0 {} }
        try mounts.removeLeftovers()
    }

    /// Mounts an image, read-only, and says where.
    func mount(_ image: CInt, as name: String) throws(HostError) -> String {
        let path = "\(directory.path)/\(name)"
        unmount(name)
        guard mkdirat(directory.number, name, 0o755) == 0 else { throw systemError("make directory '\(path)'") }
        let mount = try detached(image)
        guard clinux_move_mount(mount.rawValue, "", AT_FDCWD, path, CLINUX_MOVE_FROM_DESCRIPTOR) == 0 else {
            throw systemError("mount an image at '\(path)'")
        }
        return path
    }

    /// Harmless for what is not mounted.
    func unmount(_ name: String) {
        clinux_unmount("\(directory.path)/\(name)")
        unlinkat(directory.number, name, AT_REMOVEDIR)
    }

    /// The smallest image, to learn whether this machine can mount one before it matters.
    private func tryOut(in root: Directory) throws(HostError) {
        let number = clinux_temporary_file(root.number)
        guard number >= 0 else { throw systemError("make a temporary file in '\(root.path)'") }
        let file = OwnedDescriptor(takingOwnershipOf: number)
        let layout = try ImageLayout(ImageTree(entries: 0, nameBytes: 0))
        guard ftruncate(number, Int(layout.imageBytes)) == 0 else { throw systemError("write in '\(root.path)'") }
        try ImageWriter(layout) { bytes, offset throws(HostError) in
            guard pwrite(number, bytes.baseAddress, bytes.count, Int(offset)) == bytes.count else {
                throw systemError("write in '\(root.path)'")
            }
        }.finish()
        _ = try detached(file.rawValue)
    }

    private func detached(_ image: CInt) throws(HostError) -> OwnedDescriptor {
        let number = clinux_fsopen("erofs")
        guard number >= 0 else { throw Self.refusal(errno) }
        let context = OwnedDescriptor(takingOwnershipOf: number)
        // Exactly the file that was checked, whatever its path leads to by now.
        guard clinux_fsconfig_string(context.rawValue, "source", "/proc/self/fd/\(image)") == 0,
            clinux_fsconfig_create(context.rawValue) == 0
        else { throw Self.refusal(errno) }
        let mount = clinux_fsmount(
            context.rawValue, UInt32(CLINUX_MOUNT_RDONLY | CLINUX_MOUNT_NOSUID | CLINUX_MOUNT_NODEV))
        guard mount >= 0 else { throw Self.refusal(errno) }
        return OwnedDescriptor(takingOwnershipOf: mount)
    }

    private static func refusal(_ number: CInt) -> HostError {
        let reason =
            switch number {
            case ENODEV: "this kernel has no EROFS"
            case ENOTBLK: "this kernel cannot mount a file without a loop device; Linux 6.12 or newer can"
            case EPERM, EACCES: "that takes root (CAP_SYS_ADMIN)"
            case EINVAL: "the file system of the data directory cannot carry images, or the image is damaged"
            default: String(cString: strerror(number))
            }
        return HostError(.unsupported, "mount an image: \(reason)")
    }
}
