import Barchan
import BarchanKernel
import TOML

/// Reads a configuration in TOML; see ``ConfigurationKeys`` for what it may contain.
public struct ConfigurationFile {
    private let root: TOMLTable
    /// For messages.
    private let name: String
    private let isOneLine: Bool

    /// - Parameter isOneLine: Whether a number of a line says nothing that the name does not.
    /// - Throws: ``HostError`` `.invalidArgument` with the place of the first mistake in the syntax.
    public init(text: String, name: String, isOneLine: Bool = false) throws(HostError) {
        self.name = name
        self.isOneLine = isOneLine
        do throws(TOMLParser.Mistake) {
            root = try TOMLParser.parse(text)
        } catch {
            let place = ConfigurationFile.place(name, isOneLine ? nil : error.line)
            throw HostError(.invalidArgument, "read \(place): \(error.text)")
        }
    }

    /// Puts what the file says over `configuration`.
    /// - Throws: ``HostError`` `.invalidArgument` for an unknown section or key, listing the known ones, and for a value
    ///   of the wrong kind or out of range. All but a section that is missing have their line.
    public func apply(to configuration: inout HostConfiguration) throws(HostError) {
        for section in root.keys {
            guard let table = root[section]?.table else {
                throw mistake(
                    in: root, section,
                    "'\(section)' stands outside of a section; sections are: \(ConfigurationKeys.sections)")
            }
            if section == "apps" {
                try applyApps(table, to: &configuration)
            } else if let interface = PluginInterface(rawValue: section) {
                try apply(table, to: &configuration.choices[interface, default: ProviderChoice()], of: section)
            } else {
                try apply(table, of: section, to: &configuration)
            }
        }
    }

    private func apply(_ table: TOMLTable, of section: String, to configuration: inout HostConfiguration)
        throws(HostError)
    {
        guard let keys = ConfigurationKeys.all[section] else {
            throw mistake(in: root, section, "unknown section [\(section)]; known are: \(ConfigurationKeys.sections)")
        }
        for name in table.keys {
            guard let key = keys.first(where: { $0.name == name }) else {
                let known = keys.map(\.name).sorted().joined(separator: ", ")
                throw mistake(in: table, name, "unknown key '\(name)' in [\(section)]; known are: \(known)")
            }
            try apply(key, table, of: section, to: &configuration)
        }
    }

    private func apply(
        _ key: ConfigurationKey, _ table: TOMLTable, of section: String, to configuration: inout HostConfiguration
    ) throws(HostError) {
        guard let given = table[key.name] else { return }
        do throws(HostError) {
            guard let value = SettingValue(given) else { throw key.wrongKind(given.kind) }
            try key.apply(value, &configuration)
        } catch {
            throw mistake(in: table, key.name, "\(section).\(key.name) \(error.message)")
        }
    }

    /// `[apps.ID]`: what is different for the grains of one app.
    private func applyApps(_ apps: TOMLTable, to configuration: inout HostConfiguration) throws(HostError) {
        for name in apps.keys {
            guard let table = apps[name]?.table, let app = AppID(name) else {
                throw mistake(
                    in: apps, name,
                    "[apps] has a section [apps.ID] for each app; '\(name)' is no app's ID, see 'barchan app list'")
            }
            for key in table.keys {
                if key == "isolation" {
                    configuration.appIsolation[app] = try text(of: key, in: table, "apps.\(name)")
                } else {
                    let (limit, value) = try limit(key, in: table, "apps.\(name)")
                    configuration.limits.apps[app, default: [:]][limit] = value
                }
            }
        }
    }

    private func limit(
        _ key: String, in table: TOMLTable, _ section: String
    ) throws(HostError) -> (limit: GrainLimit, value: Int64) {
        guard let limit = GrainLimit(rawValue: key) else {
            let known = (["isolation"] + GrainLimit.allCases.map(\.rawValue)).sorted().joined(separator: ", ")
            throw mistake(in: table, key, "unknown key '\(key)' in [\(section)]; known are: \(known)")
        }
        guard let value = table[key]?.integer else { throw wrongKind(of: key, in: table, section, "an integer") }
        guard limit.range.contains(value) else {
            throw mistake(
                in: table, key,
                "\(section).\(key) is \(value); \(limit.range.lowerBound) to \(limit.range.upperBound) is allowed")
        }
        return (limit, value)
    }

    private func apply(_ table: TOMLTable, to choice: inout ProviderChoice, of section: String) throws(HostError) {
        for key in table.keys {
            if let settings = table[key]?.table {
                choice.places[key] = place(in: table, key)
                for name in settings.keys { note(name, in: settings, of: key, in: &choice) }
                continue
            }
            switch key {
            case "provider": choice.provider = try text(of: key, in: table, section)
            case "require":
                guard case .strings(let names)? = table[key].flatMap(SettingValue.init) else {
                    throw wrongKind(of: key, in: table, section, "a list of strings")
                }
                choice.required = Set(names.map { Guarantee($0) })
            default:
                throw mistake(
                    in: table, key,
                    "unknown key '\(key)' in [\(section)]; known are: provider, require, and a section [\(section).NAME] for each provider"
                )
            }
        }
    }

    /// What a provider understands is known when its module is there.
    private func note(_ name: String, in settings: TOMLTable, of provider: String, in choice: inout ProviderChoice) {
        guard let given = settings[name] else { return }
        choice.places["\(provider).\(name)"] = place(in: settings, name)
        choice.unreadable[provider]?[name] = nil
        choice.settings[provider, default: [:]][name] = SettingValue(given)
        if SettingValue(given) == nil { choice.unreadable[provider, default: [:]][name] = given.kind }
    }

    private func text(of key: String, in table: TOMLTable, _ section: String) throws(HostError) -> String {
        guard let text = table[key]?.string else { throw wrongKind(of: key, in: table, section, "a string") }
        return text
    }

    // MARK: Mistakes

    private func wrongKind(of key: String, in table: TOMLTable, _ section: String, _ needed: String) -> HostError {
        let error = ConfigurationKey.wrongKind(table[key]?.kind ?? "nothing", needed)
        return mistake(in: table, key, "\(section).\(key) \(error.message)")
    }

    private func mistake(in table: TOMLTable, _ key: String, _ text: String) -> HostError {
        HostError(.invalidArgument, "read \(place(in: table, key)): \(text)")
    }

    private func place(in table: TOMLTable, _ key: String) -> String {
        ConfigurationFile.place(name, isOneLine ? nil : table.line(of: key))
    }

    private static func place(_ name: String, _ line: Int?) -> String {
        "configuration '\(name)'" + (line.map { ", line \($0)" } ?? "")
    }
}

extension SettingValue {
    /// Nil for what no setting takes.
    fileprivate init?(_ value: TOMLValue) {
        switch value {
        case .string(let text): self = .string(text)
        case .boolean(let flag): self = .boolean(flag)
        case .integer(let number): self = .integer(number)
        case .array(let elements):
            let texts = elements.compactMap(\.string)
            guard texts.count == elements.count else { return nil }
            self = .strings(texts)
        case .table, .other: return nil
        }
    }
}
