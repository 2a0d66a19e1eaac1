import ArgumentParser
import Barchan
import BarchanControl
import Glibc

struct GrainActivityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "activity", abstract: "Shows what its app said has happened in a grain, newest first.",
        discussion: """
            Events of one kind by one person at one place are one line with their number; the last 200 such lines of a grain \
            are kept. Texts are the app's.
            """)

    @OptionGroup var options: HostOptions
    @Argument(help: "The grain's identifier.") var grain: String
    @Flag(help: "Prints JSON.") var json = false

    func run() throws {
        let answer = try options.ask("activity", ["grain": .string(grain)])
        let activities = answer["activities"] ?? .array([])
        if json { return printLine(activities.indented()) }
        var table = Table(["LAST", "TIMES", "WHO", "DID", "WHERE", "MENTIONED", "SUBSCRIBED", "CAPTION"])
        for activity in activities.elements ?? [] {
            func text(_ name: String) -> String { activity[name]?.text ?? "" }
            func list(_ name: String) -> String {
                (activity[name]?.elements ?? []).compactMap(\.text).joined(separator: ",")
            }
            table.add([
                GrainActivityCommand.time(activity["last"]?.number ?? 0), String(activity["count"]?.number ?? 1),
                text("actor"), text("verb"), "/" + text("path"), list("mentioned"), list("subscribed"),
                text("caption"),
            ])
        }
        printLine(table.text)
    }

    /// In the time zone of the machine.
    private static func time(_ seconds: Int64) -> String {
        var moment = time_t(seconds), parts = tm()
        localtime_r(&moment, &parts)
        var buffer = [CChar](repeating: 0, count: 32)
        strftime(&buffer, buffer.count, "%F %H:%M", &parts)
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

struct GrainWakeLocksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wake-locks", abstract: "Shows why a grain runs while nobody looks at it, in its app's words.")

    @OptionGroup var options: HostOptions
    @Argument(help: "The grain's identifier.") var grain: String
    @Flag(help: "Ends them: the app is told, and the grain sleeps when nobody looks at it.") var release = false
    @Flag(help: "Prints JSON.") var json = false

    func run() throws {
        let answer = try options.ask("wake-locks", ["grain": .string(grain), "release": .boolean(release)])
        let reasons = answer["reasons"] ?? .array([])
        if json { return printLine(reasons.indented()) }
        for reason in reasons.elements ?? [] { printLine(printable(reason.text ?? "")) }
    }
}
