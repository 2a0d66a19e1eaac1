/// What a sandbox is to run and what it may see.
public struct SandboxSpecification: Sendable {
    /// The grain, for names in messages and in control groups.
    public var grain: GrainID
    /// The app that the grain belongs to, for policies; nil when there is none, as in tests of a back end.
    public var app: AppID?
    /// The package, the read-only root of the sandbox.
    public var package: PackageTree
    /// Absolute path of the directory that becomes /var, owned by the provider's ``IsolationProvider/fileOwner``.
    public var data: String
    /// The program to run.
    public var command: Command
    public var limits: SandboxLimits

    public init(
        grain: GrainID, package: PackageTree, data: String, command: Command, limits: SandboxLimits = SandboxLimits()
    ) {
        self.grain = grain
        self.package = package
        self.data = data
        self.command = command
        self.limits = limits
    }
}

/// A program with exactly these arguments and exactly this environment; nothing is inherited or added.
public struct Command: Sendable, Equatable {
    /// `arguments[0]` is executed literally: no search through PATH, relative to `/`.
    public var arguments: [String]
    /// `NAME=value`, in order.
    public var environment: [String]

    public init(arguments: [String], environment: [String] = []) {
        self.arguments = arguments
        self.environment = environment
    }
}

/// Bounds on what one sandbox may use. Nil means that the provider adds no bound of its own.
public struct SandboxLimits: Sendable, Equatable {
    /// Soft and hard limit on open files of one process (specification, section 3.1: 1024 and 4096).
    public var openFilesSoft: Int64 = 1024
    public var openFilesHard: Int64 = 4096
    /// Size of /tmp and of /dev/shm, and how many inodes they may have (section 3.4): together, or each where a provider bounds
    /// them apart.
    public var temporaryBytes: Int64 = 16 << 20
    public var temporaryInodes: Int64 = 4096
    /// Memory of all processes together.
    public var memoryBytes: Int64?
    /// Processes and threads together.
    public var processes: Int64?
    /// Share of processor time when it is short, 1 to 10000; nil for 100, what everybody has.
    public var processorWeight: Int64?
    /// Share of the disk when it is busy, 1 to 1000; nil for 100.
    public var ioWeight: Int64?

    public init() {}
}
