import ArgumentParser
import Barchan
import BarchanControl

struct GrainBackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Makes backups of grains, and checks them.",
        subcommands: [GrainBackupCreateCommand.self, GrainBackupVerifyCommand.self],
        defaultSubcommand: GrainBackupCreateCommand.self)
}

struct GrainBackupCreateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Writes a grain into a new zip file, which 'grain restore' reads.",
        discussion: "A running grain is held still for as long as copying its data takes, and goes on.")

    @OptionGroup var options: HostOptions
    @Argument(help: "The grain's identifier.") var grain: String
    @Argument(help: "The file to make.") var file: String
    @Flag(help: "Prints JSON.") var json = false

    func run() throws {
        let answer = try options.ask("backup", ["grain": .string(grain), "path": .string(absolute(file))])
        printLine(json ? answer.line : "backed up grain \(grain): \(answer["bytes"]?.number ?? 0) bytes in \(file)")
    }
}

struct GrainBackupVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Restores a backup into a place of its own, compares every file there with it, and removes it.")

    @OptionGroup var options: HostOptions
    @Argument(help: "The backup.") var file: String
    @Flag(help: "Prints JSON.") var json = false

    func run() throws {
        let answer = try options.ask("verify-backup", ["path": .string(absolute(file))])
        func count(_ name: String) -> Int64 { answer[name]?.number ?? 0 }
        printLine(
            json
                ? answer.line
                : "\(file) is good: '\(answer["title"]?.text ?? "")', \(count("files")) files with \(count("bytes")) bytes, "
                    + "\(count("directories")) directories, \(count("links")) links")
    }
}

struct GrainRestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Makes a new grain of the administrator from a backup.")

    @OptionGroup var options: HostOptions
    @Argument(help: "The backup.") var file: String
    @Flag(help: "Prints JSON.") var json = false

    func run() throws {
        let answer = try options.ask("restore", ["path": .string(absolute(file))])
        func text(_ name: String) -> String { answer[name]?.text ?? "" }
        printLine(json ? answer.line : "restored \(text("appTitle")) grain \(text("grain")), '\(text("title"))'")
    }
}
