import Barchan
import BarchanKernel

/// One key of the host's own sections.
public struct ConfigurationKey: Sendable {
    public let name: String
    /// One line for people, with units and default.
    public let summary: String
    /// The kind of value, as a person names it.
    let needed: String
    let apply: @Sendable (SettingValue, inout HostConfiguration) throws(HostError) -> Void

    /// For a value of another kind.
    /// - Parameter kind: What it is, as a person names it.
    func wrongKind(_ kind: String) -> HostError { ConfigurationKey.wrongKind(kind, needed) }

    static func wrongKind(_ kind: String, _ needed: String) -> HostError {
        HostError(.invalidArgument, "is \(kind); \(needed) is needed")
    }

    static func text(
        _ name: String, _ summary: String, _ set: @escaping @Sendable (String, inout HostConfiguration) -> Void
    ) -> ConfigurationKey {
        key(name, summary, "a string", \.text) { (text, configuration) throws(HostError) in
            guard text.hasPrefix("/") else {
                throw HostError(.invalidArgument, "is '\(text)'; an absolute path is needed")
            }
            set(text, &configuration)
        }
    }

    static func words(
        _ name: String, _ summary: String, _ isGood: @escaping @Sendable (String) -> Bool,
        _ set: @escaping @Sendable (String, inout HostConfiguration) -> Void
    ) -> ConfigurationKey {
        key(name, summary, "a string", \.text) { (text, configuration) throws(HostError) in
            guard isGood(text), text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) else {
                throw HostError(.invalidArgument, "is '\(text)'; expected is: \(summary)")
            }
            set(text, &configuration)
        }
    }

    static func flag(
        _ name: String, _ summary: String, _ set: @escaping @Sendable (Bool, inout HostConfiguration) -> Void
    ) -> ConfigurationKey {
        key(name, summary, "true or false", \.flag) { (flag, configuration) throws(HostError) in
            set(flag, &configuration)
        }
    }

    static func integer(
        _ name: String, _ range: ClosedRange<Int64>, _ summary: String,
        _ set: @escaping @Sendable (Int64, inout HostConfiguration) -> Void
    ) -> ConfigurationKey {
        key(name, summary, "an integer", \.number) { (number, configuration) throws(HostError) in
            guard range.contains(number) else {
                throw HostError(.invalidArgument, "is \(number); \(range.lowerBound) to \(range.upperBound) is allowed")
            }
            set(number, &configuration)
        }
    }

    /// - Parameter value: Nil for a value of another kind.
    static func key<Value>(
        _ name: String, _ summary: String, _ needed: String,
        _ value: @escaping @Sendable (SettingValue) -> Value?,
        _ set: @escaping @Sendable (Value, inout HostConfiguration) throws(HostError) -> Void
    ) -> ConfigurationKey {
        ConfigurationKey(name: name, summary: summary, needed: needed) {
            (given, configuration) throws(HostError) in
            guard let value = value(given) else { throw wrongKind(given.kind, needed) }
            try set(value, &configuration)
        }
    }
}

extension SettingValue {
    fileprivate var text: String? { if case .string(let text) = self { text } else { nil } }
    fileprivate var number: Int64? { if case .integer(let number) = self { number } else { nil } }
    fileprivate var flag: Bool? { if case .boolean(let flag) = self { flag } else { nil } }
    fileprivate var texts: [String]? { if case .strings(let texts) = self { texts } else { nil } }
}

/// The sections and keys of the host itself; providers bring their own.
public enum ConfigurationKeys {
    public static let all: [String: [ConfigurationKey]] = [
        "host": host, "grains": grains, "limits": limits, "mail": mail, "people": people,
        "backups": backups,
    ]

    static var sections: String {
        ((all.keys + ["apps"]).sorted() + PluginInterface.allCases.map(\.rawValue)).joined(separator: ", ")
    }

    static let host: [ConfigurationKey] = [
        .text("data", "directory for everything that must survive") { $1.dataDirectory = $0 },
        .text("programs", "directory with the helper programs") { $1.programDirectory = $0 },
        .key("plugins", "directories with modules, in order", "a list of absolute paths", \.texts) {
            (paths, configuration) throws(HostError) in
            guard paths.allSatisfy({ $0.hasPrefix("/") }), !paths.isEmpty else {
                throw HostError(.invalidArgument, "must be a list of absolute paths")
            }
            configuration.pluginDirectories = paths
        },
        .key("log", "debug, info, warning or error", "a string", \.text) {
            (name, configuration) throws(HostError) in
            guard let level = HostLog.Level(name: name) else {
                throw HostError(.invalidArgument, "is '\(name)'; it must be one of: debug, info, warning, error")
            }
            configuration.logLevel = level
        },
        .key("logFormat", "auto (journal or text), text, json or journal", "a string", \.text) {
            (name, configuration) throws(HostError) in
            guard let format = LogFormat(rawValue: name) else {
                throw HostError(.invalidArgument, "is '\(name)'; it must be one of: auto, text, json, journal")
            }
            configuration.logFormat = format
        },
    ]

