import Barchan
import BarchanConformance
import CapnProto
import GrainSchemas
import Testing

@testable import CapnpTransport

/// What an app may call (specification, sections 4.4, 11, 13.3 and 18.1), seen from the app.
@Suite(.timeLimit(.minutes(10))) struct HostObjectTests {
    // MARK: Objects of the app

    @Test func whatTheAppSavesIsRestoredByItself() async throws {
        let test = try await AppUnderTest()
        let object = await test.persistentObject("calendar/7")
        let token = try await test.save(object, label: "My calendar")
        #expect(test.host.labels == ["My calendar"])
        let restored = try await test.restore(token)
        // The app's own object comes back as what its restore method returned, not behind a proxy of the host.
        try await test.app.call(Wire.Handle.Methods.ping, on: restored)
        #expect(test.restored.all == ["calendar/7"])
        #expect(test.pings.value == 1)
    }

    @Test func whatIsNotPersistentIsNotSaved() async throws {
        let test = try await AppUnderTest()
        let object = await test.app.export { $0.incoming.fail(RPCError(.unimplemented, "no")) }
        let error = await test.error { _ = try await test.save(object) }
        #expect(error?.kind == .failed)
        #expect(test.host.objects.isEmpty)
    }

    @Test func anObjectThatClaimsToBeEverythingIsStillTheApps() async throws {
        let test = try await AppUnderTest()
        // Answers every call, the host's own included, with success.
        let liar = await test.app.export { $0.incoming.reply() }
        let error = await test.error { _ = try await test.identityID(of: liar) }
        #expect(error?.kind == .failed)
    }

    @Test func aDroppedTokenRestoresNothing() async throws {
        let test = try await AppUnderTest()
        let token = try await test.save(await test.persistentObject("a"))
        try await test.app.call(Wire.SandstormApi.Methods.drop, on: await test.api) { $0.setToken(token) }
        #expect(test.host.objects.isEmpty)
        #expect(await test.error { _ = try await test.restore(token) }?.kind == .failed)
    }

    @Test func aDeletedObjectLosesItsTokens() async throws {
        let test = try await AppUnderTest()
        for name in ["a", "b", "a"] { _ = try await test.save(await test.persistentObject(name)) }
        try await test.app.call(Wire.SandstormApi.Methods.deleted, on: await test.api) { $0.initRef().setText("a") }
        #expect(test.host.objects.count == 1)
    }

    @Test(arguments: [[], [0xff, 0xfe], Array("token-9".utf8), [UInt8](repeating: 65, count: 100_000)])
    func nonsenseRestoresNothing(_ token: [UInt8]) async throws {
        let test = try await AppUnderTest()
        #expect(await test.error { _ = try await test.restore(token) }?.kind == .failed)
    }

    @Test func anIdentifierWithACapabilityIsRefused() async throws {
        let test = try await AppUnderTest()
        let other = await test.persistentObject("x")
        let object = await test.app.export { call in
            let results = MessageBuilder()
            results.initRoot(Wire.AppPersistent.SaveResults.self).initObjectId().setCapability(0)
            call.incoming.reply(results, capabilities: [other])
        }
        #expect(await test.error { _ = try await test.save(object) }?.kind == .failed)
    }

    // MARK: People

    @Test func aSessionsPersonEndsWithItUnlessSaved() async throws {
        let test = try await AppUnderTest()
        test.host.setPermissions([true], of: AppUnderTest.ann)
        let session = try await test.openSession()
        let identity = try await test.sessions.next().identity
        #expect(try await test.identityID(of: identity) == AppUnderTest.ann)
        #expect(try await test.name(of: identity) == "Somebody")
        let token = try await test.save(identity)
        await session.close()
        #expect(await test.error { _ = try await test.name(of: identity) }?.kind == .disconnected)
        let restored = try await test.restore(token)
        #expect(try await test.name(of: restored) == "Somebody")
        #expect(try await test.identityID(of: restored) == AppUnderTest.ann)
    }

    @Test func aRestoredPersonEndsWithTheirAccess() async throws {
        let test = try await AppUnderTest()
        test.host.setPermissions([], of: AppUnderTest.ann)
        let session = try await test.openSession()
        let token = try await test.save(try await test.sessions.next().identity)
        let restored = try await test.restore(token)
        _ = try await test.name(of: restored)
        test.host.setPermissions(nil, of: AppUnderTest.ann)
        let error = await test.untilError { _ = try await test.identityID(of: restored) }
        #expect(error.kind == .failed || error.kind == .disconnected)
        #expect(await test.error { _ = try await test.name(of: restored) }?.kind == .disconnected)
        #expect(await test.error { _ = try await test.restore(token) }?.kind == .disconnected)
        withExtendedLifetime(session) {}
    }

    @Test func droppingTheTokenEndsWhatLivesByIt() async throws {
        let test = try await AppUnderTest()
        test.host.setPermissions([], of: AppUnderTest.ann)
        let session = try await test.openSession()
        let token = try await test.save(try await test.sessions.next().identity)
        let restored = try await test.restore(token)
        _ = try await test.name(of: restored)
        try await test.app.call(Wire.SandstormApi.Methods.drop, on: await test.api) { $0.setToken(token) }
        #expect(await test.error { _ = try await test.name(of: restored) }?.kind == .disconnected)
        withExtendedLifetime(session) {}
    }

    @Test func somebodyAnonymousHasNoIdentity() async throws {
        let test = try await AppUnderTest()
        let session = try await test.openSession(identityID: [])
        #expect(try await test.sessions.next().hasIdentity == false)
        withExtendedLifetime(session) {}
    }

    // MARK: Staying awake

    @Test func theGrainIsAwakeWhileTheHandleIsHeld() async throws {
        let test = try await AppUnderTest()
        let cancelled = Signal()
        var handle: RPCCapability? = try await test.stayAwake("Fetching mail", cancelled)
        #expect(test.host.wakeReasons == ["Fetching mail"])
        if let handle { try await test.app.call(Wire.Handle.Methods.ping, on: handle) }
        handle = nil
        await test.until { test.host.wakeReasons.isEmpty }
    }

    @Test func whoeverEndsTheLockIsHeardByTheApp() async throws {
        let test = try await AppUnderTest()
        let cancelled = Signal()
        let handle = try await test.stayAwake("Thinking", cancelled)
        test.host.cancelWakeLocks()
        await cancelled.wait()
        #expect(
            await test.error { try await test.app.call(Wire.Handle.Methods.ping, on: handle) }?.kind == .disconnected)
    }

    @Test func theEndOfTheConversationEndsItsLocks() async throws {
        let test = try await AppUnderTest()
        let handle = try await test.stayAwake("Thinking", Signal())
        test.app.close()
        await test.until { test.host.wakeReasons.isEmpty }
        withExtendedLifetime(handle) {}
    }

    // MARK: Activity

    @Test func activityIsPassedOn() async throws {
        let test = try await AppUnderTest()
        let session = try await test.openSession()
        let context = try await test.sessions.next().context
        try await test.app.call(Wire.SessionContext.Methods.activity, on: context) { Self.fill($0.initEvent()) }
        try await test.app.call(Wire.SandstormApi.Methods.backgroundActivity, on: await test.api) {
            Self.fill($0.initEvent())
        }
        let expected = Activity(type: 3, path: "page/1", threadPath: "thread/2", threadTitle: "Two", caption: "Look")
        #expect(test.host.activities == [expected, expected])
        #expect(test.host.actors == [AppUnderTest.ann, nil])
        withExtendedLifetime(session) {}
    }

    /// Users are identities that the host gave out; whatever else an app names so is left out.
    @Test func whomAnActivityConcernsIsPassedOn() async throws {
        let test = try await AppUnderTest()
        let session = try await test.openSession()
        let made = try await test.sessions.next()
        let liar = await test.app.export { $0.incoming.reply() }
        let flags = [(0, true, false), (1, true, true), (0, false, true), (0, false, false)]
        try await test.app.call(Wire.SessionContext.Methods.activity, on: made.context, with: [made.identity, liar]) {
            let users = $0.initEvent().initUsers(count: flags.count)
            for (index, (capability, isMentioned, isSubscribed)) in flags.enumerated() {
                users[index].setIdentity(capability: UInt32(capability))
                users[index].setMentioned(isMentioned)
                users[index].setSubscribed(isSubscribed)
            }
        }
        #expect(
            test.host.activities.first?.users == [
                ActivityUser(identityID: AppUnderTest.ann, isMentioned: true),
                ActivityUser(identityID: AppUnderTest.ann, isSubscribed: true),
            ])
        try await test.app.call(Wire.SessionContext.Methods.activity, on: made.context, with: [made.identity]) {
            let users = $0.initEvent().initUsers(count: 200)
            for index in 0..<200 {
                users[index].setIdentity(capability: 0)
                users[index].setMentioned(true)
            }
        }
        #expect(test.host.activities.last?.users.count == Activity.maximumUsers)
        withExtendedLifetime(session) {}
    }

    private static func fill(_ event: Wire.ActivityEvent.Builder) {
        event.setType(3)
        event.setPath("page/1")
        let thread = event.initThread()
        thread.setPath("thread/2")
        thread.initTitle().setDefaultText("Two")
        event.initNotification().initCaption().setDefaultText("Look")
    }

    // MARK: Permissions

    @Test func theAppHearsOfPermissionsAsTheyChange() async throws {
        let test = try await AppUnderTest()
        test.host.setPermissions([true, true], of: AppUnderTest.ann)
        let session = try await test.openSession()
        let getter = try await test.permissionsGetter(of: try await test.sessions.next().context)
        #expect(try await test.permissions(getter) == [true, true])
        let heard = Record<[Bool]>()
        let setter = await test.app.export { call in
            let params = try? call.params.reader.root(Wire.Assignable.Setter.SetParams.self)
            heard.append((try? params?.value.list(of: Bool.self)).flatMap { $0 }.map(Array.init) ?? [])
            call.incoming.reply()
        }
        let subscribe = Wire.Assignable.Getter.Methods.subscribe
        let handle = try await test.app.call(subscribe, on: getter, with: [setter]) {
            $0.setSetter(capability: 0)
        } read: {
            try $0.handle.flatMap($1.capability)
        }
        await test.until { heard.all == [[true, true]] }
        test.host.setPermissions([true, false], of: AppUnderTest.ann)
        await test.until { heard.all == [[true, true], [true, false]] }
        #expect(try await test.permissions(getter) == [true, false])
        test.host.setPermissions(nil, of: AppUnderTest.ann)
        await test.until { heard.all.last == [] }
        withExtendedLifetime((session, handle)) {}
    }

    @Test func permissionsCanBeWatchedBeyondTheSession() async throws {
        let test = try await AppUnderTest()
        test.host.setPermissions([true], of: AppUnderTest.ann)
        let session = try await test.openSession()
        let getter = try await test.permissionsGetter(of: try await test.sessions.next().context)
        let token = try await test.save(getter)
        await session.close()
        #expect(await test.error { _ = try await test.permissions(getter) }?.kind == .disconnected)
        #expect(try await test.permissions(try await test.restore(token)) == [true])
    }

    @Test func theAnonymousKeepTheirPermissions() async throws {
        let test = try await AppUnderTest()
        let session = try await test.openSession(identityID: [])
        let context = try await test.sessions.next().context
        #expect(try await test.permissions(try await test.permissionsGetter(of: context)) == [true, false, true])
        let object = await test.persistentObject("a")
        #expect(await test.error { _ = try await test.tie(object, [], of: context) }?.kind == .failed)
        withExtendedLifetime(session) {}
    }

    @Test func whatIsTiedToAPersonEndsWithTheirPermissions() async throws {
        let test = try await AppUnderTest()
        test.host.setPermissions([true, true], of: AppUnderTest.ann)
        let session = try await test.openSession()
        let context = try await test.sessions.next().context
        let tied = try await test.tie(await test.persistentObject("a"), [false, true], of: context)
        try await test.app.call(Wire.Handle.Methods.ping, on: tied)
        let token = try await test.save(tied)
        #expect(
            test.host.objects.first?.requirements == [
                Requirement(identityID: AppUnderTest.ann, permissions: [false, true])
            ])
        let restored = try await test.restore(token)
        try await test.app.call(Wire.Handle.Methods.ping, on: restored)
        test.host.setPermissions([true, false], of: AppUnderTest.ann)
        for object in [tied, restored] {
            let error = await test.untilError { try await test.app.call(Wire.Handle.Methods.ping, on: object) }
            #expect(error.kind == .disconnected)
        }
        #expect(await test.error { _ = try await test.restore(token) }?.kind == .disconnected)
        withExtendedLifetime(session) {}
    }

    // MARK: The rest

    @Test func aPublicIdentifierIsGiven() async throws {
        let test = try await AppUnderTest()
        let session = try await test.openSession()
        let context = try await test.sessions.next().context
        let identifier = try await test.app.call(Wire.HackSessionContext.Methods.getPublicId, on: context) {
            answer, _ in
            try answer.publicId
        }
        #expect(identifier == "abcdefghij0123456789")
        withExtendedLifetime(session) {}
    }

    @Test func theOwnerOfTheGrainHasAnAddress() async throws {
        let test = try await AppUnderTest()
        test.host.setOwner(AppUnderTest.ann, MailAddress(address: "ann@example.org", name: "Ann Ä."))
        let session = try await test.openSession()
        let address = try await test.mailAddress(of: try await test.sessions.next().context)
        #expect(address == MailAddress(address: "ann@example.org", name: "Ann Ä."))
        await session.close()
    }

    @Test(arguments: [[], [UInt8](repeating: 9, count: 32)]) func nobodyElseHas(_ identityID: [UInt8]) async throws {
        let test = try await AppUnderTest()
        test.host.setOwner(AppUnderTest.ann, MailAddress(address: "ann@example.org", name: "Ann"))
        let session = try await test.openSession(identityID: identityID)
        let context = try await test.sessions.next().context
        let error = await test.error { _ = try await test.mailAddress(of: context) }
        #expect(error?.kind == .failed)
        #expect(error?.text.contains("ann") == false)
        await session.close()
    }

    @Test func theAddressIsGivenNoLongerThanTheSession() async throws {
        let test = try await AppUnderTest()
        test.host.setOwner(AppUnderTest.ann, MailAddress(address: "ann@example.org", name: "Ann"))
        let session = try await test.openSession()
        let context = try await test.sessions.next().context
        await session.close()
        let error = await test.untilError { _ = try await test.mailAddress(of: context) }
        #expect(error.kind == .disconnected)
    }

    @Test(arguments: [0, 1, 2, 3, 11, 12, 99]) func theRestOfTheHostIsUnimplemented(_ ordinal: UInt16) async throws {
        let test = try await AppUnderTest()
        let method = Method<Wire.Handle.PingParams, Wire.Handle.PingResults>(
            interfaceID: Wire.SandstormApi.interfaceID, ordinal: ordinal, name: "")
        #expect(await test.error { try await test.app.call(method, on: await test.api) }?.kind == .unimplemented)
    }

    /// What needs a powerbox, what is gone from HackSessionContext, and the sending of mail.
    static let unimplemented: [(UInt64, UInt16)] =
        [2, 3, 4, 5, 6, 7, 9].map { (Wire.SessionContext.interfaceID, $0) }
        + [1, 3, 4, 5, 6, 7, 8].map { (Wire.HackSessionContext.interfaceID, $0) }
        + [0, 1].map { (Wire.EmailSendPort.interfaceID, $0) }

    @Test(arguments: unimplemented)
    func theRestOfTheContextIsUnimplemented(_ interfaceID: UInt64, _ ordinal: UInt16) async throws {
        let test = try await AppUnderTest()
        let session = try await test.openSession()
        let context = try await test.sessions.next().context
        let method = Method<Wire.Handle.PingParams, Wire.Handle.PingResults>(
            interfaceID: interfaceID, ordinal: ordinal, name: "")
        #expect(await test.error { try await test.app.call(method, on: context) }?.kind == .unimplemented)
        withExtendedLifetime(session) {}
    }

    @Test func aGrainHoldsSoManyObjects() async throws {
        let test = try await AppUnderTest(["heldObjects": .integer(3)])
        var handles: [RPCCapability] = []
        for number in 0..<3 { handles.append(try await test.stayAwake("\(number)", Signal())) }
        #expect(await test.error { _ = try await test.stayAwake("3", Signal()) }?.kind == .overloaded)
        #expect(test.host.wakeReasons.count == 3)
        handles.removeLast()
        await test.until { test.host.wakeReasons.count == 2 }
        handles.append(try await test.stayAwake("4", Signal()))
    }

    /// A call that is given up is not over: the app has not answered what it was asked for it.
    @Test(arguments: [false, true]) func soManyCallsWaitForTheApp(_ areGivenUp: Bool) async throws {
        let limit = 3
        let test = try await AppUnderTest(["heldObjects": .integer(Int64(limit))])
        let asked = Counter(), allAsked = Signal(), unanswered = Record<RPCIncoming>()
        let object = await test.app.export { call in
            guard asked.add() <= limit else { return call.incoming.fail(RPCError(.failed, "asked once more")) }
            unanswered.append(call.incoming)
            if asked.value == limit { allAsked.fire() }
        }
        let api = await test.api
        await test.app.loop.run {
            var calls: [RPCCall] = []
            for _ in 0..<limit {
                let params = MessageBuilder()
                params.initRoot(Wire.SandstormApi.SaveParams.self).setCap(capability: 0)
                calls.append(
                    RPCCall.start(Wire.SandstormApi.Methods.save, on: api, params, capabilities: [object]) { _ in })
            }
            if areGivenUp { for call in calls { call.cancel() } }
        }
        if !areGivenUp { await allAsked.wait() }
        #expect(await test.error { _ = try await test.save(object) }?.kind == .overloaded)
        withExtendedLifetime(unanswered) {}
    }

    /// An object may be tied again and again; what the host holds for one call on it grows with each.
    @Test func aCallCountsOnceForEachTiedObjectThatItPasses() async throws {
        let test = try await AppUnderTest(["heldObjects": .integer(3)])
        test.host.setPermissions([true, true], of: AppUnderTest.ann)
        let session = try await test.openSession()
        let context = try await test.sessions.next().context
        let asked = Counter(), isAsked = Signal(), unanswered = Record<RPCIncoming>()
        let object = await test.app.export { call in
            guard asked.add() == 1 else { return call.incoming.reply() }
            unanswered.append(call.incoming)
            isAsked.fire()
        }
        let tied = try await test.tie(try await test.tie(object, [], of: context), [], of: context)
        let app = test.app
        let first = Task { try await app.call(Wire.Handle.Methods.ping, on: tied) }
        await isAsked.wait()
        // Two wait; this one is the third at the outer object, and one too many at the inner.
        #expect(await test.error { try await test.app.call(Wire.Handle.Methods.ping, on: tied) }?.kind == .overloaded)
        await app.loop.run { for incoming in unanswered.all { incoming.reply() } }
        try await first.value
        try await test.app.call(Wire.Handle.Methods.ping, on: tied)
        withExtendedLifetime(session) {}
    }

    /// And so does what the calls say.
    @Test func theBytesOfWaitingCallsAreCounted() async throws {
        let test = try await AppUnderTest(["callBytes": .integer(65_536)])
        test.host.setPermissions([true, true], of: AppUnderTest.ann)
        let session = try await test.openSession()
        let context = try await test.sessions.next().context
        let asked = Counter(), isAsked = Signal(), unanswered = Record<RPCIncoming>()
        var tied = await test.app.export { call in
            guard asked.add() == 1 else { return call.incoming.reply() }
            unanswered.append(call.incoming)
            isAsked.fire()
        }
        for _ in 0..<3 { tied = try await test.tie(tied, [], of: context) }
        let app = test.app, target = tied
        // Any call with some bytes.
        let first = Task {
            try await app.call(Wire.SandstormApi.Methods.drop, on: target) {
                $0.setToken([UInt8](repeating: 1, count: 30_000))
            }
        }
        await isAsked.wait()
        #expect(await test.error { try await app.call(Wire.Handle.Methods.ping, on: target) }?.kind == .overloaded)
        await app.loop.run { for incoming in unanswered.all { incoming.reply() } }
        try await first.value
        try await app.call(Wire.Handle.Methods.ping, on: target)
        withExtendedLifetime(session) {}
    }
}

