import ArgumentParser
import Barchan
import BarchanControl

struct GrainLimitsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limits", abstract: "Shows what bounds a grain, and gives it limits of its own.",
        discussion: """
            Without NAME=VALUE the limits are shown, with where each stands: 'host' for the default or [limits], 'app' for \
            [apps.ID], 'grain' for what this command has set, and with whether the isolation back end of the grain's app \
            guarantees it on this machine. NAME=default takes the grain's own away again. What is set \
            counts from the grain's next start on; 'barchan grain stop' makes that soon.
            """)

    @OptionGroup var options: HostOptions
    @Argument(help: "The grain's identifier.") var grain: String
    @Argument(help: "Limits to set, as 'memoryMiB=256' or 'memoryMiB=default'.") var changes: [String] = []
    @Flag(help: "Prints JSON.") var json = false

    func validate() throws {
        let names = try changes.map(GrainLimitsCommand.change).map(\.name)
        if let name = names.firstRepeated { throw ValidationError("'\(name)' is there twice") }
    }

    func run() throws {
        let changes: JSONValue? = changes.isEmpty ? nil : .object(try changes.map(GrainLimitsCommand.change))
        let answer = try options.ask("limits", ["grain": .string(grain), "changes": changes])
        let limits = answer["limits"] ?? .array([])
        if json { return printLine(limits.indented()) }
        var table = Table(["LIMIT", "VALUE", "FROM", "GUARANTEED", "WHAT, AND THE DEFAULT"])
        for limit in limits.elements ?? [] {
            func text(_ name: String) -> String { limit[name]?.text ?? "" }
            let isGuaranteed = limit["guaranteed"] == .boolean(true)
            table.add([
                text("limit"), String(limit["value"]?.number ?? 0), text("from"), isGuaranteed ? "yes" : "NO",
                text("summary"),
            ])
        }
        printLine(table.text)
        if limits.elements?.contains(where: { $0["guaranteed"] == .boolean(false) }) == true {
            printLine(
                """
                (NO: the isolation back end may let the grain go beyond; of volumeMiB, the disk does, and the host looks at the \
                data and ends the grain. 'barchan doctor' says what can be done)
                """)
        }
    }

    private static func change(_ text: String) throws -> JSONValue.Member {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else {
            throw ValidationError("'\(text)' is no limit; NAME=VALUE or NAME=default is needed")
        }
        if parts[1] == "default" { return .init(name: parts[0], value: .null) }
        guard let value = Int64(parts[1]) else {
            throw ValidationError("'\(text)': an integer or 'default' is needed")
        }
        return .init(name: parts[0], value: .integer(value))
    }
}
