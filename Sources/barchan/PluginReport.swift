import Barchan
import BarchanControl
import BarchanKernel

/// What `barchan plugins` says.
struct PluginReport {
    private struct Entry {
        let candidate: ModuleCandidate
        let isChosen: Bool
        /// Nil when no provider could be made; `problem` says why.
        let guarantees: Set<Guarantee>?
        let problem: String?
    }

    private let entries: [Entry]
    private let directories: [String]
    /// Why the configuration cannot be wired; empty when it can.
    let problems: [String]

    /// - Parameter scratch: A directory in which providers may be made to ask what they guarantee.
    init(_ configuration: HostConfiguration, candidates: [ModuleCandidate], scratch: String, log: HostLog) async {
        directories = configuration.pluginDirectories
        var asking = configuration
        asking.dataDirectory = scratch
        let wiring = Wiring(asking, candidates: candidates, log: log)
        var problems: [String] = [], chosen: [PluginInterface: String] = [:], entries: [Entry] = []
        for interface in PluginInterface.allCases {
            do throws(HostError) {
                chosen[interface] = try wiring.plugin(for: interface).identifier
            } catch {
                problems.append(error.message)
            }
        }
        for candidate in candidates {
            let isChosen = candidate.plugin.map { chosen[$0.interface] == $0.identifier } ?? false
            let entry = await PluginReport.entry(candidate, isChosen: isChosen, wiring)
            if isChosen, let problem = entry.problem { problems.append(problem) }
            entries.append(entry)
        }
        self.entries = entries
        self.problems = problems
    }

    private static func entry(_ candidate: ModuleCandidate, isChosen: Bool, _ wiring: Wiring) async -> Entry {
        guard let plugin = candidate.plugin else {
            return Entry(candidate: candidate, isChosen: false, guarantees: nil, problem: nil)
        }
        var guarantees: Set<Guarantee>?
        do throws(HostError) {
            let found = try await wiring.guarantees(of: plugin)
            guarantees = found
            if isChosen { try wiring.requireAll(of: plugin, found) }
            return Entry(candidate: candidate, isChosen: isChosen, guarantees: found, problem: nil)
        } catch {
            return Entry(candidate: candidate, isChosen: isChosen, guarantees: guarantees, problem: error.message)
        }
    }

    var text: String {
        var table = Table(["", "INTERFACE", "NAME", "FILE", "WHAT"])
        for entry in entries {
            guard let plugin = entry.candidate.plugin else { continue }
            table.add([
                entry.isChosen ? "*" : "", plugin.interface.rawValue, plugin.identifier, entry.candidate.path,
                plugin.summary,
            ])
        }
        var lines = [table.text, "(* is chosen)"]
        for entry in entries {
            guard let plugin = entry.candidate.plugin else { continue }
            let guarantees = entry.guarantees.map {
                $0.isEmpty ? "nothing" : $0.sorted().map(\.name).joined(separator: ", ")
            }
            if let guarantees {
                lines.append("\(plugin.interface.rawValue) '\(plugin.identifier)' guarantees: \(guarantees)")
            }
            if let problem = entry.problem, !entry.isChosen { lines.append("unusable: \(problem)") }
        }
        lines += entries.compactMap(\.candidate.refusal).map { "refused: \($0.message)" }
        lines += problems.map { "problem: \($0)" }
        return lines.joined(separator: "\n")
    }

    var json: JSONValue {
        .members([
            "directories": .strings(directories), "modules": .array(entries.map(PluginReport.json)),
            "problems": .strings(problems),
        ])
    }

    private static func json(_ entry: Entry) -> JSONValue {
        switch entry.candidate.outcome {
        case .refused(let error):
            return .members([
                "file": .string(entry.candidate.path), "refused": .string(error.message),
                "code": .string(error.code.rawValue),
            ])
        case .loaded(let plugin, let note):
            return .members([
                "file": .string(entry.candidate.path), "interface": .string(plugin.interface.rawValue),
                "name": .string(plugin.identifier),
                "summary": .string(plugin.summary), "chosen": .boolean(entry.isChosen),
                "contract": .string(note.contract.description), "swift": .string(note.swift.description),
                "guarantees": entry.guarantees.map { .strings($0.sorted().map(\.name)) } ?? .null,
                "problem": entry.problem.map { .string($0) } ?? .null,
                "settings": .array(plugin.settings.map(PluginReport.json)),
            ])
        }
    }

    private static func json(_ setting: SettingDefinition) -> JSONValue {
        .members([
            "name": .string(setting.name), "default": json(setting.defaultValue), "summary": .string(setting.summary),
        ])
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
