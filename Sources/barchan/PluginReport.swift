import Barchan
import BarchanControl
import BarchanKernel

/// What `barchan plugins` says.
struct PluginReport {
    private struct Entry {
        let candidate: ModuleCandidate
        let isChosen: Bool
        let guarantees: [String]?
        let missing: [String]
    }

    private let entries: [Entry]
    private let directories: [String]
    /// Why the configuration cannot be wired; empty when it can.
    let problems: [String]

    init(_ configuration: HostConfiguration, _ wiring: Wiring) {
        directories = configuration.pluginDirectories
        var problems: [String] = [], chosen: [PluginInterface: String] = [:]
        for interface in PluginInterface.allCases {
            do throws(HostError) {
                chosen[interface] = try wiring.plugin(for: interface).identifier
            } catch {
                problems.append(error.message)
            }
        }
        entries = wiring.candidates.map { candidate in
            let plugin = candidate.plugin
            let isChosen = plugin.map { chosen[$0.interface] == $0.identifier } ?? false
            return Entry(candidate: candidate, isChosen: isChosen, guarantees: nil, missing: [])
        }
        self.problems = problems
    }

    var text: String {
        var table = Table(["INTERFACE", "NAME", "CHOSEN", "FILE", "WHAT"])
        for entry in entries {
            guard let plugin = entry.candidate.plugin else { continue }
            table.add([plugin.interface.rawValue, plugin.identifier, entry.isChosen ? "yes" : "no", entry.candidate.path, plugin.summary])
        }
        var lines = [table.text]
        lines += entries.compactMap(\.candidate.refusal).map { "refused: \($0.message)" }
        lines += problems.map { "problem: \($0)" }
        return lines.joined(separator: "\n")
    }

    var json: JSONValue {
        .members([
            "directories": .strings(directories), "modules": .array(entries.map(PluginReport.json)), "problems": .strings(problems),
        ])
    }

    private static func json(_ entry: Entry) -> JSONValue {
        switch entry.candidate.outcome {
        case .refused(let error):
            return .members(["file": .string(entry.candidate.path), "refused": .string(error.message), "code": .string(error.code.rawValue)])
        case .loaded(let plugin, let note):
            return .members([
                "file": .string(entry.candidate.path), "interface": .string(plugin.interface.rawValue), "name": .string(plugin.identifier),
                "summary": .string(plugin.summary), "chosen": .boolean(entry.isChosen),
                "contract": .string(note.contract.description), "swift": .string(note.swift.description),
                "settings": .array(plugin.settings.map(PluginReport.json)),
            ])
        }
    }

    private static func json(_ setting: SettingDefinition) -> JSONValue {
        .members(["name": .string(setting.name), "default": json(setting.defaultValue), "summary": .string(setting.summary)])
    }

    private static func json(_ value: SettingValue) -> JSONValue {
        switch value {
        case .string(let text): .string(text)
        case .integer(let number): .integer(number)
        case .boolean(let flag): .boolean(flag)
        case .strings(let texts): .strings(texts)
        @unknown default: .null
        }
    }
}
