import Barchan
import Testing

@testable import BarchanKernel

/// What the data of grains may take on disk.
@Suite struct VolumeWatchTests {
    private func host(limitMiB: Int64 = 100, storage: MemoryStorage = MemoryStorage()) async throws -> TestHost {
        try await TestHost(storage: storage) { $0.limits.grain.volumeBytes = limitMiB << 20 }
    }

    /// What a grain's data takes from now on; the disk fills by as much.
    private func grow(_ grain: GrainID, to mebibytes: Int64, _ test: TestHost) async throws {
        let volume = try #require(try await test.storage.volume(for: grain) as? MemoryVolume)
        let added = volume.used.withLock { used in
            defer { used.bytes = mebibytes << 20 }
            return mebibytes << 20 - used.bytes
        }
        test.storage.disk.withLock { $0.freeBytes -= added }
    }

    @Test func aGrainBeyondItsLimitIsStoppedAndSaysWhy() async throws {
        let test = try await host(), grain = try await test.makeGrain(), other = try await test.makeGrain()
        await test.host.watch.look()
        try await grow(grain, to: 99, test)
        await test.host.watch.look()
        #expect(try await test.state(of: grain) == .running)
        try await grow(grain, to: 120, test)
        await test.host.watch.look()
        guard case .crashed(let reason) = try await test.state(of: grain) else {
            Issue.record("it goes on")
            return
        }
        #expect(reason.contains("120 MiB") && reason.contains("100 are allowed") && reason.contains("volumeMiB"))
        #expect(try await test.state(of: other) == .running)
    }

    /// They take no block of the disk, and a place in its table of files each.
    @Test func manyEmptyFilesAreNoticedAtTheNextLook() async throws {
        let test = try await host(), grain = try await test.makeGrain()
        await test.host.watch.look()
        let volume = try #require(try await test.storage.volume(for: grain) as? MemoryVolume)
        volume.used.withLock { $0.bytes = 30_000 * 4096 }
        test.storage.disk.withLock { $0.files += 30_000 }
        await test.host.watch.look()
        guard case .crashed(let reason) = try await test.state(of: grain) else {
            Issue.record("it goes on")
            return
        }
        #expect(reason.contains("117 MiB") && reason.contains("volumeMiB"))
    }

    @Test func aRequestThatWasCutByThatSaysSo() async throws {
        let test = try await host(), grain = try await test.makeGrain(), app = await test.grains.app(1)
        let isAsked = Later<Bool>()
        app.onRequest { _ throws(HostError) in
            isAsked.set(true)
            _ = await app.waitForExit()
            throw HostError(.disconnected, "gone")
        }
        let session = try await test.host.sessions.open(grain, by: test.person)
        async let message = expectError(.disconnected) {
            _ = try await session.send(WebRequest(method: .post, path: ""), from: TestHost.client)
        }
        _ = await isAsked.get()
        try await grow(grain, to: 120, test)
        await test.host.watch.look()
        #expect(await message.contains("100 are allowed (volumeMiB)"))
    }

    @Test func oneThatIsALittleBeyondMayStartToShrinkButNotGrow() async throws {
        let test = try await host(), grain = try await test.makeGrain()
        try await grow(grain, to: 108, test)
        try await test.host.grains.stop(grain, by: test.person)
        let session = try await test.host.sessions.open(grain, by: test.person)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        await test.host.watch.look()
        #expect(try await test.state(of: grain) == .running)
        try await grow(grain, to: 130, test)
        await test.host.watch.look()
        #expect(try await test.state(of: grain) != .running)
        let message = await expectError(.resourceExhausted) {
            _ = try await session.send(TestHost.get(), from: TestHost.client)
        }
        #expect(message.contains("130 MiB") && message.contains("100 are allowed"))
    }

    private func open(_ grain: GrainID, _ test: TestHost) async throws -> any GrainSession {
        let session = try await test.host.sessions.open(grain, by: test.person)
        #expect(try await session.send(TestHost.get(), from: TestHost.client).text == "hello")
        return session
    }

