import CLinux
import Glibc
import SandboxProtocol

/// The first process of a sandbox that a runtime made, until it executes the grain's program.
///
/// Does what a runtime cannot: enters the package, leaves exactly the ordered arguments, environment and descriptors, bounds
/// resources inside the new user namespace, puts up Landlock and the filter, and reports what failed.
struct RuntimeGuest {
    static let option = "--guest"
    let usesLandlock: Bool
    /// Out of the way of the program's descriptors and of those that come with the order.
    private let report: CInt = 4

    /// Nil when this program was started as something else. CommandLine needs procfs, which is not there.
    init?() {
        let arguments = (1..<max(1, clinux_argument_count())).map { String(cString: clinux_argument($0)) }
        guard arguments.first == RuntimeGuest.option else { return nil }
        usesLandlock = !arguments.contains("--no-landlock")
    }

    /// Started with the channel to the launcher as descriptor 3.
    func live() -> Never {
        _ = clinux_dup3(3, report)
        _ = clinux_close_range(5, UInt32.max, 0)
        clinux_default_signals()
        guard send(BlankReport.parkedMessage, to: report) else { _exit(1) }
        do throws(LaunchFailure) {
            let filter = try SyscallFilter.build()
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

    /// crun opens its own /dev/null, for both ways; where a runtime leaves none, the one that the launcher opened has come along.
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
        try ResourceLimits.applyDefaults()
        try ResourceLimits.apply(order, hasProcessGroup: false)
        openStandardInput()
        try check(clinux_set_names("sandbox", 7), .hostName)
        try check(clinux_chroot(RuntimeStage.packageRoot), .changeRoot)
        try check(chdir("/"), .changeRoot)
        try check(dup2(descriptors.output, 1), .descriptors)
        try check(dup2(descriptors.output, 2), .descriptors)
        try check(dup2(descriptors.socket, 3), .descriptors)
        umask(0o007)
        try Privileges.lock()
        if usesLandlock { try LandlockWall.supported()?.applyInPackage() }
        try Privileges.dropCapabilities()
        try filter.load()
        throw LaunchFailure(.execute, program.execute())
    }
}
