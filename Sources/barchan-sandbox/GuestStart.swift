import CLinux
import Glibc
import SandboxProtocol

/// From the order to the grain's program, in a sandbox whose mounts are made: enters the package, leaves exactly the ordered
/// arguments, environment and descriptors, bounds resources, puts up Landlock and the filter, and reports what failed.
struct GuestStart {
    /// Out of the way of the program's descriptors and of those that come with the order.
    let report: CInt
    let landlock: LandlockWall?
    /// Where the package is; nil when it is the root already.
    let packageRoot: String?
    /// Whether there are namespaces around: a name of its own, and processes counted apart from those of others.
    let hasNamespaces: Bool
    /// Whether a supervisor answers calls that ask about the machine.
    let isVirtualizing: Bool
    /// Whether a control group bounds processes, too, and counts those that it refuses.
    var hasProcessGroup = false
    /// Whether this process is user 0 of a user namespace, as some runtimes want, and has to become another in one of its own.
    var isRoot = false

    func follow(_ makeFilter: (Bool) throws(LaunchFailure) -> SyscallFilter) -> Never {
        do throws(LaunchFailure) {
            let filter = try makeFilter(isVirtualizing)
            // The end of the channel: the launcher only tried whether a sandbox can be made.
            guard
                case .message(let bytes, let descriptors) = receive(
                    from: report, maximumBytes: LauncherRequest.maximumBytes)
            else { _exit(0) }
            guard case .launch(_, let order) = LauncherRequest(decoding: bytes), descriptors.count == 4 else {
                throw LaunchFailure(.order, EINVAL)
            }
            try start(order, GrainDescriptors(Array(descriptors.dropFirst())), filter)
        } catch {
            _ = send(error.encoded(), to: report)
            _exit(1)
        }
    }

    /// crun opens its own /dev/null, for both ways; where there is none, the one that the launcher opened has come along.
    private func openStandardInput() {
        let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard null >= 0 else { return }
        dup2(null, 0)
        close(null)
    }

    private func start(
        _ order: LaunchOrder, _ descriptors: GrainDescriptors, _ filter: SyscallFilter
    ) throws(LaunchFailure) -> Never {
        let program = ProgramImage(order)
        var bounds = order
        if !hasNamespaces { bounds.processes = 0 }
        try ResourceLimits.applyDefaults()
        try ResourceLimits.applyBounds(bounds, hasProcessGroup: hasProcessGroup)
        openStandardInput()
        if hasNamespaces { try check(clinux_set_names("sandbox", 7), .hostName) }
        // Belongs to the namespaces that are around now.
        let queues = DetachedMounts.messageQueues()
        if isRoot { try Identity.enterOwnNamespace() }
        if let packageRoot { try check(clinux_chroot(packageRoot), .changeRoot) }
        try check(chdir("/"), .changeRoot)
        try check(dup2(descriptors.output, 1), .descriptors)
        try check(dup2(descriptors.output, 2), .descriptors)
        try check(dup2(descriptors.socket, 3), .descriptors)
        Conversation.takeName(3)
        umask(0o007)
        try Privileges.lock()
        try landlock?.applyInPackage(queues: queues)
        try Privileges.dropCapabilities()
        // The launcher hands the listener on before it says that the program runs.
        try filter.load { listener in
            send(SandboxView(memoryBytes: order.memoryBytes).encoded, to: report, with: [listener])
        }
        try ResourceLimits.applyOpenFiles(order)
        throw LaunchFailure(.execute, program.execute())
    }
}
