import ArgumentParser
import Barchan
import BarchanConformance
import BarchanControl
import Glibc
import Synchronization

struct ConformCommand: TidyCommand {
    static let configuration = CommandConfiguration(
        commandName: "conform",
        abstract:
            "Tries every promise of isolation back ends from inside a sandbox, and compares it with what they claim.",
        discussion: """
            Runs the static program sandbox-probe as a grain's app, which makes some hundred attempts, and checks how sandboxes \
            start and end. Takes a minute or so for each back end that keeps its promises, longer for others: a check that does not \
            end is given up after five minutes. Says on standard error what it tries, needs no running host, and \
            leaves nothing on this machine, also when SIGINT or SIGTERM ends it; but a back end that claims walls it does not have lets some of the checks loose on it. \
            What such a signal ends prints what was found so far, marked as unfinished, and no JUnit report. \
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
        let printed = PrintedReport { [json, tap] in json ? $0.json.indented() : tap ? $0.tap : $0.text }
        Leftovers.current?.afterClearing { printed.print() }
        let report = ConformReport(
            try await suite.judge(options) { printed.update(ConformReport($0, unfinishedAt: $1)) })
        guard printed.print(report) else { return }
        try file?.write(report.junit)
        if !report.everyClaimHeld { throw ExitCode(1) }
    }
}

/// A report that is printed once: when it is finished, or as far as it is when a signal ends the command.
private final class PrintedReport: Sendable {
    private let state = Mutex<(report: ConformReport?, isPrinted: Bool)>((nil, false))
    private let text: @Sendable (ConformReport) -> String

    init(_ text: @escaping @Sendable (ConformReport) -> String) { self.text = text }

    /// What to print when the command is ended now.
    func update(_ report: ConformReport) { state.withLock { $0.report = report } }

    /// - Parameter report: The finished one.
    /// - Returns: False when something was printed before.
    @discardableResult
    func print(_ report: ConformReport? = nil) -> Bool {
        let report = state.withLock { state in
            defer { state.isPrinted = true }
            return state.isPrinted ? nil : report ?? state.report
        }
        if let report { printLine(text(report)) }
        return report != nil
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

    func validate() throws {
        if markdown && json { throw ValidationError("print Markdown or JSON, not both") }
    }

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
