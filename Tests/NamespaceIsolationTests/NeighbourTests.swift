import Barchan
import BarchanConformance
import CLinux
import Glibc
import Testing

/// All grains are one host user, for whom the kernel counts many things together: what one grain takes of them leaves others
/// enough.
@Suite(.timeLimit(.minutes(10)))
struct NeighbourTests {
    /// Whether a launcher that is root may have more than the kernel's default, which all grains' queues are counted against.
    private static let mayLift: Bool = {
        var queues: UInt64 = 0
        return clinux_hard_limit(CLINUX_RLIMIT_MSGQUEUE, &queues) == 0
            && clinux_limit(CLINUX_RLIMIT_MSGQUEUE, queues, UInt64.max) == 0
    }()

    @Test(arguments: ["signals", "watches"] + (mayLift ? ["queues"] : []))
    func oneGrainLeavesOthersTheirs(_ what: String) async throws {
        try await skipping {
            let trial = try await IsolationTrial(Machine.provider(), probe: Programs.path("sandbox-probe"))
            let first = try await trial.start(["hold", what, "wait"])
            let taken = try require(await first.output.line(), "the first does not run")
            let second = try await trial.facts(["hold", what])
            #expect(taken != "held 0")
            #expect(second["held"] == taken.split(separator: " ").last.map(String.init), "the first \(taken)")
            await first.sandbox.terminate()
        }
    }
}
