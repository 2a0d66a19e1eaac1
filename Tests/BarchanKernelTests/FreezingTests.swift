import Barchan
import Testing

@testable import BarchanKernel

/// A grain that nobody needs is frozen before it is ended.
@Suite struct FreezingTests {
    /// A grain that was used and then closed.
    private func closed(
        _ configure: (inout HostConfiguration) -> Void = { _ in }
    ) async throws -> (TestHost, GrainID, ScriptedApp) {
        let test = try await TestHost(configure: configure)
        test.grains.allowFreezing()
        let grain = try await test.makeGrain()
        await test.grains.app(1).used.withLock { $0.memoryBytes = 3 << 20 }
        let session = try await test.host.sessions.open(grain, by: test.person)
        #expect(try await session.send(TestHost.get(), from: TestHost.client).text == "hello")
        await session.close()
        await test.clock.pass(.seconds(5))
        return (test, grain, await test.grains.app(1))
    }

    @Test func aClosedGrainIsFrozenAndGoesOnWhenItIsOpenedAgain() async throws {
        let (test, grain, app) = try await closed()
        await test.clock.whenSomebodySleeps(for: .seconds(300))
        #expect(app.freezing.withLock { $0 } == (1, true))
        // To everybody outside it is a stopped grain.
        #expect(try await test.state(of: grain) == .stopped)
        let session = try await test.host.sessions.open(grain, by: test.person)
        #expect(try await session.send(TestHost.get(), from: TestHost.client).text == "hello")
        #expect(app.freezing.withLock { $0 } == (1, false))
        #expect(test.grains.apps.count == 1)
        #expect(try await test.state(of: grain) == .running)
        // And again.
        await session.close()
        await test.clock.pass(.seconds(5))
        await test.clock.whenSomebodySleeps(for: .seconds(300))
        #expect(app.freezing.withLock { $0 } == (2, true))
    }

    @Test(.timeLimit(.minutes(10))) func anAppThatAskedToStayAwakeInThatMomentGoesOn() async throws {
        let (test, grain, app) = try await closed()
        await test.clock.whenSomebodySleeps(for: .seconds(300))
        let lock = try await test.grains.hosts[0].stayAwake("Fetching mail")
        // Its state is that of a running grain already while it thaws.
        while await test.host.operatorWakeReasons(of: grain).isEmpty { await Task.yield() }
        #expect(app.freezing.withLock { $0 } == (1, false))
        lock.release()
        await test.clock.pass(.seconds(5))
        await test.clock.whenSomebodySleeps(for: .seconds(300))
        #expect(app.freezing.withLock { $0 } == (2, true))
    }

    @Test func aFrozenGrainIsEndedAfterAWhile() async throws {
        let (test, grain, app) = try await closed { $0.life.frozen = .seconds(40) }
        await test.clock.pass(.seconds(40))
        #expect(await app.waitForExit() == .signaled(signal: 9))
        let session = try await test.host.sessions.open(grain, by: test.person)
        #expect(try await session.send(TestHost.get(), from: TestHost.client).text == "hello")
        #expect(test.grains.apps.count == 2)
    }

    /// A page that is open while there is no room for its grain keeps no frozen grain, and neither does one that is closed again.
    @Test(.timeLimit(.minutes(10)), arguments: [true, false])
    func aPageWithoutRoomForItsGrainKeepsNoFrozenGrain(isClosed: Bool) async throws {
        let (test, grain, app) = try await closed {
            $0.life.frozen = .seconds(40)
            $0.limits.runningGrains = 1
        }
        await test.clock.whenSomebodySleeps(for: .seconds(40))
        _ = try await test.makeGrain()
        let session = try await test.host.sessions.open(grain, by: test.person)
        await expectError(.resourceExhausted) { _ = try await session.send(TestHost.get(), from: TestHost.client) }
        if isClosed { await session.close() }
        test.clock.advance(by: .seconds(40))
        #expect(await app.waitForExit() == .signaled(signal: 9))
        #expect(app.freezing.withLock { $0 } == (1, true))
    }

    @Test func withoutATimeItIsEndedAtOnce() async throws {
        let (_, _, app) = try await closed { $0.life.frozen = .zero }
        #expect(await app.waitForExit() == .signaled(signal: 9))
        #expect(app.freezing.withLock { $0.count } == 0)
    }

    @Test func stoppingAndTheHostsEndReachAFrozenGrain() async throws {
        let (test, grain, app) = try await closed()
        await test.clock.whenSomebodySleeps(for: .seconds(300))
        try await test.host.grains.stop(grain, by: test.person)
        #expect(await app.waitForExit() == .signaled(signal: 9))
        let (other, _, another) = try await closed()
        await other.clock.whenSomebodySleeps(for: .seconds(300))
        await other.host.stop()
        #expect(await another.waitForExit() == .signaled(signal: 9))
    }

    @Test func aGrainLostWhileItWasFrozenStartsAgainAndIsNoCrash() async throws {
        let (test, grain, app) = try await closed()
        await test.clock.whenSomebodySleeps(for: .seconds(300))
        app.end(.signaled(signal: 9))
        #expect(try await test.state(of: grain) == .stopped)
        let session = try await test.host.sessions.open(grain, by: test.person)
        #expect(try await session.send(TestHost.get(), from: TestHost.client).text == "hello")
        #expect(test.grains.apps.count == 2)
    }

