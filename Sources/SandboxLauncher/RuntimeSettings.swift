import Barchan
import Glibc
import SandboxProtocol

/// The settings of a back end whose sandboxes another program makes.
public struct RuntimeSettings: Sendable {
    public let launcher: LauncherProgram

    /// - Parameter program: Where the program is when the setting does not say.
    public static func definitions(program: String, summary: String) -> [SettingDefinition] {
        FileOwner.grainSettings + [
            SettingDefinition("program", default: .string(program), summary),
            SettingDefinition("landlock", default: .boolean(true), "apply Landlock where the kernel has it"),
            SettingDefinition(
                "launcher", default: .string(""), "path of barchan-sandbox; empty for the host's program directory"),
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
            options: [option, program] + (settings.boolean("landlock") ? [] : ["--no-landlock"])
                + LauncherProgram.groupOptions(settings))
    }

    /// What holds when the guest has put up its walls inside those of the program.
    public static func guarantees(of features: LauncherFeatures) -> Set<Guarantee> {
        var guarantees: Set<Guarantee> = [
            .privateFileSystem, .readOnlyPackage, .noNetwork, .privateProcesses, .privateIPC, .syscallFilter,
            .noCapabilities, .noKernelFileSystems, .completeTermination, .ownIdentity,
        ]
        if features.contains(.landlock) { guarantees.insert(.landlock) }
        if features.contains(.processLimit) { guarantees.insert(.processLimit) }
        if features.contains(.memoryLimit) { guarantees.insert(.memoryLimit) }
        if features.contains(.freezing) { guarantees.insert(.freezing) }
        return guarantees
    }
}