    @Test func oneThatIsFarBeyondOpensSoThatSomethingCanBeDeletedInIt() async throws {
        let test = try await host(), grain = try await test.makeGrain()
        try await grow(grain, to: 400, test)
        await test.host.watch.look()
        guard case .crashed(let reason) = try await test.state(of: grain) else {
            Issue.record("it goes on")
            return
        }
        #expect(reason.contains("400 MiB on disk, and 100 are allowed (volumeMiB); open it again to delete something"))
        _ = try await open(grain, test)
        await test.host.watch.look()
        #expect(try await test.state(of: grain) == .running)
        let volume = try #require(try await test.storage.volume(for: grain) as? MemoryVolume)
        #expect(volume.limit.withLock { $0 } == 410 << 20, "a disk that holds it has to let it be opened, too")
        try await grow(grain, to: 90, test)
        try await test.host.grains.stop(grain, by: test.person)
        _ = try await open(grain, test)
        #expect(volume.limit.withLock { $0 } == 100 << 20)
        #expect(try await test.host.grains.grain(grain, for: test.person).notice == nil)
    }

    @Test func whatWasDeletedBeyondTheLimitIsNotGivenBack() async throws {
        let test = try await host(), grain = try await test.makeGrain()
        try await grow(grain, to: 400, test)
        await test.host.watch.look()
        _ = try await open(grain, test)
        try await grow(grain, to: 200, test)
        try await test.host.grains.stop(grain, by: test.person)
        _ = try await open(grain, test)
        try await grow(grain, to: 220, test)
        await test.host.watch.look()
        #expect(try await test.state(of: grain) != .running)
    }

    /// However little it grows each time.
    @Test func oneThatGrowsInsteadIsNotStartedAgainUntilItsLimitIsRaised() async throws {
        let test = try await host(), grain = try await test.makeGrain()
        for mebibytes: Int64 in [300, 309, 318] {
            try await grow(grain, to: mebibytes, test)
            await test.host.watch.look()
            try await test.host.grains.stop(grain, by: test.person)
            if mebibytes < 318 { _ = try await open(grain, test) }
        }
        let session = try await test.host.sessions.open(grain, by: test.person)
        let message = await expectError(.resourceExhausted) {
            _ = try await session.send(TestHost.get(), from: TestHost.client)
        }
        #expect(message.contains("takes 318 MiB on disk, 100 are allowed") && message.contains("barchan grain limits"))
        try await test.host.operatorSetLimits(of: grain, [.volumeMiB: 400])
        test.clock.advance(by: .seconds(2))
        #expect(try await session.send(TestHost.get(), from: TestHost.client).text == "hello")
    }

    @Test func aDiskThatCanHoldLimitsIsToldThemBeforeTheGrainRuns() async throws {
        let test = try await host(), grain = try await test.makeGrain()
        let volume = try #require(try await test.storage.volume(for: grain) as? MemoryVolume)
        #expect(volume.limit.withLock { $0 } == 100 << 20)
        try await test.host.operatorSetLimits(of: grain, [.volumeMiB: 7])
        try await test.host.grains.stop(grain, by: test.person)
        let session = try await test.host.sessions.open(grain, by: test.person)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        #expect(volume.limit.withLock { $0 } == 7 << 20)
    }

    @Test func looksAtGrainsDoNotWalkThroughTheirData() async throws {
        let test = try await host(), grain = try await test.makeGrain()
        let volume = try #require(try await test.storage.volume(for: grain) as? MemoryVolume)
        await test.host.watch.look()
        let before = volume.used.withLock { $0.looks }
        for _ in 0..<20 {
            _ = try await test.host.grains.grains(for: test.person)
            await test.host.watch.look()
        }
        #expect(volume.used.withLock { $0.looks } == before)
        // A disk that fills, by whoever does it, is reason enough.
        test.storage.disk.withLock { $0.freeBytes -= 64 << 20 }
        await test.host.watch.look()
        #expect(volume.used.withLock { $0.looks } == before + 1)
    }

