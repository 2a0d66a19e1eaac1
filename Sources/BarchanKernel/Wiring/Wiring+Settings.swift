import Barchan

/// The providers' own settings, and mistakes in them with their places.
extension Wiring {
    /// The chosen plugin's settings, after a look at the sections for the others.
    func settings(of plugin: Plugin) throws(HostError) -> PluginSettings {
        let interface = plugin.interface, choice = configuration.choices[interface] ?? ProviderChoice()
        let offered = candidates.compactMap(\.plugin).filter { $0.interface == interface }
        for name in Set(choice.settings.keys).union(choice.unreadable.keys).sorted() {
            guard let owner = offered.first(where: { $0.identifier == name }) else {
                throw HostError(
                    .invalidArgument,
                    "read \(section(name, of: interface)): there is no such \(interface.rawValue); known are: \(names(offered))"
                )
            }
            _ = try parse(choice, for: owner)
        }
        return try parse(choice, for: plugin)
    }

    private func parse(_ choice: ProviderChoice, for plugin: Plugin) throws(HostError) -> PluginSettings {
        let values = choice.settings[plugin.identifier] ?? [:]
        do throws(HostError) {
            for (name, kind) in choice.unreadable[plugin.identifier] ?? [:] {
                // One that the plugin does not know is told as that.
                guard let definition = plugin.settings.first(where: { $0.name == name }) else {
                    _ = try PluginSettings([name: .string(kind)], definitions: plugin.settings)
                    continue
                }
                let needed = definition.defaultValue.kind
                throw HostError(.invalidArgument, "setting '\(name)' is \(kind); \(needed) is needed")
            }
            return try PluginSettings(values, definitions: plugin.settings)
        } catch {
            throw placed(error, of: plugin)
        }
    }

    /// Makes a provider with its settings; a mistake in one that only the provider can see is told with its place.
    func make<Provider>(
        _ plugin: Plugin, _ make: (PluginSettings) async throws(HostError) -> Provider
    ) async throws(HostError) -> Provider {
        let settings = try settings(of: plugin)
        do throws(HostError) {
            return try await make(settings)
        } catch {
            throw placed(error, of: plugin)
        }
    }

    /// An error that begins with the name of a setting, as the contract wants it, with the setting's place.
    private func placed(_ error: HostError, of plugin: Plugin) -> HostError {
        let words = error.message.split(separator: "'", omittingEmptySubsequences: false)
        guard error.code == .invalidArgument, words.count > 1, ["setting ", "unknown setting "].contains(words[0])
        else { return error }
        let section = section(plugin.identifier, String(words[1]), of: plugin.interface)
        return HostError(error.code, "read \(section): \(error.message)")
    }

    /// A provider's section, with its place or that of a setting, where the configuration has it.
    private func section(_ provider: String, _ setting: String? = nil, of interface: PluginInterface) -> String {
        let places = configuration.choices[interface]?.places ?? [:]
        let place = setting.flatMap { places["\(provider).\($0)"] } ?? places[provider]
        return (place.map { "\($0), " } ?? "") + "[\(interface.rawValue).\(provider)]"
    }
}
