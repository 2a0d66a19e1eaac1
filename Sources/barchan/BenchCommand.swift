import ArgumentParser
import Barchan
import BarchanControl
import BarchanKernel

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures parts of a host that need none running. 'make bench' measures the rest.",
        subcommands: [BenchStartCommand.self])
}

struct BenchStartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "From the wish for a sandbox to the first byte that the program in it writes.",
        discussion: """
            Runs the same static program plainly, in a sandbox of the configured isolation, and under bubblewrap where that \
            is installed, in turns, and prints medians. The program has to write something at once and end.
            """)

    @OptionGroup var options: HostOptions
    @Option(help: ArgumentHelp("A static program that writes a byte and ends.", valueName: "file")) var program: String
    @Option(help: "How often each way is taken.") var runs = 200
    @Flag(help: "Prints JSON.") var json = false

    func run() async throws {
        guard runs > 0 else { throw HostError(.invalidArgument, "measure \(runs) runs: at least one is needed") }
        let configuration = try options.configuration()
        let candidates = ModuleLoader(directories: configuration.pluginDirectories).load()
        let wiring = Wiring(configuration, candidates: candidates, log: standardErrorLog(from: .warning))
        let isolation = try await wiring.isolation()
        let ground = try BenchGround(program: absolute(program), owner: isolation.fileOwner)
        let name = try wiring.plugin(for: .isolation).identifier

        var ways: [any StartWay] = [
            PlainStart(ground: ground), SandboxStart(name: name, isolation: isolation, ground: ground),
        ]
        if let bubblewrap = BubblewrapStart(ground: ground) { ways.append(bubblewrap) }
        var samples = [[Int64]](repeating: [], count: ways.count)
        for run in 0..<(runs + 5) {
            // The first few warm caches; the order changes, so that none always follows the same other.
            for offset in ways.indices {
                let index = (run + offset) % ways.count
                let nanoseconds = try await ways[index].start()
                if run >= 5 { samples[index].append(nanoseconds) }
            }
        }
        report(zip(ways.map(\.name), samples).map { StartTimes(name: $0, samples: $1) })
    }

    private func report(_ times: [StartTimes]) {
        let base = times.first?.median ?? 1
        if json {
            return printLine(JSONValue.array(times.map { $0.json(relativeTo: base) }).indented())
        }
        var table = Table(["START", "MEDIAN µs", "P10", "P90", "PLAIN = 1"])
        for time in times {
            table.add([
                time.name, StartTimes.microseconds(time.median), StartTimes.microseconds(time.percentile(10)),
                StartTimes.microseconds(time.percentile(90)), StartTimes.ratio(time.median, base),
            ])
        }
        printLine(table.text)
    }
}

/// What was measured of one way to start.
struct StartTimes {
    let name: String
    private let sorted: [Int64]

    init(name: String, samples: [Int64]) {
        self.name = name
        sorted = samples.sorted()
    }

    var median: Int64 { percentile(50) }

    func percentile(_ percent: Int) -> Int64 {
        sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * percent / 100)]
    }

    func json(relativeTo base: Int64) -> JSONValue {
        .members([
            "name": .string(name), "runs": .integer(Int64(sorted.count)), "medianNanoseconds": .integer(median),
            "p10Nanoseconds": .integer(percentile(10)), "p90Nanoseconds": .integer(percentile(90)),
            "ratio": .number(base == 0 ? 0 : Double(median) / Double(base)),
        ])
    }

    static func microseconds(_ nanoseconds: Int64) -> String { String((nanoseconds + 500) / 1000) }

    static func ratio(_ value: Int64, _ base: Int64) -> String {
        let hundredths = base == 0 ? 0 : (value * 100 + base / 2) / base
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
