import CLinux
import Glibc
import SandboxProtocol

/// The mount namespace that those of all sandboxes are copies of: an empty root, /dev and /proc/cpuinfo as sandboxes see them,
/// and nothing of the host's.
///
/// Made once. A copy takes time for each mount in it, and leaving the host's file system (pivot_root(2) and the unmounting behind
/// it) as long as half a plain process start. In a copy that belongs to a sandbox's user namespace these mounts are locked.
///
/// /dev and the root are the same file systems for every sandbox, read-only: the kernel keeps something for each file system and
/// each memory control group, so that file systems for each sandbox cost more the more sandboxes there are. And devices of the
/// sandboxes' own hide from them when the host's are opened (inotify(7)), where the launcher may make devices; elsewhere they
/// are the host's.
struct TemplateNamespace {
    private let namespace: CInt
    /// The host's /proc, which is not in it: through this a sandbox finds its own entry.
    let processes: CInt

    /// What a sandbox has as /proc/cpuinfo, when the host has it.
    static let processorInformation = "/cpuinfo"
    static let devices = "/dev"

    /// - Parameter configuration: Says who grains are, to whom /dev belongs as it always did.
    init(_ configuration: LauncherConfiguration) throws(LaunchFailure) {
        processes = try check(open("/proc", CLINUX_O_PATH | O_DIRECTORY | O_CLOEXEC), .rootSwitch)
        namespace = try TemplateNamespace.make(configuration)
    }

    /// Moves this process there, which has one thread and shares its root with nobody.
    func enter() throws(LaunchFailure) { try check(clinux_enter_mounts(namespace), .rootSwitch) }

    /// In a process of its own, which leaves the namespace behind.
    private static func make(_ configuration: LauncherConfiguration) throws(LaunchFailure) -> CInt {
        let (mine, theirs) = try channel(.rootSwitch)
        defer { close(mine) }
        let child = clinux_clone(CLINUX_CLONE_NEWNS | UInt(SIGCHLD))
        let cloneError = errno
        if child == 0 { build(configuration, report: theirs) }
        close(theirs)
        guard child > 0 else { throw LaunchFailure(.rootSwitch, cloneError) }
        defer { while waitpid(pid_t(child), nil, 0) < 0 && errno == EINTR {} }
        guard case .message(let bytes, let descriptors) = receive(from: mine, maximumBytes: 64) else {
            throw LaunchFailure(.rootSwitch, 0)
        }
        guard let namespace = descriptors.first else {
            throw LaunchFailure(decoding: bytes) ?? LaunchFailure(.rootSwitch, 0)
        }
        return namespace
    }

    private static func build(_ configuration: LauncherConfiguration, report: CInt) -> Never {
        do throws(LaunchFailure) {
            let namespace = try check(open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC), .rootSwitch)
            umask(0)
            try check(clinux_mount_propagation("/", CLINUX_MOUNT_PRIVATE), .mountPropagation)
            let devices = try Devices(configuration)
            let information = try DetachedMounts.copyProcessorInformation(nil)
            try StagingRoot.make()
            try devices.attach()
            if information >= 0 {
                try check(
                    clinux_move_mount(
                        information, "", AT_FDCWD, processorInformation, CLINUX_MOVE_FROM_DESCRIPTOR),
                    .processorInformation)
            }
            _exit(send([0], to: report, with: [namespace]) ? 0 : 1)
        } catch {
            _ = send(error.encoded(), to: report)
            _exit(1)
        }
    }
}

/// The /dev of all sandboxes, except its /dev/shm.
private struct Devices {
    private let directory: CInt
    private let nodes: [(name: String, mount: CInt)]

    /// While the host's are there.
    init(_ configuration: LauncherConfiguration) throws(LaunchFailure) {
        (directory, nodes) = try DetachedMounts.makeDevices()
        // Below an ordinary user's host it does already.
        if geteuid() == 0 {
            _ = fchownat(directory, "", configuration.user, configuration.group, CLINUX_AT_EMPTY_PATH)
        }
    }

    func attach() throws(LaunchFailure) {
        try check(
            clinux_move_mount(directory, "", AT_FDCWD, TemplateNamespace.devices, CLINUX_MOVE_FROM_DESCRIPTOR),
            .devices)
        try DetachedMounts.fill(directory, with: nodes)
        // Also where they are mounts: sandboxes look the same whoever made them, and nobody can make a device there.
        try DetachedMounts.protect(directory, hasNodes: true)
    }
}
