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
    /// Of the launcher, for the settings that other back ends have, too.
    private var commonOptions: [String]
    /// Absolute path of the launcher.
    var launcher: String

    static let definitions =
        FileOwner.grainSettings + LauncherProgram.callSettings + [
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
            LauncherProgram.landlockSetting, LauncherProgram.launcherSetting,
        ]

    init(_ settings: PluginSettings, _ context: PluginContext) throws(HostError) {
        owner = try FileOwner.ofGrains(settings)
        poolSize = Int(try settings.integer("poolSize", in: 0...64))
        networks = Int(try settings.integer("networks", in: 0...64))
        parked = Int(try settings.integer("parked", in: 0...16))
        parkedTotal = Int(try settings.integer("parkedTotal", in: 0...256))
        parkedSeconds = Int(try settings.integer("parkedSeconds", in: 1...86400))
        commonOptions =
            LauncherProgram.groupOptions(settings) + LauncherProgram.landlockOptions(settings)
            + (try LauncherProgram.callOptions(settings))
        launcher = LauncherProgram.path(settings.string("launcher"), context)
    }

    var program: LauncherProgram {
        LauncherProgram(
            path: launcher, owner: owner,
            options: [
                "--pool", "\(poolSize)", "--networks", "\(networks)", "--parked", "\(parked)", "--parked-total",
                "\(parkedTotal)",
                "--parked-seconds", "\(parkedSeconds)",
            ] + commonOptions)
    }
}
