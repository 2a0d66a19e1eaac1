import Barchan
import Testing

/// How many tabs may be open, and whose give way (specification, section 6.3).
@Suite(.timeLimit(.minutes(10))) struct SessionLimitTests {
    private struct Scene {
        let test: TestHost
        let grain: GrainID
        let link: Secret

        func open(from address: [UInt8]?, by link: Secret? = nil) async throws(HostError) -> any GrainSession {
            let place = TabPlace(base: "/shared/x", clientAddress: address)
            return try await test.host.sessions.open(grain, as: .link(link ?? self.link), at: place)
        }

        /// A tab whose browser has come back.
        func use(from address: [UInt8]?, by link: Secret? = nil) async throws(HostError) -> any GrainSession {
            let session = try await open(from: address, by: link)
            try await session.keepAlive()
            return session
        }

        func isOpen(_ session: any GrainSession) async -> Bool {
            await test.host.sessions.session(session.identifier) != nil
        }

        func expectNoRoom(_ open: () async throws -> Void) async throws {
            let error = try #require(await #expect(throws: HostError.self) { try await open() })
            #expect(error.code == .resourceExhausted && error.retryAfter != nil, "\(error)")
        }
    }

    private func scene(_ configure: @escaping (inout HostLimits) -> Void) async throws -> Scene {
        let test = try await TestHost { configure(&$0.limits) }
        let grain = try await test.makeGrain()
        let link = try await test.host.sharing.makeLink(to: grain, ShareOffer(.everything), by: test.person)
        return Scene(test: test, grain: grain, link: link.secret)
    }

    @Test func manyVisitorsComeByOneLink() async throws {
        let scene = try await scene { ($0.sessionsPerAccount, $0.sessionsPerLink) = (2, 4) }
        var sessions: [any GrainSession] = []
        for number: UInt8 in 1...4 { sessions.append(try await scene.use(from: [192, 0, 2, number])) }
        try await scene.expectNoRoom { _ = try await scene.open(from: [192, 0, 2, 5]) }
        // Another link, and people with a login, are as free as before.
        let other = try await scene.test.host.sharing.makeLink(
            to: scene.grain, ShareOffer(.everything), by: scene.test.person)
        _ = try await scene.open(from: [192, 0, 2, 5], by: other.secret)
        _ = try await scene.test.host.sessions.open(scene.grain, by: scene.test.person)
        await sessions[1].close()
        _ = try await scene.open(from: [192, 0, 2, 5])
    }

    /// One of IPv4, also written as IPv6, and a network of IPv6.
    @Test(arguments: [
        ([192, 0, 2, 1], [UInt8](repeating: 0, count: 10) + [0xff, 0xff, 192, 0, 2, 1], [192, 0, 2, 2]),
        (
            [UInt8](repeating: 1, count: 16), [UInt8](repeating: 1, count: 8) + [UInt8](repeating: 2, count: 8),
            [UInt8](repeating: 2, count: 16)
        ),
    ]) func oneAddressHasAsManyTabsAsAPerson(_ one: [UInt8], _ same: [UInt8], _ other: [UInt8]) async throws {
        let scene = try await scene { $0.sessionsPerAccount = 2 }
        let link = try await scene.test.host.sharing.makeLink(
            to: scene.grain, ShareOffer(.everything), by: scene.test.person)
        _ = try await scene.use(from: one)
        let second = try await scene.use(from: same, by: link.secret)
        try await scene.expectNoRoom { _ = try await scene.open(from: one) }
        _ = try await scene.use(from: other)
        _ = try await scene.test.host.sessions.open(
            scene.grain, as: .account(scene.test.person), at: TabPlace(base: "", clientAddress: one))
        await second.close()
        _ = try await scene.use(from: same)
    }

    @Test func programsThatShowTheirAddressCountThere() async throws {
        let scene = try await scene { $0.sessionsPerAccount = 2 }
        var tokens: [Secret] = []
        for _ in 0..<3 {
            tokens.append(
                try await scene.test.host.api.makeToken(
                    TokenOffer(ShareOffer(.everything)), for: .account(scene.test.person, of: scene.grain)
                ).secret)
        }
        let open = { (token: Secret, address: [UInt8]?) in
            try await scene.test.host.api.open(token, host: nil, remoteAddress: address)
        }
        for number: UInt8 in 1...3 { _ = try await open(tokens[0], [192, 0, 2, number]) }
        _ = try await open(tokens[1], [192, 0, 2, 1])
        try await scene.expectNoRoom { _ = try await open(tokens[2], [192, 0, 2, 1]) }
        _ = try await open(tokens[0], [192, 0, 2, 1])
        _ = try await open(tokens[2], nil)
    }

    @Test func whoNeverCameBackGivesWayFirst() async throws {
        let scene = try await scene { ($0.sessionsPerAccount, $0.sessionsPerLink) = (2, 3) }
        let address: [UInt8] = [192, 0, 2, 1]
        let used = try await scene.use(from: address), unused = try await scene.open(from: address)
        let newest = try await scene.open(from: address)
        let stay = await (scene.isOpen(used), scene.isOpen(unused), scene.isOpen(newest))
        #expect(stay == (true, false, true))
        await expectError(.notFound) { try await unused.keepAlive() }
        // Nor does a flood from one address, or from many, keep others out.
        for number: UInt8 in 0..<100 { _ = try await scene.open(from: [198, 51, 100, number]) }
        _ = try await scene.use(from: [203, 0, 113, 1])
        #expect(await scene.isOpen(used))
    }

    @Test func thereIsABoundForAll() async throws {
        let scene = try await scene { $0.sessions = 2 }
        _ = try await scene.use(from: [192, 0, 2, 1])
        let own = try await scene.test.host.sessions.open(scene.grain, by: scene.test.person)
        try await own.keepAlive()
        try await scene.expectNoRoom { _ = try await scene.open(from: [192, 0, 2, 2]) }
        try await scene.expectNoRoom {
            _ = try await scene.test.host.sessions.open(scene.grain, by: scene.test.person)
        }
    }

    @Test func aVisitThatThereIsNoRoomForUsesUpNoLink() async throws {
        let scene = try await scene { $0.sessionsPerAccount = 1 }
        let once = try await scene.test.host.sharing.makeLink(
            to: scene.grain, ShareOffer(.everything, isSingleUse: true), by: scene.test.person)
        let session = try await scene.use(from: [192, 0, 2, 1])
        try await scene.expectNoRoom { _ = try await scene.open(from: [192, 0, 2, 1], by: once.secret) }
        await session.close()
        _ = try await scene.open(from: [192, 0, 2, 1], by: once.secret)
    }
}