/// An app whose view restores objects and remembers the sessions it is given.
struct AppUnderTest {
    struct Session: Sendable {
        let context: RPCCapability
        let identity: RPCCapability
        let hasIdentity: Bool
    }

    static let ann = [UInt8](1...32)

    let host = MemoryGrainHost()
    let connection: any GrainConnection
    let app: FakeApp
    let sessions = Inbox<Session>()
    /// What was restored, by name.
    let restored = Record<String>()
    let pings = Counter()

    init(
        _ settings: [String: SettingValue] = [:], session handler: @escaping FakeApp.Handler = { $0.incoming.reply() }
    ) async throws {
        let sessions = sessions, restored = restored, pings = pings
        (connection, app) = try await connectedApp(
            settings,
            view: { call in
                switch (call.interfaceID, call.method) {
                case (Wire.MainView.interfaceID, 0):
                    let params = try? call.params.reader.root(Wire.MainView.RestoreParams.self)
                    restored.append((try? params?.objectId.text()) ?? "")
                    let results = MessageBuilder()
                    results.initRoot(Wire.MainView.RestoreResults.self).setCap(capability: 0)
                    let object = AppServer(call.loop) { inner in
                        pings.add()
                        inner.incoming.reply()
                    }
                    call.incoming.reply(results, capabilities: [call.loop.export(object)])
                case (Wire.UiView.interfaceID, Wire.UiView.Methods.newSession.ordinal):
                    let params = try? call.params.reader.root(Wire.UiView.NewSessionParams.self)
                    let identity = (try? params?.userInfo.identity).flatMap { $0 }.flatMap(call.params.capability)
                    if let context = (try? params?.context).flatMap({ $0 }).flatMap(call.params.capability) {
                        sessions.add(
                            Session(context: context, identity: identity ?? context, hasIdentity: identity != nil))
                    }
                    call.openSession(handler)
                default: call.incoming.fail(RPCError(.unimplemented, "no such method"))
                }
            }, host: host, handler: handler)
    }

