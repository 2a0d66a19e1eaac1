import Barchan
import Glibc

/// The launcher as one back end starts it: the program, its options, and whom the sandboxes run as.
public struct LauncherProgram: Sendable {
    /// Absolute path of `barchan-sandbox`.
    public var path: String
    /// The grains' user and group, as the host sees them.
    public var owner: FileOwner
    /// Options beside those for the user.
    public var options: [String]
    /// What to do where the launcher cannot make a sandbox; nil for what is said of namespaces.
    public var remedy: String?

    public init(path: String, owner: FileOwner, options: [String], remedy: String? = nil) {
        self.remedy = remedy
        self.path = path
        self.owner = owner
        self.options = options
    }

    /// What the setting `controlGroups` comes to.
    public static func groupOptions(_ settings: PluginSettings) -> [String] {
        settings.boolean("controlGroups") ? [] : ["--no-groups"]
    }

    /// The settings of every back end whose launcher answers virtual calls.
    public static let callSettings = [
        SettingDefinition(
            "virtualizedCalls", default: .boolean(true),
            "answer what a grain asks about the machine with its sandbox's memory, processors, names and uptime"),
        SettingDefinition(
            "processors", default: .integer(4),
            "processors that a grain is told at most, 0 for all; runtimes start a thread for each"),
    ]

    /// What they come to.
    /// - Throws: ``Barchan/HostError`` `.invalidArgument` for a number of processors out of range.
    public static func callOptions(_ settings: PluginSettings) throws(HostError) -> [String] {
        let processors = try settings.integer("processors", in: 0...4096)
        return settings.boolean("virtualizedCalls") ? ["--virtual-calls", "--processors", "\(processors)"] : []
    }

    /// The setting `landlock`, of every back end for which it is a second wall.
    public static let landlockSetting = SettingDefinition(
        "landlock", default: .boolean(true), "apply Landlock where the kernel has it")

    /// What it comes to.
    public static func landlockOptions(_ settings: PluginSettings) -> [String] {
        settings.boolean("landlock") ? [] : ["--no-landlock"]
    }

    /// The setting `launcher`, see ``path(_:_:)``.
    public static let launcherSetting = SettingDefinition(
        "launcher", default: .string(""), "path of barchan-sandbox; empty for the host's program directory")

    /// The launcher's option for sandboxes without namespaces.
    public static let withoutNamespaces = "--no-namespaces"

    /// The launcher's option to run another program as process 1 of a pid namespace, behind which its command line follows.
    public static let keepOption = "--keep"

    /// - Parameter given: The setting `launcher`; empty for the host's program directory.
    public static func path(_ given: String, _ context: PluginContext) -> String {
        given.isEmpty ? "\(context.programDirectory)/barchan-sandbox" : given
    }

    var arguments: [String] { [path, "--user", "\(owner.user)", "--group", "\(owner.group)"] + options }
}

extension FileOwner {
    /// Above what systemd and useradd give to anybody, below where 31-bit tools stop.
    public static let defaultGrainUser: Int64 = 1_900_000_000

    /// The settings `user` and `group` of every back end that uses the launcher.
    public static let grainSettings = [
        SettingDefinition(
            "user", default: .integer(defaultGrainUser),
            "numeric host user that grains run as, 1 to 4294967293; used when the host runs as root"),
        SettingDefinition("group", default: .integer(0), "numeric host group of the grains; 0 for the user's number"),
        SettingDefinition(
            "controlGroups", default: .boolean(true),
            "limit grains by control groups where there are any; else by resource limits and a watcher"),
    ]

    /// Whom grains run as: only root can run them as somebody else than itself.
    /// - Throws: ``HostError`` `.invalidArgument` for a number that is no user's.
    public static func ofGrains(_ settings: PluginSettings) throws(HostError) -> FileOwner {
        let user = try settings.integer("user", in: 1...4_294_967_293)
        let group = try settings.integer("group", in: 0...4_294_967_293)
        return geteuid() == 0
            ? FileOwner(user: UInt32(user), group: UInt32(group == 0 ? user : group))
            : FileOwner(user: geteuid(), group: getegid())
    }
}

extension PluginSettings {
    /// - Throws: ``HostError`` `.invalidArgument` for a number out of `range`.
    public func integer(_ name: String, in range: ClosedRange<Int64>) throws(HostError) -> Int64 {
        let value = integer(name)
        guard range.contains(value) else {
            throw HostError(
                .invalidArgument,
                "setting '\(name)' is \(value); a number from \(range.lowerBound) to \(range.upperBound) is needed")
        }
        return value
    }
}
