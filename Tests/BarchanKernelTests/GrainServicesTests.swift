import Barchan
import Testing

/// What the kernel does for an app that asks (specification, sections 4.4, 11, 16 and 18.1).
@Suite(.timeLimit(.minutes(10))) struct GrainServicesTests {
    private func running(
        _ configure: (inout HostConfiguration) -> Void = { _ in }
    ) async throws -> (test: TestHost, grain: GrainID, host: any GrainHost) {
        let test = try await TestHost(configure: configure)
        test.grains.onLaunch { app in
            var info = ViewInfo()
            info.permissions = [
                PermissionDefinition(name: "read", title: ""), PermissionDefinition(name: "write", title: ""),
            ]
            info.activityTypes = [ActivityTypeDefinition(name: "edit", verbPhrase: "edited")]
            app.viewInfo.set(info)
        }
        let grain = try await test.makeGrain()
        return (test, grain, try #require(test.grains.hosts.first))
    }

    private func identity(_ test: TestHost, _ grain: GrainID) async throws -> [UInt8] {
        let session = try await test.host.sessions.open(grain, by: test.person)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        return try #require(test.grains.apps.last?.sessions.withLock { $0.last }).user.identityID
    }

    // MARK: Tokens

    @Test func aTokenIsTheOnlyKeyToWhatWasSaved() async throws {
        let (test, _, host) = try await running()
        let object = SavedObject(.app(objectID: Array("my secret calendar".utf8)))
        let token = try await host.save(object, label: "the label")
        #expect(token.text.utf8.count == 43)
        #expect(try await host.restore(token) == object)
        let stored = test.storage.recordKeys.joined() + test.storage.recordTexts.joined()
        let hexadecimal = Array("my secret calendar".utf8).map { String($0, radix: 16) }.joined()
        for secret in [token.text, "my secret calendar", hexadecimal, "the label"] { #expect(!stored.contains(secret)) }
    }

    @Test func tokensSurviveARestart() async throws {
        let (test, grain, host) = try await running()
        let object = SavedObject(.app(objectID: [1, 2, 3]))
        let token = try await host.save(object, label: "")
        try await test.host.grains.stop(grain, by: test.person)
        let session = try await test.host.sessions.open(grain, by: test.person)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        #expect(try await test.grains.hosts[1].restore(token) == object)
    }

    @Test func aTokenOfOneGrainIsNoneInAnother() async throws {
        let (test, _, host) = try await running()
        let token = try await host.save(SavedObject(.app(objectID: [1])), label: "")
        _ = try await test.makeGrain()
        await expectError(.notFound) { _ = try await test.grains.hosts[1].restore(token) }
        await expectError(.notFound) { _ = try await host.restore(Secret(token.text + "A")) }
        await expectError(.notFound) { _ = try await host.restore(Secret("")) }
    }

    @Test func aRecordThatWasChangedOrMovedIsRefused() async throws {
        let (test, grain, host) = try await running()
        let token = try await host.save(SavedObject(.app(objectID: [1])), label: "")
        let key = try #require(test.storage.recordKeys.first { $0.hasPrefix("token/\(grain)/") })
        let record = try #require(try await test.storage.read(RecordKey(key)))
        var bytes = record.value
        let place = bytes.count - 5
        bytes[place] = bytes[place] == 0x30 ? 0x31 : 0x30
        _ = try await test.storage.commit(RecordBatch(writes: [.put(RecordKey(key), bytes)]))
        await expectError(.corrupt) { _ = try await host.restore(token) }
    }

    @Test func droppedTokensAndDeletedObjectsAreGone() async throws {
        let (_, _, host) = try await running()
        let one = try await host.save(SavedObject(.app(objectID: [1])), label: "")
        let two = try await host.save(SavedObject(.app(objectID: [1])), label: "")
        let three = try await host.save(SavedObject(.app(objectID: [2])), label: "")
        try await host.drop(one)
        try await host.drop(one)
        await expectError(.notFound) { _ = try await host.restore(one) }
        _ = try await host.restore(two)
        try await host.dropAll(ofObject: [1])
        await expectError(.notFound) { _ = try await host.restore(two) }
        _ = try await host.restore(three)
    }

    @Test func aGrainHasSoManyTokens() async throws {
        let (_, _, host) = try await running { $0.limits.tokensPerGrain = 3 }
        var tokens: [Secret] = []
        for number in 0..<3 {
            tokens.append(try await host.save(SavedObject(.app(objectID: [UInt8(number)])), label: ""))
        }
        await expectError(.resourceExhausted) { _ = try await host.save(SavedObject(.app(objectID: [9])), label: "") }
        try await host.drop(tokens[0])
        _ = try await host.save(SavedObject(.app(objectID: [9])), label: "")
        await expectError(.resourceExhausted) { _ = try await host.save(SavedObject(.app(objectID: [9])), label: "") }
    }

    @Test func whatIsSavedHasASize() async throws {
        let (_, _, host) = try await running()
        _ = try await host.save(SavedObject(.app(objectID: [UInt8](repeating: 1, count: 16 << 10))), label: "")
        await expectError(.invalidArgument) {
            _ = try await host.save(
                SavedObject(.app(objectID: [UInt8](repeating: 1, count: (16 << 10) + 1))), label: "")
        }
        let requirements = [Requirement](repeating: Requirement(identityID: [1]), count: 17)
        await expectError(.invalidArgument) {
            _ = try await host.save(SavedObject(.app(objectID: [1]), requirements: requirements), label: "")
        }
    }

    @Test func nothingOfARemovedGrainStays() async throws {
        let (test, grain, host) = try await running()
        _ = try await host.save(SavedObject(.app(objectID: [1])), label: "")
        try await host.note(Activity(type: 0, path: "a"), by: nil)
        _ = try await host.publicID()
        try await test.host.grains.remove(grain, by: test.person)
        await expectError(.notFound) { _ = try await host.save(SavedObject(.app(objectID: [1])), label: "") }
        #expect(!test.storage.recordKeys.contains { $0.contains(grain.text) || $0.hasPrefix("public-id/") })
    }

    // MARK: Requirements

    @Test func requirementsAreCheckedOnRestore() async throws {
        let (test, grain, host) = try await running()
        let ann = try await identity(test, grain)
        func token(_ requirement: Requirement) async throws -> Secret {
            try await host.save(SavedObject(.identity(ann), requirements: [requirement]), label: "")
        }
        let met = Requirement(identityID: ann, permissions: [true, true])
        let object = try await host.restore(try await token(met))
        #expect(object == SavedObject(.identity(ann), requirements: [met]))
        let unmet = [
            // A permission that the app does not declare, and somebody whom the grain does not know.
            Requirement(identityID: ann, permissions: [false, false, true]),
            Requirement(identityID: [UInt8](repeating: 9, count: 32)),
        ]
        for requirement in unmet {
            let token = try await token(requirement)
            await expectError(.disconnected) { _ = try await host.restore(token) }
        }
    }

    @Test func permissionsAreToldAndEndWithTheGrain() async throws {
        let (test, grain, host) = try await running()
        let ann = try await identity(test, grain)
        var values = host.permissions(of: ann).makeAsyncIterator()
        #expect(await values.next() == [true, true])
        try await test.host.grains.remove(grain, by: test.person)
        #expect(await values.next() == .some(nil))
        #expect(try await host.person(ann) == nil)
        var strangers = host.permissions(of: []).makeAsyncIterator()
        #expect(await strangers.next() == .some(nil))
    }

    @Test func aPersonIsKnownByWhatTheGrainKnowsThemBy() async throws {
        let (test, grain, host) = try await running()
        let person = try await host.person(try await identity(test, grain))
        #expect(person == PersonProfile(displayName: "Administrator", preferredHandle: "administrator"))
    }

    // MARK: Staying awake

    @Test func aWakeLockKeepsTheGrain() async throws {
        let (test, grain, host) = try await running()
        let lock = try await host.stayAwake("Fetching mail")
        #expect(await test.host.operatorWakeReasons(of: grain) == ["Fetching mail"])
        await (try await test.host.sessions.open(grain, by: test.person)).close()
        test.clock.advance(by: .seconds(1_000))
        #expect(try await test.state(of: grain) == .running)
        lock.release()
        lock.release()
        await test.clock.pass(.seconds(5))
        #expect(await test.grains.app(1).waitForExit() == .signaled(signal: 9))
    }

    @Test func aPersonMayEndTheLocks() async throws {
        let (test, grain, host) = try await running()
        let lock = try await host.stayAwake("Fetching mail")
        await (try await test.host.sessions.open(grain, by: test.person)).close()
        await test.host.operatorCancelWakeLocks(of: grain)
        await lock.waitForEnd()
        await test.clock.pass(.seconds(5))
        #expect(await test.grains.app(1).waitForExit() == .signaled(signal: 9))
    }

    @Test func locksEndWithTheGrain() async throws {
        let (test, grain, host) = try await running()
        let lock = try await host.stayAwake("Fetching mail")
        try await test.host.grains.stop(grain, by: test.person)
        await lock.waitForEnd()
        await expectError(.disconnected) { _ = try await host.stayAwake("again") }
    }

    @Test func aGrainHoldsSoManyLocks() async throws {
        let (_, _, host) = try await running { $0.life.wakeLocks = 2 }
        let locks = [try await host.stayAwake("1"), try await host.stayAwake("2")]
        await expectError(.resourceExhausted) { _ = try await host.stayAwake("3") }
        locks[0].release()
        _ = try await host.stayAwake("3")
    }

    // MARK: Activity, public identifier

    @Test func equalEventsAreCounted() async throws {
        let (test, grain, host) = try await running()
        for caption in ["one", "two"] {
            try await host.note(Activity(type: 0, path: "page", caption: caption), by: [1])
        }
        try await host.note(Activity(type: 0, path: "page"), by: [2])
        let activities = try await test.host.operatorActivities(of: grain)
        #expect(activities.count == 2)
        let first = try #require(activities.first { $0.count == 2 })
        #expect(first.verbPhrase == "edited" && first.path == "page" && first.caption == "two")
        #expect(first.actor == nil)
        await expectError(.invalidArgument) { try await host.note(Activity(type: 1, path: ""), by: nil) }
        await expectError(.invalidArgument) { try await host.note(Activity(type: -1, path: ""), by: nil) }
    }

    @Test func whoDidSomethingIsNamed() async throws {
        let (test, grain, host) = try await running()
        let identity = try await identity(test, grain)
        try await host.note(Activity(type: 0, path: "page", threadPath: "talk", threadTitle: "Talk"), by: identity)
        let activity = try #require(try await test.host.operatorActivities(of: grain).first)
        #expect(activity.actor == (try await test.host.allGrains().first?.owner))
        #expect(activity.actor?.isEmpty == false)
        #expect(activity.threadPath == "talk" && activity.threadTitle == "Talk" && activity.type == "edit")
    }

    @Test func whomAnActivityConcernsIsKept() async throws {
        let (test, grain, host) = try await running()
        let ann = try await identity(test, grain), owner = try await test.host.allGrains().first?.owner
        func noted(_ users: [ActivityUser]) async throws -> NotedActivity {
            var activity = Activity(type: 0, path: "page")
            activity.users = users
            try await host.note(activity, by: nil)
            return try #require(try await test.host.operatorActivities(of: grain).first)
        }
        let both = ActivityUser(identityID: ann, isMentioned: true, isSubscribed: true)
        // Somebody who is not here.
        let stranger = ActivityUser(identityID: [1], isMentioned: true)
        let first = try await noted([stranger, both])
        #expect(first.mentioned == [owner] && first.subscribed == [owner])
        let second = try await noted([ActivityUser(identityID: ann, isSubscribed: true)])
        #expect(second.count == 2 && second.mentioned.isEmpty && second.subscribed == [owner])
        let many = try await noted([ActivityUser](repeating: stranger, count: Activity.maximumUsers) + [both])
        #expect(many.mentioned.isEmpty && many.subscribed.isEmpty)
    }

    @Test func activityHasALimit() async throws {
        let (test, grain, host) = try await running()
        for number in 0..<203 {
            test.clock.advance(by: .seconds(1))
            let path = String(repeating: "x", count: 2_000) + "\(number)"
            try await host.note(Activity(type: 0, path: String(path.suffix(1_000))), by: nil)
        }
        let activities = try await test.host.operatorActivities(of: grain)
        #expect(activities.count == 200)
        #expect(activities.first?.path.hasSuffix("202") == true)
        #expect(activities.last?.path.hasSuffix("x3") == true)
    }

    @Test func thePublicIdentifierStays() async throws {
        let (_, _, host) = try await running()
        let identifier = try await host.publicID()
        #expect(identifier.utf8.count == 20)
        #expect(identifier.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) })
        #expect(try await host.publicID() == identifier)
    }
}
