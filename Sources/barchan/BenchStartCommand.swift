import ArgumentParser
import Barchan
import BarchanKernel
import Glibc

struct BenchStartCommand: TidyCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "From the wish for a sandbox to the first byte that the program in it writes.",
        discussion: """
            Runs the same static program in turns: plainly (vfork and exec; this is 1.0), in a sandbox of each back end, and \
            under Debian's bubblewrap with the same walls, where that is installed. A back end that makes sandboxes ahead of \
            time is measured without anything (bare), with network namespaces made ahead (cold), with whole sandboxes \
            (pooled) and, where it keeps sandboxes ready for a package in use, with those (parked). Prints medians, ratios, and what part of each start went where. \
            Of several back ends one that cannot be used here is named and left out, and the exit status is 1.
            """)

    @OptionGroup var options: HostOptions
    @Option(
        help: ArgumentHelp(
            "Isolation back ends, comma-separated; NAME:bare, :cold, :pooled and :parked choose one way. "
                + "Without it, the configured one.", valueName: "names")) var backend: String?
    @Option(
        help: ArgumentHelp(
            "A static program that writes CLOCK_MONOTONIC in nanoseconds as eight bytes and ends. "
                + "Without it, sandbox-probe.",
            valueName: "file")) var program: String?
    @Option(
        help: ArgumentHelp(
            "An unpacked app package: measures the way to its getViewInfo and its first answer, too.",
            valueName: "directory")) var app: String?
    @Option(parsing: .unconditional, help: "How often each way is taken.") var rounds = 100
    @Flag(help: "Prints JSON.") var json = false

    func run() async throws {
        guard (1...100_000).contains(rounds) else {
            throw HostError(.invalidArgument, "measure \(rounds) rounds: a number from 1 to 100000 is needed")
        }
        raiseOpenFilesLimit()
        let configuration = try options.configuration()
        let candidates = ModuleLoader(directories: configuration.pluginDirectories).load()
        let choices = try StartChoice.all(backend, configuration, candidates)
        var ways: [any StartWay] = []
        var appStarts: [AppStart] = []
        let programs = configuration.programDirectory
        let program = program.map { [absolute($0)] } ?? ["\(programs)/sandbox-probe", "moment"]
        let transport = try await wiring(configuration, candidates).transport()
        var unusable: [(name: String, error: HostError)] = []
        for choice in choices {
            let isolation: any IsolationProvider
            do throws(HostError) {
                isolation = try await wiring(choice.configuration, candidates).isolation()
            } catch {
                printNote("isolation '\(choice.name)' cannot be used here: \(error.message)")
                unusable.append((choice.name, error))
                continue
            }
            let ground = try BenchGround(program: program, owner: isolation.fileOwner)
            if ways.isEmpty {
                ways.append(PlainStart(ground: ground))
                if let bubblewrap = try BubblewrapStart(ground: ground, launcher: "\(programs)/barchan-sandbox") {
                    ways.append(bubblewrap)
                }
            }
            ways.append(SandboxStart(name: choice.name, isolation: isolation, ground: ground))
            if let app {
                let owned = try BenchGround(program: program, owner: isolation.fileOwner)
                appStarts.append(
                    try AppStart(choice.name, isolation, transport, package: absolute(app), ground: owned))
            }
        }
        if ways.isEmpty, let first = unusable.first { throw first.error }
        let report = StartReport(
            program: program.joined(separator: " "), rounds: rounds, starts: try await measure(ways),
            apps: try await measure(appStarts))
        printLine(json ? report.json.indented() : report.text)
        if !unusable.isEmpty { throw ExitCode(1) }
    }

    private func wiring(_ configuration: HostConfiguration, _ candidates: [ModuleCandidate]) -> Wiring {
        Wiring(configuration, candidates: candidates, log: standardErrorLog(from: .warning))
    }

    private func measure(_ ways: [any StartWay]) async throws -> [StartTimes] {
        var samples = [[StartSample]](repeating: [], count: ways.count)
        // The first few warm caches; the order changes, so that none always follows the same other.
        let warming = min(5, rounds)
        for round in 0..<(ways.isEmpty ? 0 : rounds + warming) {
            for offset in ways.indices {
                let index = (round + offset) % ways.count
                // Nothing says when the kernel has taken down the last sandbox and a back end has made the next ahead.
                try await Task.sleep(for: .milliseconds(25))
                let sample = try await ways[index].start()
                if round >= warming { samples[index].append(sample) }
            }
        }
        return zip(ways.map(\.name), samples).map { StartTimes(name: $0, samples: $1) }
    }
}

/// A back end with settings to be measured.
struct StartChoice {
    let name: String
    let configuration: HostConfiguration

    /// What the settings that name a number of sandboxes made ahead of time are set to.
    private static let variants: [(name: String, settings: [String: Int64])] = [
        ("bare", ["poolSize": 0, "parked": 0, "networks": 0]), ("cold", ["poolSize": 0, "parked": 0, "networks": 4]),
        ("pooled", ["poolSize": 4, "parked": 0]),
        ("parked", ["poolSize": 4, "parked": 1]),
    ]

    /// - Throws: ``HostError`` that lists what there is.
    static func all(
        _ names: String?, _ configuration: HostConfiguration, _ candidates: [ModuleCandidate]
    ) throws(HostError) -> [StartChoice] {
        let wanted = if let names { names } else { try plugin(configuration, candidates).identifier }
        var choices: [StartChoice] = []
        for word in wanted.split(separator: ",", omittingEmptySubsequences: false) {
            guard !word.isEmpty else {
                throw HostError(
                    .invalidArgument, "measure '\(wanted)': a name is missing between two commas or at an end")
            }
            let parts = word.split(separator: ":", maxSplits: 1).map(String.init)
            var chosen = configuration
            chosen.choices[.isolation, default: ProviderChoice()].provider = parts[0]
            let offered = variants(of: try plugin(chosen, candidates), chosen)
            let fitting = offered.filter { parts.count == 1 || $0.name == word }
            guard !fitting.isEmpty else {
                throw HostError(
                    .notFound, "measure '\(word)': there is \(offered.map { "'\($0.name)'" }.joined(separator: ", "))")
            }
            choices += fitting
        }
        if let name = choices.map(\.name).firstRepeated {
            throw HostError(.invalidArgument, "measure '\(wanted)': '\(name)' is named twice")
        }
        return choices
    }

    private static func plugin(
        _ configuration: HostConfiguration, _ candidates: [ModuleCandidate]
    ) throws(HostError) -> Plugin {
        try Wiring(configuration, candidates: candidates, log: HostLog { _, _ in }).plugin(for: .isolation)
    }

    private static func variants(of plugin: Plugin, _ configuration: HostConfiguration) -> [StartChoice] {
        let known = Set(plugin.settings.map(\.name))
        let needed = ["bare": "poolSize", "cold": "networks", "pooled": "poolSize", "parked": "parked"]
        let fitting = variants.filter { variant in needed[variant.name].map { known.contains($0) } ?? false }
        guard !fitting.isEmpty else { return [StartChoice(name: plugin.identifier, configuration: configuration)] }
        return fitting.map { variant in
            var configuration = configuration
            for (name, value) in variant.settings where known.contains(name) {
                configuration.choices[.isolation]?.settings[plugin.identifier, default: [:]][name] = .integer(value)
            }
            return StartChoice(name: "\(plugin.identifier):\(variant.name)", configuration: configuration)
        }
    }
}
