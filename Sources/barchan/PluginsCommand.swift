import ArgumentParser
import Barchan
import BarchanControl
import BarchanKernel

struct PluginsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugins", abstract: "Lists the modules there are, which are chosen, what they guarantee and why a file was refused.",
        discussion: "Fails when the configuration cannot be wired with what is there.")

    @OptionGroup var options: HostOptions
    @Flag(help: "Prints JSON.") var json = false

    func run() async throws {
        let configuration = try options.configuration()
        let log = standardErrorLog(from: max(configuration.logLevel, .warning))
        let candidates = ModuleLoader(directories: configuration.pluginDirectories).load()
        let report = PluginReport(configuration, Wiring(configuration, candidates: candidates, log: log))
        printLine(json ? report.json.indented() : report.text)
        if !report.problems.isEmpty { throw ExitCode(1) }
    }
}
