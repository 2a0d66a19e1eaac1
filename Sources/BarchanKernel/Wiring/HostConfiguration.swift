import Barchan

/// Everything a person can configure, as values.
public struct HostConfiguration: Sendable, Equatable {
    /// Absolute path of the directory for everything that must survive.
    public var dataDirectory: String
    /// Where modules are looked for, in order.
    public var pluginDirectories: [String]
    /// Where the host's helper programs are.
    public var programDirectory: String
    public var logLevel: HostLog.Level = .info
    public var logFormat = LogFormat.auto
    public var choices: [PluginInterface: ProviderChoice]
    /// Isolation back ends of some apps, by name; the others have the one of ``choices``.
    public var appIsolation: [AppID: String] = [:]
    public var life = LifeSettings()
    public var limits = HostLimits()
    public var people = PeopleSettings()
    public var mail = MailSettings()
    public var backups = BackupSettings()

    public init(dataDirectory: String, paths: HostPaths) {
        self.dataDirectory = dataDirectory
        pluginDirectories = [paths.plugins]
        programDirectory = paths.programs
        choices = Dictionary(uniqueKeysWithValues: PluginInterface.allCases.map { ($0, ProviderChoice()) })
    }
}

/// How the host's log is written.
public enum LogFormat: String, Sendable, CaseIterable {
    /// To the journal when standard error leads there, else as text.
    case auto
    /// A line for people on standard error.
    case text
    /// A JSON object a line on standard error.
    case json
    /// To systemd's journal, with fields.
    case journal
}

/// Which provider stands behind an interface, and what it must promise.
public struct ProviderChoice: Sendable, Equatable {
    /// Nil: the only one there is, or ``preferred`` among several.
    public var provider: String?
    /// What a distribution takes when nobody has chosen.
    public var preferred: String?
    public var required: Set<Guarantee> = []
    /// Settings by provider; those of providers not chosen are checked and kept for the day they are.
    public var settings: [String: [String: SettingValue]] = [:]
    /// What stands where a setting's value should and no setting takes, as a person names it, by provider and name.
    public var unreadable: [String: [String: String]] = [:]
    /// Where a provider's section stands, and each of its settings, for messages: by `NAME` and `NAME.SETTING`.
    public var places: [String: String] = [:]

    public init() {}
}

/// When grains start and stop.
public struct LifeSettings: Sendable, Equatable {
    /// From the end of a grain's last session to its stop.
    public var idle: Duration = .seconds(5)
    /// How long a grain that nobody needs stays in memory, frozen, before it is ended. Zero: it is ended at once.
    public var frozen: Duration = .seconds(300)
    /// As much of the memory that is available may frozen grains hold together.
    public var frozenMemoryPercent = 20
    /// How long a started grain waits for its first session.
    public var unvisited: Duration = .seconds(60)
    /// A session that was not kept alive for so long is closed (specification, section 6.3).
    public var sessionLifetime: Duration = .seconds(180)
    /// From the start of a grain to its first answer.
    public var startLimit: Duration = .seconds(120)
    /// After a failed start the next attempt waits for so long; requests until then get the same error. When an owner's grains
    /// of one app have failed five times in a short time, the next start of any of them waits five times as long.
    public var restartPause: Duration = .seconds(2)
    /// As many reasons to stay awake as one grain may have at a time.
    public var wakeLocks = 16
    /// As long may a grain be moved back to the version of its app that it was moved from.
    public var previousVersion: Duration = .seconds(7 * 86_400)
    /// As long does a grain stay in the trash.
    public var trash: Duration = .seconds(30 * 86_400)

    public init() {}
}

/// Which backups the host makes by itself.
public struct BackupSettings: Sendable, Equatable {
    /// Absolute path of the directory with one folder for each grain. Nil: none are made.
    public var directory: String?
    /// From one backup of a grain to the next, if it was used meanwhile.
    public var interval: Duration = .seconds(86_400)
    /// As many of a grain are kept, the newest.
    public var keep = 7
    /// How long those of a removed grain are kept after that was noticed; zero: until somebody removes them.
    public var keepRemoved: Duration = .seconds(30 * 86_400)
    /// Whether each is restored into a place of its own and compared before it counts.
    public var verify = true

    public init() {}
}

/// Numbers next to everything that can grow.
public struct HostLimits: Sendable, Equatable {
    /// Open tabs of one person; as many of one address in which nobody is logged in.
    public var sessionsPerAccount = 200
    /// Open tabs of those who came by one link, and addresses that present one token.
    public var sessionsPerLink = 5_000
    public var sessions = 20_000
    public var grainsPerAccount = 10_000
    public var runningGrains = 1_000
    /// What grains leave free of the disk, but no more than a fiftieth of it.
    public var diskReserveBytes: Int64 = 1 << 30
    /// The same, of a disk of so many bytes.
    public func diskReserve(of totalBytes: Int64) -> Int64 { min(diskReserveBytes, totalBytes / 50) }
    /// Objects that one grain may have saved.
    public var tokensPerGrain = TokenBook.maximumTokens
    /// People, links and tokens of one grain, those that were revoked included.
    public var grantsPerGrain = 1_000
    /// Bounds on each grain.
    public var grain = GrainLimits()
    /// What is different for the grains of some apps.
    public var apps: [AppID: [GrainLimit: Int64]] = [:]

    public init() {}

    /// The bounds on a grain of `app`.
    /// - Parameter own: What is different for this one grain.
    public func grain(of app: AppID?, own: [GrainLimit: Int64] = [:]) -> GrainLimits {
        var limits = grain
        for changes in [app.flatMap { apps[$0] } ?? [:], own] {
            for (limit, value) in changes { limit.set(value, in: &limits) }
        }
        return limits
    }
}
