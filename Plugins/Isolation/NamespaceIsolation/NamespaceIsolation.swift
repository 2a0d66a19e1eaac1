import Barchan
import SandboxProtocol

/// Hands specifications to the launcher, which makes the sandboxes.
final class NamespaceIsolation: IsolationProvider {
    let guarantees: Set<Guarantee>
    let fileOwner: FileOwner
    private let launchers: LauncherSupply

    /// Starts the launcher, to learn what this machine allows.
    init(_ settings: NamespaceIsolationSettings, log: HostLog) async throws(HostError) {
        fileOwner = settings.owner
        launchers = LauncherSupply(settings, log: log)
        guarantees = NamespaceIsolation.guarantees(of: try await launchers.launcher().connection.features)
    }

    func launch(
        _ specification: SandboxSpecification, socket: consuming OwnedDescriptor, output: consuming OwnedDescriptor
    ) async throws(HostError) -> any Sandbox {
        let order = try LaunchOrder(specification)
        let launcher = try await launchers.launcher()
        do throws(LaunchFailure) {
            let record = try await launcher.connection.launch(order, socket: socket, output: output)
            return NamespaceSandbox(record, launcher)
        } catch {
            throw error.hostError(for: specification)
        }
    }

    private static func guarantees(of features: LauncherFeatures) -> Set<Guarantee> {
        var guarantees: Set<Guarantee> = [
            .privateFileSystem, .readOnlyPackage, .noNetwork, .privateProcesses, .privateIPC, .syscallFilter,
            .noCapabilities, .noKernelFileSystems, .completeTermination,
        ]
        if features.contains(.landlock) { guarantees.insert(.landlock) }
        if features.contains(.processLimit) { guarantees.insert(.processLimit) }
        if features.contains(.memoryLimit) { guarantees.insert(.memoryLimit) }
        return guarantees
    }
}

/// The launcher that is running now; a new one when it has died.
private actor LauncherSupply {
    private let settings: NamespaceIsolationSettings
    private let log: HostLog
    private var current: Task<LauncherHandle, any Error>?

    init(_ settings: NamespaceIsolationSettings, log: HostLog) {
        self.settings = settings
        self.log = log
    }

    func launcher() async throws(HostError) -> LauncherHandle {
        while let running = current {
            if let handle = try? await running.value, !handle.connection.isClosed { return handle }
            // Somebody else who waited may have replaced it already.
            guard running == current else { continue }
            log(.warning, "the sandbox launcher was lost; starting another")
            current = nil
        }
        let settings = settings
        let task = Task { LauncherHandle(try await LauncherConnection.start(settings)) }
        current = task
        do {
            return try await task.value
        } catch {
            throw error as? HostError ?? HostError(.failed, "start the sandbox launcher: \(error)")
        }
    }
}
