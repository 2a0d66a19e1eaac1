import Barchan
import Glibc
import SandboxProtocol

/// The settings of a back end whose sandboxes another program makes.
public struct RuntimeSettings: Sendable {
    public let launcher: LauncherProgram

    /// - Parameter program: Where the program is when the setting does not say.
    public static func definitions(program: String, summary: String) -> [SettingDefinition] {
        FileOwner.grainSettings + LauncherProgram.callSettings + [
            SettingDefinition("program", default: .string(program), summary), LauncherProgram.landlockSetting,
            LauncherProgram.launcherSetting,
        ]
    }

    /// - Parameter option: The launcher's option for this kind of program.
    /// - Parameter package: The Debian package that has it.
    /// - Throws: ``HostError`` `.notFound` when the program is not there.
    public init(
        _ settings: PluginSettings, _ context: PluginContext, option: String, package: String
    ) throws(HostError) {
        let program = settings.string("program")
        guard program.hasPrefix("/") else {
            throw HostError(.invalidArgument, "setting 'program' is '\(program)'; an absolute path is needed")
        }
        guard access(program, X_OK) == 0 else {
            throw HostError(
                .notFound,
                "use '\(program)': \(String(cString: strerror(errno))); install Debian's package \(package), or name the"
                    + " program in the setting 'program'")
        }
        launcher = LauncherProgram(
            path: LauncherProgram.path(settings.string("launcher"), context), owner: try FileOwner.ofGrains(settings),
            options: [option, program] + LauncherProgram.landlockOptions(settings)
                + LauncherProgram.groupOptions(settings)
                + (try LauncherProgram.callOptions(settings)))
    }
}
