import Barchan
import BarchanKernel
import TOML

/// Reads a configuration in TOML; see ``ConfigurationKeys`` for what it may contain.
public struct ConfigurationFile {
    private let root: TOMLTable
    /// For messages.
    private let name: String

    /// - Throws: ``HostError`` `.invalidArgument` with the place of the first mistake in the syntax.
    public init(text: String, name: String) throws(HostError) {
        self.name = name
        do throws(TOMLParser.Mistake) {
            root = try TOMLParser.parse(text)
        } catch {
            throw HostError(.invalidArgument, "read configuration '\(name)', line \(error.line): \(error.text)")
        }
    }

    /// Puts what the file says over `configuration`.
    /// - Throws: ``HostError`` `.invalidArgument` for an unknown section or key, listing the known ones, and for a value
    ///   of the wrong kind or out of range.
    public func apply(to configuration: inout HostConfiguration) throws(HostError) {
        for section in root.keys {
            guard let table = root[section]?.table else {
                throw mistake("'\(section)' stands outside of a section; sections are: \(ConfigurationKeys.sections)")
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
            throw mistake("unknown section [\(section)]; known are: \(ConfigurationKeys.sections)")
        }
        for name in table.keys {
            guard let key = keys.first(where: { $0.name == name }) else {
                throw mistake(
                    "unknown key '\(name)' in [\(section)]; known are: \(keys.map(\.name).sorted().joined(separator: ", "))"
                )
            }
            let value = try settingValue(table[name], at: "\(section).\(name)")
            do {
                try key.apply(value, &configuration)
            } catch {
                throw mistake("\(section).\(name) \(error.message)")
            }
        }
    }

    /// `[apps.ID]`: what is different for the grains of one app.
    private func applyApps(_ apps: TOMLTable, to configuration: inout HostConfiguration) throws(HostError) {
        for name in apps.keys {
            guard let table = apps[name]?.table, let app = AppID(name) else {
                throw mistake(
                    "[apps] has a section [apps.ID] for each app; '\(name)' is no app's ID, see 'barchan app list'")
            }
            for key in table.keys {
                let place = "apps.\(name).\(key)"
                let value = try settingValue(table[key], at: place)
                if key == "isolation" {
                    guard case .string(let backEnd) = value else {
                        throw mistake("\(place) is \(value.kind); a string is needed")
                    }
                    configuration.appIsolation[app] = backEnd
                    continue
                }
                guard let limit = GrainLimit(rawValue: key) else {
                    let known = (["isolation"] + GrainLimit.allCases.map(\.rawValue)).sorted().joined(separator: ", ")
                    throw mistake("unknown key '\(key)' in [apps.\(name)]; known are: \(known)")
                }
                guard case .integer(let value) = value else { throw mistake("\(place) has to be an integer") }
                guard limit.range.contains(value) else {
                    throw mistake(
                        "\(place) is \(value); \(limit.range.lowerBound) to \(limit.range.upperBound) is allowed")
                }
                configuration.limits.apps[app, default: [:]][limit] = value
            }
        }
    }

    private func apply(_ table: TOMLTable, to choice: inout ProviderChoice, of section: String) throws(HostError) {
        for key in table.keys {
            let place = "\(section).\(key)"
            if let settings = table[key]?.table {
                for name in settings.keys {
                    choice.settings[key, default: [:]][name] = try settingValue(settings[name], at: "\(place).\(name)")
                }
                continue
            }
            switch (key, try settingValue(table[key], at: place)) {
            case ("provider", .string(let name)): choice.provider = name
            case ("require", .strings(let names)): choice.required = Set(names.map { Guarantee($0) })
            case ("provider", let other): throw mistake("\(place) is \(other.kind); a string is needed")
            case ("require", let other): throw mistake("\(place) is \(other.kind); a list of strings is needed")
            default:
                throw mistake(
                    "unknown key '\(key)' in [\(section)]; known are: provider, require, and a section [\(section).NAME] for each provider"
                )
            }
        }
    }

    private func settingValue(_ value: TOMLValue?, at place: String) throws(HostError) -> SettingValue {
        switch value {
        case .string(let text): return .string(text)
        case .boolean(let flag): return .boolean(flag)
        case .integer(let number): return .integer(number)
        case .array(let elements):
            let texts = elements.compactMap(\.string)
            if texts.count == elements.count { return .strings(texts) }
        case .table, .other, nil: break
        }
        throw mistake("\(place) is neither a string, an integer, true or false, nor a list of strings")
    }

    private func mistake(_ text: String) -> HostError {
        HostError(.invalidArgument, "read configuration '\(name)': \(text)")
    }
}
