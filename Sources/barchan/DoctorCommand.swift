import ArgumentParser
import BarchanControl

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Says what this machine offers to a host, what is missing and how to get it.",
        discussion: "Fails when something is missing without which grains cannot run.")

    @OptionGroup var options: HostOptions
    @Flag(help: "Prints JSON.") var json = false

    func run() async throws {
        let report = DoctorReport(try options.configuration())
        printLine(json ? report.json.indented() : report.text)
        if report.isFatal { throw ExitCode(1) }
    }
}
