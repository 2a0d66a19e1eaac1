import CLinux
import Glibc
import SandboxProtocol

/// The life of a sandbox's first process, from its creation to the execution of the program.
struct Blank {
    let configuration: LauncherConfiguration
    let filter: SyscallFilter
    let landlock: LandlockWall?

    /// Runs in the new process. Its descriptors 0 and 3 become the program's; nothing of the launcher's stays open.
    func live(report inherited: CInt, _ slot: StartSlot?) -> Never {
        slot?.note(.born)
        // The number is out of the way of the program's descriptors and of those that come with an order.
        let report: CInt = 4
        if inherited != report { _ = clinux_dup3(inherited, report) }
        _ = clinux_close_range(5, UInt32.max, 0)
        do throws(LaunchFailure) {
            let parked = try prepare()
            slot?.note(.prepared)
            _ = send(BlankReport.parkedMessage, to: report)
            // The end of the socket: the launcher has no use for this sandbox.
            guard
                case .message(let bytes, let descriptors) = receive(
                    from: report, maximumBytes: LauncherRequest.maximumBytes)
            else { _exit(0) }
            slot?.note(.taken)
            guard case .launch(_, let order) = LauncherRequest(decoding: bytes), descriptors.count == 4 else {
                throw LaunchFailure(.order, EINVAL)
            }
            try start(order, parked, OrderDescriptors(descriptors), slot)
        } catch {
            _ = send(error.encoded(), to: report)
            _exit(1)
        }
    }

    /// Everything that does not depend on what will run.
    private func prepare() throws(LaunchFailure) -> ParkedState {
        umask(0)
        try openStandardInput()
        try Identity.mapGrainUser(configuration)
        try check(clinux_set_names("sandbox", 7), .hostName)
        try bringUpLoopback()
        try check(clinux_mount_propagation("/", CLINUX_MOUNT_PRIVATE), .mountPropagation)
        let mounts = try DetachedMounts()
        let stage = try StagingRoot.enter()
        try stage.attach(mounts)
        try ResourceLimits.applyDefaults()
        try Privileges.lock()
        return ParkedState(stage: stage, mounts: mounts, rules: try landlock?.makeRules(for: mounts))
    }

    private func bringUpLoopback() throws(LaunchFailure) {
        let socket = try opened(socket(AF_INET, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0), .loopback)
        try check(clinux_loopback_up(socket.number), .loopback)
    }

    /// Descriptor 0 is opened for each sandbox: a shared open file would carry flags from grain to grain.
    private func openStandardInput() throws(LaunchFailure) {
        let null = try opened(open("/dev/null", O_RDONLY | O_CLOEXEC), .descriptors)
        try check(dup2(null.number, 0), .descriptors)
        // Replaces the launcher's control socket and keeps the number taken until the grain's socket gets it.
        try check(clinux_dup3(null.number, 3), .descriptors)
    }

    /// The rest, once the package is known; returns only by throwing.
    private func start(
        _ order: LaunchOrder, _ parked: ParkedState, _ descriptors: OrderDescriptors, _ slot: StartSlot?
    ) throws(LaunchFailure) -> Never {
        let program = ProgramImage(order)
        try parked.stage.enter(package: descriptors.root, data: descriptors.data, parked.mounts, order)
        try ResourceLimits.apply(order)
        try check(dup2(descriptors.output, 1), .descriptors)
        try check(dup2(descriptors.output, 2), .descriptors)
        try check(dup2(descriptors.socket, 3), .descriptors)
        slot?.note(.mounted)
        if let rules = parked.rules { try landlock?.apply(rules, package: descriptors.root, data: descriptors.data) }
        umask(0o007)
        try Privileges.dropCapabilities()
        try filter.load()
        slot?.note(.walled)
        throw LaunchFailure(.execute, program.execute())
    }
}

/// What a parked sandbox has ready.
struct ParkedState {
    let stage: StagingRoot
    let mounts: DetachedMounts
    /// A Landlock rule set that lacks the package and the data.
    let rules: CInt?
}

/// The descriptors that come with an order, in the order they are sent.
struct OrderDescriptors {
    let root: CInt
    let data: CInt
    let socket: CInt
    let output: CInt

    init(_ descriptors: [CInt]) {
        (root, data, socket, output) = (descriptors[0], descriptors[1], descriptors[2], descriptors[3])
    }
}

/// Arguments and environment in the kernel's form. Never freed: it is followed by execute or exit.
struct ProgramImage {
    private let arguments: [UnsafeMutablePointer<CChar>?]
    private let environment: [UnsafeMutablePointer<CChar>?]

    init(_ order: LaunchOrder) {
        arguments = order.arguments.map { strdup($0) } + [nil]
        environment = order.environment.map { strdup($0) } + [nil]
    }

    /// Returns the error when the program could not be executed.
    func execute() -> CInt {
        guard let path = arguments[0] else { return ENOMEM }
        _ = clinux_execve(path, arguments, environment)
        return errno
    }
}
