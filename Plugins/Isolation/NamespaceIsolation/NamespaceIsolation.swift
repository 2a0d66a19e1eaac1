import Barchan
import SandboxLauncher
import SandboxProtocol

/// Namespaces, limits, Landlock and the filter are the launcher's own; here is what they promise.
enum NamespaceIsolation {
    static func make(_ settings: NamespaceIsolationSettings, log: HostLog) async throws(HostError) -> LauncherIsolation
    {
        try await LauncherIsolation(settings.program, log: log, guarantees: guarantees)
    }

    private static func guarantees(of features: LauncherFeatures) -> Set<Guarantee> {
        var guarantees: Set<Guarantee> = [
            .privateFileSystem, .readOnlyPackage, .noNetwork, .privateProcesses, .privateIPC, .syscallFilter,
            .noCapabilities, .noKernelFileSystems, .completeTermination, .ownIdentity,
        ]
        if features.contains(.landlock) { guarantees.insert(.landlock) }
        if features.contains(.processLimit) { guarantees.insert(.processLimit) }
        if features.contains(.memoryLimit) { guarantees.insert(.memoryLimit) }
        if features.contains(.virtualizedCalls) { guarantees.insert(.virtualizedCalls) }
        if features.contains(.freezing) { guarantees.insert(.freezing) }
        return guarantees
    }
}