    var api: RPCCapability { get async { await app.host.value() } }

    func openSession(identityID: [UInt8] = ann) async throws -> any WebSession {
        var parameters = WebSessionParameters.ann
        parameters.user.identityID = identityID
        return try await connection.openWebSession(parameters)
    }

    /// An object that says what it is called, and can be pinged.
    func persistentObject(_ name: String) async -> RPCCapability {
        await app.export { call in
            guard call.interfaceID == Wire.AppPersistent.interfaceID else { return call.incoming.reply() }
            let results = MessageBuilder()
            results.initRoot(Wire.AppPersistent.SaveResults.self).initObjectId().setText(name)
            call.incoming.reply(results)
        }
    }

    // MARK: Calls

    func save(_ object: RPCCapability, label: String = "") async throws -> [UInt8] {
        try await app.call(Wire.SandstormApi.Methods.save, on: await api, with: [object]) { params in
            params.setCap(capability: 0)
            params.initLabel().setDefaultText(label)
        } read: { answer, _ in
            try answer.token.array
        }
    }

    func restore(_ token: [UInt8]) async throws -> RPCCapability {
        try await app.call(Wire.SandstormApi.Methods.restore, on: await api) {
            $0.setToken(token)
        } read: {
            try Self.there($0.cap.flatMap($1.capability))
        }
    }

