import CLinux
import Glibc
import SandboxProtocol

/// What a runtime puts into a sandbox, laid out in a file system that only it sees and that goes with it.
///
/// Its process is the grains' user, who may not be able to walk to the package or the data; what the launcher opened is
/// attached here. Covers /tmp, in a mount namespace of this process.
struct RuntimeStage {
    static let path = "/tmp"
    /// In the sandbox, the package is below a root that holds ``RuntimeGuest`` and nothing else.
    static let packageRoot = "/root"
    static let guest = "/barchan-sandbox"

    /// For ``RuntimeGuest``.
    private let guestOptions: [String]
    let directory: CInt
    /// In the order they are to be mounted. Does not hold the guest.
    private(set) var mounts: [RuntimeMount] = []

    /// - Parameter contents: Nil for a sandbox that is only tried.
    init(_ contents: SandboxContents?, guestOptions: [String]) throws(LaunchFailure) {
        self.guestOptions = guestOptions
        try check(clinux_unshare(CLINUX_CLONE_NEWNS), .runtimeStage)
        try check(clinux_mount_propagation("/", CLINUX_MOUNT_PRIVATE), .runtimeStage)
        let guest = try check(
            clinux_open_tree(AT_FDCWD, try RuntimeStage.ownProgram(), CLINUX_OPEN_TREE_CLONE), .runtimeStage)
        directory = try DetachedMounts.memory(
            bytes: 1 << 20, inodes: 64, mode: "755", [CLINUX_MOUNT_NOSUID, CLINUX_MOUNT_NODEV], .runtimeStage)
        try check(
            clinux_move_mount(directory, "", AT_FDCWD, RuntimeStage.path, CLINUX_MOVE_FROM_DESCRIPTOR), .runtimeStage)
        try makeDirectory(DetachedMounts.memoryName)
        let detached = try DetachedMounts(keepingMemoryIn: directory)
        // Runtimes look up there, by number, what they have started.
        try ProcessFileSystem.mount(.runtimeStage)
        try attach(guest, "guest", isDirectory: false)
        if let contents { try attach(contents, detached) }
    }

    /// By its path: the link itself leads into the mount namespace that the program was started in.
    private static func ownProgram() throws(LaunchFailure) -> String {
        var path = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &path, path.count - 1)
        try check(CInt(truncatingIfNeeded: length), .runtimeStage)
        return String(decoding: path.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private mutating func attach(_ contents: SandboxContents, _ detached: DetachedMounts) throws(LaunchFailure) {
        let package = PackageRoot(descriptor: contents.package)
        try attach(contents.package, "package")
        mounts.append(RuntimeMount("package", on: "", .readOnly))
        if try package.has("dev", .devDirectory) {
            try attach(detached.devices, "dev")
            try detached.fillDevices()
            mounts.append(RuntimeMount("dev", on: "/dev", .devices))
        }
        if try package.has("tmp", .temporaryDirectory) {
            try attach(detached.temporary, "tmp")
            mounts.append(RuntimeMount("tmp", on: "/tmp", .writable))
        }
        try detached.resize(to: contents.order)
        if try package.has("var", .varDirectory) {
            try attach(contents.data, "data")
            mounts.append(RuntimeMount("data", on: "/var", .writable))
        }
        if detached.processorInformation >= 0,
            try package.has("proc/cpuinfo", .processorInformationFile, isDirectory: false)
        {
            try attach(detached.processorInformation, "cpuinfo", isDirectory: false)
            mounts.append(RuntimeMount("cpuinfo", on: "/proc/cpuinfo", .readOnly))
        }
    }

    private func attach(_ mount: CInt, _ name: String, isDirectory: Bool = true) throws(LaunchFailure) {
        if isDirectory {
            try makeDirectory(name)
        } else {
            close(try check(openat(directory, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o644), .runtimeStage))
        }
        try check(clinux_move_mount(mount, "", directory, name, CLINUX_MOVE_FROM_DESCRIPTOR), .runtimeStage)
    }

    func makeDirectory(_ name: String) throws(LaunchFailure) {
        try check(mkdirat(directory, name, 0o755), .runtimeStage)
    }

    /// The first process of the sandbox, as its command line.
    var guestCommand: [String] { [RuntimeStage.guest, RuntimeGuest.option] + guestOptions }

    /// What that process needs until it executes the grain's program: the domain name, which no runtime sets, the way into the
    /// package, and the bounding set.
    static let guestCapabilities = ["CAP_SYS_ADMIN", "CAP_SYS_CHROOT", "CAP_SETPCAP"]
}

/// One mount of a sandbox.
struct RuntimeMount {
    enum Kind { case readOnly, writable, devices }

    let source: String
    let destination: String
    let kind: Kind

    /// - Parameter place: Seen from the package; empty for its root.
    init(_ name: String, on place: String, _ kind: Kind) {
        source = "\(RuntimeStage.path)/\(name)"
        destination = "\(RuntimeStage.packageRoot)\(place)"
        self.kind = kind
    }
}
