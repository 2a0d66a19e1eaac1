import Barchan
import SandboxProtocol

extension LauncherFeatures {
    /// What the sandboxes of a launcher keep that has namespaces, whoever made them, with our walls inside.
    public var guaranteesWithNamespaces: Set<Guarantee> {
        guarantees.union([
            .privateFileSystem, .readOnlyPackage, .noNetwork, .privateProcesses, .privateIPC, .syscallFilter,
            .noCapabilities, .noKernelFileSystems, .completeTermination, .ownIdentity,
        ])
    }

    /// What this machine lets the launcher keep.
    public var guarantees: Set<Guarantee> {
        let all: [(LauncherFeatures, Guarantee)] = [
            (.landlock, .landlock), (.processLimit, .processLimit), (.memoryLimit, .memoryLimit),
            (.virtualizedCalls, .virtualizedCalls), (.freezing, .freezing),
            (.completeTermination, .completeTermination), (.processorWeight, .processorWeight), (.ioWeight, .ioWeight),
        ]
        return Set(all.filter { contains($0.0) }.map(\.1))
    }
}
