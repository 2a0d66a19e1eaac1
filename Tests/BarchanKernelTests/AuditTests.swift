import Barchan
import Testing

@testable import BarchanKernel

@Suite(.timeLimit(.minutes(10))) struct AuditTests {
    @Test func actsAreThereNewestFirstWithWhoDidThem() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        try await test.host.operatorStop(grain)
        _ = try await test.host.operatorLoginToken()
        try await test.host.grains.remove(grain, by: test.person)
        let entries = try await test.host.operatorAudit(olderThan: nil, limit: 10)
        #expect(entries.map(\.act) == ["grain.remove", "login.link", "grain.stop", "grain.create"])
        #expect(entries.map(\.actor) == ["administrator", "operator", "operator", "administrator"])
        #expect(entries[0].object == grain.text)
    }

    @Test func aPageFollowsTheOther() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        for _ in 0..<5 { try await test.host.operatorStop(grain) }
        let all = try await test.host.operatorAudit(olderThan: nil, limit: 100)
        let first = try await test.host.operatorAudit(olderThan: nil, limit: 2)
        let rest = try await test.host.operatorAudit(olderThan: first[1].identifier, limit: 100)
        #expect(first + rest == all)
        #expect(all.count == 6)
        #expect(try await test.host.operatorAudit(olderThan: "no such entry", limit: 0).isEmpty)
    }

    @Test func onlyAdministratorsSeeIt() async throws {
        let test = try await TestHost()
        let stranger = AccountID.random()
        await expectError(.permissionDenied) {
            _ = try await test.host.audit(olderThan: nil, limit: 1, for: stranger)
        }
        await expectError(.permissionDenied) { _ = try await test.host.recentLog(for: stranger) }
        await expectError(.permissionDenied) { _ = try await test.host.usage(for: stranger) }
        await expectError(.permissionDenied) { _ = try await test.host.limits(for: stranger) }
    }

    @Test func itDoesNotGrowForEver() async throws {
        let test = try await TestHost()
        let book = AuditBook(
            records: RecordBook(store: test.storage.records), clock: test.clock, log: .none, maximumEntries: 20)
        for number in 0..<600 { await book.note(.stopGrain, by: .host, on: "grain \(number)") }
        let entries = try await book.entries(olderThan: nil, limit: 1_000)
        // The oldest go now and then: never more than what is written between two counts stays over.
        #expect(entries.count >= 20 && entries.count <= 20 + 257)
        #expect(entries[0].object == "grain 599")
    }

    @Test func entriesOfActsAreBoundedToo() async throws {
        let test = try await TestHost()
        let store = test.storage.records
        let book = AuditBook(records: RecordBook(store: store), clock: test.clock, log: .none, maximumEntries: 20)
        for _ in 0..<600 {
            _ = try await store.commit(RecordBatch(writes: [book.entry(.logIn, by: .host, on: "x")]))
        }
        // The oldest are removed in the background.
        while try await book.entries(olderThan: nil, limit: 1_000).count > 20 + 513 { await Task.yield() }
    }

    /// The acts since `count` entries were there, oldest first, as "actor act detail".
    private func acts(_ test: TestHost, after count: Int) async throws -> [AuditEntry] {
        try await test.host.operatorAudit(olderThan: nil, limit: 1_000).reversed().dropFirst(count).map { $0 }
    }

    @Test func sharingIsThereWithWhatWasGivenToWhom() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let ann = try await test.makePerson("ann")
        let before = try await test.host.operatorAudit(olderThan: nil, limit: 1_000).count
        let sharing = test.host.sharing
        let toAnn = try await sharing.share(grain, with: "ann", ShareOffer(.everything), by: test.person)
        let (_, link) = try await sharing.makeLink(
            to: grain, ShareOffer(.everything, label: "choir", isSingleUse: true), by: test.person)
        let token = try await test.host.api.makeToken(
            TokenOffer(ShareOffer(.everything, label: "backup")), for: .account(test.person, of: grain))
        _ = try await test.host.sessions.open(grain, as: .link(link))
        let (_, other) = try await sharing.makeLink(to: grain, ShareOffer(.everything), by: test.person)
        let bob = try await test.makePerson("bob")
        _ = try await sharing.redeem(other, by: bob)
        try await sharing.relabel(token.grant, in: grain, to: "nightly", by: test.person)
        try await sharing.revoke(token.grant, in: grain, by: test.person)
        try await sharing.remove(ann, from: grain, by: test.person)
        try await sharing.transfer(grain, to: "bob", by: test.person)
        let entries = try await acts(test, after: before).filter { $0.object == grain.text }
        #expect(
            entries.map(\.act) == [
                "grant.give", "grant.give", "grant.give", "grant.use", "grant.give", "grant.keep", "grant.label",
                "grant.revoke", "grain.exclude", "grain.transfer",
            ])
        #expect(entries[0].actor == "administrator" && entries[0].detail == "everything to @ann (\(toAnn))")
        #expect(entries[1].detail.hasPrefix("everything by link 'choir', for one use ("))
        #expect(entries[2].detail.hasPrefix("everything by token 'backup' ("))
        #expect(entries[3].actor == "somebody")
        #expect(entries[5].actor == "bob")
        #expect(entries[6].detail == "'nightly' (\(token.grant))")
        #expect(entries[8].detail == "@ann" && entries[9].detail == "to @bob")
        // No secret is among it.
        let all = entries.map(\.detail).joined()
        for secret in [link, other, token.secret] { #expect(!all.contains(secret.text)) }
    }

    @Test func whatIsRefusedIsNotThere() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let ann = try await test.makePerson("ann")
        let before = try await test.host.operatorAudit(olderThan: nil, limit: 1_000).count
        await expectError(.notFound) {
            _ = try await test.host.sharing.makeLink(to: grain, ShareOffer(.everything), by: ann)
        }
        await expectError(.permissionDenied) { try await test.host.people.setRole(.administrator, of: ann, by: ann) }
        #expect(try await acts(test, after: before).isEmpty)
    }

    @Test func peopleAndTheirLoginsAreThere() async throws {
        let test = try await TestHost()
        let before = try await test.host.operatorAudit(olderThan: nil, limit: 1_000).count
        let ann = try await test.makePerson("ann", email: "ann@example.org")
        try await test.host.people.setRole(.guest, of: ann, by: test.person)
        try await test.host.people.changeProfile(of: ann, Profile(displayName: "Anna", handle: "anna"))
        let link = try await test.host.people.issueLoginToken(for: ann)
        let login = try await test.host.accounts.logIn(withToken: link)
        try await test.host.accounts.logOut(login.secret)
        try await test.host.operatorLogOut("anna")
        try await test.host.people.setSuspended(true, ann, by: test.person)
        try await test.host.people.setSuspended(false, ann, by: test.person)
        try await test.host.operatorSetEmailAddress("a@example.org", of: "anna")
        let entries = try await acts(test, after: before)
        #expect(
            entries.map { "\($0.actor) \($0.act) \($0.detail)" } == [
                "administrator person.invite user", "anna person.join user", "anna login invitation",
                "administrator person.role guest", "anna person.profile was @ann, Ann", "anna login.link ",
                "anna login link", "anna login.end ", "operator login.end everywhere",
                "administrator person.suspend ", "administrator person.readmit ",
                "operator person.address a@example.org",
            ])
        #expect(entries.dropFirst().allSatisfy { $0.object == "anna" })
    }

    @Test func refusedLoginsAreThereAndPushNothingOut() async throws {
        let test = try await TestHost()
        func refused() async throws -> [AuditEntry] {
            try await test.host.operatorAudit(olderThan: nil, limit: 1_000).filter { $0.act == "login.refuse" }
        }
        for _ in 0..<500 {
            await expectError(.permissionDenied) { _ = try await test.host.accounts.logIn(withToken: .random()) }
        }
        #expect(try await refused().map(\.detail) == ["link"])
        test.clock.advance(by: .seconds(600))
        await expectError(.permissionDenied) {
            _ = try await test.host.people.accept(.random(), as: Profile(displayName: "Eve", handle: "eve"))
        }
        #expect(try await refused().map(\.detail) == ["invitation, and 499 since the entry before", "link"])
        #expect(try await refused().allSatisfy { $0.actor == "somebody" })
    }

    @Test func exceptionsForPagesAreThereWhenTheyChange() async throws {
        let storage = MemoryStorage()
        let app = try #require(AppID(String(repeating: "a", count: 52)))
        var hosts: Int64 = 0
        func entries(_ exceptions: [String]) async throws -> [String] {
            let test = try await TestHost(storage: storage)
            hosts += 1
            test.clock.advance(by: .seconds(hosts))
            await test.host.operations.noteExceptions(exceptions.isEmpty ? [:] : [app: exceptions])
            let all = try await test.host.operatorAudit(olderThan: nil, limit: 100)
            return all.filter { $0.object == app.text }.map { "\($0.actor) \($0.act) \($0.detail)" }
        }
        let first = "operator pages.allow img-src https://a.example"
        #expect(try await entries(["img-src https://a.example"]) == [first])
        #expect(try await entries(["img-src https://a.example"]) == [first], "the next host finds nothing new")
        #expect(
            try await entries(["feature fullscreen"]) == [
                "operator pages.forbid img-src https://a.example", "operator pages.allow feature fullscreen", first,
            ])
        #expect(try await entries([]).first == "operator pages.forbid feature fullscreen")
    }

    @Test func longTextsAreCut() async throws {
        let test = try await TestHost()
        await test.host.audit.note(.recordGrain, by: .host, on: "x", String(repeating: "ä", count: 10_000))
        let entry = try await test.host.operatorAudit(olderThan: nil, limit: 1)[0]
        #expect(entry.detail.utf8.count <= 1_003)
    }
}

