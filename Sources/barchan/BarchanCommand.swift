import ArgumentParser
import Barchan

struct BarchanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "barchan",
        abstract: "Runs web apps one document at a time, each in a sandbox of its own.",
        version: "unreleased, plugin contract \(Plugin.contractMajor).\(Plugin.contractMinor)",
        subcommands: [
            ServeCommand.self, GrainCommand.self, TopCommand.self, AuditCommand.self, AppCommand.self,
            LoginLinkCommand.self, UserCommand.self,
            PluginsCommand.self,
            ConformCommand.self, ProbeCommand.self, DoctorCommand.self,
            BenchCommand.self, SPKCommand.self,
        ])
}
