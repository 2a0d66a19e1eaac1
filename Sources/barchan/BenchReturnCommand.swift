import ArgumentParser
import Barchan
import BarchanConformance
import BarchanKernel
import Glibc

struct BenchReturnCommand: TidyCommand {
    static let configuration = CommandConfiguration(
        commandName: "return", abstract: "The first answer of a frozen grain, beside that of one that runs.",
        discussion: """
            Starts an app, asks it once, and then in turns asks it while it runs and freezes it, lets it go on and asks. \
            Prints medians in µs; what the answer of a frozen grain takes longer is the price of coming back.
            """)

    @OptionGroup var options: HostOptions
    @Option(help: ArgumentHelp("An unpacked app package.", valueName: "directory")) var app: String
    @Option(parsing: .unconditional, help: "How often each way is taken.") var rounds = 50

    func run() async throws {
        guard (1...100_000).contains(rounds) else {
            throw HostError(.invalidArgument, "measure \(rounds) rounds: a number from 1 to 100000 is needed")
        }
        raiseOpenFilesLimit()
        let configuration = try options.configuration()
        let candidates = ModuleLoader(directories: configuration.pluginDirectories).load()
        let wiring = Wiring(configuration, candidates: candidates, log: standardErrorLog(from: .warning))
        let isolation = try await wiring.isolation()
        let programs = configuration.programDirectory
        let ground = try BenchGround(program: ["\(programs)/sandbox-probe"], owner: isolation.fileOwner)
        let app = try AppStart(
            "return", isolation, try await wiring.transport(), package: absolute(app), ground: ground)
        let running = try await app.launch()
        do {
            let times = try await measure(running)
            await running.end()
            printLine(Self.report(times))
        } catch {
            await running.end()
            throw error
        }
    }

    private typealias Times = (warm: [Int64], freezing: [Int64], frozen: [Int64])

    private func measure(_ app: RunningApp) async throws -> Times {
        guard let sandbox = app.sandbox as? any FreezableSandbox else {
            throw HostError(.unsupported, "freeze a sandbox: this back end cannot; barchan doctor says why")
        }
        _ = try await app.ask()
        var times: Times = ([], [], [])
        for _ in 0..<rounds {
            times.warm.append(try await nanoseconds { _ = try await app.ask() })
            times.freezing.append(try await nanoseconds { try await sandbox.freeze() })
            try await Task.sleep(for: .milliseconds(20))
            times.frozen.append(
                try await nanoseconds {
                    try await sandbox.thaw()
                    _ = try await app.ask()
                })
            // As long as before the other answer, so that neither finds warmer caches.
            try await Task.sleep(for: .milliseconds(20))
        }
        return times
    }

    private func nanoseconds(_ body: () async throws -> Void) async throws -> Int64 {
        let began = monotonicNanoseconds()
        try await body()
        return monotonicNanoseconds() - began
    }

    private static func report(_ times: Times) -> String {
        var table = Table(["ANSWER", "MEDIAN µs", "P90"])
        for (name, values) in [("warm", times.warm), ("frozen", times.frozen), ("(freezing)", times.freezing)] {
            let sorted = values.sorted()
            table.add([
                name, StartReport.microseconds(sorted[sorted.count / 2]),
                StartReport.microseconds(sorted[min(sorted.count - 1, sorted.count * 9 / 10)]),
            ])
        }
        return table.text
    }
}
