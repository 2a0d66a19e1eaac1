import CCapnpRPC
import CLinux
import CapnProto
import Glibc
import GrainSchemas
import Testing

@testable import HTTPBridge

/// What an app behind the bridge can do on its own socket, and what the bridge keeps for it.
@Suite struct LocalAPITests {
    @Test func theAppReachesTheHostAndItsSessions() async throws {
        try await onOwnThread {
            let grain = try LocalGrain()
            defer { grain.host.close() }
            let bridge = try grain.connect()
            let api = try grain.host.call(bridge, Wire.SandstormHttpBridge.Methods.getSandstormApi, { _, _ in }) {
                try #require($1.capability(try $0.api))
            }
            try grain.host.call(api, Wire.SandstormApi.Methods.drop, { $1.setToken([1]) }) { _, _ in }
            #expect(grain.api.calls == ["drop 01"])

            let session = try grain.host.openSession()
            let context = try grain.host.call(
                bridge, Wire.SandstormHttpBridge.Methods.getSessionContext, { $1.setId("0") }
            ) {
                try #require($1.capability(try $0.context))
            }
            let answer = #expect(throws: CallFailure.self) {
                try grain.host.call(context, Wire.SessionContext.Methods.close, { _, _ in }) { _, _ in }
            }
            #expect(answer?.kind == bcr_unimplemented)
            withExtendedLifetime(session) {}
            for id in ["1", "", "../0"] {
                #expect(throws: CallFailure.self) {
                    try grain.host.call(bridge, Wire.SandstormHttpBridge.Methods.getSessionContext, { $1.setId(id) }) {
                        _, _ in
                    }
                }
            }
            #expect(throws: CallFailure.self) {
                try grain.host.call(bridge, Wire.SandstormHttpBridge.Methods.getSessionRequest, { $1.setId("0") }) {
                    _, _ in
                }
            }
        }
    }

    @Test func whatASessionAsksForCanBeRead() async throws {
        try await onOwnThread {
            let grain = try LocalGrain()
            defer { grain.host.close() }
            let bridge = try grain.connect()
            let session = try grain.host.call(grain.host.view, Wire.UiView.Methods.newRequestSession) { _, params in
                params.setSessionType(Wire.WebSession.interfaceID)
                _ = params.initSessionParams().initStructure(Wire.WebSession.Params.self)
                params.initRequestInfo(count: 1)[0].initTags(count: 1)[0].setId(42)
            } _: {
                try #require($1.capability(try $0.session))
            }
            let tag = try grain.host.call(bridge, Wire.SandstormHttpBridge.Methods.getSessionRequest, { $1.setId("0") })
            {
                results, _ in try results.requestInfo.first?.tags.first?.id
            }
            #expect(tag == 42)
            withExtendedLifetime(session) {}
        }
    }

    @Test func identitiesAreSavedOnceAndBroughtBack() async throws {
        try await onOwnThread {
            let grain = try LocalGrain()
            defer { grain.host.close() }
            let bridge = try grain.connect()
            for _ in 0..<2 {
                try grain.host.call(bridge, Wire.SandstormHttpBridge.Methods.saveIdentity) { payload, params in
                    params.setIdentity(
                        capability: payload.index(of: Capability(to: NothingOffered(), on: grain.host.loop)))
                } _: { _, _ in
                }
            }
            #expect(grain.api.calls == ["getIdentityId", "save user identity", "getIdentityId"])
            let name = "000102030405060708090a0b0c0d0e0f"
            #expect(grain.link(name) == "a%20%2F%00%FF")
            let identity = try grain.host.call(
                bridge, Wire.SandstormHttpBridge.Methods.getSavedIdentity, { $1.setIdentityId(name) }
            ) {
                try #require($1.capability(try $0.identity))
            }
            let answer = #expect(throws: CallFailure.self) {
                try grain.host.call(identity, Wire.Identity.Methods.getProfile, { _, _ in }) { _, _ in }
            }
            #expect(answer?.kind == bcr_unimplemented)
            #expect(grain.api.calls.last == "restore 61202f00ff")
            for id in ["", "../../etc/passwd", String(repeating: "0", count: 32), String(repeating: "G", count: 32)] {
                #expect(throws: CallFailure.self) {
                    try grain.host.call(
                        bridge, Wire.SandstormHttpBridge.Methods.getSavedIdentity, { $1.setIdentityId(id) }
                    ) { _, _ in }
                }
            }
        }
    }

    @Test func everybodyWhoOpensASessionIsKeptWhenThePackageSaysSo() async throws {
        try await onOwnThread {
            let grain = try LocalGrain { $0.setSaveIdentityCaps(true) }
            defer { grain.host.close() }
            let session = try grain.host.call(grain.host.view, Wire.UiView.Methods.newSession) { payload, params in
                let user = params.initUserInfo()
                user.setIdentityId((0..<32).map { UInt8($0) })
                user.setIdentity(capability: payload.index(of: Capability(to: NothingOffered(), on: grain.host.loop)))
                params.setSessionType(Wire.WebSession.interfaceID)
                _ = params.initSessionParams().initStructure(Wire.WebSession.Params.self)
            } _: {
                $1.capability(try $0.session)
            }
            if grain.api.calls.isEmpty { grain.host.wait { grain.api.onCall = $0 } }
            withExtendedLifetime(session) {}
            #expect(grain.api.calls == ["save user identity"])
        }
    }

    @Test(arguments: [true, false])
    func anAppWithHooksIsAskedFirst(_ answers: Bool) async throws {
        try await onOwnThread {
            let grain = try LocalGrain {
                $0.setExpectAppHooks(true)
                $0.initViewInfo().initPermissions(count: 1)[0].setName("configured")
            }
            defer { grain.host.close() }
            var names: [String]?
            grain.host.wait { done in
                OutgoingCall(grain.host.view, Wire.UiView.Methods.getViewInfo, Payload()) { result in
                    names = try? result.get().reader.root(Wire.UiView.ViewInfo.self).permissions.map { try $0.name }
                    done()
                }
                grain.connectInBackground(offering: answers ? Hooks() : NothingOffered())
            }
            #expect(names == [answers ? "from the app" : "configured"])
        }
    }

    /// An app saves its own id, wrapped in the bridge's struct or not, and gets it back.
    @Test(arguments: [true, false])
    func whatTheAppSavedComesBackWithItsOwnID(_ isWrapped: Bool) async throws {
        try await onOwnThread {
            let grain = try LocalGrain { $0.setExpectAppHooks(true) }
            defer { grain.host.close() }
            grain.connectInBackground(offering: Hooks())
            func fill(_ id: PointerBuilder) {
                (isWrapped ? id.initStructure(Wire.BridgeObjectId.self).initApplication() : id).setText("thing 7")
            }
            let object = try grain.host.call(
                grain.host.view, Wire.MainView.Methods.restore, { fill($1.initObjectId()) }
            ) {
                try #require($1.capability($0.structure.pointer(0).capability()))
            }
            let answer = #expect(throws: CallFailure.self) {
                try grain.host.call(object, Wire.Handle.Methods.ping, { _, _ in }) { _, _ in }
            }
            #expect(answer?.kind == bcr_unimplemented)
            try grain.host.call(grain.host.view, Wire.MainView.Methods.drop, { fill($1.initObjectId()) }) { _, _ in }
        }
    }

    /// Each failure says what was attempted.
    @Test func anIDThatCannotBeReadIsNoSessionThatCannotBeOpened() async throws {
        try await onOwnThread {
            let grain = try LocalGrain { $0.setSaveIdentityCaps(true) }
            defer { grain.host.close() }
            // The granted API is a text instead of a struct.
            func fill(_ id: PointerBuilder) {
                let saved = id.initStructure(Wire.BridgeObjectId.self)
                saved.structure.store(UInt16(1), 0)
                saved.structure.pointer(0).setText("feed")
            }
            let restore = #expect(throws: CallFailure.self) {
                try grain.host.call(grain.host.view, Wire.MainView.Methods.restore, { fill($1.initObjectId()) }) {
                    _, _ in
                }
            }
            #expect(restore?.text.contains("restore: ") == true)
            let drop = #expect(throws: CallFailure.self) {
                try grain.host.call(grain.host.view, Wire.MainView.Methods.drop, { fill($1.initObjectId()) }) { _, _ in
                }
            }
            #expect(drop?.text.contains("drop: ") == true)
            let session = #expect(throws: CallFailure.self) {
                try grain.host.call(grain.host.view, Wire.UiView.Methods.newSession) { _, params in
                    params.setSessionType(Wire.WebSession.interfaceID)
                    params.initSessionParams().setText("no parameters")
                } _: { _, _ in
                }
            }
            #expect(session?.text.contains("open a session: ") == true)
        }
    }
}