@Suite struct FigureTests {
    @Test func startsCrashesAndStatesAreCounted() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let session = try await test.host.sessions.open(grain, by: test.person)
        func value(_ name: String, _ label: String? = nil, _ suffix: String = "") async throws -> Double? {
            let figure = try await test.host.operations.figures().first { $0.name == name }
            return figure?.samples.first { ($0.labels.first?.value == label || label == nil) && $0.suffix == suffix }?
                .value
        }
        #expect(try await value("barchan_grain_starts_total") == 1)
        #expect(try await value("barchan_grains", "running") == 1)
        #expect(try await value("barchan_sessions") == 1)
        #expect(try await value("barchan_grain_start_seconds", nil, "_count") == 1)
        #expect(try await value("barchan_grain_start_seconds", "+Inf", "_bucket") == 1)
        #expect(try await value("process_resident_memory_bytes") ?? 0 > 1_000_000)
        #expect(try await value("process_open_fds") ?? 0 >= 3)
        await session.close()
        #expect(try await value("barchan_sessions") == 0)
    }

    @Test func loginsAreCounted() async throws {
        let test = try await TestHost()
        func value(_ name: String) async throws -> Double? {
            try await test.host.operations.figures().first { $0.name == name }?.samples.first?.value
        }
        #expect(try await value("barchan_logins_total") == 0)
        let login = try await test.host.accounts.logIn(withToken: try await test.host.operatorLoginToken())
        #expect(login.account.identifier == test.person)
        _ = try await test.makePerson("ann")
        await expectError(.permissionDenied) { _ = try await test.host.accounts.logIn(withToken: .random()) }
        #expect(try await value("barchan_logins_total") == 2)
        #expect(try await value("barchan_logins_refused_total") == 1)
    }

    @Test func theNewestLinesOfTheLogAreKept() {
        let recent = RecentLog(clock: ManualClock())
        let passed = Passed()
        let log = recent.keeping(from: .info, of: HostLog { _, text, fields in passed.add("\(text) \(fields.count)") })
        log(.debug, "not kept")
        for number in 0..<600 { log(.info, "line \(number)", [KeyValue("grain", "g"), KeyValue("trace", "ab")]) }
        #expect(recent.newest.count == 500)
        #expect(recent.newest.last?.message == "line 599 (trace ab)")
        #expect(passed.texts.count == 601)
        #expect(passed.texts.last == "line 599 2")
    }
}

private final class Passed: @unchecked Sendable {
    private(set) var texts: [String] = []
    func add(_ text: String) { texts.append(text) }
}
