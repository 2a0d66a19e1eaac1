import BarchanConformance
import Glibc
import Testing

/// `barchan conform` and `barchan probe` as people run them.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct ConformCommandTests {
    private func run(_ arguments: [String]) async throws -> (lines: [String], status: CInt) {
        let command = Programs.path("barchan")
        guard access(command, X_OK) == 0 else { throw ConformanceSkip("'\(command)' is not built") }
        let (reader, writer) = try TrialDescriptors.pipe()
        let places = ["--plugin-dir", Programs.directory, "--program-dir", Programs.directory]
        let process = try Command.start([command] + arguments + places, output: writer)
        close(writer)
        let lines = await TrialOutput(reader).rest()
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        return (lines, status >> 8)
    }

    @Test func everyAttemptHasALineAndTheStatusIsTheVerdict() async throws {
        try await skipping {
            let directory = try TemporaryDirectory()
            let report = "\(directory.path)/report.xml"
            let (lines, status) = try await run(["conform", "--backend", "namespace", "--tap", "--junit", report])
            let points = lines.dropFirst(2)
            #expect(lines.first == "TAP version 14" && lines.dropFirst().first == "1..\(points.count)")
            #expect(points.count > 900)
            let failures = points.filter { $0.hasPrefix("not ok ") && !$0.contains(" # TODO ") }
            #expect(status == (failures.isEmpty ? 0 : 1), "\(failures)")
            for (index, point) in points.enumerated() {
                #expect(point.hasPrefix("ok \(index + 1) - ") || point.hasPrefix("not ok \(index + 1) - "))
            }
            let cases = try Text.lines(of: report).filter { $0.hasPrefix("<testcase ") }
            #expect(cases.count == points.count)
            #expect(cases.filter { $0.contains("<failure ") }.count == failures.count)
        }
    }

    @Test func theMatrixHasARowForEachPromise() async throws {
        try await skipping {
            let (lines, status) = try await run(["probe", "--markdown", "--backend", "namespace"])
            #expect(status == 0 && lines.first == "| promise | `namespace` |")
            for guarantee in IsolationSuite.guarantees {
                #expect(lines.contains { $0.hasPrefix("| `\(guarantee.name)` | ") }, "\(guarantee)")
            }
            #expect(lines.contains("| `noNetwork` | yes |"))
        }
    }

    @Test func anUnknownBackEndIsRefused() async throws {
        try await skipping {
            let (lines, status) = try await run(["conform", "--backend", "nowhere"])
            #expect(lines.isEmpty && status == 1)
        }
    }
}
