import Barchan
import Synchronization
import Testing

/// What makes the sandboxes may die, and everything in them with it: that is no app's fault, and whoever needs a grain next has
/// it at once.
@Suite struct LostSandboxTests {
    private static let loss = SandboxExit.lost(reason: "the sandbox launcher has ended")
    private static let lostLaunch = HostError(.disconnected, "launch '/first': the sandbox launcher ended")

    /// A grain with an open tab that has been answered.
    private func opened(_ test: TestHost) async throws -> (GrainID, any GrainSession) {
        let grain = try await test.makeGrain()
        let session = try await test.host.sessions.open(grain, by: test.person)
        #expect(try await session.send(TestHost.get(), from: TestHost.client).text == "hello")
        return (grain, session)
    }

    /// Everything of one launcher ends in one moment.
    private func loseAll(_ test: TestHost) async throws {
        for app in test.grains.apps { app.end(Self.loss) }
        try await test.whenAllHaveCrashed()
    }

    @Test func everyGrainStartsAtOnceHoweverManyWereLost() async throws {
        let test = try await TestHost()
        var sessions: [any GrainSession] = []
        for _ in 0..<8 { sessions.append(try await opened(test).1) }
        for round in 1...3 {
            try await loseAll(test)
            for session in sessions {
                #expect(try await session.send(TestHost.get(), from: TestHost.client).text == "hello")
            }
            #expect(test.grains.apps.count == 8 * (round + 1))
        }
        _ = try await test.makeGrain()
    }

    @Test func itsOwnerReadsWhatWasLostAndThatItIsNotTheAppsFault() async throws {
        let test = try await TestHost(), grain = try await opened(test).0
        try await loseAll(test)
        let reason =
            "the host lost its sandbox: the sandbox launcher has ended. That is no fault of the app's; it starts again "
            + "when it is used"
        #expect(try await test.state(of: grain) == .crashed(reason: reason))
    }

    /// The app's socket is closed before anybody knows how its sandbox ended.
    @Test func aLossThatIsKnownLateIsNoFailureEither() async throws {
        let test = try await TestHost()
        let (grain, session) = try await opened(test)
        for count in 1...6 {
            let app = await test.grains.app(count)
            app.endWhenTerminated.withLock { $0 = Self.loss }
            app.disconnect()
            await test.clock.pass(.seconds(1))
            try await waitUntil { try await test.state(of: grain) != .running }
            #expect(try await session.send(TestHost.get(), from: TestHost.client).text == "hello")
        }
    }

    @Test(arguments: [1, 2]) func aGrainLostWhileItStartsIsStartedAgain(_ losses: Int) async throws {
        let test = try await TestHost(), launches = Atomic(0)
        test.grains.onLaunch { app in
            let number = launches.add(1, ordering: .relaxed).newValue
            if number > losses { app.answerFirst() } else { app.end(Self.loss) }
        }
        let grain = try await test.makeGrain()
        #expect(try await test.state(of: grain) == .running)
        #expect(test.grains.apps.count == losses + 1)
        try await test.host.grains.stop(grain, by: test.person)
        test.grains.refuseLaunches(with: Self.lostLaunch, times: losses)
        let session = try await test.host.sessions.open(grain, by: test.person)
        #expect(try await session.send(TestHost.get(), from: TestHost.client).text == "hello")
    }

    /// A back end may take long to lose each.
    @Test func aLostStartIsNotMadeAgainForNobody() async throws {
        let test = try await TestHost(), launches = Atomic(0), begun = Later<Bool>()
        let grain = try await test.makeGrain()
        try await test.host.grains.stop(grain, by: test.person)
        test.grains.refuseCancelledLaunches(with: Self.lostLaunch) {
            launches.add(1, ordering: .relaxed)
            begun.set(true)
        }
        let session = try await test.host.sessions.open(grain, by: test.person)
        async let message = expectError(.cancelled) {
            _ = try await session.send(TestHost.get(), from: TestHost.client)
        }
        _ = await begun.get()
        try await test.host.grains.stop(grain, by: test.person)
        #expect(await message.contains("stopped"))
        #expect(launches.load(ordering: .relaxed) == 1)
    }

    @Test func aBackEndThatStaysDeadIsSaidAndCostsNoAppItsNextStart() async throws {
        let test = try await TestHost()
        test.grains.refuseLaunches(with: Self.lostLaunch, times: 18)
        for _ in 0..<6 {
            let grain = try await test.makeGrain()
            #expect(
                try await test.state(of: grain)
                    == .crashed(
                        reason:
                            "\(Self.lostLaunch.message); that was so 3 times in a row, and the host's log may say why"))
        }
        test.grains.refuseLaunches(with: HostError(.unsupported, "make a first sandbox: not permitted"), times: 6)
        for _ in 0..<6 { _ = try await test.makeGrain() }
        #expect(test.grains.apps.isEmpty)
        let grain = try await test.makeGrain()
        #expect(try await test.state(of: grain) == .running)
    }
}
