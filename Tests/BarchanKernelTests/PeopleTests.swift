import Barchan
import Testing

/// People: how they come, how they log in, what they say of themselves (specification, section 15).
@Suite(.timeLimit(.minutes(10))) struct PeopleTests {
    private let ann = Profile(displayName: "Ann", handle: "ann")

    private func logIn(_ test: TestHost, _ address: String, code: String? = nil) async throws -> Login {
        let challenge = try await test.host.accounts.beginLogin(by: "email", as: address, at: TestHost.address)
        let sent = try #require(await test.mail.next())
        return try await test.host.accounts.logIn(
            by: "email", challenge: challenge, answer: code ?? PeopleTests.code(in: sent.text))
    }

    /// The eight digits on the line that says so.
    private static func code(in text: String) -> String {
        let line = text.split(separator: "\n").first { $0.hasPrefix("Your code is: ") } ?? ""
        return String(line.dropFirst("Your code is: ".count))
    }

    // MARK: Invitations

    @Test func anInvitationMakesOnePerson() async throws {
        let test = try await TestHost()
        let secret = try await test.host.people.invite(
            InvitationOffer(role: .user, note: "my aunt"), by: test.person, at: TestHost.address)
        #expect(try await test.host.people.invitation(secret)?.role == .user)
        #expect(try await test.host.people.invitations(for: test.person).map(\.offer.note) == ["my aunt"])
        let login = try await test.host.people.accept(secret, as: ann)
        #expect(try await test.host.accounts.account(forLogin: login.secret)?.handle == "ann")
        await expectError(.permissionDenied) {
            _ = try await test.host.people.accept(secret, as: Profile(displayName: "Eve", handle: "eve"))
        }
        #expect(try await test.host.people.invitation(secret) == nil)
        #expect(try await test.host.people.people(for: test.person).map(\.handle) == ["administrator", "ann"])
    }

    @Test func onlyAdministratorsInvite() async throws {
        let test = try await TestHost()
        let user = try await test.makePerson("ann")
        await expectError(.permissionDenied) {
            _ = try await test.host.people.invite(InvitationOffer(role: .user), by: user, at: TestHost.address)
        }
        await expectError(.permissionDenied) { _ = try await test.host.people.people(for: user) }
        await expectError(.permissionDenied) { try await test.host.people.setRole(.administrator, of: user, by: user) }
    }

    @Test func invitationsEnd() async throws {
        let test = try await TestHost()
        let late = try await test.host.people.invite(
            InvitationOffer(role: .user), by: test.person, at: TestHost.address)
        test.clock.advance(by: .seconds(7 * 86_400))
        await expectError(.permissionDenied) { _ = try await test.host.people.accept(late, as: ann) }
        let withdrawn = try await test.host.people.invite(
            InvitationOffer(role: .user), by: test.person, at: TestHost.address)
        let listed = try await test.host.people.invitations(for: test.person)
        try await test.host.people.withdraw(try #require(listed.first).id, by: test.person)
        await expectError(.permissionDenied) { _ = try await test.host.people.accept(withdrawn, as: ann) }
    }

    @Test func ofManyWhoAcceptAtOnceOneComes() async throws {
        let test = try await TestHost()
        let secret = try await test.host.people.invite(
            InvitationOffer(role: .user), by: test.person, at: TestHost.address)
        let count = await withTaskGroup(of: Int.self) { group in
            for number in 0..<20 {
                let profile = Profile(displayName: "P", handle: "p\(number)")
                group.addTask { (try? await test.host.people.accept(secret, as: profile)) == nil ? 0 : 1 }
            }
            return await group.reduce(0, +)
        }
        #expect(count == 1)
    }

    @Test func aTakenHandleLeavesTheInvitationAsItIs() async throws {
        let test = try await TestHost()
        _ = try await test.makePerson("ann")
        let secret = try await test.host.people.invite(
            InvitationOffer(role: .user), by: test.person, at: TestHost.address)
        await expectError(.alreadyExists) { _ = try await test.host.people.accept(secret, as: ann) }
        await expectError(.invalidArgument) {
            _ = try await test.host.people.accept(secret, as: Profile(displayName: "Ann", handle: "Ann B"))
        }
        _ = try await test.host.people.accept(secret, as: Profile(displayName: "Ann", handle: "ann2"))
    }

    @Test func anInvitationIsMailed() async throws {
        let test = try await TestHost()
        let secret = try await test.host.people.invite(
            InvitationOffer(role: .user, emailAddress: "Ann@Example.org"), by: test.person, at: TestHost.address)
        let sent = try #require(await test.mail.next())
        #expect(sent.to == "ann@example.org" && sent.text.contains("http://localhost:6080/invite/\(secret.text)"))
        _ = try await test.host.people.accept(secret, as: ann)
        #expect(try await logIn(test, "ann@example.org").account.handle == "ann")
    }

    // MARK: E-mail

    @Test func aCodeLogsIn() async throws {
        let test = try await TestHost()
        _ = try await test.makePerson("ann", email: "ann@example.org")
        _ = await test.mail.next()
        #expect(test.host.accounts.loginMethods == ["email"])
        let login = try await logIn(test, " ANN@example.org")
        #expect(try await test.host.accounts.account(forLogin: login.secret)?.handle == "ann")
    }

    @Test func theLinkInTheMailLogsInToo() async throws {
        let test = try await TestHost()
        _ = try await test.makePerson("ann", email: "ann@example.org")
        _ = await test.mail.next()
        _ = try await test.host.accounts.beginLogin(by: "email", as: "ann@example.org", at: TestHost.address)
        let text = try #require(await test.mail.next()).text
        let link = try #require(text.split(separator: "\n").first { $0.contains("/login/") })
        let token = Secret(String(try #require(link.split(separator: "/").last)))
        #expect(try await test.host.accounts.logIn(withToken: token).account.handle == "ann")
    }

    @Test func aCodeWorksOnceForAnHourAndForThePageThatAsked() async throws {
        let test = try await TestHost()
        _ = try await test.makePerson("ann", email: "ann@example.org")
        _ = await test.mail.next()
        func begin() async throws -> (Secret, String) {
            let challenge = try await test.host.accounts.beginLogin(
                by: "email", as: "ann@example.org", at: TestHost.address)
            return (challenge, PeopleTests.code(in: try #require(await test.mail.next()).text))
        }
        func finish(_ challenge: Secret, _ code: String) async throws {
            _ = try await test.host.accounts.logIn(by: "email", challenge: challenge, answer: code)
        }
        let (first, code) = try await begin(), (second, other) = try await begin()
        #expect(code.utf8.count == 8)
        if code != other { await expectError(.permissionDenied) { try await finish(first, other) } }
        try await finish(first, "\(code.prefix(4)) \(code.dropFirst(4))")
        await expectError(.permissionDenied) { try await finish(first, code) }
        test.clock.advance(by: .seconds(3_600))
        await expectError(.permissionDenied) { try await finish(second, other) }
        let (third, last) = try await begin()
        let wrong = last == "00000000" ? "00000001" : "00000000"
        for _ in 0..<5 { await expectError(.permissionDenied) { try await finish(third, wrong) } }
        await expectError(.permissionDenied) { try await finish(third, last) }
    }

    @Test func strangersGetNoMailAndNoOtherAnswer() async throws {
        let test = try await TestHost()
        let challenge = try await test.host.accounts.beginLogin(
            by: "email", as: "who@example.org", at: TestHost.address)
        #expect(challenge.text.utf8.count == 64)
        await expectError(.permissionDenied) {
            _ = try await test.host.accounts.logIn(by: "email", challenge: challenge, answer: "12345678")
        }
        #expect(test.mail.all.withLock { $0.isEmpty })
        for claim in ["", "a@", "a b", "a@b\r\nBcc: c@d", "<a@b>", "a@b@c", "\"a\"@b"] {
            await expectError(.invalidArgument) {
                _ = try await test.host.accounts.beginLogin(by: "email", as: claim, at: TestHost.address)
            }
        }
        await expectError(.unsupported) {
            _ = try await test.host.accounts.beginLogin(by: "telepathy", as: "a@b", at: TestHost.address)
        }
    }

    @Test func codesAreLimitedByAddress() async throws {
        let test = try await TestHost()
        func begin(_ address: String) async throws {
            _ = try await test.host.accounts.beginLogin(by: "email", as: address, at: TestHost.address)
        }
        for _ in 0..<5 { try await begin("who@example.org") }
        await expectError(.resourceExhausted) { try await begin("WHO@example.org") }
        try await begin("else@example.org")
        test.clock.advance(by: .seconds(3_600))
        try await begin("who@example.org")
    }

    @Test func unknownAddressesBecomeGuestsWhereThatIsWanted() async throws {
        let test = try await TestHost { $0.people.admitsUnknownAddresses = true }
        let login = try await logIn(test, "gus@example.org")
        #expect(login.account.role == .guest && login.account.displayName == "gus")
        #expect(try await logIn(test, "gus@example.org").account.identifier == login.account.identifier)
    }

    // MARK: Profiles

    @Test func theAppSeesTheProfile() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let profile = Profile(displayName: "Zoë", handle: "zoe", pronouns: .robot)
        try await test.host.people.changeProfile(of: test.person, profile)
        var client = TestHost.client
        client.pictureBase = "http://static.localhost"
        _ = try await test.host.sessions.open(grain, by: test.person).send(TestHost.get(), from: client)
        let plain = try #require(test.grains.apps.last?.sessions.withLock { $0.last }).user
        #expect(plain.displayName == "Zoë" && plain.preferredHandle == "zoe" && plain.pronouns == .robot)
        #expect(
            plain.pictureURL.hasPrefix("http://static.localhost/identicon/") && plain.pictureURL.hasSuffix("?s=256"))
        let png: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]
        try await test.host.people.setPicture(png, of: test.person)
        _ = try await test.host.sessions.open(grain, by: test.person).send(TestHost.get(), from: client)
        let name = try #require(try await test.host.accountBook.account(test.person)?.picture)
        let pictured = try #require(test.grains.apps.last?.sessions.withLock { $0.last }).user
        #expect(pictured.pictureURL == "http://static.localhost/\(name)?s=256")
        #expect(try await test.host.people.picture(name) == Picture(format: .png, bytes: png))
        try await test.host.people.setPicture(nil, of: test.person)
        #expect(try await test.host.people.picture(name) == nil)
    }

    @Test func whatIsNoPictureIsRefused() async throws {
        let test = try await TestHost()
        for bytes in [
            [], Array("<svg/>".utf8), [0x89, 0x50], [0xff, 0xd8, 0xff] + [UInt8](repeating: 0, count: 64 << 10),
        ] {
            await expectError(.invalidArgument) { try await test.host.people.setPicture(bytes, of: test.person) }
        }
        try await test.host.people.setPicture([0xff, 0xd8, 0xff, 0xe0], of: test.person)
    }

    @Test(arguments: ["", "1a", "A", "a-b", "a b", "ä", String(repeating: "a", count: 31)])
    func someHandlesWillNotDo(_ handle: String) async throws {
        let test = try await TestHost()
        await expectError(.invalidArgument) {
            try await test.host.people.changeProfile(of: test.person, Profile(displayName: "A", handle: handle))
        }
    }

    @Test func aHandleBelongsToOnePersonAndIsFreeAfterwards() async throws {
        let test = try await TestHost()
        let first = try await test.makePerson("ann"), second = try await test.makePerson("bob")
        await expectError(.alreadyExists) { try await test.host.people.changeProfile(of: second, ann) }
        try await test.host.people.changeProfile(of: first, Profile(displayName: "Ann", handle: "anna"))
        try await test.host.people.changeProfile(of: second, ann)
        #expect(try await test.host.accountBook.account(named: "ann")?.identifier == second)
        for (name, words) in [
            ("", "can be seen"), (" \n", "can be seen"), (String(repeating: "x", count: 101), "at most 100 characters"),
            ("a\u{7}b", "one line"), ("a\tb", "one line"), ("a\u{202e}b", "one line"), ("a\u{2069}b", "one line"),
        ] {
            let message = await expectError(.invalidArgument) {
                try await test.host.people.changeProfile(of: first, Profile(displayName: name, handle: "anna"))
            }
            #expect(message.contains(words), "\(message)")
        }
    }

    // MARK: Logins

    @Test func loginsAreListedAndEnded() async throws {
        let test = try await TestHost()
        let first = try await test.host.accounts.logIn(withToken: try await test.host.operatorLoginToken())
        test.clock.advance(by: .seconds(10))
        let link = try await test.host.people.issueLoginToken(for: test.person)
        let second = try await test.host.accounts.logIn(withToken: link)
        let listed = try await test.host.people.logins(of: test.person, seenFrom: second.secret)
        #expect(listed.map(\.isCurrent) == [true, false])
        #expect(listed.count == 2 && listed[0].created == listed[1].created + 10 && listed[0].method == "link")
        try await test.host.people.endLogins(of: test.person, except: second.secret)
        #expect(try await test.host.accounts.account(forLogin: first.secret) == nil)
        #expect(try await test.host.accounts.account(forLogin: second.secret) != nil)
        let other = try await test.makePerson("ann")
        try await test.host.people.endLogin(listed[0].id, of: other)
        #expect(try await test.host.accounts.account(forLogin: second.secret) != nil, "of somebody else")
        try await test.host.people.endLogin(listed[0].id, of: test.person)
        #expect(try await test.host.accounts.account(forLogin: second.secret) == nil)
    }

    @Test func leavingClosesWhatIsOpen() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let login = try await test.host.accounts.logIn(withToken: try await test.host.operatorLoginToken())
        let session = try await test.host.sessions.open(grain, by: test.person)
        try await test.host.accounts.logOut(login.secret)
        await expectError(.notFound) { _ = try await session.send(TestHost.get(), from: TestHost.client) }
    }

    @Test func whoIsSuspendedIsOut() async throws {
        let test = try await TestHost()
        let person = try await test.makePerson("ann", email: "ann@example.org")
        _ = await test.mail.next()
        let login = try await logIn(test, "ann@example.org")
        let grain = try await test.host.grains.create(
            package: test.package.identifier, action: 0, title: nil, by: person
        ).identifier
        let session = try await test.host.sessions.open(grain, by: person)
        try await test.host.people.setSuspended(true, person, by: test.person)
        #expect(try await test.host.accounts.account(forLogin: login.secret) == nil)
        await expectError(.notFound) { _ = try await session.send(TestHost.get(), from: TestHost.client) }
        await expectError(.notFound) { _ = try await test.host.sessions.open(grain, by: person) }
        _ = try await test.host.accounts.beginLogin(by: "email", as: "ann@example.org", at: TestHost.address)
        try await test.host.people.setSuspended(false, person, by: test.person)
        _ = try await logIn(test, "ann@example.org")
        await expectError(.permissionDenied) {
            try await test.host.people.setSuspended(true, test.person, by: test.person)
        }
    }

    @Test func recordsOfAnEarlierHostGetTheirIndexes() async throws {
        let storage = MemoryStorage()
        let test = try await TestHost(storage: storage)
        let login = try await test.host.accounts.logIn(withToken: try await test.host.operatorLoginToken())
        let added = storage.recordKeys.filter {
            $0.hasPrefix("handle/") || $0.hasPrefix("login-of/") || $0 == "host/people-indexed"
        }
        #expect(added.count == 3)
        _ = try await storage.commit(RecordBatch(writes: added.map { .delete(RecordKey($0)) }))
        let again = try await TestHost(storage: storage)
        #expect(try await again.host.accountBook.account(named: "administrator")?.identifier == test.person)
        #expect(try await again.host.people.logins(of: test.person, seenFrom: login.secret).count == 1)
        #expect(try await again.host.accounts.account(forLogin: login.secret) != nil)
    }
}
