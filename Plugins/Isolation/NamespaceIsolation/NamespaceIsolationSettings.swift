import Barchan
import Glibc

/// The values of the module's section of the configuration.
struct NamespaceIsolationSettings: Sendable {
    /// The grains' user and group, as the host sees them.
    var owner: FileOwner
    /// Sandboxes made ahead of time.
    var poolSize: Int
    var usesLandlock: Bool
    /// Absolute path of the launcher.
    var launcher: String

    /// Above what systemd and useradd give to anybody, below where 31-bit tools stop.
    static let defaultUser: Int64 = 1_900_000_000

    static let definitions = [
        SettingDefinition(
            "user", default: .integer(defaultUser),
            "numeric host user that grains run as, 1 to 4294967293; used when the host runs as root"),
        SettingDefinition("group", default: .integer(0), "numeric host group of the grains; 0 for the user's number"),
        SettingDefinition(
            "poolSize", default: .integer(2), "sandboxes made ahead of time, 0 to 64, about 350 KiB each"),
        SettingDefinition("landlock", default: .boolean(true), "apply Landlock where the kernel has it"),
        SettingDefinition(
            "launcher", default: .string(""), "path of barchan-sandbox; empty for the host's program directory"),
    ]

    init(_ settings: PluginSettings, _ context: PluginContext) throws(HostError) {
        let user = try NamespaceIsolationSettings.value("user", settings, 1...4_294_967_293)
        let group = try NamespaceIsolationSettings.value("group", settings, 0...4_294_967_293)
        poolSize = Int(try NamespaceIsolationSettings.value("poolSize", settings, 0...64))
        usesLandlock = settings.boolean("landlock")
        let path = settings.string("launcher")
        launcher = path.isEmpty ? "\(context.programDirectory)/barchan-sandbox" : path
        // Only root can run grains as somebody else.
        owner =
            geteuid() == 0
            ? FileOwner(user: UInt32(user), group: UInt32(group == 0 ? user : group))
            : FileOwner(user: geteuid(), group: getegid())
    }

    private static func value(
        _ name: String, _ settings: PluginSettings, _ range: ClosedRange<Int64>
    ) throws(HostError) -> Int64 {
        let value = settings.integer(name)
        guard range.contains(value) else {
            throw HostError(
                .invalidArgument,
                "setting '\(name)' is \(value); a number from \(range.lowerBound) to \(range.upperBound) is needed")
        }
        return value
    }
}
