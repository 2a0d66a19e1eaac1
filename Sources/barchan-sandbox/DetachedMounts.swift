import CLinux
import Glibc
import SandboxProtocol

/// Mounts of a sandbox that do not depend on the package, made before the host's file system is left.
struct DetachedMounts {
    let devices: CInt
    /// The file system that /tmp and /dev/shm are directories of; no program sees more of it than these two.
    ///
    /// One for both: the kernel keeps something for each file system and each memory control group. They share its size and
    /// its files, and nothing can be moved or linked between them, because they are two mounts.
    let memory: CInt
    let sharedMemory: CInt
    let temporary: CInt
    /// What POSIX message queues are files of, for Landlock. -1 where the kernel has none.
    let messageQueues: CInt
    /// -1 where the host has no /proc/cpuinfo.
    let processorInformation: CInt
    /// What /dev is still to be filled with; nil when it is that of all sandboxes, which is complete.
    private let nodes: [(name: String, mount: CInt)]?

    static let defaultTemporary = (bytes: UInt64(16 << 20), inodes: UInt64(4096))

    /// With a /dev of its own.
    /// - Parameters:
    ///   - place: A directory with one named ``memoryName`` to keep ``memory`` in. Nil needs Linux 6.15, see open_tree(2).
    ///   - information: What to show as /proc/cpuinfo; nil for what is there now.
    init(keepingMemoryIn place: CInt?, processorInformation information: CInt? = nil) throws(LaunchFailure) {
        let (devices, nodes) = try DetachedMounts.makeDevices()
        try self.init(
            place: place, devices: devices, nodes: nodes,
            processorInformation: try DetachedMounts.copyProcessorInformation(information))
    }

    private init(
        place: CInt?, devices: CInt, nodes: [(name: String, mount: CInt)]?, processorInformation: CInt
    ) throws(LaunchFailure) {
        self.devices = devices
        self.nodes = nodes
        self.processorInformation = processorInformation
        memory = try DetachedMounts.makeMemory()
        if let place {
            try check(
                clinux_move_mount(memory, "", place, DetachedMounts.memoryName, CLINUX_MOVE_FROM_DESCRIPTOR),
                .temporaryDirectory)
        }
        temporary = try DetachedMounts.part(DetachedMounts.temporaryName, of: memory)
        sharedMemory = try DetachedMounts.part(DetachedMounts.sharedName, of: memory)
        messageQueues = DetachedMounts.messageQueues()
    }

    /// In a copy of the ``TemplateNamespace``, with its /dev and without /proc/cpuinfo, which stays there.
    static func inTemplate(_ stage: StagingRoot) throws(LaunchFailure) -> DetachedMounts {
        let recursive: UInt32 = 0x8000
        let devices = clinux_open_tree(
            AT_FDCWD, TemplateNamespace.devices, CLINUX_OPEN_TREE_CLONE | recursive)
        return try DetachedMounts(
            place: stage.directory, devices: try check(devices, .devices), nodes: nil, processorInformation: -1)
    }

    /// Fills /dev, which has to be attached somewhere for that, and makes it read-only.
    func fillDevices() throws(LaunchFailure) {
        if let nodes { try DetachedMounts.fill(devices, with: nodes) }
        try check(clinux_move_mount(sharedMemory, "", devices, "shm", CLINUX_MOVE_FROM_DESCRIPTOR), .devices)
        if let nodes { try DetachedMounts.protect(devices, hasNodes: nodes.isEmpty) }
    }

    /// The beginning of a /dev, to be gone on with by ``fill(_:with:)``.
    ///
    /// With null, zero, random and urandom of its own, which hide when the host's are opened (inotify(7)), where devices can
    /// be made: only root may, outside of every user namespace. Elsewhere with copies of the host's, to be mounted on it.
    /// /dev/random is the kernel's urandom: it never blocks, and an app cannot tell (specification, section 3.4).
    static func makeDevices() throws(LaunchFailure) -> (directory: CInt, nodes: [(name: String, mount: CInt)]) {
        let directory = try memory(bytes: 1 << 20, inodes: 16, mode: "755", [], .devices)
        let devices: [(name: String, source: String, minor: UInt)] = [
            ("null", "null", 3), ("zero", "zero", 5), ("random", "urandom", 9), ("urandom", "urandom", 9),
        ]
        let areOwn = devices.allSatisfy { device in
            mknodat(directory, device.name, S_IFCHR | 0o666, 1 << 8 | device.minor) == 0
                // Whatever umask(2) this process has.
                && fchmodat(directory, device.name, 0o666, 0) == 0
        }
        guard !areOwn else { return (directory, []) }
        let copies = try devices.map { device throws(LaunchFailure) in
            (device.name, try copy("/dev/\(device.source)", .devices))
        }
        return (directory, copies)
    }

