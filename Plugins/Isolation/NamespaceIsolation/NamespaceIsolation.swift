import Barchan
import SandboxLauncher
import SandboxProtocol

/// Namespaces, limits, Landlock and the filter are the launcher's own; here is what they promise.
enum NamespaceIsolation {
    static func make(_ settings: NamespaceIsolationSettings, log: HostLog) async throws(HostError) -> LauncherIsolation
    {
        try await LauncherIsolation(settings.program, log: log, guarantees: \.guaranteesWithNamespaces)
    }
}
