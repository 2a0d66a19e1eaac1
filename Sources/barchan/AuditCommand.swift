import ArgumentParser
import Barchan
import BarchanControl

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Shows grants and administrative acts, newest first.",
        discussion: """
            Who did what to what: 'operator' is the command line of the host, 'host' the host itself. Administrators see \
            the same in the browser. The newest 20,000 are kept.
            """)

    @OptionGroup var options: HostOptions
    @Option(parsing: .unconditional, help: "How many, 1 to 1000.") var limit: Int64 = 50
    @Option(help: ArgumentHelp("Only what is older than the entry with this identifier.", valueName: "id"))
    var older: String?
    @Flag(help: "Prints JSON, with identifiers.") var json = false

    func validate() throws {
        guard (1...1000).contains(limit) else { throw ValidationError("--limit is \(limit); 1 to 1000 is possible") }
    }

    func run() throws {
        let answer = try options.ask("audit", ["limit": .integer(limit), "older": older.map(JSONValue.string)])
        let entries = answer["entries"] ?? .array([])
        if json { return printLine(entries.indented()) }
        var table = Table(["TIME", "WHO", "ACT", "ON", "DETAIL"])
        for entry in entries.elements ?? [] {
            func text(_ name: String) -> String { entry[name]?.text ?? "" }
            table.add([
                UTC.text(entry["time"]?.number ?? 0), text("actor"), text("act"), text("object"), text("detail"),
            ])
        }
        printLine(table.text)
    }
}
