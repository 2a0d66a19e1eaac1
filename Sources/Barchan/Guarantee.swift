/// A promise that a provider keeps, as data: the configuration requires them, wiring compares, conformance proves.
public struct Guarantee: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The name in the configuration, lowerCamelCase.
    public let name: String

    public init(_ name: String) { self.name = name }
    public var description: String { name }
    public static func < (left: Guarantee, right: Guarantee) -> Bool { left.name < right.name }
}

extension Guarantee {
    // MARK: Isolation

    /// The app sees its package, /var, /tmp and /dev, and no other file of the host.
    public static let privateFileSystem = Guarantee("privateFileSystem")
    /// The package cannot be changed from inside.
    public static let readOnlyPackage = Guarantee("readOnlyPackage")
    /// No network but the sandbox's own loopback.
    public static let noNetwork = Guarantee("noNetwork")
    /// Processes outside cannot be seen, signalled or traced.
    public static let privateProcesses = Guarantee("privateProcesses")
    /// The program is user and group 1000 on a host called `sandbox`, whatever they are outside.
    public static let ownIdentity = Guarantee("ownIdentity")
    /// No sockets but UNIX ones that stay inside: no network, and not even a loopback.
    public static let unixSocketsOnly = Guarantee("unixSocketsOnly")
    /// System V and POSIX message queues, semaphores and shared memory are the sandbox's own.
    public static let privateIPC = Guarantee("privateIPC")
    /// System calls pass a filter that names what is allowed.
    public static let syscallFilter = Guarantee("syscallFilter")
    /// No Linux capability, now or after any exec.
    public static let noCapabilities = Guarantee("noCapabilities")
    /// No procfs or sysfs.
    public static let noKernelFileSystems = Guarantee("noKernelFileSystems")
    /// Every process of the sandbox is gone when it is terminated or the host dies.
    public static let completeTermination = Guarantee("completeTermination")
    /// Memory is bounded by ``SandboxLimits/memoryBytes``.
    public static let memoryLimit = Guarantee("memoryLimit")
    /// The number of processes and threads is bounded by ``SandboxLimits/processes``.
    public static let processLimit = Guarantee("processLimit")
    /// Processor time that is short is shared by ``SandboxLimits/processorWeight``.
    public static let processorWeight = Guarantee("processorWeight")
    /// A busy disk is shared by ``SandboxLimits/ioWeight``.
    public static let ioWeight = Guarantee("ioWeight")
    /// What a program asks about the machine - memory, processors, kernel, uptime - is answered for the sandbox.
    public static let virtualizedCalls = Guarantee("virtualizedCalls")
    /// A sandbox can stop where it is and go on later.
    public static let freezing = Guarantee("freezing")
    /// A second file-system and signal wall through Landlock.
    public static let landlock = Guarantee("landlock")

    /// All that an isolation back end can promise.
    public static let isolation: [Guarantee] = [
        .privateFileSystem, .readOnlyPackage, .noNetwork, .privateProcesses, .privateIPC, .syscallFilter,
        .noCapabilities, .noKernelFileSystems, .ownIdentity, .unixSocketsOnly, .completeTermination, .processLimit,
        .memoryLimit, .landlock, .freezing, .virtualizedCalls, .processorWeight, .ioWeight,
    ]

    // MARK: Storage

    /// What was acknowledged survives the death of the host process at any moment.
    public static let crashSafe = Guarantee("crashSafe")
    /// What was acknowledged survives a power cut.
    public static let powerLossSafe = Guarantee("powerLossSafe")
    /// A package is stored once for all its grains.
    public static let sharedPackages = Guarantee("sharedPackages")
    /// Packages are verified before anything of them becomes visible.
    public static let verifiedPackages = Guarantee("verifiedPackages")

    // MARK: Transport

    /// Bodies flow both ways without being held in memory whole.
    public static let streaming = Guarantee("streaming")
    /// Web sockets pass.
    public static let webSockets = Guarantee("webSockets")
    /// What one grain can make the transport allocate is bounded.
    public static let boundedMemory = Guarantee("boundedMemory")

    // MARK: Frontend

    /// Each session has its own origin.
    public static let originPerSession = Guarantee("originPerSession")
    /// Every answer of a grain host carries the content security policy.
    public static let contentSecurityPolicy = Guarantee("contentSecurityPolicy")
}