    func stayAwake(_ caption: String, _ cancelled: Signal) async throws -> RPCCapability {
        let notification = await app.export { call in
            if call.interfaceID == Wire.OngoingNotification.interfaceID { cancelled.fire() }
            call.incoming.reply()
        }
        return try await app.call(Wire.SandstormApi.Methods.stayAwake, on: await api, with: [notification]) { params in
            params.initDisplayInfo().initCaption().setDefaultText(caption)
            params.setNotification(capability: 0)
        } read: {
            try Self.there($0.handle.flatMap($1.capability))
        }
    }

    func identityID(of identity: RPCCapability) async throws -> [UInt8] {
        try await app.call(Wire.SandstormApi.Methods.getIdentityId, on: await api, with: [identity]) {
            $0.setIdentity(capability: 0)
        } read: { answer, _ in
            try answer.id.array
        }
    }

    func mailAddress(of context: RPCCapability) async throws -> MailAddress {
        try await app.call(Wire.HackSessionContext.Methods.getUserAddress, on: context) { answer, _ in
            MailAddress(address: try answer.address, name: try answer.name)
        }
    }

    func name(of identity: RPCCapability) async throws -> String {
        try await app.call(Wire.Identity.Methods.getProfile, on: identity) { answer, _ in
            try answer.profile.displayName.defaultText
        }
    }

