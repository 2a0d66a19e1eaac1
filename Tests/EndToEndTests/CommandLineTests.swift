import Foundation
import Testing

/// What `barchan` says to words that make no sense.
@Suite(
    "Command line", .enabled(if: Places.missing() == nil, "\(Places.missing() ?? "") is not there; run 'make test'"),
    .timeLimit(.minutes(10)))
struct CommandLineTests {
    @Test(
        "a mistake is named, with the usage of its command",
        arguments: [
            ("bench start --backend namespace,,landlock", "a name is missing between two commas"),
            ("bench start --backend namespace:cold,namespace", "'namespace:cold' is named twice"),
            ("bench start --rounds -3", "measure -3 rounds: a number from 1 to 100000 is needed"),
            ("conform --after -1", "--after is -1; 0 to 100 is possible\nUsage: barchan conform "),
            ("conform --backend oci --backend oci", "--backend oci is there twice\nUsage: barchan conform "),
            ("top --interval -1", "--interval is -1.0; 0.1 to 3600 seconds are possible\nUsage: barchan top "),
            ("probe --markdown --json", "print Markdown or JSON, not both\nUsage: barchan probe "),
            (
                "grain limits x memoryMiB=64 memoryMiB=65",
                "'memoryMiB' is there twice\nUsage: barchan grain limits "
            ),
            ("audit --limit -1", "--limit is -1; 1 to 1000 is possible\nUsage: barchan audit "),
            (
                "grain limits x memoryMiB=much",
                "'memoryMiB=much': an integer or 'default' is needed\nUsage: barchan grain limits "
            ),
            (
                "grain limits x memoryMiB",
                "'memoryMiB' is no limit; NAME=VALUE or NAME=default is needed\nUsage: barchan grain limits "
            ),
        ])
    func mistakes(_ words: String, _ expected: String) async throws {
        let (status, output) = try await ChildProcess.run(
            "/bin/sh", ["-c", "exec \"$0\" \(words) 2>&1", Places.barchan])
        #expect(status != 0 && output.contains(expected), "\(output)")
    }

    @Test func aBackEndThatCannotBeUsedKeepsNoOtherFromBeingMeasured() async throws {
        let (status, output) = try await ChildProcess.run(
            "/bin/sh",
            ["-c", "exec \"$0\" bench start --backend external,namespace:bare --rounds 1 2>&1", Places.barchan])
        #expect(status == 1 && output.contains("isolation 'external' cannot be used here: "), "\(output)")
        #expect(output.contains("\nnamespace:bare "), "\(output)")
    }
}
