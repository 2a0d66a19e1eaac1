import CLinux
import Glibc
import SandboxProtocol

/// The launcher: makes every sandbox of one host, and takes them down with it.
///
/// Started by the isolation module with the control socket as descriptor 3. Synchronous and single-threaded, because the
/// kernel refuses namespace steps in a threaded process.
@main
struct BarchanSandbox {
    static func main() {
        if let guest = RuntimeGuest() { guest.live() }
        if let kept = KeptProgram(arguments: CommandLine.arguments) { kept.keep() }
        switch Array(CommandLine.arguments.dropFirst()) {
        case ["--print-filter"]: printFilter()
        case ["--groups"]:
            reportGroups()
            exit(0)
        default: break
        }
        guard let configuration = LauncherConfiguration(arguments: CommandLine.arguments) else {
            complain(
                "usage: barchan-sandbox --user N --group N --pool N [--no-landlock] [--bubblewrap PROGRAM], by the host;"
                    + " or --print-filter, --groups")
            exit(64)
        }
        keepLauncher(configuration)
    }

    /// The filter as struct sock_filter instructions on standard output, for who compares or inspects it.
    private static func printFilter() -> Never {
        do throws(LaunchFailure) {
            exit(try SyscallFilter.build().write(to: 1) ? 0 : 74)
        } catch {
            complain("\(error.step.attempt): \(String(cString: strerror(error.errorNumber)))")
            exit(70)
        }
    }
}

/// What the host decided for all sandboxes.
struct LauncherConfiguration {
    /// The host's ids that the sandbox's 1000 stands for. Only root can choose.
    var user: UInt32 = 0
    var group: UInt32 = 0
    /// How many sandboxes are made ahead of time.
    var pool = 0
    /// How many network namespaces are, for sandboxes that are not.
    var networks = 0
    /// How many wait for a grain of a package in use.
    var parking = ParkingLimits()
    var usesLandlock = true
    var usesGroups = true
    /// Whether calls that ask about the machine are answered for the sandbox.
    var virtualizesCalls = false
    /// How many processors a sandbox is told then; 0 for all.
    var processors = 0
    /// What makes the sandboxes in place of the launcher; nil for itself.
    var runtime: (any SandboxRuntime)?

    /// False where the host forbids them: Landlock, chroot and the filter have to do.
    var usesNamespaces = true

    /// - Parameters:
    ///   - virtualizing: Whether a supervisor answers calls that ask about the machine.
    ///   - processorInformation: What grains see as /proc/cpuinfo where it cannot be covered; nil for the machine's.
    func makeMaker(
        _ clock: StartClock, _ groups: GroupStock, _ networks: NetworkStock, virtualizing: Bool,
        processorInformation: CInt?
    ) throws(LaunchFailure) -> any SandboxMaker {
        if let runtime { return RuntimeMaker(self, runtime: runtime, groups: groups, virtualizing: virtualizing) }
        if !usesNamespaces {
            return try LandlockMaker(
                self, groups, virtualizing: virtualizing, processorInformation: processorInformation)
        }
        let pass = UInt64.random(in: .min ... .max)
        clinux_set_pass(pass)
        return try BlankMaker(
            self, filter: try SyscallFilter.buildAhead(virtualizing: virtualizing, pass: pass), groups: groups,
            networks: networks, clock: clock)
    }

    init?(arguments: [String]) {
        var rest = arguments.dropFirst()
        while let name = rest.popFirst() {
            switch name {
            case "--no-landlock": usesLandlock = false
            case "--no-groups": usesGroups = false
            case "--no-namespaces": usesNamespaces = false
            case "--virtual-calls": virtualizesCalls = true
            case "--user", "--group", "--pool", "--networks", "--parked", "--parked-total", "--parked-seconds",
                "--processors":
                guard let value = rest.popFirst().flatMap({ UInt32($0) }) else { return nil }
                switch name {
                case "--user": user = value
                case "--group": group = value
                case "--networks": networks = Int(value)
                case "--parked": parking.perPackage = Int(value)
                case "--parked-total": parking.total = Int(value)
                case "--parked-seconds": parking.seconds = UInt64(value)
                case "--processors": processors = Int(value)
                default: pool = Int(value)
                }
            case "--bubblewrap", "--oci":
                guard let program = rest.popFirst() else { return nil }
                runtime = name == "--oci" ? OCIRuntime(program: program) : BubblewrapRuntime(program: program)
            default: return nil
            }
        }
        guard (runtime == nil && usesNamespaces) || (pool == 0 && parking.perPackage == 0), user != 0, group != 0 else {
            return nil
        }
    }
}

/// One line for the host's log.
func complain(_ message: String) {
    let line = Array("barchan-sandbox: \(message)\n".utf8)
    _ = line.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
}