    static let grains: [ConfigurationKey] = [
        .integer("idleSeconds", 0...86_400, "from the end of the last session to the stop, 5") {
            $1.life.idle = .seconds($0)
        },
        .integer("frozenSeconds", 0...86_400, "how long it is kept frozen before it is ended, 0 for not at all, 300") {
            $1.life.frozen = .seconds($0)
        },
        .integer("frozenMemoryPercent", 0...90, "of available memory, for all frozen grains together, 20") {
            $1.life.frozenMemoryPercent = Int($0)
        },
        .integer("previousVersionDays", 0...3_650, "how long a grain that was upgraded may be moved back, 7") {
            $1.life.previousVersion = .seconds($0 * 86_400)
        },
        .integer("trashDays", 1...3_650, "how long a grain stays in the trash before it is removed for good, 30") {
            $1.life.trash = .seconds($0 * 86_400)
        },
        .integer("unvisitedSeconds", 1...86_400, "how long a started grain waits for its first session, 60") {
            $1.life.unvisited = .seconds($0)
        },
        .integer("sessionSeconds", 60...86_400, "a session not kept alive for so long is closed, 180") {
            $1.life.sessionLifetime = .seconds($0)
        },
        .integer("startSeconds", 1...3_600, "until the app says what it is, before its web server listens, 120") {
            $1.life.startLimit = .seconds($0)
        },
        .integer("restartPauseSeconds", 0...3_600, "between a failed start and the next, five times it after five, 2") {
            $1.life.restartPause = .seconds($0)
        },
    ]

    static let mail: [ConfigurationKey] = [
        .words(
            "server", "smtp://HOST:PORT or smtps://HOST:PORT, none when empty",
            { $0.isEmpty || $0.hasPrefix("smtp://") || $0.hasPrefix("smtps://") }
        ) { $1.mail.server = $0 },
        .words("from", "who mail is from: NAME <ADDRESS>", { $0.isEmpty || $0.contains("@") }) { $1.mail.from = $0 },
        .words("user", "to log in to the server, none when empty", { _ in true }) { $1.mail.user = $0 },
        .words(
            "passwordFile", "absolute path of a file with the password, none when empty",
            { $0.isEmpty || $0.hasPrefix("/") }
        ) { $1.mail.passwordFile = $0 },
        .flag("encrypted", "whether a connection without encryption is refused, true") { $1.mail.isEncrypted = $0 },
    ]

    static let people: [ConfigurationKey] = [
        .integer("loginDays", 1...3_650, "from a login to its end, 30") {
            $1.people.loginLifetime = .seconds($0 * 86_400)
        },
        .integer("invitationDays", 1...365, "how long an invitation may wait, 7") {
            $1.people.invitationLifetime = .seconds($0 * 86_400)
        },
        .flag("admitUnknownAddresses", "whether who proves an unknown e-mail address becomes a guest, false") {
            $1.people.admitsUnknownAddresses = $0
        },
    ]

    static let backups: [ConfigurationKey] = [
        .text("directory", "where the host keeps backups that it makes by itself; none are made without") {
            $1.backups.directory = $0
        },
        .integer("everyHours", 1...8_760, "from one backup of a grain to the next, if it was used meanwhile, 24") {
            $1.backups.interval = .seconds($0 * 3_600)
        },
        .integer("keep", 1...10_000, "backups of one grain that are kept, the newest, 7") { $1.backups.keep = Int($0) },
        .integer("keepRemovedDays", 0...36_500, "how long those of a removed grain are kept; 0: for ever, 30") {
            $1.backups.keepRemoved = .seconds($0 * 86_400)
        },
        .flag("verify", "whether each is restored and compared before it counts, true") {
            $1.backups.verify = $0
        },
    ]

    static let limits: [ConfigurationKey] =
        [
            .integer(
                "sessionsPerAccount", 1...100_000, "open tabs of one person, or of one address without a login, 200"
            ) {
                $1.limits.sessionsPerAccount = Int($0)
            },
            .integer("sessionsPerLink", 1...1_000_000, "open tabs of all who came by one sharing link, 5000") {
                $1.limits.sessionsPerLink = Int($0)
            },
            .integer("sessions", 1...1_000_000, "open tabs of everybody, 20000") { $1.limits.sessions = Int($0) },
            .integer("grainsPerAccount", 1...1_000_000, "grains of one person, 10000") {
                $1.limits.grainsPerAccount = Int($0)
            },
            .integer("runningGrains", 1...100_000, "grains running at once, 1000") {
                $1.limits.runningGrains = Int($0)
            },
            .integer(
                "diskReserveMiB", 0...1_048_576, "what grains leave free of the disk, at most a fiftieth of it, 1024"
            ) {
                $1.limits.diskReserveBytes = $0 << 20
            },
            .integer("tokensPerGrain", 0...1_000_000, "objects that one grain may have saved, 10000") {
                $1.limits.tokensPerGrain = Int($0)
            },
            .integer("grantsPerGrain", 0...100_000, "people, links and tokens of one grain, 1000") {
                $1.limits.grantsPerGrain = Int($0)
            },
            .integer("wakeLocksPerGrain", 0...1_000, "reasons to stay awake that one grain may have at a time, 16") {
                $1.life.wakeLocks = Int($0)
            },
        ] + grainLimits

    private static let grainLimits = GrainLimit.allCases.map { limit in
        ConfigurationKey.integer(limit.rawValue, limit.range, limit.summary) { limit.set($0, in: &$1.limits.grain) }
    }
}

extension HostLog.Level {
    public init?(name: String) {
        switch name {
        case "debug": self = .debug
        case "info": self = .info
        case "warning": self = .warning
        case "error": self = .error
        default: return nil
        }
    }
}
