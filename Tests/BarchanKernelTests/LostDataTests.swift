import Barchan
import Testing

@testable import BarchanKernel

/// A disk that is not mounted, and records that are lost, are no reason to begin anew without a word.
@Suite(.timeLimit(.minutes(10))) struct LostDataTests {
    private func use(_ grain: GrainID, of test: TestHost) async throws {
        let session = try await test.host.sessions.open(grain, by: test.person)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        await session.close()
        try await test.host.grains.stop(grain, by: test.person)
    }

    private func restarted(_ storage: MemoryStorage) async throws -> (TestHost, errors: [String]) {
        let recent = RecentLog()
        let test = try await TestHost(storage: storage, log: recent.keeping(from: .error, of: .none))
        return (test, recent.newest.map(\.message))
    }

    @Test func aUsedGrainIsNotStartedWithEmptyData() async throws {
        let test = try await TestHost(), grain = try await test.makeGrain()
        try await use(grain, of: test)
        let backup = try await test.host.backups.backUp(grain, by: test.person).bytes.readAll(maximumBytes: 1 << 20)
        try await test.storage.remove(for: grain)
        let message = await expectError(.corrupt) { try await use(grain, of: test) }
        #expect(message.contains("its data is gone; restore a backup") && message.contains("not mounted"))
        #expect(try await test.storage.volume(for: grain) == nil)
        // A backup of nothing would push out a good one.
        await expectError(.corrupt) { _ = try await test.host.backups.backUp(grain, by: test.person) }
        let restored = try await test.host.backups.restore(BufferedBytes(backup), by: test.person)
        try await use(restored.identifier, of: test)
        try await test.host.grains.remove(grain, by: test.person)
        #expect(try await test.host.grains.grains(for: test.person).map(\.identifier) == [restored.identifier])
    }

    @Test func aGrainThatWasNeverUsedGetsItsData() async throws {
        let test = try await TestHost(), grain = try await test.makeGrain()
        try await test.host.grains.stop(grain, by: test.person)
        try await test.storage.remove(for: grain)
        try await use(grain, of: test)
        #expect(try await test.storage.volume(for: grain) != nil)
    }

    @Test func theHostSaysAtItsStartWhichUsedGrainsHaveNoData() async throws {
        let test = try await TestHost()
        var grains: [GrainID] = []
        for _ in 0..<7 { grains.append(try await test.makeGrain()) }
        for grain in grains.dropFirst() { try await use(grain, of: test) }
        await test.host.stop()
        #expect(try await restarted(test.storage).errors.isEmpty)
        for grain in grains { try await test.storage.remove(for: grain) }
        let errors = try await restarted(test.storage).errors
        let first = grains.dropFirst().sorted().prefix(5).map(\.text).joined(separator: ", ")
        #expect(errors.count == 1 && errors[0].contains("have no data: 6 (\(first), …)"), "\(errors)")
    }

    @Test func aHostWithoutItsRecordsSaysSoAndRemovesNothing() async throws {
        let storage = MemoryStorage(), grain = GrainID.random()
        _ = try await storage.create(for: grain, owner: FileOwner(user: 1, group: 2))
        storage.add(.example(version: 2))
        let (test, errors) = try await restarted(storage)
        #expect(errors.count == 1 && errors[0].contains("no record knows: 1 (\(grain))"), "\(errors)")
        #expect(await test.host.operatorCollect().isEmpty)
        #expect(try await storage.installed().count == 2, "the grain may be of either version")
        #expect(try await storage.volume(for: grain) != nil)
    }
}
