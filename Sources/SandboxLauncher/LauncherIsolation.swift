import Barchan
import SandboxProtocol
import Synchronization

/// Hands specifications to the launcher, which makes the sandboxes: the provider of every back end that uses it.
public final class LauncherIsolation: PackageHolder, AbortableIsolationProvider {
    public let guarantees: Set<Guarantee>
    public let fileOwner: FileOwner
    private let launchers: LauncherSupply

    /// Starts the launcher, to learn what this machine allows.
    /// - Parameter guarantees: What the back end promises with these features of the launcher.
    /// - Throws: ``HostError`` `.unsupported` when the launcher cannot make a sandbox here, `.notFound` when it is missing.
    public init(
        _ program: LauncherProgram, log: HostLog, guarantees: (LauncherFeatures) -> Set<Guarantee>
    ) async throws(HostError) {
        fileOwner = program.owner
        launchers = LauncherSupply(program, log: log)
        do throws(HostError) {
            self.guarantees = guarantees(try await launchers.launcher().connection.features)
        } catch {
            throw HostError(error.code == .disconnected ? .unsupported : error.code, error.message)
        }
    }

    public func launch(
        _ specification: SandboxSpecification, socket: consuming OwnedDescriptor, output: consuming OwnedDescriptor
    ) async throws(HostError) -> any Sandbox {
        let launcher = try await launchers.launcher()
        launcher.connection.prepareLaunch(of: specification.package.layers)
        var order = try LaunchOrder(specification)
        if !launcher.connection.features.contains(.memoryLimit) { order.boundData() }
        do throws(LaunchFailure) {
            let record = try await launcher.connection.launch(order, socket: socket, output: output)
            return LauncherSandbox(record, launcher)
        } catch {
            throw error.hostError(for: specification)
        }
    }

    public func abort() { launchers.abort() }

    public func release(_ package: PackageTree) async {
        // A launcher that cannot be started holds nothing.
        guard !package.layers.isEmpty, let launcher = try? await launchers.launcher() else { return }
        await launcher.connection.release(package.layers)
    }
}

extension LaunchOrder {
    /// Where no group bounds memory: twice the limit for one process, since not all that it asks for is used, and the stacks of
    /// all threads that it may have, which count as a whole, used or not. The watcher counts what is used. Without bounds of
    /// both there is none of this.
    fileprivate mutating func boundData() {
        guard memoryBytes > 0, processes > 0 else { return }
        dataBytes = min(memoryBytes, 1 << 60) * 2 + min(processes, 1 << 32) * LaunchOrder.stackBytes
    }
}

/// The launcher that is running now; a new one as soon as it has died.
private final class LauncherSupply: Sendable {
    private let starter: ProcessSupply<LauncherHandle>
    private let latest = Mutex<LauncherHandle?>(nil)

    init(_ program: LauncherProgram, log: HostLog) {
        starter = ProcessSupply(
            "start the sandbox launcher", noteLoss: { log(.warning, "the sandbox launcher was lost; starting another") }
        ) { LauncherHandle(try await LauncherConnection.start(program, whenEnded: $0)) }
    }

    func abort() { latest.withLock { $0 }?.connection.kill() }

    func launcher() async throws(HostError) -> LauncherHandle {
        // Nearly always, and then no start waits for an actor.
        if let handle = latest.withLock({ $0 }), !handle.connection.isClosed { return handle }
        let handle = try await starter.process()
        latest.withLock { $0 = handle }
        return handle
    }
}
