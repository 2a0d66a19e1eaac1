/// Runs programs behind walls.
public protocol IsolationProvider: Sendable {
    /// What ``launch(_:socket:output:)`` promises on this machine with these settings; fixed for the provider's life.
    var guarantees: Set<Guarantee> { get }

    /// The user and group, as the host sees them, that a sandbox's files belong to.
    ///
    /// Volumes are created for this owner.
    var fileOwner: FileOwner { get }

    /// Starts the program of `specification` in a new sandbox.
    ///
    /// The program starts with `/dev/null` as descriptor 0, `output` as 1 and 2, `socket` as 3 and no other. Returns
    /// once the program runs, or has failed to start.
    /// - Parameter socket: The grain's end of its stream socket. Owned by the provider from this call on, also when
    ///   it throws.
    /// - Parameter output: Where the program's output goes, a pipe. Owned likewise.
    /// - Throws: ``HostError`` `.invalidArgument` for a specification that cannot be run (a missing or non-executable
    ///   program, a NUL in an argument), `.resourceExhausted` when the kernel is out of something, `.disconnected` when what
    ///   makes the sandboxes, or this one, was lost before the program ran and the next launch may work, `.unsupported` when
    ///   no sandboxes can be made any more, `.failed` with the step that failed otherwise. Nothing is left behind.
    func launch(
        _ specification: SandboxSpecification, socket: consuming OwnedDescriptor, output: consuming OwnedDescriptor
    ) async throws(HostError) -> any Sandbox
}

/// A back end that may keep something ready for the next grain of a package.
public protocol PackageHolder: IsolationProvider {
    /// Lets go of what is kept ready for a package, whose files are about to be removed.
    ///
    /// Returns when nothing but running grains holds its files. Harmless for a package that nothing is kept ready for. A
    /// launch afterwards may have something kept ready again.
    func release(_ package: PackageTree) async
}

/// A back end that can end its sandboxes also when what makes them does not answer.
public protocol AbortableIsolationProvider: IsolationProvider {
    /// Kills what makes the sandboxes, and with it every sandbox, for a host that stops and has waited long enough. Returns at
    /// once; every ``Sandbox/waitForExit()`` returns soon afterwards. Nothing is to be launched any more.
    func abort()
}

/// A running sandbox, or one that has ended.
///
/// A sandbox lives until its first process exits, ``terminate()`` is called, or the host process is gone, whichever
/// comes first; then every process in it is gone.
public protocol Sandbox: Sendable {
    /// Waits for the end. Any number of callers, before or after the end; all get the same answer.
    func waitForExit() async -> SandboxExit

    /// Ends every process and returns when all are gone. A second call returns at once.
    func terminate() async
}

/// A sandbox whose back end kept the moments of its start, for whoever measures it.
public protocol TimedSandbox: Sandbox {
    /// What was done by when, in order. A step that was done before the launch was asked for was done ahead of time.
    /// Fixed once the launch has returned.
    var startSteps: [StartStep] { get }
}

/// One step of a start.
public struct StartStep: Sendable, Equatable {
    /// One or two words for people: "namespaces", "mounts", "filter".
    public var name: String
    /// When it was done: CLOCK_MONOTONIC.
    public var nanoseconds: Int64

    public init(name: String, nanoseconds: Int64) {
        self.name = name
        self.nanoseconds = nanoseconds
    }
}

/// A sandbox whose use of the machine is counted.
public protocol MeasuredSandbox: Sandbox {
    /// What it uses now; after the end, what it had used.
    func usage() async -> SandboxUsage
}

/// A sandbox whose files without a name are known, which take space on the disk of its data and are nowhere in it.
public protocol FileHoldingSandbox: Sandbox {
    /// What files take on the file system of /var that have no name (any more) and that a process of the sandbox has open or
    /// mapped, in bytes; each counts once. What cannot be seen is missing: at least descriptors under way in sockets. 0 after the
    /// end, nil where nobody can look.
    ///
    /// Looking takes a moment for each open file: ask as often as the data is measured, not more.
    func unnamedFileBytes() async -> Int64?
}

/// A sandbox that can stop where it is, see ``Guarantee/freezing``.
public protocol FreezableSandbox: Sandbox {
    /// Stops every process where it is and returns when all have stopped: no timer runs, nothing is computed or written.
    /// ``Sandbox/terminate()`` works as ever. A second call does nothing.
    /// - Throws: ``HostError`` `.disconnected` when the sandbox has ended, `.failed` when a process did not stop; then
    ///   all go on.
    func freeze() async throws(HostError)

    /// Lets every process go on. Does nothing when none was stopped.
    /// - Throws: ``HostError`` `.disconnected` when the sandbox has ended.
    func thaw() async throws(HostError)
}

/// What a sandbox uses or used. Nil: nobody counts it on this machine.
public struct SandboxUsage: Sendable, Equatable {
    /// Processor time of all processes that ever ran in it.
    public var processorTime: Duration?
    /// Memory now and at most, page cache and /tmp included.
    public var memoryBytes: Int64?
    public var memoryPeakBytes: Int64?
    /// Processes and threads.
    public var processes: Int64?
    /// From and to disks.
    public var readBytes: Int64?
    public var writtenBytes: Int64?
    /// How many processes were ended because ``SandboxLimits/memoryBytes`` was used up.
    public var memoryKills: Int64?
    /// How many processes or threads were not made because of ``SandboxLimits/processes``.
    public var refusedProcesses: Int64?
    /// What /tmp and /dev/shm hold: together, or the fuller one where they are bounded apart. Directories are files, too.
    public var temporaryBytes: Int64?
    public var temporaryFiles: Int64?
    /// Open files of the process that has most, and how many that process may have.
    public var openFiles: Int64?
    public var openFilesLimit: Int64?
    public var isFrozen = false

    public init() {}
}

/// How the first process of a sandbox ended.
public enum SandboxExit: Sendable, Equatable {
    /// It called exit with this status, 0 to 255.
    case exited(status: Int32)
    /// This signal ended it.
    case signaled(signal: Int32)
    /// The provider lost it; the text says how.
    case lost(reason: String)
}

/// A user and a group of the host.
public struct FileOwner: Sendable, Equatable {
    public var user: UInt32
    public var group: UInt32

    public init(user: UInt32, group: UInt32) {
        self.user = user
        self.group = group
    }
}
