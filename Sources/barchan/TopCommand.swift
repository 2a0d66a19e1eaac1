import ArgumentParser
import Barchan
import BarchanControl
import Glibc

struct TopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top", abstract: "Shows what every grain of a running host uses, again and again.",
        discussion: """
            CPU % is of one processor. Memory includes page cache, /tmp and what the kernel holds for the grain. A dash \
            stands for what nobody counts: the isolation back end does not, or it would need control groups that this machine \
            does not have; 'barchan doctor' says which there are. On a terminal that is too narrow long names are cut, and then \
            columns left out; --once and a pipe have everything.
            """)

    @OptionGroup var options: HostOptions
    @Flag(help: "Prints one table and ends.") var once = false
    @Option(parsing: .unconditional, help: ArgumentHelp("Time between two looks.", valueName: "seconds"))
    var interval = 2.0
    @Flag(help: "Prints JSON: a line each time, with --once an indented list.") var json = false

    func validate() throws {
        guard interval >= 0.1, interval <= 3600 else {
            throw ValidationError("--interval is \(interval); 0.1 to 3600 seconds are possible")
        }
    }

    func run() throws {
        let host = try options.configuration()
        // Rates need two answers.
        var earlier = try host.ask("top")
        repeat {
            usleep(useconds_t(interval * 1_000_000))
            let answer = try host.ask("top")
            show(TopReport(answer, since: earlier))
            earlier = answer
        } while !once
    }

    private func show(_ report: TopReport) {
        if json { return printLine(once ? report.json.indented() : report.json.line) }
        var table = Table(TopReport.heading)
        for row in report.cells { table.add(row) }
        guard !once, isatty(1) == 1 else { return printLine(table.text) }
        // Home, then every line up to its end and everything below: no flicker. What is wider than it has characters, as
        // Chinese is, does not go on in the next line meanwhile.
        let (rows, columns) = TopCommand.terminalSize()
        let lines = TopScreen.lines(of: table.rows, columns: columns).prefix(rows - 1)
        let screen = lines.map { "\($0)\u{1b}[K\n" }.joined()
        write(Array("\u{1b}[H\u{1b}[?7l\(screen)\u{1b}[?7h\u{1b}[J".utf8), to: 1)
    }

    private static func terminalSize() -> (rows: Int, columns: Int) {
        var size = winsize()
        guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0 else { return (24, 80) }
        return (size.ws_row > 1 ? Int(size.ws_row) : 24, size.ws_col > 0 ? Int(size.ws_col) : 80)
    }
}