    @Test func whenTheDiskIsNearlyFullWhoTookTheMostIsStoppedAndNobodyStarts() async throws {
        let test = try await host(limitMiB: 1 << 20)
        let modest = try await test.makeGrain(), greedy = try await test.makeGrain()
        await test.host.watch.look()
        try await grow(modest, to: 1, test)
        try await grow(greedy, to: 89 << 10 | 512, test)
        await test.host.watch.look()
        guard case .crashed(let reason) = try await test.state(of: greedy) else {
            Issue.record("it goes on")
            return
        }
        #expect(reason.contains("nearly full"))
        #expect(try await test.state(of: modest) == .running)
        let session = try await test.host.sessions.open(greedy, by: test.person)
        await expectError(.resourceExhausted) { _ = try await session.send(TestHost.get(), from: TestHost.client) }
        await expectError(.resourceExhausted) {
            _ = try await test.host.backups.restore(BufferedBytes([1]), by: test.person)
        }
        await expectError(.resourceExhausted) { _ = try await test.host.backups.backUp(greedy, by: test.person) }
        let message = await expectError(.resourceExhausted) { _ = try await test.makeGrain() }
        #expect(message.contains("make a grain: the disk is nearly full"))
        // Nothing is left of it that could not start.
        #expect(try await test.host.grains.grains(for: test.person).count == 2)
    }

    /// What a grain has open without a name from now on; the disk fills by as much.
    private func hold(_ mebibytes: Int64, by grain: GrainID, _ test: TestHost) async throws {
        let app = try #require(test.grains.apps.last { $0.specification.grain == grain })
        app.unnamed.withLock { $0 = mebibytes << 20 }
        test.storage.disk.withLock { $0.freeBytes -= mebibytes << 20 }
    }

    private func watchedHost(limitMiB: Int64 = 100) async throws -> TestHost {
        let storage = MemoryStorage()
        storage.leaveLimitsToTheHost()
        return try await host(limitMiB: limitMiB, storage: storage)
    }

    @Test func filesWithoutANameCount() async throws {
        let test = try await watchedHost(), grain = try await test.makeGrain()
        await test.host.watch.look()
        try await grow(grain, to: 50, test)
        try await hold(40, by: grain, test)
        await test.host.watch.look()
        let shown = try await test.host.grains.grain(grain, for: test.person)
        #expect(shown.state == .running && shown.usedBytes == 90 << 20)
        try await hold(80, by: grain, test)
        await test.host.watch.look()
        guard case .crashed(let reason) = try await test.state(of: grain) else {
            Issue.record("it goes on")
            return
        }
        #expect(reason.contains("its data takes 130 MiB on disk, and 100 are allowed (volumeMiB)"))
        #expect(reason.contains("80 MiB of it were files without a name"))
        // They went with it.
        _ = try await open(grain, test)
    }

    @Test func whereTheDiskHoldsLimitsFilesWithoutANameAreInItsCountAlready() async throws {
        let test = try await host(), grain = try await test.makeGrain()
        try await grow(grain, to: 60, test)
        try await hold(60, by: grain, test)
        await test.host.watch.look()
        #expect(try await test.state(of: grain) == .running)
    }

    @Test func whenTheDiskIsNearlyFullWhoHidesWhatItTookIsStopped() async throws {
        let test = try await watchedHost(limitMiB: 1 << 20)
        let modest = try await test.makeGrain(), greedy = try await test.makeGrain()
        await test.host.watch.look()
        try await grow(modest, to: 4, test)
        try await hold(89 << 10 | 512, by: greedy, test)
        await test.host.watch.look()
        #expect(try await test.state(of: greedy) != .running)
        #expect(try await test.state(of: modest) == .running)
    }

    @Test func aLimitThatIsOnlyWatchedIsNotCalledGuaranteed() async throws {
        for (test, isHeld) in [(try await host(), true), (try await watchedHost(), false)] {
            let grain = try await test.makeGrain()
            func limit() async throws -> Host.LimitInForce? {
                try await test.host.operatorLimits(of: grain).first { $0.limit == .volumeMiB }
            }
            #expect(try await limit()?.isGuaranteed == isHeld)
            // What asks for nothing cannot be broken.
            try await test.host.operatorSetLimits(of: grain, [.volumeMiB: 0])
            #expect(try await limit()?.isGuaranteed == true)
        }
    }

    @Test func aSmallDiskKeepsAFiftieth() {
        let reserve = DiskReserve(volumes: MemoryStorage(), limits: HostLimits())
        #expect(!reserve.isShort(DiskRoom(freeBytes: 3 << 20, totalBytes: 100 << 20)))
        #expect(reserve.isShort(DiskRoom(freeBytes: 1 << 20, totalBytes: 100 << 20)))
        #expect(reserve.isShort(DiskRoom(freeBytes: 1 << 29, totalBytes: 1 << 40)))
    }
}
