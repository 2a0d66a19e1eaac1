import Barchan
import BarchanConformance
import Glibc
import Synchronization
import Testing

/// Checks come to an end on back ends that leave processes behind.
@Suite(.timeLimit(.minutes(10)))
struct TrialTests {
    private func trial() throws -> IsolationTrial {
        try IsolationTrial(LeavingIsolation(), probe: Programs.path("sandbox-probe"))
    }

    @Test func whatTheFirstProcessSaidIsKnownAtItsEnd() async throws {
        let trial = try trial()
        let facts = try await trial.facts(["start", "exit", "3"])
        #expect(facts.exit == .exited(status: 3))
        #expect(facts["process"] != nil && facts["signals.ignored"] != nil, "\(facts.lines)")
    }

    @Test func whoeverIsLeftIsFound() async throws {
        let trial = try trial()
        let running = try await trial.start(["exit", "0"])
        _ = await running.sandbox.waitForExit()
        await #expect(throws: ConformanceFailure.self) { try await running.requireNobodyLeft(within: .zero) }
    }
}

/// Its sandboxes' output stays open after their end, as if a process were left, for as long as this lives.
private final class LeavingIsolation: IsolationProvider {
    private let open = OpenIsolation()
    private let outputs = Mutex<[CInt]>([])
    var guarantees: Set<Guarantee> { open.guarantees }
    var fileOwner: FileOwner { open.fileOwner }

    deinit { for output in outputs.withLock({ $0 }) { close(output) } }

    func launch(
        _ specification: SandboxSpecification, socket: consuming OwnedDescriptor, output: consuming OwnedDescriptor
    ) async throws(HostError) -> any Sandbox {
        let copy = fcntl(output.rawValue, F_DUPFD_CLOEXEC, 3)
        outputs.withLock { $0.append(copy) }
        return try await open.launch(specification, socket: socket, output: output)
    }
}
