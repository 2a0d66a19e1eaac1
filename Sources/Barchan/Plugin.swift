/// The four interfaces.
public enum PluginInterface: String, Sendable, CaseIterable {
    case isolation, storage, transport, frontend
}

/// What a module says of itself: data, and one closure that makes the provider.
public struct Plugin: Sendable {
    /// The version of this contract. A module built against another major version, or a newer minor one, is refused.
    public static let contractMajor: UInt32 = 1
    public static let contractMinor: UInt32 = 0

    /// The name in the configuration: lower-case letters, digits and `-`.
    public let identifier: String
    /// One line for people.
    public let summary: String
    /// Every key that the provider's section of the configuration may have.
    public let settings: [SettingDefinition]
    public let factory: ProviderFactory

    public init(identifier: String, summary: String, settings: [SettingDefinition] = [], factory: ProviderFactory) {
        self.identifier = identifier
        self.summary = summary
        self.settings = settings
        self.factory = factory
    }

    public var interface: PluginInterface {
        switch factory {
        case .isolation: .isolation
        case .storage: .storage
        case .transport: .transport
        case .frontend: .frontend
        }
    }

    /// What a module's C entry point `barchan_plugin` returns: a reference the loader takes over.
    public func exported() -> UnsafeMutableRawPointer {
        Unmanaged.passRetained(ExportedPlugin(self)).toOpaque()
    }

    /// Takes over what ``exported()`` made. Call once for each pointer.
    public static func imported(from pointer: UnsafeMutableRawPointer) -> Plugin {
        Unmanaged<ExportedPlugin>.fromOpaque(pointer).takeRetainedValue().plugin
    }
}

private final class ExportedPlugin: Sendable {
    let plugin: Plugin
    init(_ plugin: Plugin) { self.plugin = plugin }
}

/// Makes a provider of one of the four interfaces. Throws when the machine or the settings do not allow it.
///
/// For a setting that makes no sense it throws ``HostError`` `.invalidArgument` with a message that begins with "setting 'NAME'";
/// the host says before it where the setting stands.
public enum ProviderFactory: Sendable {
    public typealias Make<Provider> = @Sendable (PluginSettings, PluginContext) async throws(HostError) -> Provider

    case isolation(Make<any IsolationProvider>)
    case storage(Make<any StorageProvider>)
    case transport(Make<any TransportProvider>)
    case frontend(Make<any FrontendProvider>)
}

/// What the host lends to a provider.
public struct PluginContext: Sendable {
    /// Absolute path of the directory for what must survive, private to the host.
    public var dataDirectory: String
    /// Absolute path of the directory with the host's helper programs.
    public var programDirectory: String
    /// Where messages go.
    public var log: HostLog
    /// The host's loops, for modules that talk to sockets; empty when it lends none, and a module makes its own then.
    public var loops: [any HostLoop] = []
    /// Listening sockets that a service manager opened beforehand and keeps when the host ends (sd_listen_fds(3)), for a frontend. The
    /// host owns them; a module listens on a duplicate.
    public var listeners: [Int32] = []

    public init(dataDirectory: String, programDirectory: String, log: HostLog) {
        self.dataDirectory = dataDirectory
        self.programDirectory = programDirectory
        self.log = log
    }
}

/// The host's log, for modules: swift-log's bootstrap is per copy, so a module forwards here.
public struct HostLog: Sendable {
    public enum Level: Int, Sendable, Comparable {
        case debug, info, warning, error
        public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    private let write: @Sendable (Level, String, [KeyValue]) -> Void

    public init(_ write: @escaping @Sendable (Level, String) -> Void) {
        self.write = { level, text, _ in write(level, text) }
    }

    /// A log that keeps what a message is about apart from its text.
    public init(_ write: @escaping @Sendable (Level, String, [KeyValue]) -> Void) { self.write = write }

    /// One line. Never a secret, never a session's host name.
    public func callAsFunction(_ level: Level, _ message: String) { write(level, message, []) }

    /// One line, and what it is about: `grain`, `trace`, in lower case.
    public func callAsFunction(_ level: Level, _ message: String, _ fields: [KeyValue]) {
        write(level, message, fields)
    }

    /// Drops everything.
    public static let none = HostLog { _, _, _ in }
}
