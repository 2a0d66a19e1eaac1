import CLinux
import Glibc
import SandboxProtocol

/// The first process of a sandbox that a runtime made, until it executes the grain's program.
///
/// What a runtime cannot do is left to ``GuestStart``.
struct RuntimeGuest {
    static let option = "--guest"
    let usesLandlock: Bool
    let isVirtualizing: Bool
    let isRoot: Bool
    let hasProcessGroup: Bool
    /// Says that the runtime makes this process user 0.
    static let rootOption = "--root"
    /// Says that a control group bounds processes, too.
    static let processGroupOption = "--process-group"
    /// Out of the way of the program's descriptors and of those that come with the order.
    private let report: CInt = 4

    /// Nil when this program was started as something else. CommandLine needs procfs, which is not there.
    init?() {
        let arguments = (1..<max(1, clinux_argument_count())).map { String(cString: clinux_argument($0)) }
        guard arguments.first == RuntimeGuest.option else { return nil }
        usesLandlock = !arguments.contains("--no-landlock")
        isRoot = arguments.contains(RuntimeGuest.rootOption)
        hasProcessGroup = arguments.contains(RuntimeGuest.processGroupOption)
        isVirtualizing = arguments.contains("--virtual-calls")
    }

    /// Started with the channel to the launcher as descriptor 3.
    func live() -> Never {
        _ = clinux_dup3(3, report)
        _ = clinux_close_range(5, UInt32.max, 0)
        clinux_default_signals()
        guard send(BlankReport.parkedMessage, to: report) else { _exit(1) }
        GuestStart(
            report: report, landlock: usesLandlock ? LandlockWall.supported() : nil,
            packageRoot: RuntimeStage.packageRoot, hasNamespaces: true, isVirtualizing: isVirtualizing,
            hasProcessGroup: hasProcessGroup, isRoot: isRoot
        ).follow { (isVirtualizing) throws(LaunchFailure) in try SyscallFilter.build(virtualizing: isVirtualizing) }
    }
}
