import ArgumentParser
import Barchan
import BarchanControl
import BarchanKernel

struct DoctorCommand: TidyCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract:
            "Says what this machine and the configured isolation back ends offer, what is missing and how to get it.",
        discussion: """
            Fails when something is missing without which grains cannot run. Isolation back ends are started and asked. With --records it looks instead whether what the \
            stopped host remembers agrees with the packages and the data there are, and fails when something does not.
            """)

    @OptionGroup var options: HostOptions
    @Flag(help: "Checks the records of a host that does not run.") var records = false
    @Flag(help: "With --records: mends what can be mended without losing anything, and says what was done.")
    var repair = false
    @Flag(help: "Prints JSON.") var json = false

    func validate() throws {
        if repair && !records { throw ValidationError("--repair says what to do with --records") }
    }

    func run() async throws {
        let configuration = try options.configuration()
        if records { return try await checkRecords(configuration) }
        let report = try await DoctorReport(configuration)
        printLine(json ? report.json.indented() : printable(report.text))
        if report.isFatal { throw ExitCode(1) }
    }

    private func checkRecords(_ configuration: HostConfiguration) async throws {
        let log = standardErrorLog(from: max(configuration.logLevel, .warning))
        let directory = try DataDirectory(configuration.dataDirectory)
        let candidates = ModuleLoader(directories: configuration.pluginDirectories).load()
        let wiring = Wiring(configuration, candidates: candidates, log: log), storage = try await wiring.storage()
        var owner: FileOwner?
        do throws(HostError) { owner = try await wiring.isolation().fileOwner } catch {
            log(.warning, "to whom the data of grains belongs is not checked: \(error.message)")
        }
        let findings = try await RecordInspection(storage: storage, owner: owner).run(repair: repair)
        _ = consume directory
        printLine(json ? JSONValue.array(findings.map(Self.json)).indented() : Self.text(findings, repair: repair))
        if findings.contains(where: { !$0.isRepaired }) { throw ExitCode(1) }
    }

    private static func text(_ findings: [RecordInspection.Finding], repair: Bool) -> String {
        guard !findings.isEmpty else { return "records, volumes and packages agree" }
        return findings.map { finding in
            let state = finding.isRepaired ? "repaired" : "PROBLEM "
            let hint = finding.isRepairable && !repair ? "; --repair does it" : ""
            return printable("\(state) \(finding.subject): \(finding.problem)\n         fix: \(finding.remedy)\(hint)")
        }.joined(separator: "\n")
    }

    private static func json(_ finding: RecordInspection.Finding) -> JSONValue {
        .members([
            "subject": .string(finding.subject), "problem": .string(finding.problem), "fix": .string(finding.remedy),
            "repaired": .boolean(finding.isRepaired), "repairable": .boolean(finding.isRepairable),
        ])
    }
}
