import Barchan
@testable import BarchanKernel
import Testing

/// Grains that were thrown away, and what becomes of them.
@Suite(.timeLimit(.minutes(10))) struct TrashTests {
    private static let day = Duration.seconds(86_400)

    private func scene() async throws -> (test: TestHost, grain: GrainID) {
        let test = try await TestHost { $0.life.trash = .seconds(30 * 86_400) }
        return (test, try await test.makeGrain())
    }

    @Test func whatIsThrownAwayIsStoppedAndNowhere() async throws {
        let (test, grain) = try await scene()
        let ann = try await test.makePerson("ann")
        _ = try await test.host.sharing.share(grain, with: "ann", ShareOffer(.everything), by: test.person)
        let link = try await test.host.sharing.makeLink(to: grain, ShareOffer(.everything), by: test.person).secret
        let session = try await test.host.sessions.open(grain, by: test.person)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        #expect(try await test.state(of: grain) == .running)

        try await test.host.trash.discard(grain, by: test.person)

        #expect(await test.host.registry.known(grain)?.state == .stopped)
        #expect(await test.host.sessions.session(session.identifier) == nil)
        #expect(try await test.host.grains.grains(for: test.person).isEmpty)
        await expectError(.notFound) { _ = try await test.host.sessions.open(grain, by: test.person) }
        await expectError(.notFound) { _ = try await test.host.sessions.open(grain, as: .link(link)) }
        // Its owner, and nobody else, learns where it is (specification, section 6.4).
        await expectError(.gone) { _ = try await test.host.grains.grain(grain, for: test.person) }
        await expectError(.gone) { try await test.host.grains.rename(grain, to: "x", by: test.person) }
        await expectError(.gone) { _ = try await test.host.backups.backUp(grain, by: test.person) }
        await expectError(.notFound) { _ = try await test.host.grains.grain(grain, for: ann) }
        await expectError(.notFound) {
            _ = try await test.host.sharing.share(grain, with: "ann", ShareOffer(.everything), by: test.person)
        }
        #expect(try await test.host.sharing.link(link) == nil)
        // Nor does it start by what is left of it in memory.
        await expectError(.notFound) { _ = try await test.host.registry.life(of: grain).whenRunning() }
    }

    @Test func itsOwnerSeesUntilWhenAndTakesItBackWithAllThatWasShared() async throws {
        let (test, grain) = try await scene()
        let ann = try await test.makePerson("ann")
        _ = try await test.host.sharing.share(grain, with: "ann", ShareOffer(.everything), by: test.person)
        let now = test.clock.wallSeconds()
        try await test.host.trash.discard(grain, by: test.person)
        test.clock.advance(by: .seconds(10))
        try await test.host.trash.discard(grain, by: test.person)
        let trash = try await test.host.trash.trash(for: test.person)
        #expect(
            trash.map(\.identifier) == [grain] && trash.first?.expires == now + 30 * 86_400, "a second call: nothing")
        #expect(try await test.host.trash.trash(for: ann).isEmpty)
        let listed = try await test.host.allGrains().map(\.summary)
        #expect(listed.map(\.identifier) == [grain] && listed.first?.expires == now + 30 * 86_400)

        try await test.host.trash.recover(grain, by: test.person)
        try await test.host.trash.recover(grain, by: test.person)
        #expect(try await test.host.trash.trash(for: test.person).isEmpty)
        #expect(try await test.host.grains.grains(for: ann).map(\.identifier) == [grain])
        let session = try await test.host.sessions.open(grain, by: test.person)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        #expect(try await test.state(of: grain) == .running)
    }

    @Test func onlyItsOwnerMay() async throws {
        let (test, grain) = try await scene()
        let ann = try await test.makePerson("ann")
        _ = try await test.host.sharing.share(grain, with: "ann", ShareOffer(.everything), by: test.person)
        await expectError(.notFound) { try await test.host.trash.discard(grain, by: ann) }
        try await test.host.trash.discard(grain, by: test.person)
        await expectError(.notFound) { try await test.host.trash.recover(grain, by: ann) }
        await expectError(.notFound) { try await test.host.grains.remove(grain, by: ann) }
        await expectError(.notFound) { try await test.host.trash.discard(.random(), by: test.person) }
    }

    @Test func itIsRemovedWhenItsTimeIsOverAndNotBefore() async throws {
        let (test, grain) = try await scene()
        let kept = try await test.makeGrain(), back = try await test.makeGrain()
        for grain in [grain, back] { try await test.host.trash.discard(grain, by: test.person) }
        let emptying = Task { await test.host.emptyTrash() }
        await test.clock.whenSomebodySleeps(for: TrashBook.pause)
        test.clock.advance(by: Self.day * 30 - .seconds(1))
        await test.clock.whenSomebodySleeps(for: TrashBook.pause)
        #expect(try await test.host.trash.trash(for: test.person).count == 2)
        try await test.host.trash.recover(back, by: test.person)
        test.clock.advance(by: TrashBook.pause)
        await test.clock.whenSomebodySleeps(for: TrashBook.pause)
        #expect(try await test.host.trash.trash(for: test.person).isEmpty)
        #expect(Set(try await test.host.grains.grains(for: test.person).map(\.identifier)) == [kept, back])
        #expect(try await test.storage.volumes.volume(for: grain) == nil)
        #expect(try await test.storage.volumes.volume(for: kept) != nil)
        let acts = try await test.host.operatorAudit(olderThan: nil, limit: 10).map { "\($0.actor) \($0.act)" }
        #expect(acts.first == "host grain.remove", "\(acts)")
        emptying.cancel()
        await emptying.value
    }

    @Test func itIsRemovedForGoodByItsOwner() async throws {
        let (test, grain) = try await scene()
        try await test.host.trash.discard(grain, by: test.person)
        try await test.host.grains.remove(grain, by: test.person)
        #expect(try await test.host.trash.trash(for: test.person).isEmpty)
        #expect(try await test.storage.volumes.volume(for: grain) == nil)
        await expectError(.notFound) { try await test.host.trash.recover(grain, by: test.person) }
    }

    @Test func itsOwnerEmptiesAllOfItAndNothingElse() async throws {
        let (test, grain) = try await scene()
        let ann = try await test.makePerson("ann")
        let kept = try await test.makeGrain(), other = try await test.makeGrain()
        for grain in [grain, other] { try await test.host.trash.discard(grain, by: test.person) }
        try await test.host.trash.empty(by: ann)
        let list = try await test.host.grains.list(for: test.person)
        #expect(list.grains.map(\.identifier) == [kept] && Set(list.discarded.map(\.identifier)) == [grain, other])
        try await test.host.trash.empty(by: test.person)
        #expect(try await test.host.grains.list(for: test.person).discarded.isEmpty)
        #expect(try await test.host.grains.grains(for: test.person).map(\.identifier) == [kept])
        for grain in [grain, other] { #expect(try await test.storage.volumes.volume(for: grain) == nil) }
        let acts = try await test.host.operatorAudit(olderThan: nil, limit: 2).map(\.act)
        #expect(acts == ["grain.remove", "grain.remove"])
    }

    @Test func theCommandLineMayDoItForAll() async throws {
        let (test, grain) = try await scene()
        try await test.host.operatorDiscard(grain)
        #expect(try await test.host.trash.trash(for: test.person).count == 1)
        try await test.host.operatorRecover(grain)
        #expect(try await test.host.trash.trash(for: test.person).isEmpty)
        await expectError(.notFound) { try await test.host.operatorDiscard(.random()) }
        let acts = try await test.host.operatorAudit(olderThan: nil, limit: 2).map { "\($0.actor) \($0.act)" }
        #expect(acts == ["operator grain.recover", "operator grain.trash"])
    }

    @Test func itsPackageStays() async throws {
        let (test, grain) = try await scene()
        try await test.host.trash.discard(grain, by: test.person)
        try await test.host.apps.uninstall(test.package.app, by: test.person)
        #expect(await test.host.operatorCollect().isEmpty)
        let packages = try await test.host.packages(for: test.person)
        #expect(packages.map(\.grains) == [1] && packages.map(\.state) == [.uninstalled])
        await expectError(.permissionDenied) {
            _ = try await test.host.packages(for: try await test.makePerson("ann"))
        }
    }
}