    func permissionsGetter(of context: RPCCapability) async throws -> RPCCapability {
        try await app.call(Wire.SessionContext.Methods.getSharedPermissions, on: context) {
            try Self.there($0.`var`.flatMap($1.capability))
        }
    }

    func permissions(_ getter: RPCCapability) async throws -> [Bool] {
        try await app.call(Wire.Assignable.Getter.Methods.get, on: getter) { answer, _ in
            Array(try answer.value.list(of: Bool.self))
        }
    }

    func tie(_ object: RPCCapability, _ permissions: [Bool], of context: RPCCapability) async throws -> RPCCapability {
        try await app.call(Wire.SessionContext.Methods.tieToUser, on: context, with: [object]) { params in
            params.setCap(capability: 0)
            params.setRequiredPermissions(permissions)
        } read: {
            try Self.there($0.tiedCap.flatMap($1.capability))
        }
    }

    private static func there(_ capability: RPCCapability?) throws -> RPCCapability {
        guard let capability else { throw RPCError(.failed, "no capability came") }
        return capability
    }

    // MARK: Expectations

    func error(_ body: () async throws -> Void) async -> RPCError? {
        do {
            try await body()
            return nil
        } catch { return error as? RPCError }
    }

    /// Tries until it fails; the suite's time limit ends it.
    func untilError(_ body: () async throws -> Void) async -> RPCError {
        while true {
            if let error = await error(body) { return error }
            await Task.yield()
        }
    }

    func until(_ condition: () -> Bool) async {
        while !condition() { await Task.yield() }
    }
}

/// Values in the order they come, one by one.
final class Inbox<Element: Sendable>: Sendable {
    private let stream: AsyncStream<Element>
    private let continuation: AsyncStream<Element>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func add(_ element: Element) { continuation.yield(element) }

    func next() async throws -> Element {
        for await element in stream { return element }
        throw HostError(.cancelled, "nothing comes any more")
    }
}
