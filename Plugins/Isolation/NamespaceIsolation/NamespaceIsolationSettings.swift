import Barchan
import SandboxLauncher

/// The values of the module's section of the configuration.
struct NamespaceIsolationSettings: Sendable {
    /// The grains' user and group, as the host sees them.
    var owner: FileOwner
    /// Sandboxes made ahead of time.
    var poolSize: Int
    /// Network namespaces made ahead of time, beside the sandboxes.
    var networks: Int
    /// Sandboxes that wait for a grain of a package in use: of each, of all, and for how long.
    var parked: Int
    var parkedTotal: Int
    var parkedSeconds: Int
    var usesLandlock: Bool
    private var groupOptions: [String]
    /// Whether calls that ask about the machine are answered for the sandbox.
    var virtualizesCalls: Bool
    /// How many processors a grain is told.
    var processors: Int
    /// Absolute path of the launcher.
    var launcher: String

    static let definitions =
        FileOwner.grainSettings + [
            SettingDefinition(
                "poolSize", default: .integer(2), "sandboxes made ahead of time, 0 to 64, about 350 KiB each"),
            SettingDefinition(
                "networks", default: .integer(2),
                "network namespaces made ahead of time for starts that find no sandbox ready, 0 to 64, about 210 KiB each"
            ),
            SettingDefinition(
                "parked", default: .integer(1),
                "sandboxes kept ready for the next grain of each package in use, 0 to 16; as poolSize, beside it"),
            SettingDefinition("parkedTotal", default: .integer(8), "the most kept ready for all packages, 0 to 256"),
            SettingDefinition(
                "parkedSeconds", default: .integer(600),
                "how long after its last start a package counts as in use, 1 to 86400"),
            SettingDefinition("landlock", default: .boolean(true), "apply Landlock where the kernel has it"),
            SettingDefinition(
                "virtualizedCalls", default: .boolean(true),
                "answer what a grain asks about the machine with its sandbox's memory, processors, names and uptime"),
            SettingDefinition(
                "processors", default: .integer(4),
                "processors that a grain is told at most, 0 for all; runtimes start a thread for each"),
            SettingDefinition(
                "launcher", default: .string(""), "path of barchan-sandbox; empty for the host's program directory"),
        ]

    init(_ settings: PluginSettings, _ context: PluginContext) throws(HostError) {
        owner = try FileOwner.ofGrains(settings)
        poolSize = Int(try settings.integer("poolSize", in: 0...64))
        networks = Int(try settings.integer("networks", in: 0...64))
        parked = Int(try settings.integer("parked", in: 0...16))
        parkedTotal = Int(try settings.integer("parkedTotal", in: 0...256))
        parkedSeconds = Int(try settings.integer("parkedSeconds", in: 1...86400))
        usesLandlock = settings.boolean("landlock")
        groupOptions = LauncherProgram.groupOptions(settings)
        virtualizesCalls = settings.boolean("virtualizedCalls")
        processors = Int(try settings.integer("processors", in: 0...4096))
        launcher = LauncherProgram.path(settings.string("launcher"), context)
    }

    var program: LauncherProgram {
        LauncherProgram(
            path: launcher, owner: owner,
            options: [
                "--pool", "\(poolSize)", "--networks", "\(networks)", "--parked", "\(parked)", "--parked-total",
                "\(parkedTotal)",
                "--parked-seconds", "\(parkedSeconds)",
            ] + groupOptions + (usesLandlock ? [] : ["--no-landlock"])
                + (virtualizesCalls ? ["--virtual-calls", "--processors", "\(processors)"] : []))
    }
}