    static func fill(_ devices: CInt, with nodes: [(name: String, mount: CInt)]) throws(LaunchFailure) {
        for (name, mount) in nodes {
            close(try check(openat(devices, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o644), .devices))
            try check(clinux_move_mount(mount, "", devices, name, CLINUX_MOVE_FROM_DESCRIPTOR), .devices)
            close(mount)
        }
        try check(mkdirat(devices, "shm", 0o770), .devices)
    }

    /// - Parameter hasNodes: Whether devices are files of it, and not mounts of their own.
    static func protect(_ devices: CInt, hasNodes: Bool) throws(LaunchFailure) {
        let attributes =
            CLINUX_MOUNT_RDONLY | CLINUX_MOUNT_NOSUID | CLINUX_MOUNT_NOEXEC | CLINUX_MOUNT_NOATIME
            | (hasNodes ? 0 : CLINUX_MOUNT_NODEV)
        try check(clinux_mount_setattr(devices, attributes, CLINUX_MOUNT_ATIME_MASK), .devices)
    }

    /// Gives /tmp and /dev/shm the size that was ordered, together.
    func resize(to order: LaunchOrder) throws(LaunchFailure) {
        guard (order.temporaryBytes, order.temporaryInodes) != DetachedMounts.defaultTemporary else { return }
        let context = try opened(clinux_fspick(memory), .temporaryDirectory)
        try check(clinux_fsconfig_string(context.number, "size", String(order.temporaryBytes)), .temporaryDirectory)
        try check(
            clinux_fsconfig_string(context.number, "nr_inodes", String(order.temporaryInodes)), .temporaryDirectory)
        try check(clinux_fsconfig_reconfigure(context.number), .temporaryDirectory)
    }

    static let memoryName = "memory"
    private static let temporaryName = "tmp", sharedName = "shm"

    private static func makeMemory() throws(LaunchFailure) -> CInt {
        let (bytes, inodes) = defaultTemporary
        let attributes = [CLINUX_MOUNT_NOSUID, CLINUX_MOUNT_NODEV]
        let mount = try memory(bytes: bytes, inodes: inodes, mode: "700", attributes, .temporaryDirectory)
        for name in [temporaryName, sharedName] {
            try check(mkdirat(mount, name, 0o770), .temporaryDirectory)
            // Whatever umask(2) this process has.
            try check(fchmodat(mount, name, 0o770, 0), .temporaryDirectory)
        }
        return mount
    }

    private static func part(_ name: String, of mount: CInt) throws(LaunchFailure) -> CInt {
        try check(clinux_open_tree(mount, name, CLINUX_OPEN_TREE_CLONE), .temporaryDirectory)
    }

    static func memory(
        bytes: UInt64, inodes: UInt64, mode: String, _ attributes: [UInt64], _ step: LaunchStep
    ) throws(LaunchFailure) -> CInt {
        let context = try opened(clinux_fsopen("tmpfs"), step)
        try check(clinux_fsconfig_string(context.number, "size", String(bytes)), step)
        try check(clinux_fsconfig_string(context.number, "nr_inodes", String(inodes)), step)
        try check(clinux_fsconfig_string(context.number, "mode", mode), step)
        try check(clinux_fsconfig_create(context.number), step)
        return try check(clinux_fsmount(context.number, UInt32(attributes.reduce(0, |))), step)
    }

    static func messageQueues() -> CInt {
        let context = clinux_fsopen("mqueue")
        guard context >= 0 else { return -1 }
        defer { close(context) }
        return clinux_fsconfig_create(context) == 0
            ? clinux_fsmount(context, UInt32(CLINUX_MOUNT_NOSUID | CLINUX_MOUNT_NODEV | CLINUX_MOUNT_NOEXEC)) : -1
    }

    private static func copy(_ path: String, _ step: LaunchStep) throws(LaunchFailure) -> CInt {
        try check(clinux_open_tree(AT_FDCWD, path, CLINUX_OPEN_TREE_CLONE), step)
    }

    static func copyProcessorInformation(_ information: CInt?) throws(LaunchFailure) -> CInt {
        guard information != nil || access("/proc/cpuinfo", R_OK) == 0 else { return -1 }
        let mount =
            if let information {
                try check(
                    clinux_open_tree(
                        information, "", CLINUX_OPEN_TREE_CLONE | UInt32(CLINUX_AT_EMPTY_PATH)), .processorInformation)
            } else { try copy("/proc/cpuinfo", .processorInformation) }
        let attributes = CLINUX_MOUNT_NOSUID | CLINUX_MOUNT_NODEV | CLINUX_MOUNT_NOEXEC
        try check(clinux_mount_setattr(mount, attributes, 0), .processorInformation)
        return mount
    }
}
