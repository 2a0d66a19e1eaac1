import ArgumentParser
import Barchan
import BarchanControl
import Glibc

struct GrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grain", abstract: "Looks after the grains of a running host.",
        subcommands: [
            GrainListCommand.self, GrainLogCommand.self, GrainStopCommand.self, GrainLimitsCommand.self,
            GrainActivityCommand.self, GrainWakeLocksCommand.self, GrainRecordCommand.self, GrainReplayCommand.self,
            GrainMoveCommand.self, GrainBackupCommand.self, GrainRestoreCommand.self, GrainTrashCommand.self,
        ])
}

struct GrainListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists every grain, last used first.",
        discussion: """
            A grain whose state is 'trash' does not run, and is removed for good some day: see 'grain trash'. Of one that is \
            'recorded' somebody writes down all that is said: see 'grain record'.
            """)

    @OptionGroup var options: HostOptions
    @Flag(help: "Prints JSON.") var json = false

    func run() throws {
        let answer = try options.ask("grains")
        let grains = answer["grains"] ?? .array([])
        if json { return printLine(grains.indented()) }
        var table = Table(["GRAIN", "STATE", "KIB", "OWNER", "APP", "TITLE"])
        for grain in grains.elements ?? [] {
            func text(_ name: String) -> String { grain[name]?.text ?? "" }
            table.add([
                text("grain"),
                text("state") + (grain["recorded"] == .boolean(true) ? ", recorded" : "")
                    + (grain["problem"]?.text.map { ", \($0)" } ?? ""),
                String((grain["bytes"]?.number ?? 0) / 1024), text("owner"), text("appTitle"), text("title"),
            ])
        }
        printLine(table.text)
    }
}

struct GrainLogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Prints the newest part of what a grain's app printed.",
        discussion: """
            On a terminal its colours are kept, and other characters that mean something to a terminal are left out; a pipe or a \
            file gets every byte.
            """)

    @OptionGroup var options: HostOptions
    @Argument(help: "The grain's identifier.") var grain: String
    @Option(help: "How many bytes at most.") var bytes: Int64 = 64 << 10

    func run() throws {
        let answer = try options.ask("log", ["grain": .string(grain), "bytes": .integer(bytes)])
        let log = answer["log"]?.text ?? ""
        write(Array((isatty(1) == 1 ? terminalText(log) : log).utf8), to: 1)
    }
}

struct GrainStopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stops a grain; its next request starts it again.")

    @OptionGroup var options: HostOptions
    @Argument(help: "The grain's identifier.") var grain: String

    func run() throws {
        _ = try options.ask("stop", ["grain": .string(grain)])
    }
}

struct GrainTrashCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trash", abstract: "Puts a grain into the trash, or takes it out again.",
        discussion: """
            It does not run there and nobody can open it. Its data is removed for good after [grains] trashDays, which \
            'grain list --json' shows as 'expires'.
            """)

    @OptionGroup var options: HostOptions
    @Argument(help: "The grain's identifier.") var grain: String
    @Flag(help: "Takes it out of the trash, with everything that was shared of it.") var recover = false

    func run() throws {
        _ = try options.ask("trash", ["grain": .string(grain), "recover": .boolean(recover)])
    }
}

struct LoginLinkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login-link",
        abstract: "Prints a new link that logs somebody in as administrator once, within an hour.")

    @OptionGroup var options: HostOptions
    @Flag(help: "Prints JSON.") var json = false

    func run() throws {
        let answer = try options.ask("login-link")
        let link = answer["link"] ?? .null
        printLine(json ? JSONValue.members(["link": link]).line : link.text ?? "")
    }
}
