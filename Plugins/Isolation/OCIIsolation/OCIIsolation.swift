import Barchan
import SandboxLauncher
import SandboxProtocol

/// The launcher starts the runtime for each sandbox; here is what comes of it.
enum OCIIsolation {
    static let settings = RuntimeSettings.definitions(
        program: "/usr/bin/crun", summary: "absolute path of crun, 1.8 or newer, or of runc, 1.1 or newer")

    static func make(_ settings: PluginSettings, _ context: PluginContext) async throws(HostError) -> LauncherIsolation
    {
        let settings = try RuntimeSettings(settings, context, option: "--oci", package: "crun or runc")
        return try await LauncherIsolation(settings.launcher, log: context.log, guarantees: \.guaranteesWithNamespaces)
    }
}
