/// What those who run the host look at: what it does, what was done to it, what it said.
public protocol OperationDirectory: Sendable {
    /// The host's figures at this moment. No name of a person, no title and no host name of a session is among them.
    func figures() async throws(HostError) -> [HostFigure]

    /// Grants and administrative acts, newest first, at most `limit`.
    /// - Parameter older: Only entries older than the one with this identifier; nil for the newest.
    /// - Throws: ``HostError`` `.permissionDenied` when the account is not an administrator's.
    func audit(olderThan older: String?, limit: Int, for account: AccountID) async throws(HostError) -> [AuditEntry]

    /// Tells what the configuration lets pages of some apps do beyond the walls. What is new since the last call, also of an
    /// earlier host, and what is gone is an entry of the audit log.
    func noteExceptions(_ exceptions: [AppID: [String]]) async

    /// The newest lines of the host's own log, the newest last; administrators only.
    func recentLog(for account: AccountID) async throws(HostError) -> [HostLogLine]

    /// Every grain with what it uses, those with most memory first; administrators only.
    func usage(for account: AccountID) async throws(HostError) -> [GrainUsage]

    /// Every installed version of every app, by title, the newest first; administrators only.
    func packages(for account: AccountID) async throws(HostError) -> [PackageUsage]

    /// The bounds in force, as the configuration names them; administrators only.
    func limits(for account: AccountID) async throws(HostError) -> [KeyValue]
}

/// One figure of the host with its values.
public struct HostFigure: Sendable, Equatable {
    public enum Kind: String, Sendable { case counter, gauge, histogram }

    /// A value with what tells it from the figure's others.
    public struct Sample: Sendable, Equatable {
        /// Behind the figure's name: `_bucket`, `_sum` and `_count` of a histogram.
        public var suffix: String
        public var labels: [KeyValue]
        public var value: Double

        public init(_ value: Double, labels: [KeyValue] = [], suffix: String = "") {
            self.value = value
            self.labels = labels
            self.suffix = suffix
        }
    }

    /// In Prometheus' style: `barchan_grain_starts_total`, units in the name.
    public var name: String
    /// One line for people.
    public var summary: String
    public var kind: Kind
    public var samples: [Sample]

    public init(_ name: String, _ summary: String, _ kind: Kind, _ samples: [Sample]) {
        self.name = name
        self.summary = summary
        self.kind = kind
        self.samples = samples
    }
}

/// Something that somebody did.
public struct AuditEntry: Sendable, Equatable {
    /// Orders the entries; text without meaning.
    public var identifier: String
    /// Seconds since 1970-01-01T00:00:00Z.
    public var time: Int64
    /// A person's handle, `operator` for the command line, `host` for the host itself.
    public var actor: String
    /// What was done: `grain.remove`, `app.install`.
    public var act: String
    /// What it was done to, by its identifier.
    public var object: String
    /// The rest, for people.
    public var detail: String

    public init(identifier: String, time: Int64, actor: String, act: String, object: String, detail: String) {
        self.identifier = identifier
        self.time = time
        self.actor = actor
        self.act = act
        self.object = object
        self.detail = detail
    }
}

/// A line of the host's log.
public struct HostLogLine: Sendable, Equatable {
    /// Seconds since 1970-01-01T00:00:00Z.
    public var time: Int64
    public var level: HostLog.Level
    public var message: String

    public init(time: Int64, level: HostLog.Level, message: String) {
        self.time = time
        self.level = level
        self.message = message
    }
}

/// An installed package and who needs it, for administrators.
public struct PackageUsage: Sendable {
    public enum State: Sendable {
        /// New grains are made of it.
        case inUse
        /// An administrator is asked about it.
        case waiting
        /// There are grains of it, or grains may be moved back to it.
        case kept
        /// As `kept`, and nobody can make grains of its app any more.
        case uninstalled
    }

    public var package: InstalledPackage
    public var state: State
    /// How many grains are of this version, those in the trash included.
    public var grains: Int

    public init(package: InstalledPackage, state: State, grains: Int) {
        self.package = package
        self.state = state
        self.grains = grains
    }
}

/// What one grain uses, for administrators.
public struct GrainUsage: Sendable, Equatable {
    public var grain: GrainSummary
    /// The owner's handle.
    public var owner: String
    /// It is in memory, but nothing of it runs.
    public var isFrozen: Bool
    /// Nil for a grain that is not in memory, or where nobody counts.
    public var memoryBytes: Int64?
    public var processes: Int64?
    public var processorTime: Duration?

    public init(
        grain: GrainSummary, owner: String, isFrozen: Bool, memoryBytes: Int64?, processes: Int64?,
        processorTime: Duration?
    ) {
        self.grain = grain
        self.owner = owner
        self.isFrozen = isFrozen
        self.memoryBytes = memoryBytes
        self.processes = processes
        self.processorTime = processorTime
    }
}