    /// Frozen grains do not take the place of running ones.
    @Test func aFrozenGrainIsNotCountedAsRunning() async throws {
        let (test, grain, _) = try await closed { $0.limits.runningGrains = 1 }
        await test.clock.whenSomebodySleeps(for: .seconds(300))
        let second = try await test.makeGrain()
        #expect(try await test.state(of: second) == .running)
        let session = try await test.host.sessions.open(grain, by: test.person)
        await expectError(.resourceExhausted) { _ = try await session.send(TestHost.get(), from: TestHost.client) }
        try await test.host.grains.stop(second, by: test.person)
        #expect(try await session.send(TestHost.get(), from: TestHost.client).text == "hello")
        #expect(test.grains.apps.count == 2)
    }

    /// Who runs the host sees what sessions do not.
    @Test func theOperatorSeesWhatEveryGrainUses() async throws {
        let (test, grain, app) = try await closed()
        await test.clock.whenSomebodySleeps(for: .seconds(300))
        // Frozen, it was measured, and does not change.
        let measures = app.measures.load(ordering: .relaxed)
        app.used.withLock { $0.memoryBytes = 5 << 20 }
        let second = try await test.makeGrain()
        await test.grains.app(2).used.withLock { $0.memoryBytes = 9 << 20 }
        let third = try await test.makeGrain()
        try await test.host.grains.stop(third, by: test.person)
        let uses = try await test.host.uses()
        #expect(uses.map(\.grain.summary.identifier) == [second, grain, third])
        #expect(uses.map(\.isFrozen) == [false, true, false])
        #expect(uses.map { $0.usage?.memoryBytes } == [9 << 20, 3 << 20, nil])
        #expect(uses.map(\.requests) == [0, 1, 0])
        #expect(app.measures.load(ordering: .relaxed) == measures)
    }

    /// A page with figures asks each grain that runs once, and one that is frozen not at all.
    @Test func aPageMeasuresOnce() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain(), app = await test.grains.app(1)
        app.used.withLock { $0.memoryBytes = 7 << 20 }
        func figure() async throws -> Double? {
            try await test.host.figures().first { $0.name == "barchan_grains_memory_bytes" }?.samples[0].value
        }
        #expect(try await test.host.usage(for: test.person).map(\.memoryBytes) == [7 << 20])
        let measures = app.measures.load(ordering: .relaxed)
        #expect(try await figure() == Double(7 << 20))
        #expect(try await test.host.usage(for: test.person).map(\.grain.identifier) == [grain])
        #expect(app.measures.load(ordering: .relaxed) == measures)
        app.used.withLock { $0.memoryBytes = 8 << 20 }
        #expect(try await test.host.uses().map { $0.usage?.memoryBytes } == [8 << 20], "who asks for rates sees now")
        app.used.withLock { $0.memoryBytes = 9 << 20 }
        test.clock.advance(by: Host.measureAge)
        #expect(try await figure() == Double(9 << 20))
    }

    /// However it came that nobody told it of a move: what is frozen or goes on is the package of its record.
    @Test(.timeLimit(.minutes(10)), arguments: [true, false])
    func aGrainOfAnotherPackageThanItsRecordIsEnded(isFrozen: Bool) async throws {
        let test = try await TestHost()
        test.grains.allowFreezing()
        let grain = try await test.makeGrain(), app = await test.grains.app(1)
        let second = try await test.host.apps.install(BufferedBytes(Array("Wiki/2".utf8)), by: test.person) { _ in }
        let session = try await test.host.sessions.open(grain, by: test.person)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        if !isFrozen { _ = try await test.host.packageBook.move(grain, to: second.identifier, force: false) }
        await session.close()
        await test.clock.pass(.seconds(5))
        if isFrozen {
            await test.clock.whenSomebodySleeps(for: .seconds(300))
            _ = try await test.host.packageBook.move(grain, to: second.identifier, force: false)
        } else {
            #expect(await app.waitForExit() == .signaled(signal: 9))
            #expect(app.freezing.withLock { $0.count } == 0)
        }
        let reopened = try await test.host.sessions.open(grain, by: test.person)
        _ = try await reopened.send(TestHost.get(), from: TestHost.client)
        #expect(app.exit.isSet)
        #expect(await test.grains.app(2).specification.package == second.tree)
    }

    // MARK: Memory

    private actor Ended {
        private(set) var grains: [Int] = []
        func note(_ grain: Int) { grains.append(grain) }
    }

    @Test func theOldestAreEndedWhenFrozenGrainsHoldTooMuch() async throws {
        // 1,000 MiB are left beside the grains; a fifth of everything may be frozen.
        let frozen = FrozenGrains(percent: 20) { 1_000 << 20 }
        let ended = Ended()
        for number in 0..<5 {
            await frozen.add(.random(), bytes: 100 << 20) { await ended.note(number) }
        }
        // Two of them are 200 of 1,200; a third would be 300 of 1,300.
        #expect(await ended.grains == [0, 1, 2])
    }

    /// Processes that wait for memory may be those of one grain at its own limit.
    @Test func memoryIsShortWhenTheMachineHasLittleLeft() {
        #expect(MemoryPressure.isShort(availableBytes: 99 << 20, of: 1_000 << 20))
        #expect(!MemoryPressure.isShort(availableBytes: 101 << 20, of: 1_000 << 20))
    }

    @Test func aGrainThatWentOnIsNotEnded() async throws {
        let frozen = FrozenGrains(percent: 20) { 1_000 << 20 }
        let ended = Ended()
        let first = GrainID.random()
        await frozen.add(first, bytes: 10 << 20) { await ended.note(0) }
        await frozen.add(.random(), bytes: nil) { await ended.note(1) }
        await frozen.remove(first)
        await frozen.relieve()
        await frozen.relieve()
        #expect(await ended.grains == [1])
    }
}
