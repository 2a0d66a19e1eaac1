import Barchan
import EventLoops

/// The four providers of a running host.
public struct Providers: Sendable {
    public var isolation: any IsolationProvider
    public var storage: any StorageProvider
    public var transport: any TransportProvider
    public var frontend: any FrontendProvider
    /// What transport and frontend run on.
    public var loops: [any HostLoop]

    public init(
        isolation: any IsolationProvider, storage: any StorageProvider, transport: any TransportProvider,
        frontend: any FrontendProvider, loops: [any HostLoop] = []
    ) {
        self.isolation = isolation
        self.storage = storage
        self.transport = transport
        self.frontend = frontend
        self.loops = loops
    }
}

/// Chooses providers by the configuration and holds them to what it requires.
public struct Wiring: Sendable {
    public let candidates: [ModuleCandidate]
    let configuration: HostConfiguration
    private let listeners: [Int32]
    private let log: HostLog

    /// - Parameter listeners: As ``Barchan/PluginContext/listeners``.
    public init(
        _ configuration: HostConfiguration, candidates: [ModuleCandidate], listeners: [Int32] = [], log: HostLog
    ) {
        self.configuration = configuration
        self.candidates = candidates
        self.listeners = listeners
        self.log = log
    }

    /// All four providers. Nothing is made before all four choices and all settings are known to be right; guarantees
    /// are compared as soon as a provider exists. Storage is first: what it mounts must be there when launchers of sandboxes
    /// copy the mounts of this process.
    /// - Throws: ``HostError`` that lists what there is.
    public func providers() async throws(HostError) -> Providers {
        for interface in PluginInterface.allCases { _ = try settings(of: plugin(for: interface)) }
        for (app, name) in configuration.appIsolation { _ = try settings(of: isolation(named: name, for: app)) }
        let storage = try await storage()
        let isolation = try await isolationOfEveryApp()
        let loops = try loops()
        let transport = try await transport(on: loops)
        return Providers(
            isolation: isolation, storage: storage, transport: transport, frontend: try await frontend(on: loops),
            loops: loops)
    }

    /// One for each processor, shared by transport and frontend.
    private func loops() throws(HostError) -> [any HostLoop] {
        var loops: [any HostLoop] = []
        for _ in 0..<LoopThread.processorCount {
            guard let loop = LoopThread() else {
                throw HostError(.resourceExhausted, "start the host: the kernel has no descriptor or thread left")
            }
            loops.append(loop)
        }
        return loops
    }

    public func isolation() async throws(HostError) -> any IsolationProvider {
        try await isolation(by: plugin(for: .isolation))
    }

    private func isolation(by plugin: Plugin) async throws(HostError) -> any IsolationProvider {
        guard case .isolation(let make) = plugin.factory else { throw wrongInterface(plugin) }
        let provider = try await self.make(plugin) { (settings) throws(HostError) in
            try await make(settings, context(for: .isolation))
        }
        try require(.isolation, of: plugin, provider.guarantees)
        return provider
    }

    /// The back end of the configuration, or several behind one where it names others for some apps.
    private func isolationOfEveryApp() async throws(HostError) -> any IsolationProvider {
        let plugin = try plugin(for: .isolation), standard = try await isolation(by: plugin)
        var made: [String: any IsolationProvider] = [plugin.identifier: standard]
        var apps: [AppID: any IsolationProvider] = [:]
        for (app, name) in configuration.appIsolation.sorted(by: { $0.key < $1.key }) {
            let provider =
                if let there = made[name] { there } else { try await isolation(by: isolation(named: name, for: app)) }
            guard provider.fileOwner == standard.fileOwner else {
                throw HostError(
                    .invalidArgument,
                    "use isolation '\(name)' for app '\(app)': its grains' files would belong to user"
                        + " \(provider.fileOwner.user), those of others to \(standard.fileOwner.user); give both back ends"
                        + " the same user and group")
            }
            made[name] = provider
            apps[app] = provider
        }
        try warn(about: made)
        return apps.isEmpty ? standard : IsolationByApp(standard: standard, apps: apps)
    }

    private func warn(about made: [String: any IsolationProvider]) throws(HostError) {
        for backEnd in try backEnds() {
            guard let provider = made[backEnd.plugin.identifier] else { continue }
            for weakness in backEnd.weaknesses(with: provider.guarantees) {
                log(.warning, "\(backEnd.name): \(weakness); 'barchan doctor' says what can be done")
            }
        }
    }

    func isolation(named name: String, for app: AppID) throws(HostError) -> Plugin {
        let offered = candidates.compactMap(\.plugin).filter { $0.interface == .isolation }
        guard let plugin = offered.first(where: { $0.identifier == name }) else {
            throw HostError(
                .notFound,
                "use isolation '\(name)' for app '\(app)': there is no such module; known are: \(names(offered))")
        }
        return plugin
    }

    public func storage() async throws(HostError) -> any StorageProvider {
        let plugin = try plugin(for: .storage)
        guard case .storage(let make) = plugin.factory else { throw wrongInterface(plugin) }
        let provider = try await self.make(plugin) { (settings) throws(HostError) in
            try await make(settings, context(for: .storage))
        }
        try require(.storage, of: plugin, provider.guarantees)
        return provider
    }

