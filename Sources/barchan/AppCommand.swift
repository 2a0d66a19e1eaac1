import ArgumentParser
import Barchan
import BarchanControl
import BarchanKernel

struct AppCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "app", abstract: "Looks after the apps of a host.", subcommands: [AppInstallCommand.self])
}

struct AppInstallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install",
        abstract: "Installs a package file, through the running host or, when none runs, by itself.")

    @OptionGroup var options: HostOptions
    @Argument(help: ArgumentHelp("The package, a file whose name usually ends in .spk.", valueName: "file")) var file:
        String
    @Flag(help: "Prints JSON.") var json = false

    func run() async throws {
        let configuration = try options.configuration()
        let request = JSONValue.members(["command": .string("install"), "path": .string(absolute(file))])
        let answer =
            if let answer = try ControlClient.ask(request, dataDirectory: configuration.dataDirectory) {
                answer
            } else {
                try await installDirectly(configuration)
            }
        func text(_ name: String) -> String { answer[name]?.text ?? "" }
        printLine(
            json
                ? answer.line
                : "installed \(text("title")) \(text("version")), app \(text("app")), package \(text("package"))")
    }

    private func installDirectly(_ configuration: HostConfiguration) async throws -> JSONValue {
        let log = standardErrorLog(from: max(configuration.logLevel, .warning))
        let directory = try DataDirectory(configuration.dataDirectory)
        let candidates = ModuleLoader(directories: configuration.pluginDirectories).load()
        let storage = try await Wiring(configuration, candidates: candidates, log: log).storage()
        let package = try await storage.packages.install(try FileBytes(file), expecting: nil) { _ in }
        _ = consume directory
        return HostCommands.json(package)
    }
}
