import Barchan
import Testing

@testable import BarchanKernel

/// How a host ends when grains do not.
@Suite(.timeLimit(.minutes(10))) struct HostStopTests {
    private func held(hearingAbort: Bool) async throws -> (TestHost, Task<Void, Never>) {
        let test = try await TestHost(), grain = try await test.makeGrain()
        _ = try await test.host.sessions.open(grain, by: test.person).send(TestHost.get(), from: TestHost.client)
        test.grains.holdEnds()
        test.grains.hearAbort(hearingAbort)
        return (test, Task { await test.host.stop() })
    }

    @Test func grainsThatDoNotEndAreEndedByForce() async throws {
        let (test, stopping) = try await held(hearingAbort: true)
        await test.clock.whenSomebodySleeps(for: Host.patience)
        #expect(!test.grains.aborted.isSet)
        test.clock.advance(by: Host.patience)
        await stopping.value
        #expect(test.grains.aborted.isSet)
    }

    @Test func whatIsLeftThenIsNotWaitedFor() async throws {
        let (test, stopping) = try await held(hearingAbort: false)
        await test.clock.pass(Host.patience)
        _ = await test.grains.aborted.get()
        await test.clock.pass(Host.lastPatience)
        await stopping.value
    }

    @Test func grainsThatEndAreEndedByNobody() async throws {
        let test = try await TestHost(), grain = try await test.makeGrain()
        _ = try await test.host.sessions.open(grain, by: test.person).send(TestHost.get(), from: TestHost.client)
        await test.host.stop()
        #expect(!test.grains.aborted.isSet)
    }
}
