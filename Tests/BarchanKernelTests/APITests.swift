import Barchan
import Sealing
import Testing

/// Grains for programs (specification, sections 8.3 and 10).
@Suite(.timeLimit(.minutes(10))) struct APITests {
    private func scene() async throws -> (test: TestHost, grain: GrainID) {
        let test = try await TestHost()
        test.grains.onLaunch { app in
            var info = ViewInfo()
            info.permissions = ["read", "write"].map { PermissionDefinition(name: $0, title: "") }
            info.roles = [RoleDefinition(title: "viewer", verbPhrase: "", permissions: [true], isDefault: true)]
            app.viewInfo.set(info)
        }
        return (test, try await test.makeGrain())
    }

    private func token(
        _ test: TestHost, _ grain: GrainID, _ assignment: ShareOffer.Assignment = .everything,
        isAnonymous: Bool = false,
        expiresUnused: Int64? = nil, by account: AccountID? = nil
    ) async throws -> APIToken {
        let offer = TokenOffer(ShareOffer(assignment), isAnonymous: isAnonymous, expiresUnused: expiresUnused)
        return try await test.host.api.makeToken(offer, for: .account(account ?? test.person, of: grain))
    }

    private func open(_ test: TestHost, _ token: APIToken) async throws -> any GrainSession {
        try await test.host.api.open(token.secret, host: token.host, remoteAddress: nil)
    }

    private func seen(_ test: TestHost, _ session: any GrainSession) async throws -> WebSessionParameters {
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        return try #require(test.grains.apps.last?.sessions.withLock { $0.last })
    }

    @Test func aProgramActsInTheNameOfWhoMadeItsToken() async throws {
        let (test, grain) = try await scene()
        let token = try await token(test, grain, .role(0))
        #expect(token.secret.text.utf8.count == 43)
        #expect(token.host == String(SHA256.hexadecimal(Array("x\(token.secret.text)".utf8)).prefix(32)))
        let parameters = try await seen(test, try await open(test, token))
        #expect(parameters.kind == .api(remoteAddress: nil))
        #expect(parameters.user.permissions == [true, false] && parameters.user.displayName == "Administrator")
        let own = try await seen(test, try await test.host.sessions.open(grain, by: test.person))
        #expect(own.user.identityID == parameters.user.identityID && own.kind == .web)
        let stored = test.storage.recordKeys.joined() + test.storage.recordTexts.joined()
        #expect(!stored.contains(token.secret.text))
    }

    /// A program has no page that would know nothing of another version.
    @Test func aProgramGoesOnWithAnotherVersion() async throws {
        let (test, grain) = try await scene()
        let session = try await open(test, try await token(test, grain, .role(0)))
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        let second = try await test.host.apps.install(BufferedBytes(Array("Wiki/2".utf8)), by: test.person) { _ in }
        _ = try await test.host.upgrades.accept(second.identifier, force: false, by: test.person)
        #expect(try await session.send(TestHost.get(), from: TestHost.client).text == "hello")
        #expect(test.grains.apps.last?.specification.package == second.tree)
    }

    @Test func aTokenForSharingIsNobodys() async throws {
        let (test, grain) = try await scene()
        let user = try await seen(test, try await open(test, try await token(test, grain, isAnonymous: true))).user
        #expect(user.identityID.isEmpty && user.displayName == "Anonymous User" && user.permissions == [true, true])
    }

    @Test func theAddressIsPassedOnWhenItIsAskedFor() async throws {
        let (test, grain) = try await scene()
        let token = try await token(test, grain)
        let first = try await test.host.api.open(token.secret, host: nil, remoteAddress: [127, 0, 0, 1])
        #expect(try await seen(test, first).kind == .api(remoteAddress: [127, 0, 0, 1]))
        let again = try await test.host.api.open(token.secret, host: nil, remoteAddress: [127, 0, 0, 1])
        let other = try await test.host.api.open(token.secret, host: nil, remoteAddress: [10, 0, 0, 1])
        #expect(again.identifier == first.identifier && other.identifier != first.identifier)
    }

    @Test func whatIsNoTokenOpensNothing() async throws {
        let (test, grain) = try await scene()
        let token = try await token(test, grain), other = try await self.token(test, grain)
        let link = try await test.host.sharing.makeLink(to: grain, ShareOffer(.everything), by: test.person)
        for (secret, host) in [
            (token.secret, other.host), (link.secret, nil), (Secret(""), nil), (Secret(token.secret.text + "A"), nil),
        ] {
            await expectError(.permissionDenied) {
                _ = try await test.host.api.open(secret, host: host, remoteAddress: nil)
            }
        }
        // And a token is no link.
        #expect(try await test.host.sharing.link(token.secret) == nil)
        await expectError(.notFound) { _ = try await test.host.sessions.open(grain, as: .link(token.secret)) }
        await expectError(.notFound) { _ = try await test.host.sharing.redeem(token.secret, by: test.person) }
    }

    @Test func tokensAreListedAndTakenBack() async throws {
        let (test, grain) = try await scene()
        let token = try await token(test, grain)
        let session = try await open(test, token)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        let listed = try await test.host.sharing.sharing(of: grain, for: test.person)
        #expect(listed.branches.map(\.grant.recipient) == [.program(isAnonymous: false)])
        try await test.host.sharing.revoke(token.grant, in: grain, by: test.person)
        while await test.host.sessions.session(session.identifier) != nil { await Task.yield() }
        await expectError(.permissionDenied) { _ = try await open(test, token) }
    }

    @Test func aTokenDoesNotOutliveTheAccessOfWhoMadeIt() async throws {
        let (test, grain) = try await scene()
        let ann = try await test.makePerson("ann")
        _ = try await test.host.sharing.share(grain, with: "ann", ShareOffer(.role(0)), by: test.person)
        let token = try await token(test, grain, by: ann)
        #expect(try await seen(test, try await open(test, token)).user.permissions == [true, false])
        try await test.host.people.setSuspended(true, ann, by: test.person)
        await expectError(.gone) { _ = try await open(test, token) }
        try await test.host.people.setSuspended(false, ann, by: test.person)
        _ = try await open(test, token)
        try await test.host.sharing.remove(ann, from: grain, by: test.person)
        await expectError(.permissionDenied) { _ = try await open(test, token) }
        await expectError(.notFound) { _ = try await self.token(test, grain, by: ann) }
    }

    /// Specification, section 10.3: 410, and only for who has a token that would be good.
    @Test func aTokenOfAGrainInTheTrashSaysSo() async throws {
        let (test, grain) = try await scene()
        let good = try await token(test, grain), revoked = try await token(test, grain)
        let anonymous = try await token(test, grain, isAnonymous: true)
        try await test.host.sharing.revoke(revoked.grant, in: grain, by: test.person)
        try await test.host.trash.discard(grain, by: test.person)
        for token in [good, anonymous] {
            await expectError(.gone) { _ = try await open(test, token) }
            await expectError(.gone) {
                try await test.host.api.keepAlive(token.secret, host: token.host, for: .seconds(60))
            }
        }
        await expectError(.permissionDenied) { _ = try await open(test, revoked) }
        await expectError(.permissionDenied) {
            _ = try await test.host.api.open(good.secret, host: anonymous.host, remoteAddress: nil)
        }
        try await test.host.trash.recover(grain, by: test.person)
        _ = try await open(test, good)
    }

    @Test func aTokenThatIsNotUsedEnds() async throws {
        let (test, grain) = try await scene()
        let end = test.clock.wallSeconds() + 300
        let unused = try await token(test, grain, expiresUnused: end)
        let used = try await token(test, grain, expiresUnused: end)
        let kept = try await token(test, grain, expiresUnused: end)
        _ = try await open(test, used)
        test.clock.advance(by: .seconds(200))
        try await test.host.api.keepAlive(kept.secret, host: kept.host, for: .seconds(300))
        // At the host of another token it is none.
        await expectError(.permissionDenied) {
            try await test.host.api.keepAlive(unused.secret, host: kept.host, for: .seconds(300))
        }
        test.clock.advance(by: .seconds(200))
        await expectError(.permissionDenied) { _ = try await open(test, unused) }
        await expectError(.permissionDenied) {
            try await test.host.api.keepAlive(unused.secret, host: unused.host, for: .seconds(300))
        }
        _ = try await open(test, used)
        _ = try await open(test, kept)
    }

    @Test func aDeadTokenIsNotKept() async throws {
        let (test, grain) = try await scene()
        let token = try await token(test, grain, expiresUnused: test.clock.wallSeconds() + 300)
        _ = try await open(test, token)
        try await test.host.api.keepAlive(token.secret, host: nil, for: .seconds(300))
        try await test.host.sharing.revoke(token.grant, in: grain, by: test.person)
        await expectError(.permissionDenied) {
            try await test.host.api.keepAlive(token.secret, host: nil, for: .seconds(300))
        }
    }

    @Test func deadTokensMakeRoom() async throws {
        let test = try await TestHost { $0.limits.grantsPerGrain = 3 }
        let grain = try await test.makeGrain()
        for _ in 0..<10 {
            _ = try await token(test, grain, expiresUnused: test.clock.wallSeconds() + 300)
            test.clock.advance(by: .seconds(300))
        }
        for _ in 0..<3 { _ = try await token(test, grain) }
        await expectError(.resourceExhausted) { _ = try await token(test, grain) }
        #expect(test.storage.recordKeys.filter { $0.hasPrefix("api-host/") }.count == 3)
    }

    @Test func aSessionMakesTokensOfItsOwnKind() async throws {
        let (test, grain) = try await scene()
        let link = try await test.host.sharing.makeLink(to: grain, ShareOffer(.role(0)), by: test.person)
        let session = try await test.host.sessions.open(grain, as: .link(link.secret))
        let token = try await test.host.api.makeToken(
            TokenOffer(ShareOffer(.everything)), for: .session(session.identifier))
        let user = try await seen(test, try await open(test, token)).user
        #expect(user.identityID.isEmpty && user.permissions == [true, false])
        try await test.host.sharing.revoke(link.grant, in: grain, by: test.person)
        await expectError(.permissionDenied) { _ = try await open(test, token) }
        await expectError(.notFound) {
            _ = try await test.host.api.makeToken(
                TokenOffer(ShareOffer(.everything)), for: .session(session.identifier))
        }
    }

    @Test func whatAnybodyMayHaveIsSmall() async throws {
        let (test, grain) = try await scene()
        var resources = PublicResources()
        resources.dav = ["1", "calendar-access"]
        resources.resources = [PublicResources.Resource(path: "/a", type: "text/plain", body: "hello\nthere")]
        let offer = TokenOffer(ShareOffer(.everything), resources: resources)
        let token = try await test.host.api.makeToken(offer, for: .account(test.person, of: grain))
        #expect(try await test.host.api.publicResources(ofHost: token.host) == resources)
        #expect(try await test.host.api.publicResources(ofHost: String(repeating: "0", count: 32)) == nil)
        resources.resources[0].body = String(repeating: "x", count: 4_096)
        await expectError(.invalidArgument) {
            _ = try await test.host.api.makeToken(
                TokenOffer(ShareOffer(.everything), resources: resources), for: .account(test.person, of: grain))
        }
        try await test.host.grains.remove(grain, by: test.person)
        #expect(!test.storage.recordKeys.contains { $0.hasPrefix("api-host/") || $0.hasPrefix("grant") })
    }
}
