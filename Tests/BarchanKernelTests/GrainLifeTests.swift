import Barchan
import Testing

@Suite struct GrainLifeTests {
    @Test func theFirstStartRunsTheActionInTheNewVolume() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let app = await test.grains.app(1)
        #expect(app.specification.command.arguments == ["/first"])
        #expect(app.specification.package == test.package.tree)
        #expect(app.specification.data == "/volumes/\(grain)")
        #expect(try await test.state(of: grain) == .running)
    }

    @Test func laterStartsContinueOnceTheAppHasAnswered() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let session = try await test.host.sessions.open(grain, by: test.person)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        try await test.host.grains.stop(grain, by: test.person)
        #expect(try await session.send(TestHost.get(), from: TestHost.client).text == "hello")
        #expect(test.grains.apps.map(\.specification.command.arguments) == [["/first"], ["/again"]])
    }

    @Test func anAppThatNeverAnsweredIsStartedByItsActionAgain() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        await test.grains.app(1).end(.exited(status: 1))
        try await test.whenAllHaveCrashed()
        test.clock.advance(by: .seconds(2))
        let session = try await test.host.sessions.open(grain, by: test.person)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        #expect(test.grains.apps.map(\.specification.command.arguments) == [["/first"], ["/first"]])
    }

    @Test func allWhoAskAtOnceShareOneStart() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        try await test.host.grains.stop(grain, by: test.person)
        let session = try await test.host.sessions.open(grain, by: test.person)
        try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<50 { group.addTask { try await session.send(TestHost.get(), from: TestHost.client).text } }
            for try await text in group { #expect(text == "hello") }
        }
        #expect(test.grains.apps.count == 2)
        #expect(test.grains.apps[1].sessions.withLock { $0.count } == 1)
    }

    @Test func anAppWhoseGrainsFailAgainAndAgainStartsLater() async throws {
        let test = try await TestHost()
        test.grains.onLaunch { $0.end(.exited(status: 1)) }
        var grains: [GrainID] = []
        for _ in 0..<5 { grains.append(try await test.makeGrain()) }
        #expect(test.grains.apps.count == 5)
        // No new grain, and no old one beyond the pause of a single grain.
        let refusal = await #expect(throws: HostError.self) { _ = try await test.makeGrain() }
        #expect(refusal?.code == .resourceExhausted && refusal?.retryAfter == .seconds(10))
        #expect(
            refusal?.message.contains("the next try is possible in 10 seconds") == true, "\(refusal?.message ?? "")")
        test.clock.advance(by: .seconds(3))
        let session = try await test.host.sessions.open(grains[0], by: test.person)
        await expectError(.resourceExhausted) { _ = try await session.send(TestHost.get(), from: TestHost.client) }
        #expect(test.grains.apps.count == 5)
        // One more each ten seconds, no more while those fail, too.
        test.clock.advance(by: .seconds(7))
        _ = try await test.makeGrain()
        #expect(test.grains.apps.count == 6)
        await expectError(.resourceExhausted) { _ = try await test.makeGrain() }
        // The app is no other person's worse.
        let bob = try await test.makePerson("bob")
        test.grains.onLaunch { $0.answerFirst() }
        _ = try await test.host.grains.create(package: test.package.identifier, action: 0, title: nil, by: bob)
        #expect(test.grains.apps.count == 7)
    }

    @Test func anAppThatEndsSoonAfterItsStartsHasFailedToStart() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let session = try await test.host.sessions.open(grain, by: test.person)
        for count in 1...5 {
            _ = try await session.send(TestHost.get(), from: TestHost.client)
            await test.grains.app(count).end(.exited(status: 1))
            while try await test.state(of: grain) == .running { await Task.yield() }
        }
        await expectError(.resourceExhausted) { _ = try await session.send(TestHost.get(), from: TestHost.client) }
        #expect(test.grains.apps.count == 5)
    }

    @Test func manyThatFailAtOnceCostTheAppNoLongerPauseThanFive() async throws {
        let test = try await TestHost()
        for _ in 0..<12 { _ = try await test.makeGrain() }
        for app in test.grains.apps { app.end(.exited(status: 1)) }
        try await test.whenAllHaveCrashed()
        let refusal = await expectError(.resourceExhausted) { _ = try await test.makeGrain() }
        #expect(refusal.contains("the next try is possible in 10 seconds"), "\(refusal)")
        test.clock.advance(by: .milliseconds(500))
        let later = await expectError(.resourceExhausted) { _ = try await test.makeGrain() }
        #expect(later.contains("the next try is possible in 10 seconds"), "half of the tenth is left: \(later)")
        test.clock.advance(by: .milliseconds(9_500))
        _ = try await test.makeGrain()
    }

    @Test func theGrainStopsSomeSecondsAfterItsLastTabIsClosed() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let one = try await test.host.sessions.open(grain, by: test.person)
        let two = try await test.host.sessions.open(grain, by: test.person)
        _ = try await one.send(TestHost.get(), from: TestHost.client)
        await one.close()
        test.clock.advance(by: .seconds(100))
        #expect(try await test.state(of: grain) == .running)
        await two.close()
        await test.clock.pass(.seconds(5))
        #expect(await test.grains.app(1).waitForExit() == .signaled(signal: 9))
    }

    @Test func aGrainStartedAgainUnderAnOpenTabStopsAsSoon() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let session = try await test.host.sessions.open(grain, by: test.person)
        try await test.host.grains.stop(grain, by: test.person)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        await session.close()
        await test.clock.pass(.seconds(5))
        #expect(await test.grains.app(2).waitForExit() == .signaled(signal: 9))
    }

    @Test func aTabOpenedMeanwhileKeepsTheGrain() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        await (try await test.host.sessions.open(grain, by: test.person)).close()
        await test.clock.whenSomebodySleeps(for: .seconds(5))
        test.clock.advance(by: .seconds(4))
        let session = try await test.host.sessions.open(grain, by: test.person)
        test.clock.advance(by: .seconds(4))
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        #expect(test.grains.apps.count == 1)
    }

    @Test func aGrainNobodyOpensStopsAfterAMinute() async throws {
        let test = try await TestHost()
        _ = try await test.makeGrain()
        await test.clock.pass(.seconds(60))
        #expect(await test.grains.app(1).waitForExit() == .signaled(signal: 9))
    }

    @Test func aTabThatIsNotKeptAliveIsClosed() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let session = try await test.host.sessions.open(grain, by: test.person)
        await test.clock.whenSomebodySleeps(for: .seconds(180))
        test.clock.advance(by: .seconds(100))
        try await session.keepAlive()
        test.clock.advance(by: .seconds(80))
        await test.clock.pass(.seconds(100))
        await test.clock.pass(.seconds(5))
        #expect(await test.grains.app(1).waitForExit() == .signaled(signal: 9))
        await expectError(.notFound) { try await session.keepAlive() }
        await expectError(.notFound) { _ = try await session.send(TestHost.get(), from: TestHost.client) }
        #expect(await test.host.sessions.session(session.identifier) == nil)
    }

    @Test func aLongDownloadKeepsItsTab() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        await test.grains.app(1).onRequest { _ in
            WebResponse(.content(status: 200, WebContent(.stream(BufferedBytes([1, 2, 3]), length: nil))))
        }
        let session = try await test.host.sessions.open(grain, by: test.person)
        let response = try await session.send(TestHost.get(), from: TestHost.client)
        await test.clock.pass(.seconds(180))
        await test.clock.whenSomebodySleeps(for: .seconds(180))
        try await session.keepAlive()
        guard case .content(_, let content) = response.outcome, case .stream(let reader, _) = content.body else {
            throw CancellationError()
        }
        #expect(try await reader.readAll(maximumBytes: 10) == [1, 2, 3])
    }

    // MARK: Crashes

    @Test func aCrashIsTheGrainsOwnAndSaysWhy() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain(), other = try await test.makeGrain()
        let app = await test.grains.app(1)
        app.print("one\ntwo: no such table\n")
        app.end(.exited(status: 3))
        try await waitUntil { if case .crashed = try await test.state(of: grain) { true } else { false } }
        #expect(
            try await test.state(of: grain)
                == .crashed(reason: "the app ended with status 3; the end of its log:\none\ntwo: no such table"))
        #expect(try await test.state(of: other) == .running)
    }

    /// Its owner learns which limit it was, and who can raise it.
    @Test(arguments: [
        (
            SandboxExit.signaled(signal: 9), 1, 0,
            "the app needed more memory than it may have, which is 1024 MiB (memoryMiB); the administrator can raise it with 'barchan grain limits'. The app was ended by signal 9 (Killed); its log is empty"
        ),
        (
            .exited(status: 1), 0, 5,
            "the app needed more processes and threads than it may have, which are 512 (processes); the administrator can raise it with 'barchan grain limits'. The app ended with status 1; its log is empty"
        ),
        (.exited(status: 0), 2, 2, "the app ended with status 0; its log is empty"),
    ])
    func anEndByALimitNamesIt(_ exit: SandboxExit, _ memoryKills: Int64, _ refused: Int64, _ reason: String)
        async throws
    {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let app = await test.grains.app(1)
        app.used.withLock {
            $0.memoryKills = memoryKills
            $0.refusedProcesses = refused
        }
        app.end(exit)
        try await waitUntil { if case .crashed = try await test.state(of: grain) { true } else { false } }
        #expect(try await test.state(of: grain) == .crashed(reason: reason))
    }

    @Test func limitsOfTheAppReachItsSandbox() async throws {
        let app = InstalledPackage.example().app
        let test = try await TestHost { $0.limits.apps[app] = [.memoryMiB: 64, .processorWeight: 200] }
        _ = try await test.makeGrain()
        let limits = await test.grains.app(1).specification.limits
        #expect(limits.memoryBytes == 64 << 20 && limits.processorWeight == 200 && limits.processes == 512)
    }

    @Test func aGrainHasLimitsOfItsOwnFromItsNextStartOn() async throws {
        let app = InstalledPackage.example().app
        let test = try await TestHost { $0.limits.apps[app] = [.memoryMiB: 64, .openFiles: 100] }
        let grain = try await test.makeGrain(), other = try await test.makeGrain()
        try await test.host.operatorSetLimits(of: grain, [.memoryMiB: 32, .ioWeight: 7, .processes: 0])
        try await test.host.operatorSetLimits(of: grain, [.processes: nil])
        func limits(afterStart number: Int, of grain: GrainID) async throws -> SandboxLimits {
            try await test.host.operatorStop(grain)
            let session = try await test.host.sessions.open(grain, by: test.person)
            _ = try await session.send(TestHost.get(), from: TestHost.client)
            return await test.grains.app(number).specification.limits
        }
        let own = try await limits(afterStart: 3, of: grain), others = try await limits(afterStart: 4, of: other)
        #expect(own.memoryBytes == 32 << 20 && own.ioWeight == 7 && own.processes == 512 && own.openFilesHard == 100)
        #expect(others.memoryBytes == 64 << 20 && others.ioWeight == nil)
        let shown = try await test.host.operatorLimits(of: grain)
        func entry(_ limit: GrainLimit) -> Int64? { shown.first { $0.limit == limit }?.value }
        func origin(_ limit: GrainLimit) -> Host.LimitInForce.Origin? { shown.first { $0.limit == limit }?.origin }
        #expect(shown.count == GrainLimit.allCases.count)
        #expect(entry(.memoryMiB) == 32 && origin(.memoryMiB) == .grain)
        #expect(entry(.openFiles) == 100 && origin(.openFiles) == .app)
        #expect(entry(.processes) == 512 && origin(.processes) == .host)
    }

    @Test func aLimitThatMakesNoSenseChangesNothing() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain(), before = try await test.host.operatorLimits(of: grain)
        let message = await expectError(.invalidArgument) {
            try await test.host.operatorSetLimits(of: grain, [.memoryMiB: 32, .ioWeight: 1001])
        }
        #expect(message.contains("ioWeight is 1001; 1 to 1000 is allowed"))
        #expect(try await test.host.operatorLimits(of: grain) == before)
        await expectError(.notFound) { try await test.host.operatorSetLimits(of: .random(), [.ioWeight: 5]) }
        await expectError(.notFound) { _ = try await test.host.operatorLimits(of: .random()) }
    }

    /// What is shown is what was set, in the same unit.
    @Test(arguments: GrainLimit.allCases)
    func aLimitReadsAsItWasSet(_ limit: GrainLimit) {
        for value in [limit.range.lowerBound, limit.range.upperBound, 70, 100] where limit.range.contains(value) {
            var limits = GrainLimits()
            limit.set(value, in: &limits)
            #expect(limit.value(in: limits) == value)
        }
    }

    @Test func theNextRequestStartsACrashedGrain() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let session = try await test.host.sessions.open(grain, by: test.person)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        await test.grains.app(1).end(.signaled(signal: 11))
        try await test.whenAllHaveCrashed()
        #expect(try await session.send(WebRequest(method: .post, path: ""), from: TestHost.client).text == "hello")
        #expect(test.grains.apps.count == 2)
    }

    @Test func anAppThatClosesItsConnectionIsEnded() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let app = await test.grains.app(1)
        app.disconnect()
        await test.clock.pass(.seconds(1))
        #expect(await app.waitForExit() == .signaled(signal: 9))
        try await waitUntil { if case .crashed = try await test.state(of: grain) { true } else { false } }
    }

    @Test func aFailedStartShowsTheLogAndIsNotRepeatedAtOnce() async throws {
        let test = try await TestHost()
        test.grains.onLaunch { app in
            app.print("cannot open /var/db\n")
            app.end(.exited(status: 1))
        }
        let grain = try await test.makeGrain()
        guard case .crashed(let reason) = try await test.state(of: grain) else {
            Issue.record("it did not crash")
            return
        }
        #expect(reason == "start the app: the app ended with status 1; the end of its log:\ncannot open /var/db")
        let session = try await test.host.sessions.open(grain, by: test.person)
        for _ in 0..<5 {
            await expectError(.failed) { _ = try await session.send(TestHost.get(), from: TestHost.client) }
        }
        #expect(test.grains.apps.count == 1)
        test.clock.advance(by: .seconds(2))
        test.grains.onLaunch { $0.answerFirst() }
        #expect(try await session.send(TestHost.get(), from: TestHost.client).text == "hello")
    }

    /// It has a second from then on: what it exits with says more than the signal that would end it.
    @Test func anAppThatClosesItsConnectionWhileItStartsSaysHowItEnded() async throws {
        let test = try await TestHost()
        test.grains.onLaunch { $0.disconnect() }
        async let making = test.makeGrain()
        await test.clock.whenSomebodySleeps(for: .seconds(1))
        await test.grains.app(1).end(.exited(status: 3))
        let state = try await test.state(of: try await making)
        #expect(state == .crashed(reason: "start the app: the app ended with status 3; its log is empty"))
    }

    @Test func anAppThatClosesItsConnectionWhileItStartsAndGoesOnIsEnded() async throws {
        let test = try await TestHost()
        test.grains.onLaunch { $0.disconnect() }
        async let making = test.makeGrain()
        await test.clock.pass(.seconds(1))
        let state = try await test.state(of: try await making)
        #expect(state == .crashed(reason: "start the app: the app is gone; its log is empty"))
        #expect(await test.grains.app(1).waitForExit() == .signaled(signal: 9))
    }

    @Test func anAppThatNeverSaysAnythingIsEnded() async throws {
        let test = try await TestHost()
        test.grains.onLaunch { _ in }
        async let making = test.makeGrain()
        await test.clock.pass(.seconds(120))
        let state = try await test.state(of: try await making)
        #expect(state == .crashed(reason: "start the app: the app did not answer within 120 seconds; its log is empty"))
        #expect(await test.grains.app(1).waitForExit() == .signaled(signal: 9))
    }

    @Test func whatIsolationRefusesIsTheReason() async throws {
        let test = try await TestHost()
        test.grains.refuseLaunches(with: HostError(.invalidArgument, "run '/first': no such file"))
        let grain = try await test.makeGrain()
        #expect(try await test.state(of: grain) == .crashed(reason: "run '/first': no such file"))
        // No fault of whoever opens it.
        let session = try await test.host.sessions.open(grain, by: test.person)
        let message = await expectError(.failed) { _ = try await session.send(TestHost.get(), from: TestHost.client) }
        #expect(message == "run '/first': no such file")
    }

    /// The frontend takes "not found" for a session that is over, and would not say why.
    @Test func aMissingPackageIsTheReason() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        try await test.host.grains.stop(grain, by: test.person)
        try await test.storage.uninstall(test.package.identifier)
        let session = try await test.host.sessions.open(grain, by: test.person)
        let message = await expectError(.corrupt) { _ = try await session.send(TestHost.get(), from: TestHost.client) }
        #expect(message.contains("'\(test.package.identifier)' of app 'Wiki' is not installed; install it again"))
    }

    // MARK: Ends

    @Test func stoppingAGrainThatStartsEndsIt() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        try await test.host.grains.stop(grain, by: test.person)
        test.grains.onLaunch { _ in }
        _ = try await test.host.sessions.open(grain, by: test.person)
        let app = await test.grains.app(2)
        try await test.host.grains.stop(grain, by: test.person)
        #expect(await app.waitForExit() == .signaled(signal: 9))
        #expect(try await test.state(of: grain) == .stopped)
    }

    @Test func allGrainsEndWithTheHost() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        _ = try await test.makeGrain()
        await test.host.stop()
        for app in test.grains.apps { #expect(await app.waitForExit() == .signaled(signal: 9)) }
        await expectError(.cancelled) { _ = try await test.host.sessions.open(grain, by: test.person) }
    }

    @Test func noMoreGrainsRunThanAllowed() async throws {
        let test = try await TestHost { $0.limits.runningGrains = 1 }
        _ = try await test.makeGrain()
        let second = try await test.makeGrain()
        let session = try await test.host.sessions.open(second, by: test.person)
        await expectError(.resourceExhausted) { _ = try await session.send(TestHost.get(), from: TestHost.client) }
        #expect(test.grains.apps.count == 1)
    }
}

/// Gives other tasks their turn until `condition` holds; for what no event announces.
func waitUntil(_ condition: () async throws -> Bool) async throws {
    while try await !condition() { await Task.yield() }
}
