import Barchan
import SandboxLauncher

/// The values of the module's section of the configuration.
struct ExternalIsolationSettings: Sendable {
    /// Absolute path of the program.
    var program: String
    var arguments: [String]
    /// Whether the program runs in a pid namespace of its own, so that everything it starts goes with it.
    var isContained: Bool
    /// Absolute path of `barchan-sandbox`, which makes that namespace.
    var launcher: String

    static let definitions = [
        SettingDefinition("program", default: .string(""), "absolute path of the program; has to be set"),
        SettingDefinition("arguments", default: .strings([]), "its arguments"),
        SettingDefinition(
            "contained", default: .boolean(true), "run it as process 1 of a pid namespace, so that grains end with it"),
        SettingDefinition(
            "launcher", default: .string(""), "path of barchan-sandbox; empty for the host's program directory"),
    ]

    init(_ settings: PluginSettings, _ context: PluginContext) throws(HostError) {
        program = settings.string("program")
        guard program.hasPrefix("/") else {
            throw HostError(
                .invalidArgument,
                "setting 'program' is '\(program)'; the absolute path of the back end's program is needed")
        }
        arguments = settings.strings("arguments")
        guard !([program] + arguments).contains(where: { $0.utf8.contains(0) }) else {
            throw HostError(.invalidArgument, "setting 'program' or 'arguments' holds a NUL character")
        }
        isContained = settings.boolean("contained")
        launcher = LauncherProgram.path(settings.string("launcher"), context)
    }

    /// What is started.
    var command: [String] {
        (isContained ? [launcher, LauncherProgram.keepOption] : []) + [program] + arguments
    }
}
