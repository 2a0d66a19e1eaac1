import Barchan
import BarchanConformance
import Glibc
import Testing

/// What the probe is refused inside works outside, so that a missing wall would be seen.
@Suite(.timeLimit(.minutes(1)))
struct ControlTests {
    private func outside(_ arguments: [String]) async throws -> ProbeFacts {
        let (reader, writer) = try TrialDescriptors.pipe()
        let process = try Command.start([Programs.path("sandbox-probe")] + arguments, output: writer)
        close(writer)
        let lines = await TrialOutput(reader).rest()
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        return ProbeFacts(lines: lines, exit: .exited(status: status))
    }

    @Test func argumentsThatAreShutWorkOutside() async throws {
        let directory = try TemporaryDirectory()
        let facts = try await outside(["arguments", directory.path])
        var names = [
            "lease", "notify", "signal", "huge.file", "merge", "segment.large", "segment.larger", "socket.filter",
            "socket.zeroCopy", "socket.encapsulation", "socket.options", "personality",
        ]
        if geteuid() == 0 { names += ["node.character", "node.block", "nodeat.character", "nodeat.block"] }
        for name in names { try facts.require("shut \(name)", "ok") }
        for name in IsolationConformance.shutArguments.map(\.name) where !names.contains(name) {
            #expect(facts["shut \(name)"] != nil)
        }
    }
}
