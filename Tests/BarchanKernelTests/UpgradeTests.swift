import Barchan
import Testing

/// Another version of an app, from its installation to the removal of the old one (specification, sections 5.3 and 22).
@Suite struct UpgradeTests {
    @Test func anotherVersionChangesNothingUntilSomebodySaysSo() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let second = try await test.install("Wiki/2")
        #expect(try await test.versionsInUse() == [1])
        #expect(try await test.host.grains.grain(grain, for: test.person).package == test.package.identifier)
        let upgrade = try #require(try await test.host.upgrades.upgrades(for: test.person).first)
        #expect(
            upgrade.current.identifier == test.package.identifier && upgrade.offered.identifier == second.identifier)
        #expect(upgrade.grains.map(\.identifier) == [grain] && upgrade.changesApp && !upgrade.isDowngrade)
    }

    @Test func anAcceptedVersionIsForNewGrainsAndForOldOnesAtOnce() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let second = try await test.install("Wiki/2")
        #expect(try await test.host.upgrades.accept(second.identifier, force: false, by: test.person) == 1)
        #expect(try await test.versionsInUse() == [2])
        #expect(try await test.host.upgrades.upgrades(for: test.person).isEmpty)
        // Nobody has it open: what runs of the old version is gone.
        #expect(try await test.state(of: grain) == .stopped)
        #expect(await test.grains.app(1).waitForExit() == .signaled(signal: 9))
        try await test.restart(grain, stopping: false)
        #expect(await test.grains.app(2).specification.package == second.tree)
        let made = try await test.host.grains.create(
            package: second.identifier, action: 0, title: nil, by: test.person)
        #expect(made.package == second.identifier && made.version == "2.0")
    }

    @Test func aDeclinedVersionIsRemovedAndNothingElse() async throws {
        let test = try await TestHost()
        let second = try await test.install("Wiki/2")
        try await test.host.upgrades.decline(test.package.app, by: test.person)
        #expect(try await test.storage.package(second.identifier) == nil)
        #expect(try await test.storage.package(test.package.identifier) != nil)
        #expect(test.grains.released == [second.tree])
        #expect(try await test.host.upgrades.upgrades(for: test.person).isEmpty)
        try await test.host.upgrades.decline(test.package.app, by: test.person)
    }

    @Test func theLogSaysWhatWasDeclined() async throws {
        let test = try await TestHost()
        for decline in [
            { () async throws in try await test.host.upgrades.decline(test.package.app, by: test.person) },
            { () async throws in try await test.host.operatorDecline(test.package.app) },
        ] {
            let second = try await test.install("Wiki/2")
            try await decline()
            let entry = try #require(try await test.host.operatorAudit(olderThan: nil, limit: 1).first)
            #expect(entry.act == "app.decline" && entry.detail == "Wiki 2.0, package \(second.identifier)")
        }
    }

    /// The newest version waits, in whatever order they come, and nothing goes without a word.
    @Test func installingAnOlderVersionDropsNoneThatWaits() async throws {
        let test = try await TestHost()
        func offered() async throws -> [UInt32] {
            try await test.host.upgrades.upgrades(for: test.person).map(\.offered.manifest.version)
        }
        func remark(_ text: String) async throws -> String? {
            try await test.host.operatorInstall(BufferedBytes(Array(text.utf8))).remark
        }
        func detail() async throws -> String? {
            try await test.host.operatorAudit(olderThan: nil, limit: 1).first?.detail
        }
        #expect(try await remark("Wiki/20") == nil)
        // Older than what waits: kept, but not offered.
        let middle = try await test.install("Wiki/11")
        #expect(try await detail()?.hasSuffix("; version 20.0 (20) waits still, because it is newer") == true)
        #expect(try await offered() == [20])
        #expect(await test.host.operatorCollect().isEmpty)
        // What is in use already.
        #expect(try await remark("Wiki/1") == "version 20.0 (20) waits still")
        #expect(try await offered() == [20])
        #expect(
            try await remark("Wiki/12")
                == "version 20.0 (20) waits still, because it is newer; version 11.0 (11) waits no more")
        _ = await test.host.operatorCollect()
        #expect(try await test.storage.package(middle.identifier) == nil)
        // Newer than what waits.
        #expect(try await remark("Wiki/30") == "version 20.0 (20) waits no more")
        #expect(try await offered() == [30])
        try await test.host.operatorDecline(test.package.app)
        #expect(try await offered() == [12])
        try await test.host.operatorDecline(test.package.app)
        #expect(try await offered() == [])
        #expect(try await test.storage.installed().map(\.manifest.version) == [1])
    }

    @Test func aVersionThatWasSetAsideCanBeTaken() async throws {
        let test = try await TestHost()
        _ = try await test.install("Wiki/20")
        let middle = try await test.install("Wiki/11")
        try await test.host.operatorUpgrade(to: middle.identifier, force: false)
        #expect(try await test.versionsInUse() == [11])
        #expect(try await test.host.upgrades.upgrades(for: test.person).map(\.offered.manifest.version) == [20])
    }

    @Test func onlyAdministratorsDecideForAllAndEverybodyForTheirOwn() async throws {
        let test = try await TestHost()
        let second = try await test.install("Wiki/2")
        let stranger = AccountID.random()
        await expectError(.permissionDenied) {
            _ = try await test.host.upgrades.accept(second.identifier, force: true, by: stranger)
        }
        await expectError(.permissionDenied) {
            try await test.host.upgrades.decline(test.package.app, by: stranger)
        }
        let grain = try await test.makeGrain()
        await expectError(.notFound) {
            try await test.host.upgrades.move(grain, to: second.identifier, force: false, by: stranger)
        }
        #expect(try await test.versionsInUse() == [1])
        // Once it is in use, whoever has grains may take it for them.
        #expect(try await test.host.upgrades.accept(second.identifier, force: false, by: test.person) == 1)
        #expect(try await test.host.upgrades.accept(second.identifier, force: false, by: stranger) == 0)
    }

    @Test func anOlderVersionIsRefusedUnlessForced() async throws {
        let test = try await TestHost()
        let second = try await test.install("Wiki/2")
        _ = try await test.host.upgrades.accept(second.identifier, force: false, by: test.person)
        let grain = try await test.host.grains.create(
            package: second.identifier, action: 0, title: nil, by: test.person
        ).identifier
        let first = try await test.install("Wiki/1")
        let upgrade = try #require(try await test.host.upgrades.upgrades(for: test.person).first)
        #expect(upgrade.isDowngrade && upgrade.offered.identifier == first.identifier)
        let message = await expectError(.invalidArgument) {
            _ = try await test.host.upgrades.accept(first.identifier, force: false, by: test.person)
        }
        #expect(message.contains("older than 2.0 (2)"))
        await expectError(.invalidArgument) {
            try await test.host.upgrades.move(grain, to: first.identifier, force: false, by: test.person)
        }
        #expect(try await test.versionsInUse() == [2])
        #expect(try await test.host.upgrades.accept(first.identifier, force: true, by: test.person) == 1)
        #expect(try await test.versionsInUse() == [1])
        #expect(try await test.host.grains.grain(grain, for: test.person).package == first.identifier)
    }

    @Test func aGrainMovesBackFreelyUntilTheNewVersionHasRun() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        try await test.host.grains.stop(grain, by: test.person)
        let second = try await test.install("Wiki/2")
        _ = try await test.host.upgrades.accept(second.identifier, force: false, by: test.person)
        let previous = try await test.host.grains.grain(grain, for: test.person).previous
        #expect(previous == PreviousVersion(package: test.package.identifier, version: "1.0", needsForce: false))
        try await test.host.upgrades.move(grain, to: test.package.identifier, force: false, by: test.person)
        try await test.restart(grain)
        #expect(await test.grains.app(2).specification.package == test.package.tree)

        // Now the new version runs, and may have changed the data.
        try await test.host.upgrades.move(grain, to: second.identifier, force: false, by: test.person)
        try await test.restart(grain)
        #expect(await test.grains.app(3).specification.package == second.tree)
        #expect(try await test.host.grains.grain(grain, for: test.person).previous?.needsForce == true)
        let message = await expectError(.invalidArgument) {
            try await test.host.upgrades.move(grain, to: test.package.identifier, force: false, by: test.person)
        }
        #expect(message.contains("version 2 has written to its data"))
        try await test.host.upgrades.move(grain, to: test.package.identifier, force: true, by: test.person)
        try await test.restart(grain)
        #expect(await test.grains.app(4).specification.package == test.package.tree)
    }

    @Test func whatHasRunIsWrittenDownBeforeTheAppIsStarted() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        try await test.host.grains.stop(grain, by: test.person)
        let second = try await test.install("Wiki/2")
        _ = try await test.host.upgrades.accept(second.identifier, force: false, by: test.person)
        test.grains.refuseLaunches(with: HostError(.failed, "as if the host had died in the middle of it"))
        try? await test.restart(grain)
        await expectError(.invalidArgument) {
            try await test.host.upgrades.move(grain, to: test.package.identifier, force: false, by: test.person)
        }
    }

    @Test func aGrainMovesOnlyWithinItsApp() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let other = try await test.install("Chat")
        await expectError(.invalidArgument) {
            try await test.host.upgrades.move(grain, to: other.identifier, force: true, by: test.person)
        }
        await expectError(.notFound) {
            let unknown = InstalledPackage.example(title: "Wiki", version: 7).identifier
            try await test.host.upgrades.move(grain, to: unknown, force: true, by: test.person)
        }
    }

    @Test func aFrozenGrainStartsAnewInsteadOfGoingOn() async throws {
        let test = try await TestHost { $0.life.idle = .seconds(1) }
        test.grains.allowFreezing()
        let grain = try await test.makeGrain()
        let session = try await test.host.sessions.open(grain, by: test.person)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        await session.close()
        await test.clock.pass(.seconds(1))
        await test.clock.whenSomebodySleeps(for: .seconds(300))
        let second = try await test.install("Wiki/2")
        _ = try await test.host.upgrades.accept(second.identifier, force: false, by: test.person)
        #expect(await test.grains.app(1).waitForExit() == .signaled(signal: 9))
        try await test.restart(grain, stopping: false)
        #expect(await test.grains.app(2).specification.package == second.tree)
    }

    /// A page that learns that its session is closed opens itself again.
    @Test func aTabOfTheOldVersionIsClosed() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        for (version, force) in [(2, false), (1, true)] {
            let session = try await test.host.sessions.open(grain, by: test.person)
            _ = try await session.send(TestHost.get(), from: TestHost.client)
            let package = try await test.install("Wiki/\(version)")
            try await test.host.operatorUpgrade(to: package.identifier, force: force)
            await expectError(.notFound) { try await session.keepAlive() }
            await expectError(.notFound) { _ = try await session.send(TestHost.get(), from: TestHost.client) }
            try await test.restart(grain, stopping: false)
            #expect(test.grains.apps.last?.specification.package == package.tree)
        }
        let session = try await test.host.sessions.open(grain, by: test.person)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        let second = try await test.install("Wiki/2")
        try await test.host.operatorMove(grain, to: second.identifier, force: true)
        await expectError(.notFound) { try await session.keepAlive() }
    }

    /// A request whose answer comes soon gets it; one whose answer does not come holds up the new version for a while only.
    @Test(.timeLimit(.minutes(10)), arguments: [true, false])
    func aRequestThatIsUnderWayHasAWhile(comesSoon: Bool) async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain(), old = await test.grains.app(1)
        let isAsked = Later<Bool>(), answer = Later<String>()
        old.onRequest { _ in
            isAsked.set(true)
            return .text(await answer.get())
        }
        let session = try await test.host.sessions.open(grain, by: test.person)
        let saving = Task {
            try await session.send(WebRequest(method: .post, path: "save"), from: TestHost.client).text
        }
        _ = await isAsked.get()
        let second = try await test.install("Wiki/2")
        let accepting = Task {
            try await test.host.upgrades.accept(second.identifier, force: false, by: test.person)
        }
        await test.clock.whenSomebodySleeps(for: .seconds(5))
        #expect(!old.exit.isSet)
        if comesSoon { answer.set("saved") } else { test.clock.advance(by: .seconds(5)) }
        #expect(try await accepting.value == 1)
        #expect(old.exit.isSet)
        answer.set("too late")
        if comesSoon { #expect(try await saving.value == "saved") }
        await expectError(.notFound) { try await session.keepAlive() }
        try await test.restart(grain, stopping: false)
        #expect(await test.grains.app(2).specification.package == second.tree)
    }

    @Test func aStartThatIsUnderWayIsNotTheLast() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        try await test.host.grains.stop(grain, by: test.person)
        test.grains.onLaunch { _ in }
        let session = try await test.host.sessions.open(grain, by: test.person)
        let old = await test.grains.app(2)
        test.grains.onLaunch { $0.answerFirst() }
        let second = try await test.install("Wiki/2")
        let accepting = Task {
            try await test.host.upgrades.accept(second.identifier, force: false, by: test.person)
        }
        try await waitUntil {
            try await test.host.grains.grain(grain, for: test.person).package == second.identifier
        }
        old.answerFirst()
        #expect(try await accepting.value == 1)
        #expect(old.exit.isSet)
        let reopened = try await test.host.sessions.open(grain, by: test.person)
        _ = try await reopened.send(TestHost.get(), from: TestHost.client)
        #expect(await test.grains.app(3).specification.package == second.tree)
        await session.close()
    }

    @Test func aVersionThatDoesNotStartCanBeLeftAgain() async throws {
        let test = try await TestHost { $0.life.restartPause = .zero }
        let grain = try await test.makeGrain()
        let second = try await test.install("Wiki/2")
        test.grains.onLaunch { $0.end(.exited(status: 1)) }
        _ = try await test.host.upgrades.accept(second.identifier, force: false, by: test.person)
        await expectError(.failed) { try await test.restart(grain, stopping: false) }
        test.grains.onLaunch { $0.answerFirst() }
        try await test.host.upgrades.move(grain, to: test.package.identifier, force: true, by: test.person)
        try await test.restart(grain, stopping: false)
        #expect(test.grains.apps.last?.specification.package == test.package.tree)
    }

    // MARK: Removing what nobody needs

    @Test func aPackageIsRemovedWhenItsLastGrainHasLeftItAndNoneMayComeBack() async throws {
        let test = try await TestHost { $0.life.previousVersion = .zero }
        _ = try await test.makeGrain()
        let second = try await test.install("Wiki/2")
        _ = try await test.host.upgrades.accept(second.identifier, force: false, by: test.person)
        let first = test.package.identifier
        _ = await test.host.operatorCollect()
        #expect(try await test.storage.package(first) == nil)
        #expect(test.grains.released == [test.package.tree])
        #expect(try await test.storage.package(second.identifier) != nil)
    }

    @Test func aPackageStaysAsLongAsAGrainMayBeMovedBack() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let second = try await test.install("Wiki/2")
        _ = try await test.host.upgrades.accept(second.identifier, force: false, by: test.person)
        try await test.restart(grain)
        test.clock.advance(by: .seconds(6 * 86_400))
        #expect(await test.host.operatorCollect().isEmpty)
        test.clock.advance(by: .seconds(2 * 86_400))
        _ = await test.host.operatorCollect()
        #expect(try await test.storage.package(test.package.identifier) == nil)
    }

    @Test func aPackageIsRemovedWithItsLastGrain() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let second = try await test.install("Wiki/2")
        try await test.host.operatorUpgrade(to: second.identifier, force: false)
        try await test.host.grains.remove(grain, by: test.person)
        #expect(try await test.storage.package(test.package.identifier) == nil)
    }

    @Test func whatAnInterruptedInstallationLeftIsRemovedByTheNextHost() async throws {
        let before = try await TestHost()
        _ = try await before.install("Wiki/2")
        let orphan = InstalledPackage.example(title: "Wiki", version: 3)
        before.storage.add(orphan)
        let after = try await TestHost(storage: before.storage)
        _ = await after.host.operatorCollect()
        #expect(try await after.storage.package(orphan.identifier) == nil)
        #expect(try await after.host.upgrades.upgrades(for: after.person).map(\.offered.manifest.version) == [2])
    }

    /// Starts, moves and collections at once: no start ever finds its package gone.
    @Test func noPackageIsRemovedUnderAStart() async throws {
        let test = try await TestHost {
            $0.life.previousVersion = .zero; $0.life.restartPause = .zero
        }
        let grain = try await test.makeGrain()
        for version in 2...40 {
            let next = try await test.install("Wiki/\(version)")
            try await test.host.grains.stop(grain, by: test.person)
            async let moving: Int = test.host.upgrades.accept(next.identifier, force: false, by: test.person)
            async let starting: Void = test.restart(grain, stopping: false)
            async let collecting: [PackageID] = test.host.operatorCollect()
            _ = try await (moving, starting, collecting)
            let last = try #require(test.grains.apps.last)
            let there = try await test.storage.installed().map(\.tree)
            // One that was moved meanwhile has ended before its package goes.
            #expect(there.contains(last.specification.package) || last.exit.isSet)
        }
        try await test.restart(grain)
        _ = await test.host.operatorCollect()
        #expect(try await test.storage.installed().map(\.manifest.version) == [40])
    }

    @Test func installingWhatIsBeingRemovedInstallsIt() async throws {
        for _ in 0..<50 {
            let test = try await TestHost()
            let second = try await test.install("Wiki/2")
            async let declining: Void = test.host.upgrades.decline(test.package.app, by: test.person)
            async let installing: InstalledPackage = test.install("Wiki/2")
            _ = try await (declining, installing)
            let isOffered = try await !test.host.upgrades.upgrades(for: test.person).isEmpty
            let isThere = try await test.storage.package(second.identifier) != nil
            #expect(isOffered == isThere)
        }
    }
}

extension TestHost {
    @discardableResult
    fileprivate func install(_ text: String) async throws -> InstalledPackage {
        try await host.apps.install(BufferedBytes(Array(text.utf8)), by: person) { _ in }
    }

    fileprivate func versionsInUse() async throws -> [UInt32] {
        try await host.apps.apps(for: person).map(\.manifest.version)
    }

    /// Opens the grain, asks it something and closes it again.
    fileprivate func restart(_ grain: GrainID, stopping: Bool = true) async throws {
        if stopping { try await host.grains.stop(grain, by: person) }
        let session = try await host.sessions.open(grain, by: person)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        await session.close()
    }
}
