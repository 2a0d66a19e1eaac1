import CLinux
import Glibc
import SandboxProtocol

/// An empty root between the host's file system and the package.
///
/// Every sandbox begins with it, see ``TemplateNamespace``. The package is mounted into it and becomes the root by chroot(2).
/// Behind that there is nothing but this empty directory, nobody inside can leave a chroot without a capability, and the
/// kernel makes no user namespace for a process in a chroot.
struct StagingRoot {
    let directory: CInt

    /// Makes it, with the places to mount on, and this process leaves everything else.
    static func make() throws(LaunchFailure) {
        let attributes = [CLINUX_MOUNT_NOSUID, CLINUX_MOUNT_NODEV, CLINUX_MOUNT_NOEXEC]
        let stage = try DetachedMounts.memory(bytes: 64 << 10, inodes: 8, mode: "755", attributes, .rootSwitch)
        for name in ["root", "dev", "queues", DetachedMounts.memoryName] {
            try check(mkdirat(stage, name, 0o755), .rootSwitch)
        }
        close(try check(openat(stage, "cpuinfo", O_CREAT | O_WRONLY | O_CLOEXEC, 0o444), .rootSwitch))
        try check(clinux_move_mount(stage, "", AT_FDCWD, "/", CLINUX_MOVE_FROM_DESCRIPTOR), .rootSwitch)
        try check(fchdir(stage), .rootSwitch)
        // The old root ends up on top of the new one, from where it is taken off.
        try check(clinux_pivot_root(".", "."), .rootSwitch)
        try check(clinux_detach_mount("."), .rootSwitch)
        try check(chdir("/"), .rootSwitch)
        try check(clinux_mount_setattr(stage, CLINUX_MOUNT_RDONLY, 0), .rootSwitch)
        close(stage)
    }

    /// Of a sandbox, whose root it is.
    static func find() throws(LaunchFailure) -> StagingRoot {
        StagingRoot(directory: try check(open("/", CLINUX_O_PATH | O_DIRECTORY | O_CLOEXEC), .rootSwitch))
    }

    func attach(_ mounts: DetachedMounts) throws(LaunchFailure) {
        try check(
            clinux_move_mount(mounts.devices, "", directory, "dev", CLINUX_MOVE_FROM_DESCRIPTOR), .devices)
        try mounts.fillDevices()
        // Where nothing reaches it. A mount that is attached nowhere ends with its last descriptor, which would be the
        // execution of the program, and that takes as long as all of the last steps before.
        guard mounts.messageQueues >= 0 else { return }
        try check(
            clinux_move_mount(mounts.messageQueues, "", directory, "queues", CLINUX_MOVE_FROM_DESCRIPTOR), .devices)
    }

    /// Makes the package the root, with what belongs on its mount points except the data.
    /// - Returns: Where the data belongs; nil when the package has no place for it.
    func enter(package: CInt, _ mounts: DetachedMounts, _ order: LaunchOrder) throws(LaunchFailure) -> CInt? {
        try check(
            clinux_move_mount(package, "", directory, "root", CLINUX_MOVE_FROM_DESCRIPTOR), .attachPackage)
        let root = PackageRoot(descriptor: package)
        try root.mount(mounts.devices, on: "dev", .devDirectory)
        try root.mount(mounts.temporary, on: "tmp", .temporaryDirectory)
        let data = try root.place("var", .varDirectory)
        try root.mountProcessorInformation()
        try mounts.resize(to: order)
        try check(fchdir(package), .changeRoot)
        try check(clinux_chroot("."), .changeRoot)
        return data
    }

    /// Mounts the grain's data where ``enter(package:_:_:)`` said.
    static func attach(data: CInt, on place: CInt?) throws(LaunchFailure) {
        guard let place else { return }
        try check(clinux_move_mount(data, "", place, "", PackageRoot.byDescriptors), .varDirectory)
    }
}

/// The root of a package, whose names are not to be trusted.
struct PackageRoot {
    let descriptor: CInt

    static let byDescriptors = CLINUX_MOVE_FROM_DESCRIPTOR | CLINUX_MOVE_TO_DESCRIPTOR

    /// Mounts on a name of the package; does nothing when the package lacks it.
    func mount(_ mount: CInt, on name: String, _ step: LaunchStep, isDirectory: Bool = true) throws(LaunchFailure) {
        guard let place = try place(name, step, isDirectory: isDirectory) else { return }
        defer { close(place) }
        try check(clinux_move_mount(mount, "", place, "", PackageRoot.byDescriptors), step)
    }

    /// Copied only now: what is attached nowhere would have to be taken apart when the program is executed.
    fileprivate func mountProcessorInformation() throws(LaunchFailure) {
        guard let place = try place("proc/cpuinfo", .processorInformationFile, isDirectory: false) else { return }
        defer { close(place) }
        let path = TemplateNamespace.processorInformation
        let copy = try check(clinux_open_tree(AT_FDCWD, path, CLINUX_OPEN_TREE_CLONE), .processorInformation)
        defer { close(copy) }
        try check(clinux_move_mount(copy, "", place, "", PackageRoot.byDescriptors), .processorInformationFile)
    }

    /// A name of the package to mount on; nil when the package lacks it.
    ///
    /// A symbolic link anywhere on the way is refused: followed, it could put the mount, or what is written through it,
    /// elsewhere.
    func place(_ name: String, _ step: LaunchStep, isDirectory: Bool = true) throws(LaunchFailure) -> CInt? {
        let flags = CLINUX_O_PATH | O_NOFOLLOW | O_CLOEXEC | (isDirectory ? O_DIRECTORY : 0)
        let resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV
        let place = clinux_openat2(descriptor, name, UInt64(flags), UInt64(resolve))
        if place < 0 && errno == ENOENT { return nil }
        return try check(place, step)
    }

    /// Whether the package has this mount point.
    func has(_ name: String, _ step: LaunchStep, isDirectory: Bool = true) throws(LaunchFailure) -> Bool {
        guard let place = try place(name, step, isDirectory: isDirectory) else { return false }
        close(place)
        return true
    }
}
