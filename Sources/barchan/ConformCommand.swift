import ArgumentParser
import Barchan
import BarchanConformance
import BarchanControl
import Glibc

struct ConformCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conform",
        abstract:
            "Tries every promise of isolation back ends from inside a sandbox, and compares it with what they claim.",
        discussion: """
            Runs the static program sandbox-probe as a grain's app, which makes some hundred attempts, and checks how sandboxes \
            start and end. Takes some seconds for each back end, needs no running host, and leaves nothing on this machine; but a \
            back end that claims walls it does not have lets some of the checks loose on it. \
            Fails when something that a back end claims, or that every back end promises, did not hold or could not be tried.
            """)

    @OptionGroup var options: HostOptions
    @OptionGroup var suite: SuiteOptions
    @Flag(help: "Prints JSON, with every attempt.") var json = false
    @Flag(help: "Prints the Test Anything Protocol, a line for each attempt.") var tap = false
    @Option(help: ArgumentHelp("Writes a JUnit report.", valueName: "file")) var junit: String?

    func validate() throws {
        if json && tap { throw ValidationError("print JSON or TAP, not both") }
    }

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let report = ConformReport(try await suite.judge(options))
        printLine(json ? report.json.indented() : tap ? report.tap : report.text)
        if let junit { try writeFile(report.junit, to: absolute(junit)) }
        if !report.everyClaimHeld { throw ExitCode(1) }
    }

    private func writeFile(_ text: String, to path: String) throws(HostError) {
        guard let file = fopen(path, "we") else {
            throw HostError(.failed, "write '\(path)': \(String(cString: strerror(errno)))")
        }
        let isWritten = fputs(text, file) >= 0
        guard fclose(file) == 0, isWritten else {
            throw HostError(.failed, "write '\(path)': \(String(cString: strerror(errno)))")
        }
    }
}

struct ProbeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract:
            "Says what isolation back ends keep on this machine, from what was found and not from what they claim.",
        discussion:
            "The findings are those of 'barchan conform'. Always succeeds when every named back end can be tried.")

    @OptionGroup var options: HostOptions
    @OptionGroup var suite: SuiteOptions
    @Flag(help: "Prints one table, back ends by guarantees, instead of every attempt.") var matrix = false
    @Flag(help: "Prints the table for a Markdown document.") var markdown = false
    @Flag(help: "Prints JSON.") var json = false

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let verdicts = try await suite.judge(options)
        guard matrix || markdown else {
            let report = ConformReport(verdicts)
            return printLine(json ? report.json.indented() : report.everything)
        }
        let report = MatrixReport(verdicts)
        printLine(json ? report.json.indented() : markdown ? report.markdown : report.text)
    }
}
