import Barchan
import Testing

/// Grains that several people use (specification, section 12).
@Suite(.timeLimit(.minutes(10))) struct SharedGrainTests {
    /// An app with read and write, and a role for reading and one for both.
    private static func info() -> ViewInfo {
        var info = ViewInfo()
        info.permissions = ["read", "write"].map { PermissionDefinition(name: $0, title: "") }
        info.roles = [
            RoleDefinition(title: "viewer", verbPhrase: "can view", permissions: [true], isDefault: true),
            RoleDefinition(title: "editor", verbPhrase: "can edit", permissions: [true, true], isDefault: false),
        ]
        return info
    }
    private static let viewer = 0, editor = 1

    private func scene(
        _ configure: (inout HostConfiguration) -> Void = { _ in }
    ) async throws -> (test: TestHost, grain: GrainID, ann: AccountID, bob: AccountID) {
        let test = try await TestHost(configure: configure)
        test.grains.onLaunch { $0.viewInfo.set(SharedGrainTests.info()) }
        let grain = try await test.makeGrain()
        return (test, grain, try await test.makePerson("ann"), try await test.makePerson("bob"))
    }

    /// What the app is told of somebody who opens the grain now.
    private func user(_ test: TestHost, _ grain: GrainID, _ visitor: Visitor) async throws -> UserInfo {
        let session = try await test.host.sessions.open(grain, as: visitor)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        return try #require(test.grains.apps.last?.sessions.withLock { $0.last }).user
    }

    /// Asks until the session says that it is closed; the news of a change travels.
    private func waitForClose(_ test: TestHost, _ session: any GrainSession) async {
        while await test.host.sessions.session(session.identifier) != nil { await Task.yield() }
    }

    // MARK: People

    @Test func aPersonGetsARole() async throws {
        let (test, grain, ann, bob) = try await scene()
        await expectError(.notFound) { _ = try await test.host.sessions.open(grain, by: ann) }
        _ = try await test.host.sharing.share(grain, with: "ann", ShareOffer(.role(Self.viewer)), by: test.person)
        let user = try await user(test, grain, .account(ann))
        #expect(user.permissions == [true, false] && user.displayName == "Ann" && user.identityID.count == 32)
        await expectError(.notFound) { _ = try await test.host.sessions.open(grain, by: bob) }
        let listed = try await test.host.grains.grains(for: ann)
        #expect(listed.map(\.identifier) == [grain] && listed.map(\.isOwned) == [false])
        #expect(try await test.host.grains.grain(grain, for: ann).isOwned == false)
    }

    @Test func whoUsesAGrainDoesNotRunIt() async throws {
        let (test, grain, ann, _) = try await scene()
        _ = try await test.host.sharing.share(grain, with: "ann", ShareOffer(.everything), by: test.person)
        await expectError(.notFound) { try await test.host.grains.remove(grain, by: ann) }
        await expectError(.notFound) { try await test.host.grains.stop(grain, by: ann) }
        await expectError(.notFound) { _ = try await test.host.grains.log(of: grain, by: ann, maximumBytes: 1) }
        await expectError(.notFound) { try await test.host.sharing.transfer(grain, to: "bob", by: ann) }
    }

    @Test func aHandleMayHaveItsMark() async throws {
        let (test, grain, ann, _) = try await scene()
        _ = try await test.host.sharing.share(grain, with: "@Ann", ShareOffer(.everything), by: test.person)
        _ = try await test.host.sessions.open(grain, by: ann)
        for name in ["@", "@@ann", "@nobody", "@ann@example.org"] {
            await expectError(.notFound) {
                _ = try await test.host.sharing.share(grain, with: name, ShareOffer(.everything), by: test.person)
            }
        }
        try await test.host.sharing.transfer(grain, to: "@ann", by: test.person)
        #expect(try await test.host.grains.grain(grain, for: ann).isOwned)
    }

    @Test func nothingIsSharedWithTheOwner() async throws {
        let (test, grain, ann, _) = try await scene()
        _ = try await test.host.sharing.share(grain, with: "ann", ShareOffer(.everything), by: test.person)
        let message = await expectError(.invalidArgument) {
            _ = try await test.host.sharing.share(grain, with: "administrator", ShareOffer(.everything), by: ann)
        }
        #expect(message.contains("owner"))
        let link = try await test.host.sharing.makeLink(to: grain, ShareOffer(.everything), by: ann)
        #expect(try await test.host.sharing.redeem(link.secret, by: test.person) == grain)
        #expect(try await test.host.grains.grains(for: test.person).map(\.isOwned) == [true])
    }

    @Test func whatWasSharedWithItsOwnerIsListedOnce() async throws {
        let (test, grain, ann, _) = try await scene()
        _ = try await test.host.sharing.share(grain, with: "ann", ShareOffer(.everything), by: test.person)
        // As hosts before wrote it.
        var fields = RecordFields()
        fields["giver"] = "account \(ann)"
        fields["to"] = "account \(test.person)"
        fields["gives"] = "everything"
        let mark = RecordKey("shared/\(test.person)/\(grain)"), key = RecordKey("grant/\(grain)/\(GrantID.random())")
        _ = try await test.storage.records.commit(
            RecordBatch(writes: [.put(key, fields.encoded), .put(mark, RecordFields().encoded)]))
        _ = try await test.host.sharing.makeLink(to: grain, ShareOffer(.everything), by: test.person)
        #expect(try await test.host.grains.grains(for: test.person).map(\.isOwned) == [true])
    }

    @Test func titlesOfSharedGrainsAreOnesOwn() async throws {
        let (test, grain, ann, bob) = try await scene()
        for name in ["ann", "bob"] {
            _ = try await test.host.sharing.share(grain, with: name, ShareOffer(.everything), by: test.person)
        }
        func titles(_ account: AccountID) async throws -> [String?] {
            let summary = try await test.host.grains.grain(grain, for: account)
            #expect(try await test.host.grains.grains(for: account).map(\.title) == [summary.title])
            return [summary.title, summary.givenTitle]
        }
        try await test.host.grains.rename(grain, to: "Theirs", by: test.person)
        try await test.host.tags.setTags(["x"], of: grain, by: ann)
        try await test.host.grains.rename(grain, to: " Hers ", by: ann)
        #expect(try await titles(ann) == ["Hers", "Theirs"])
        for account in [test.person, bob] { #expect(try await titles(account) == ["Theirs", nil]) }
        await expectError(.invalidArgument) { try await test.host.grains.rename(grain, to: "a\nb", by: ann) }
        await expectError(.notFound) { try await test.host.grains.rename(grain, to: "His", by: .random()) }
        try await test.host.tags.setTags([], of: grain, by: ann)
        #expect(try await titles(ann) == ["Hers", "Theirs"])
        try await test.host.grains.rename(grain, to: " ", by: ann)
        #expect(try await titles(ann) == ["Theirs", nil])
        #expect(!test.storage.recordKeys.contains { $0.hasPrefix("tags/") })
        // The owner's title is the grain's, whatever they called it before.
        try await test.host.grains.rename(grain, to: "Hers", by: ann)
        try await test.host.sharing.transfer(grain, to: "ann", by: test.person)
        #expect(try await titles(ann) == ["Theirs", nil])
    }

    @Test func nobodyGivesMoreThanTheyHave() async throws {
        let (test, grain, ann, bob) = try await scene()
        _ = try await test.host.sharing.share(grain, with: "ann", ShareOffer(.role(Self.viewer)), by: test.person)
        await expectError(.permissionDenied) {
            _ = try await test.host.sharing.share(grain, with: "bob", ShareOffer(.role(Self.editor)), by: ann)
        }
        #expect(try await test.host.sharing.sharing(of: grain, for: ann).roles == [Self.viewer])
        _ = try await test.host.sharing.share(grain, with: "bob", ShareOffer(.everything), by: ann)
        #expect(try await user(test, grain, .account(bob)).permissions == [true, false])
        await expectError(.notFound) {
            _ = try await test.host.sharing.share(grain, with: "nobody", ShareOffer(.everything), by: ann)
        }
    }

    @Test func anOpenSessionEndsWithTheAccess() async throws {
        let (test, grain, ann, bob) = try await scene()
        let first = try await test.host.sharing.share(grain, with: "ann", ShareOffer(.everything), by: test.person)
        _ = try await test.host.sharing.share(grain, with: "bob", ShareOffer(.everything), by: ann)
        let own = try await test.host.sessions.open(grain, by: test.person)
        let sessions = [
            try await test.host.sessions.open(grain, by: ann), try await test.host.sessions.open(grain, by: bob),
        ]
        for session in sessions { _ = try await session.send(TestHost.get(), from: TestHost.client) }
        try await test.host.sharing.revoke(first, in: grain, by: test.person)
        for session in sessions {
            await waitForClose(test, session)
            await expectError(.notFound) { _ = try await session.send(TestHost.get(), from: TestHost.client) }
        }
        _ = try await own.send(TestHost.get(), from: TestHost.client)
        #expect(try await test.host.grains.grains(for: bob).isEmpty)
    }

    @Test func anOpenSessionEndsWhenItMayDoMoreOrLess() async throws {
        let (test, grain, ann, _) = try await scene()
        _ = try await test.host.sharing.share(grain, with: "ann", ShareOffer(.role(Self.viewer)), by: test.person)
        let session = try await test.host.sessions.open(grain, by: ann)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        _ = try await test.host.sharing.share(grain, with: "ann", ShareOffer(.role(Self.editor)), by: test.person)
        await waitForClose(test, session)
        #expect(try await user(test, grain, .account(ann)).permissions == [true, true])
    }

    @Test func whatFlowsIsCutOff() async throws {
        let (test, grain, ann, _) = try await scene()
        let grant = try await test.host.sharing.share(grain, with: "ann", ShareOffer(.everything), by: test.person)
        let endless = EndlessReader()
        await test.grains.app(1).onRequest { _ in
            WebResponse(.content(status: 200, WebContent(.stream(endless, length: nil))))
        }
        let session = try await test.host.sessions.open(grain, by: ann)
        let response = try await session.send(TestHost.get(), from: TestHost.client)
        guard case .content(_, let content) = response.outcome, case .stream(let reader, _) = content.body else {
            Issue.record("no stream")
            return
        }
        #expect(try await reader.next() == [1])
        try await test.host.sharing.revoke(grant, in: grain, by: test.person)
        await expectError(.disconnected) { while try await reader.next() != nil {} }
    }

    @Test func expiryEndsSessionsToTheSecond() async throws {
        let (test, grain, ann, _) = try await scene()
        let end = test.clock.wallSeconds() + 100
        _ = try await test.host.sharing.share(
            grain, with: "ann", ShareOffer(.everything, expires: end), by: test.person)
        let session = try await test.host.sessions.open(grain, by: ann)
        await test.clock.whenSomebodySleeps(for: .seconds(100))
        test.clock.advance(by: .seconds(99))
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        test.clock.advance(by: .seconds(1))
        await waitForClose(test, session)
        await expectError(.notFound) { _ = try await test.host.sessions.open(grain, by: ann) }
        await expectError(.invalidArgument) {
            _ = try await test.host.sharing.share(
                grain, with: "ann", ShareOffer(.everything, expires: end), by: test.person)
        }
    }

    // MARK: Links

    @Test func aLinkLetsAnybodyIn() async throws {
        let (test, grain, ann, _) = try await scene()
        let link = try await test.host.sharing.makeLink(
            to: grain, ShareOffer(.role(Self.viewer), label: "for the choir"), by: test.person)
        #expect(link.secret.text.utf8.count == 43)
        let anonymous = try await user(test, grain, .link(link.secret))
        #expect(anonymous.identityID.isEmpty && anonymous.displayName == "Anonymous User")
        #expect(anonymous.preferredHandle == "anonymous" && anonymous.permissions == [true, false])
        #expect(try await test.host.sharing.link(link.secret)?.grain.identifier == grain)
        #expect(try await test.host.sharing.redeem(link.secret, by: ann) == grain)
        #expect(try await test.host.sharing.redeem(link.secret, by: ann) == grain)
        #expect(test.storage.recordKeys.filter { $0.hasPrefix("grant/") }.count == 2)
        #expect(try await user(test, grain, .account(ann)).permissions == [true, false])
        let stored = test.storage.recordKeys.joined() + test.storage.recordTexts.joined()
        #expect(!stored.contains(link.secret.text))
    }

    @Test func aRevokedLinkTakesAllThatCameByIt() async throws {
        let (test, grain, ann, bob) = try await scene()
        let link = try await test.host.sharing.makeLink(to: grain, ShareOffer(.everything), by: test.person)
        for person in [ann, bob] { _ = try await test.host.sharing.redeem(link.secret, by: person) }
        _ = try await test.host.sharing.share(grain, with: "bob", ShareOffer(.everything), by: test.person)
        let anonymous = try await test.host.sessions.open(grain, as: .link(link.secret))
        try await test.host.sharing.revoke(link.grant, in: grain, by: test.person)
        await waitForClose(test, anonymous)
        #expect(try await test.host.sharing.link(link.secret) == nil)
        await expectError(.notFound) { _ = try await test.host.sessions.open(grain, as: .link(link.secret)) }
        await expectError(.notFound) { _ = try await test.host.sessions.open(grain, by: ann) }
        _ = try await test.host.sessions.open(grain, by: bob)
    }

    @Test func aRemovedPersonCannotComeBackByTheSameLink() async throws {
        let (test, grain, ann, bob) = try await scene()
        let link = try await test.host.sharing.makeLink(to: grain, ShareOffer(.everything), by: test.person)
        for person in [ann, bob] { _ = try await test.host.sharing.redeem(link.secret, by: person) }
        try await test.host.sharing.remove(ann, from: grain, by: test.person)
        await expectError(.notFound) { _ = try await test.host.sessions.open(grain, by: ann) }
        await expectError(.permissionDenied) { _ = try await test.host.sharing.redeem(link.secret, by: ann) }
        _ = try await test.host.sessions.open(grain, by: bob)
        #expect(try await test.host.sharing.link(link.secret) != nil)
        _ = try await test.host.sharing.share(grain, with: "ann", ShareOffer(.everything), by: test.person)
        _ = try await test.host.sessions.open(grain, by: ann)
    }

    @Test func whoLeftComesBackByTheSameLink() async throws {
        let (test, grain, ann, _) = try await scene { $0.limits.grantsPerGrain = 4 }
        let link = try await test.host.sharing.makeLink(to: grain, ShareOffer(.everything), by: test.person)
        let sharing = test.host.sharing
        func kept() async throws -> GrantID {
            let links = try await sharing.sharing(of: grain, for: test.person).branches
            return try #require(links.first?.branches.first).grant.identifier
        }
        // More often than the grain may have grants: going and coming adds none.
        for _ in 0..<3 {
            for leave in [
                { try await sharing.remove(ann, from: grain, by: ann) },
                { try await sharing.revoke(try await kept(), in: grain, by: ann) },
            ] {
                _ = try await sharing.redeem(link.secret, by: ann)
                _ = try await test.host.sessions.open(grain, by: ann)
                try await leave()
                await expectError(.notFound) { _ = try await test.host.sessions.open(grain, by: ann) }
            }
        }
        _ = try await sharing.redeem(link.secret, by: ann)
        try await sharing.remove(ann, from: grain, by: test.person)
        await expectError(.permissionDenied) { _ = try await sharing.redeem(link.secret, by: ann) }
        // Whoever was removed, is back and leaves is not let in by the old link either.
        _ = try await sharing.share(grain, with: "ann", ShareOffer(.everything), by: test.person)
        try await sharing.remove(ann, from: grain, by: ann)
        await expectError(.permissionDenied) { _ = try await sharing.redeem(link.secret, by: ann) }
    }

    @Test func aLabelIsChangedByWhoMadeIt() async throws {
        let (test, grain, ann, _) = try await scene()
        _ = try await test.host.sharing.share(grain, with: "ann", ShareOffer(.everything), by: test.person)
        let link = try await test.host.sharing.makeLink(to: grain, ShareOffer(.everything, label: "x"), by: ann)
        try await test.host.sharing.relabel(link.grant, in: grain, to: "the\u{202e} choir", by: ann)
        let label = try await test.host.sharing.sharing(of: grain, for: ann).branches.first?.grant.offer.label
        #expect(label == "the  choir")
        #expect(try await test.host.sharing.link(link.secret) != nil)
        await expectError(.notFound) {
            try await test.host.sharing.relabel(link.grant, in: grain, to: "y", by: test.person)
        }
        await expectError(.invalidArgument) {
            try await test.host.sharing.relabel(
                link.grant, in: grain, to: String(repeating: "x", count: 201), by: ann)
        }
        try await test.host.sharing.revoke(link.grant, in: grain, by: ann)
        await expectError(.notFound) { try await test.host.sharing.relabel(link.grant, in: grain, to: "y", by: ann) }
    }

    @Test func aLinkForOneUseWorksOnce() async throws {
        let (test, grain, ann, bob) = try await scene()
        let offer = ShareOffer(.everything, isSingleUse: true)
        let kept = try await test.host.sharing.makeLink(to: grain, offer, by: test.person)
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for person in [ann, bob] {
                group.addTask { (try? await test.host.sharing.redeem(kept.secret, by: person)) != nil }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 } == 1)
        await expectError(.notFound) { _ = try await test.host.sessions.open(grain, as: .link(kept.secret)) }
        let opened = try await test.host.sharing.makeLink(to: grain, offer, by: test.person)
        let session = try await test.host.sessions.open(grain, as: .link(opened.secret))
        await expectError(.notFound) { _ = try await test.host.sessions.open(grain, as: .link(opened.secret)) }
        await expectError(.notFound) { _ = try await test.host.sharing.redeem(opened.secret, by: ann) }
        // Whoever used it goes on until it is taken back.
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        try await test.host.sharing.revoke(opened.grant, in: grain, by: test.person)
        await waitForClose(test, session)
    }

    @Test func whoCameByALinkSeesTheGrainsTitle() async throws {
        let (test, grain, _, _) = try await scene()
        let offer = ShareOffer(.role(Self.viewer), isSingleUse: true)
        let link = try await test.host.sharing.makeLink(to: grain, offer, by: test.person)
        let anonymous = try await test.host.sessions.open(grain, as: .link(link.secret))
        try await test.host.grains.rename(grain, to: "Ours", by: test.person)
        let seen = try await test.host.sessions.grain(of: anonymous.identifier)
        #expect(seen.title == "Ours" && !seen.isOwned && seen.notice == nil && seen.tags.isEmpty)
        let own = try await test.host.sessions.open(grain, by: test.person)
        #expect(try await test.host.sessions.grain(of: own.identifier).isOwned)
        await anonymous.close()
        await expectError(.notFound) { _ = try await test.host.sessions.grain(of: anonymous.identifier) }
    }

    @Test func aLinkKnowsWhoKeptIt() async throws {
        let (test, grain, ann, bob) = try await scene()
        let offer = ShareOffer(.everything, isSingleUse: true)
        let link = try await test.host.sharing.makeLink(to: grain, offer, by: test.person)
        func kept(_ account: AccountID) async throws -> GrainID? {
            try await test.host.sharing.keptGrain(by: link.secret, of: account)
        }
        #expect(try await kept(ann) == nil)
        _ = try await test.host.sharing.redeem(link.secret, by: ann)
        #expect(try await test.host.sharing.link(link.secret) == nil, "it is used up")
        #expect(try await kept(ann) == grain)
        #expect(try await kept(test.person) == grain, "the owner's own")
        // Who has the grain in another way may get more by the link.
        _ = try await test.host.sharing.share(grain, with: "bob", ShareOffer(.role(Self.viewer)), by: test.person)
        #expect(try await kept(bob) == nil)
        try await test.host.sharing.remove(ann, from: grain, by: test.person)
        #expect(try await kept(ann) == nil)
        #expect(try await test.host.sharing.keptGrain(by: Secret("x"), of: test.person) == nil)
    }

    @Test func aLinkLeadsToItsOwnGrainOnly() async throws {
        let (test, grain, _, _) = try await scene()
        let other = try await test.makeGrain()
        let link = try await test.host.sharing.makeLink(to: grain, ShareOffer(.everything), by: test.person)
        await expectError(.notFound) { _ = try await test.host.sessions.open(other, as: .link(link.secret)) }
        await expectError(.notFound) { _ = try await test.host.sessions.open(grain, as: .link(Secret("x"))) }
    }

    // MARK: The tree

    @Test func everybodySeesWhatFollowsFromThem() async throws {
        let (test, grain, ann, bob) = try await scene()
        let toAnn = try await test.host.sharing.share(grain, with: "ann", ShareOffer(.everything), by: test.person)
        let link = try await test.host.sharing.makeLink(to: grain, ShareOffer(.role(Self.viewer)), by: ann)
        _ = try await test.host.sharing.redeem(link.secret, by: bob)
        let whole = try await test.host.sharing.sharing(of: grain, for: test.person)
        #expect(whole.isOwner && whole.roles == [0, 1] && whole.viewInfo.roles.map(\.title) == ["viewer", "editor"])
        let first = try #require(whole.branches.first), second = try #require(first.branches.first)
        #expect(first.grant.identifier == toAnn && second.grant.identifier == link.grant)
        #expect(second.branches.map(\.grant.recipient) == [.account(bob)])
        #expect(second.branches.first?.permissions == [true, false])
        #expect(whole.people[bob]?.handle == "bob")
        let part = try await test.host.sharing.sharing(of: grain, for: ann)
        #expect(!part.isOwner && part.branches.map(\.grant.identifier) == [link.grant])
        await expectError(.notFound) { try await test.host.sharing.revoke(toAnn, in: grain, by: bob) }
        try await test.host.sharing.revoke(link.grant, in: grain, by: ann)
        await expectError(.notFound) { _ = try await test.host.sharing.sharing(of: grain, for: bob) }
    }

    // MARK: Ownership

    @Test func aGrainIsHandedOver() async throws {
        let (test, grain, ann, bob) = try await scene()
        _ = try await test.host.sharing.share(grain, with: "bob", ShareOffer(.role(Self.viewer)), by: test.person)
        let before = try await user(test, grain, .account(test.person))
        try await test.host.sharing.transfer(grain, to: "ann", by: test.person)
        #expect(try await test.host.grains.grains(for: ann).map(\.isOwned) == [true])
        #expect(try await test.host.grains.grains(for: test.person).map(\.isOwned) == [false])
        let after = try await user(test, grain, .account(test.person))
        #expect(after.identityID == before.identityID && after.permissions == [true, true])
        #expect(try await user(test, grain, .account(bob)).permissions == [true, false])
        try await test.host.sharing.remove(test.person, from: grain, by: ann)
        await expectError(.notFound) { _ = try await test.host.sessions.open(grain, by: test.person) }
        // What was given hung on the one who gave it.
        await expectError(.notFound) { _ = try await test.host.sessions.open(grain, by: bob) }
        try await test.host.grains.rename(grain, to: "Mine now", by: ann)
    }

    @Test func aGuestOwnsNothing() async throws {
        let (test, grain, _, _) = try await scene()
        let guest = try await test.makePerson("gus", role: .guest)
        await expectError(.permissionDenied) { try await test.host.sharing.transfer(grain, to: "gus", by: test.person) }
        await expectError(.permissionDenied) {
            _ = try await test.host.grains.create(package: test.package.identifier, action: 0, title: nil, by: guest)
        }
        _ = try await test.host.sharing.share(grain, with: "gus", ShareOffer(.everything), by: test.person)
        _ = try await test.host.sessions.open(grain, by: guest)
    }

    // MARK: Apps

    @Test func theAppIsToldWhenSomebodyMayDoLess() async throws {
        let (test, grain, ann, _) = try await scene()
        let host = try #require(test.grains.hosts.first)
        let grant = try await test.host.sharing.share(
            grain, with: "ann", ShareOffer(.role(Self.editor)), by: test.person)
        let identity = try await user(test, grain, .account(ann)).identityID
        let token = try await host.save(
            SavedObject(.identity(identity), requirements: [Requirement(identityID: identity)]), label: "")
        var values = host.permissions(of: identity).makeAsyncIterator()
        #expect(await values.next() == [true, true])
        #expect(try await host.person(identity)?.displayName == "Ann")
        _ = try await host.restore(token)
        try await test.host.sharing.revoke(grant, in: grain, by: test.person)
        #expect(await values.next() == .some(nil))
        #expect(try await host.person(identity) == nil)
        await expectError(.disconnected) { _ = try await host.restore(token) }
    }

    @Test func theAppLearnsTheOwnersAddressAndNobodyElses() async throws {
        let (test, grain, _, _) = try await scene()
        let host = try #require(test.grains.hosts.first)
        let eve = try await test.makePerson("eve", email: "eve@example.org")
        _ = try await test.host.sharing.share(grain, with: "eve", ShareOffer(.everything), by: test.person)
        let owner = try await user(test, grain, .account(test.person)).identityID
        let other = try await user(test, grain, .account(eve)).identityID
        // Without an address there is none to tell.
        await expectError(.notFound) { _ = try await host.mailAddress(of: owner) }
        try await test.host.operatorSetEmailAddress("Ada@Example.org", of: "administrator")
        let told = try await host.mailAddress(of: owner)
        #expect(told == MailAddress(address: "ada@example.org", name: "Administrator"))
        for identity in [other, [], [UInt8](repeating: 0, count: 32)] {
            let message = await expectError(.permissionDenied) { _ = try await host.mailAddress(of: identity) }
            #expect(!message.contains("@"))
        }
        // Whose grain it is decides, not who began it.
        try await test.host.sharing.transfer(grain, to: "eve", by: test.person)
        #expect(try await host.mailAddress(of: other).address == "eve@example.org")
        await expectError(.permissionDenied) { _ = try await host.mailAddress(of: owner) }
    }

    @Test func whatAnAppRedefinesChangesWhatPeopleMayDo() async throws {
        let (test, grain, ann, _) = try await scene()
        _ = try await test.host.sharing.share(grain, with: "ann", ShareOffer(.role(Self.viewer)), by: test.person)
        test.grains.onLaunch { app in
            var info = Self.info()
            info.roles[Self.viewer].permissions = [false, true]
            app.viewInfo.set(info)
        }
        try await test.host.grains.stop(grain, by: test.person)
        #expect(try await user(test, grain, .account(ann)).permissions == [false, true])
    }

    // MARK: Limits and ends

    @Test func nothingOfSharingStays() async throws {
        let (test, grain, ann, _) = try await scene()
        _ = try await test.host.sharing.share(grain, with: "ann", ShareOffer(.everything), by: test.person)
        let link = try await test.host.sharing.makeLink(to: grain, ShareOffer(.everything), by: test.person)
        _ = try await test.host.sharing.redeem(link.secret, by: ann)
        try await test.host.grains.remove(grain, by: test.person)
        #expect(!test.storage.recordKeys.contains { $0.contains(grain.text) || $0.hasPrefix("grant") })
    }

    @Test func aGrainHasSoManyGrants() async throws {
        let (test, grain, _, _) = try await scene { $0.limits.grantsPerGrain = 10 }
        for _ in 0..<10 {
            _ = try await test.host.sharing.makeLink(to: grain, ShareOffer(.everything), by: test.person)
        }
        await expectError(.resourceExhausted) {
            _ = try await test.host.sharing.makeLink(to: grain, ShareOffer(.everything), by: test.person)
        }
        await expectError(.invalidArgument) {
            let offer = ShareOffer(.everything, label: String(repeating: "x", count: 201))
            _ = try await test.host.sharing.makeLink(to: grain, offer, by: test.person)
        }
    }
}

/// One byte, and then nothing until it is cancelled.
private final class EndlessReader: ByteReader {
    private let hasBegun = Later<Bool>(), end = Later<Bool>()

    func next() async throws(HostError) -> [UInt8]? {
        if !hasBegun.isSet {
            hasBegun.set(true)
            return [1]
        }
        _ = await end.get()
        return nil
    }

    func cancel() { end.set(true) }
}