    /// - Parameter loops: What the host lends; a provider makes its own when there are none.
    public func transport(on loops: [any HostLoop] = []) async throws(HostError) -> any TransportProvider {
        let plugin = try plugin(for: .transport)
        guard case .transport(let make) = plugin.factory else { throw wrongInterface(plugin) }
        let provider = try await self.make(plugin) { (settings) throws(HostError) in
            try await make(settings, context(for: .transport, loops))
        }
        try require(.transport, of: plugin, provider.guarantees)
        return provider
    }

    /// - Parameter loops: As for ``transport(on:)``.
    public func frontend(on loops: [any HostLoop] = []) async throws(HostError) -> any FrontendProvider {
        let plugin = try plugin(for: .frontend)
        guard case .frontend(let make) = plugin.factory else { throw wrongInterface(plugin) }
        let provider = try await self.make(plugin) { (settings) throws(HostError) in
            try await make(settings, context(for: .frontend, loops))
        }
        try require(.frontend, of: plugin, provider.guarantees)
        return provider
    }

    /// The plugin that the configuration chooses.
    public func plugin(for interface: PluginInterface) throws(HostError) -> Plugin {
        let offered = candidates.compactMap(\.plugin).filter { $0.interface == interface }
        let choice = configuration.choices[interface]?.provider
        let chosen = offered.filter { choice == nil || $0.identifier == choice }
        if let plugin = chosen.first, chosen.count == 1 { return plugin }
        let preferred = configuration.choices[interface]?.preferred
        if choice == nil, let plugin = chosen.first(where: { $0.identifier == preferred }) { return plugin }
        if choice == nil && !offered.isEmpty {
            throw HostError(
                .invalidArgument,
                "choose \(interface.rawValue): there are several, \(names(offered)); name one with provider = in [\(interface.rawValue)]"
            )
        }
        throw HostError(.notFound, missing(interface, choice, offered))
    }

    /// What a plugin guarantees on this machine with its settings. Makes a provider to find out, and lets go of it.
    public func guarantees(of plugin: Plugin) async throws(HostError) -> Set<Guarantee> {
        let context = context(for: plugin.interface)
        return try await make(plugin) { (settings) throws(HostError) in
            switch plugin.factory {
            case .isolation(let make): return try await make(settings, context).guarantees
            case .storage(let make): return try await make(settings, context).guarantees
            case .transport(let make): return try await make(settings, context).guarantees
            case .frontend(let make): return try await make(settings, context).guarantees
            @unknown default: throw wrongInterface(plugin)
            }
        }
    }

    /// - Throws: ``HostError`` `.unsupported` naming what the configuration requires of `plugin` beyond `offered`.
    public func requireAll(of plugin: Plugin, _ offered: Set<Guarantee>) throws(HostError) {
        try require(plugin.interface, of: plugin, offered)
    }

    // MARK: Details

    private func missing(_ interface: PluginInterface, _ choice: String?, _ offered: [Plugin]) -> String {
        let wanted = choice.map { "\(interface.rawValue) '\($0)'" } ?? interface.rawValue
        let there = offered.isEmpty ? "no module offers \(interface.rawValue)" : "there is: \(names(offered))"
        var text =
            "choose \(wanted): \(there) in \(configuration.pluginDirectories.map { "'\($0)'" }.joined(separator: ", "))"
        let refusals = candidates.compactMap(\.refusal).map(\.message)
        if !refusals.isEmpty { text += "; refused were: " + refusals.joined(separator: "; ") }
        return text
    }

    func names(_ plugins: [Plugin]) -> String {
        plugins.map { "'\($0.identifier)'" }.sorted().joined(separator: ", ")
    }

    private func context(for interface: PluginInterface, _ loops: [any HostLoop] = []) -> PluginContext {
        var context = PluginContext(
            dataDirectory: "\(configuration.dataDirectory)/\(interface.rawValue)",
            programDirectory: configuration.programDirectory,
            log: HostLog { [log] in log($0, "\(interface.rawValue): \($1)", $2) })
        context.loops = loops
        if interface == .frontend { context.listeners = listeners }
        return context
    }

    private func require(_ interface: PluginInterface, of plugin: Plugin, _ offered: Set<Guarantee>) throws(HostError) {
        let missing = (configuration.choices[interface]?.required ?? []).subtracting(offered)
        guard missing.isEmpty else {
            throw HostError(
                .unsupported,
                "use \(interface.rawValue) '\(plugin.identifier)': it does not guarantee \(list(missing)), which the configuration requires; "
                    + "here and now it guarantees: \(offered.isEmpty ? "nothing" : list(offered))")
        }
    }

    private func list(_ guarantees: Set<Guarantee>) -> String {
        guarantees.sorted().map(\.name).joined(separator: ", ")
    }

    private func wrongInterface(_ plugin: Plugin) -> HostError {
        HostError(.failed, "use '\(plugin.identifier)': it does not offer what it says")
    }
}
