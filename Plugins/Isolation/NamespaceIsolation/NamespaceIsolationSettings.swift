import Barchan
import SandboxLauncher

/// The values of the module's section of the configuration.
struct NamespaceIsolationSettings: Sendable {
    /// The grains' user and group, as the host sees them.
    var owner: FileOwner
    /// Sandboxes made ahead of time.
    var poolSize: Int
    var usesLandlock: Bool
    /// Absolute path of the launcher.
    var launcher: String

    static let definitions =
        FileOwner.grainSettings + [
            SettingDefinition(
                "poolSize", default: .integer(2), "sandboxes made ahead of time, 0 to 64, about 350 KiB each"),
            SettingDefinition("landlock", default: .boolean(true), "apply Landlock where the kernel has it"),
            SettingDefinition(
                "launcher", default: .string(""), "path of barchan-sandbox; empty for the host's program directory"),
        ]

    init(_ settings: PluginSettings, _ context: PluginContext) throws(HostError) {
        owner = try FileOwner.ofGrains(settings)
        poolSize = Int(try settings.integer("poolSize", in: 0...64))
        usesLandlock = settings.boolean("landlock")
        launcher = LauncherProgram.path(settings.string("launcher"), context)
    }

    var program: LauncherProgram {
        LauncherProgram(
            path: launcher, owner: owner,
            options: ["--pool", "\(poolSize)"] + (usesLandlock ? [] : ["--no-landlock"]))
    }
}
