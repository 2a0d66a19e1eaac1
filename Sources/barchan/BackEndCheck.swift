import Barchan
import BarchanConformance
import BarchanKernel

/// What the configured isolation back ends promise on this machine: they are made as the host makes them, and asked.
enum BackEndCheck {
    /// For each back end one finding that says what it guarantees, and one for each thing that grains lack with it.
    static func findings(_ configuration: HostConfiguration) async throws -> [MachineCheck.Finding] {
        let scratch = try ScratchDirectory()
        defer { scratch.remove() }
        var asking = configuration
        asking.dataDirectory = scratch.path
        let candidates = ModuleLoader(directories: configuration.pluginDirectories).load()
        let wiring = Wiring(asking, candidates: candidates, log: standardErrorLog(from: .error))
        let backEnds: [ChosenBackEnd]
        do throws(HostError) {
            backEnds = try wiring.backEnds()
        } catch {
            return [unusable("isolation", error)]
        }
        var findings: [MachineCheck.Finding] = []
        for backEnd in backEnds { findings += await Self.findings(on: backEnd, wiring) }
        return findings
    }

    private static func findings(on backEnd: ChosenBackEnd, _ wiring: Wiring) async -> [MachineCheck.Finding] {
        do throws(HostError) {
            let guarantees = try await wiring.guarantees(of: backEnd.plugin)
            try wiring.requireAll(of: backEnd.plugin, guarantees)
            let weaknesses = backEnd.weaknesses(with: guarantees).map { weakness in
                MachineCheck.Finding(name: backEnd.name, found: weakness, isNeeded: false, fix: remedy, trouble: .weak)
            }
            return [promises(of: backEnd, guarantees)] + weaknesses
        } catch {
            return [unusable(backEnd.name, error)]
        }
    }

    private static func promises(of backEnd: ChosenBackEnd, _ guarantees: Set<Guarantee>) -> MachineCheck.Finding {
        // Nobody misses that there are no sockets.
        let usual = IsolationSuite.guarantees.filter { $0 != .unixSocketsOnly }
        let missing = usual.filter { !guarantees.contains($0) }
        let text = "guarantees \(list(guarantees.sorted()))" + (missing.isEmpty ? "" : "; not \(list(missing))")
        return MachineCheck.Finding(name: backEnd.name, found: text, isNeeded: true, fix: nil)
    }

    private static func unusable(_ name: String, _ error: HostError) -> MachineCheck.Finding {
        MachineCheck.Finding(
            name: name, found: error.message, isNeeded: true,
            fix: "mend what that says, or choose another with provider = in [isolation]; 'barchan plugins' lists them",
            trouble: .weak)
    }

    private static func list(_ guarantees: [Guarantee]) -> String {
        guarantees.isEmpty ? "nothing" : guarantees.map(\.name).joined(separator: ", ")
    }

    private static let remedy =
        "supply what the lines above say that this machine lacks, or choose another back end: provider = in [isolation] for all,"
        + " isolation = in [apps.ID] for one app; 'barchan plugins' says what each guarantees"
}