/// An app's own answers.
final class Hooks: RPCObject {
    func receive(_ call: IncomingCall, _ params: ReceivedMessage) throws(CallFailure) {
        var payload = Payload()
        if call.isCall(of: Wire.AppHooks.Methods.getViewInfo) {
            payload.message.initRoot(Wire.UiView.ViewInfo.self).initPermissions(count: 1)[0].setName("from the app")
        } else if call.isCall(of: Wire.AppHooks.Methods.restore), Self.isThing7(params) {
            let object = Capability(to: NothingOffered(), on: try Self.known(loop))
            payload.message.initRoot(Wire.AppHooks.RestoreResults.self).setCap(capability: payload.index(of: object))
        } else if call.isCall(of: Wire.AppHooks.Methods.drop), Self.isThing7(params) {
            _ = payload.message.initRoot(Wire.AppHooks.DropResults.self)
        } else {
            throw .unimplemented(call)
        }
        call.reply(payload)
    }

    var loop: EventLoop?

    private static func known(_ loop: EventLoop?) throws(CallFailure) -> EventLoop {
        guard let loop else { throw .failed("hooks are connected before they are called") }
        return loop
    }

    private static func isThing7(_ params: ReceivedMessage) -> Bool {
        (try? params.reader.root(Wire.AppHooks.RestoreParams.self).objectId.text()) == "thing 7"
    }
}
