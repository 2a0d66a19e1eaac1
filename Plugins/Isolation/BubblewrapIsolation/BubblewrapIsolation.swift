import Barchan
import SandboxLauncher
import SandboxProtocol

/// The launcher starts bwrap for each sandbox; here is what comes of it.
enum BubblewrapIsolation {
    static let settings = RuntimeSettings.definitions(
        program: "/usr/bin/bwrap", summary: "absolute path of bubblewrap, 0.5 or newer")

    static func make(_ settings: PluginSettings, _ context: PluginContext) async throws(HostError) -> LauncherIsolation
    {
        let settings = try RuntimeSettings(settings, context, option: "--bubblewrap", package: "bubblewrap")
        return try await LauncherIsolation(settings.launcher, log: context.log, guarantees: \.guaranteesWithNamespaces)
    }
}
