import ArgumentParser

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures parts of a host that need none running. 'make bench' measures the rest.",
        subcommands: [BenchStartCommand.self, BenchReturnCommand.self, BenchScaleCommand.self])
}
