import ArgumentParser
import Barchan
import BarchanConformance
import BarchanControl
import Glibc

struct ConformCommand: TidyCommand {
    static let configuration = CommandConfiguration(
        commandName: "conform",
        abstract:
            "Tries every promise of isolation back ends from inside a sandbox, and compares it with what they claim.",
        discussion: """
            Runs the static program sandbox-probe as a grain's app, which makes some hundred attempts, and checks how sandboxes \
            start and end. Takes up to a minute for each back end, says on standard error what it tries, needs no running host, and \
            leaves nothing on this machine, also when SIGINT or SIGTERM ends it; but a back end that claims walls it does not have lets some of the checks loose on it. \
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
        // Before the suite, which takes a while: a report that cannot be written is known at once.
        let file = try junit.map { try ReportFile(absolute($0)) }
        let report = ConformReport(try await suite.judge(options))
        printLine(json ? report.json.indented() : tap ? report.tap : report.text)
        try file?.write(report.junit)
        if !report.everyClaimHeld { throw ExitCode(1) }
    }
}

struct ProbeCommand: TidyCommand {
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
