import CLinux
import Glibc
import SandboxProtocol

/// File systems that are the same for every sandbox and that none can change: /dev, and the empty root behind a package. Made once,
/// of which each sandbox gets its own read-only mounts.
///
/// The kernel keeps something for each file system and each memory control group, so that a file system for each sandbox costs more
/// the more sandboxes there are. And devices of the sandboxes' own hide from them when the host's are opened (inotify(7)), where
/// the launcher may make devices; elsewhere they are the host's.
final class SharedMounts {
    /// -1 where the kernel does not copy mounts that are attached nowhere, before Linux 6.15: sandboxes make their own then.
    let devices: CInt
    let stage: CInt

    /// - Parameter configuration: Says who grains are, to whom /dev belongs as it always did.
    init(_ configuration: LauncherConfiguration) {
        let mask = umask(0)
        defer { umask(mask) }
        let devices = (try? SharedMounts.makeDevices(configuration)) ?? -1
        let stage = (try? StagingRoot.make()) ?? -1
        let copies = [devices, stage].map { SharedMounts.copy($0) }
        let isUsable = copies.allSatisfy { $0 >= 0 }
        for copy in copies { close(copy) }
        if isUsable {
            _ = clinux_mount_setattr(stage, CLINUX_MOUNT_RDONLY, 0)
        } else {
            for mount in [devices, stage] { close(mount) }
        }
        (self.devices, self.stage) = isUsable ? (devices, stage) : (-1, -1)
    }

    /// For a process in the launcher's mount namespace; -1 for a mount that is none.
    static func copy(_ mount: CInt) -> CInt {
        guard mount >= 0 else { return -1 }
        let recursive: UInt32 = 0x8000
        return clinux_open_tree(mount, "", CLINUX_OPEN_TREE_CLONE | UInt32(CLINUX_AT_EMPTY_PATH) | recursive)
    }

    private static func makeDevices(_ configuration: LauncherConfiguration) throws(LaunchFailure) -> CInt {
        let devices = try DetachedMounts.memory(bytes: 1 << 20, inodes: 16, mode: "755", [], .devices)
        try DetachedMounts.fill(devices, with: hasOwnNodes(devices) ? [] : DetachedMounts.hostNodes())
        // Below an ordinary user's host it does already.
        if geteuid() == 0 { _ = fchownat(devices, "", configuration.user, configuration.group, CLINUX_AT_EMPTY_PATH) }
        try DetachedMounts.protect(devices, hasNodes: isDevice("null", in: devices))
        return devices
    }

    /// Makes null, zero and, from the kernel's urandom, random and urandom. Only root may, outside of every user namespace.
    private static func hasOwnNodes(_ devices: CInt) -> Bool {
        let numbers: [(String, UInt)] = [("null", 3), ("zero", 5), ("random", 9), ("urandom", 9)]
        return numbers.allSatisfy { mknodat(devices, $0.0, S_IFCHR | 0o666, 1 << 8 | $0.1) == 0 }
    }

    /// Whether it is the file system's own, and can be opened.
    private static func isDevice(_ name: String, in directory: CInt) -> Bool {
        var status = stat()
        return fstatat(directory, name, &status, 0) == 0 && status.st_mode & S_IFMT == S_IFCHR
    }
}
