import Barchan
import Testing

@testable import BarchanKernel

/// What lists say that the data of a grain takes is what it takes, however the host before ended.
@Suite(.timeLimit(.minutes(10))) struct VolumeSizeTests {
    private func volume(of grain: GrainID, _ test: TestHost) async throws -> MemoryVolume {
        try #require(try await test.storage.volume(for: grain) as? MemoryVolume)
    }

    private func shown(_ grain: GrainID, _ test: TestHost) async throws -> Int64 {
        try await test.host.grains.grain(grain, for: test.person).usedBytes
    }

    /// What the data takes from now on.
    private func grow(_ grain: GrainID, to bytes: Int64, _ test: TestHost) async throws {
        try await volume(of: grain, test).used.withLock { $0.bytes = bytes }
    }

    /// The next host on what a host left that was killed in this moment.
    private func killed(_ test: TestHost) async throws -> TestHost {
        let next = try await TestHost(storage: test.storage)
        #expect(next.person == test.person)
        return next
    }

    /// Somebody uses the grain, it grows, and its host is killed.
    private func expectMeasureAfterUse(of grain: GrainID, _ test: TestHost) async throws {
        let session = try await test.host.sessions.open(grain, by: test.person)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        try await grow(grain, to: 33 << 20, test)
        let next = try await killed(test)
        await next.host.measureWhatIsUnknown()
        #expect(try await shown(grain, next) == 33 << 20)
    }

    @Test func aHostMeasuresWhatAKilledOneDidNot() async throws {
        let test = try await TestHost(), grain = try await test.makeGrain(), other = try await test.makeGrain()
        try await grow(grain, to: 120 << 20, test)
        try await grow(other, to: 7 << 20, test)
        try await test.host.grains.stop(other, by: test.person)
        let looks = try await volume(of: other, test).used.withLock(\.looks)

        let next = try await killed(test)
        let chores = Task { await next.host.watchVolumes() }
        try await waitUntil { try await shown(grain, next) == 120 << 20 }
        #expect(try await shown(other, next) == 7 << 20)
        #expect(try await volume(of: other, test).used.withLock(\.looks) == looks, "it was known")
        chores.cancel()
        await chores.value
        // Once is enough.
        let later = try await killed(next), before = try await volume(of: grain, test).used.withLock(\.looks)
        await later.host.measureWhatIsUnknown()
        #expect(try await shown(grain, later) == 120 << 20)
        #expect(try await volume(of: grain, test).used.withLock(\.looks) == before)
    }

    @Test func aGrainThatRunsAgainIsMeasuredAgain() async throws {
        let test = try await TestHost(), grain = try await test.makeGrain()
        try await test.host.grains.stop(grain, by: test.person)
        try await expectMeasureAfterUse(of: grain, test)
    }

    @Test func soIsOneThatWentOnAfterItWasFrozen() async throws {
        let test = try await TestHost()
        test.grains.allowFreezing()
        let grain = try await test.makeGrain()
        await test.clock.pass(.seconds(60))
        await test.clock.whenSomebodySleeps(for: .seconds(300))
        try await expectMeasureAfterUse(of: grain, test)
    }

    @Test func aFailedStartIsMeasured() async throws {
        let test = try await TestHost(), grain = try await test.makeGrain()
        try await test.host.grains.stop(grain, by: test.person)
        let volume = try await volume(of: grain, test)
        test.grains.onLaunch { app in
            volume.used.withLock { $0.bytes = 55 << 20 }
            app.end(.exited(status: 1))
        }
        let session = try await test.host.sessions.open(grain, by: test.person)
        await expectError(.failed) { _ = try await session.send(TestHost.get(), from: TestHost.client) }
        #expect(try await shown(grain, test) == 55 << 20)
    }

    @Test func aRestoredGrainIsMeasured() async throws {
        let test = try await TestHost(), grain = try await test.makeGrain()
        let backup = try await test.host.backups.backUp(grain, by: test.person).bytes.readAll(maximumBytes: 1 << 20)
        let restored = try await test.host.backups.restore(BufferedBytes(backup), by: test.person)
        #expect(restored.usedBytes == 4_096)
        #expect(try await shown(restored.identifier, test) == 4_096)
    }

    @Test func theLimitIsHeldAgainstWhatIsThere() async throws {
        let test = try await TestHost(), grain = try await test.makeGrain()
        try await grow(grain, to: 120 << 20, test)
        let next = try await TestHost(storage: test.storage) { $0.limits.grain.volumeBytes = 50 << 20 }
        let session = try await next.host.sessions.open(grain, by: next.person)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        let notice = try await next.host.grains.grain(grain, for: next.person).notice
        #expect(notice?.contains("takes 120 MiB on disk, and 50 are allowed (volumeMiB): delete something") == true)
    }

    @Test func measuringDisturbsNobodyWhoRuns() async throws {
        let test = try await TestHost()
        test.grains.allowFreezing()
        let grain = try await test.makeGrain(), app = await test.grains.app(1)
        await test.host.measureWhatIsUnknown()
        #expect(try await test.state(of: grain) == .running)
        #expect(app.freezing.withLock(\.count) == 0)
    }
}
