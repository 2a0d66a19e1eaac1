import ArgumentParser
import Barchan
import BarchanConformance
import BarchanKernel
import Glibc

/// What was found on one back end.
struct BackEndVerdict {
    let name: String
    /// The error when it cannot be used on this machine.
    let result: Result<IsolationVerdict, HostError>
}

/// Which back ends are tried, and how.
struct SuiteOptions: ParsableArguments {
    @Option(
        name: .customLong("backend"),
        help: ArgumentHelp(
            "Isolation back end to try; may be repeated. Without it, each that a module offers.", valueName: "name"))
    var backends: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Starts the same package so often before the start that is judged, for back ends that keep sandboxes ready.",
            valueName: "number"))
    var after = 0

    func validate() throws {
        guard (0...100).contains(after) else { throw ValidationError("--after is \(after); 0 to 100 is possible") }
        if let name = backends.firstRepeated { throw ValidationError("--backend \(name) is there twice") }
    }

    /// Runs the suite on one back end after the other.
    /// - Parameter willBegin: Called before each step, with what was found so far and what comes next.
    /// - Throws: ``HostError`` for a back end that was named and is not there or cannot be used.
    func judge(
        _ options: HostOptions, willBegin: ([BackEndVerdict], String) -> Void = { _, _ in }
    ) async throws -> [BackEndVerdict] {
        // A sandbox may have as many descriptors under way as this process may have, and a host may have all.
        raiseOpenFilesLimit()
        var configuration = try options.configuration()
        let scratch = try ScratchDirectory()
        defer { scratch.remove() }
        configuration.dataDirectory = scratch.path
        let probe = "\(configuration.programDirectory)/sandbox-probe"
        guard access(probe, X_OK) == 0 else {
            throw HostError(
                .notFound, "run '\(probe)': \(String(cString: strerror(errno))); name its directory with --program-dir")
        }
        let candidates = ModuleLoader(directories: configuration.pluginDirectories).load()
        let offered = candidates.compactMap(\.plugin).filter { $0.interface == .isolation }.map(\.identifier)
        if backends.isEmpty && offered.isEmpty {
            let places = configuration.pluginDirectories.map { "'\($0)'" }.joined(separator: ", ")
            throw HostError(.notFound, "try isolation back ends: no module in \(places) offers one")
        }
        var verdicts: [BackEndVerdict] = []
        for name in backends.isEmpty ? offered : backends {
            let verdict = try await judge(name, configuration, candidates, probe) { step in
                willBegin(
                    verdicts + [BackEndVerdict(name: name, result: .success(step.found))],
                    "'\(step.name)' (\(step.number) of \(step.count)) of isolation '\(name)'")
            }
            if case .failure(let error) = verdict.result, !backends.isEmpty { throw error }
            verdicts.append(verdict)
        }
        return verdicts
    }

    private func judge(
        _ name: String, _ configuration: HostConfiguration, _ candidates: [ModuleCandidate], _ probe: String,
        willBegin: (IsolationSuite.Step) -> Void
    ) async throws -> BackEndVerdict {
        var configuration = configuration
        configuration.choices[.isolation]?.provider = name
        // What a host requires is not asked here: what is there is.
        configuration.choices[.isolation]?.required = []
        let wiring = Wiring(configuration, candidates: candidates, log: standardErrorLog(from: .error))
        let suite = IsolationSuite(probe: probe, launchesBefore: after) { try await wiring.isolation() }
        let progress = SuiteProgress(of: name)
        defer { progress.finish() }
        do {
            let verdict = try await suite.run { step in
                willBegin(step)
                progress.show(step)
            }
            return BackEndVerdict(name: name, result: .success(verdict))
        } catch let error as HostError {
            return BackEndVerdict(name: name, result: .failure(error))
        } catch let skip as ConformanceSkip {
            throw HostError(.unsupported, "try isolation '\(name)': \(skip.reason)")
        }
    }
}
