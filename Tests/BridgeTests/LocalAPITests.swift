import CCapnpRPC
import CLinux
import CapnProto
import Glibc
import GrainSchemas
import Testing

@testable import HTTPBridge

/// What an app behind the bridge can do on its own socket, and what the bridge keeps for it.
@Suite struct LocalAPITests {
    @Test func theAppReachesTheHostAndItsSessions() throws {
        try onOwnThread {
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

    @Test func whatASessionAsksForCanBeRead() throws {
        try onOwnThread {
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

    @Test func identitiesAreSavedOnceAndBroughtBack() throws {
        try onOwnThread {
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

    @Test func everybodyWhoOpensASessionIsKeptWhenThePackageSaysSo() throws {
        try onOwnThread {
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
    func anAppWithHooksIsAskedFirst(_ answers: Bool) throws {
        try onOwnThread {
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
            guard answers else { return }
            let object = try grain.host.call(grain.host.view, Wire.MainView.Methods.restore) { _, params in
                let id = params.initObjectId().initStructure(Wire.BridgeObjectId.self)
                id.initApplication().setText("thing 7")
            } _: {
                try #require($1.capability($0.structure.pointer(0).capability()))
            }
            let answer = #expect(throws: CallFailure.self) {
                try grain.host.call(object, Wire.Handle.Methods.ping, { _, _ in }) { _, _ in }
            }
            #expect(answer?.kind == bcr_unimplemented)
        }
    }

    @Test(
        arguments: [
            ("GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n", "404"), ("CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n", "400"),
            (
                "POST http://http-bridge/session/0/claim HTTP/1.1\r\nHost: http-bridge\r\nContent-Length: 2\r\n\r\n{}",
                "404"
            ),
            ("GET http://x/ HTTP/1.1\r\nHost: x\r\n", nil), ("", nil), ("\r\n\r\n", "400"),
            (String(repeating: "x", count: 70_000), "431"),
        ] as [(String, String?)])
    func theProxyAnswersEverythingWithAnError(_ example: (String, String?)) {
        let answer = OutboundProxy.answer(to: Array(example.0.utf8)).map { String(decoding: $0, as: UTF8.self) }
        #expect(answer?.split(separator: " ").dropFirst().first.map(String.init) == example.1)
    }

    @Test func theProxyListensAndSurvivesRubbish() throws {
        try onOwnThread {
            let port = try Place.freePort()
            let app = try ScriptedApp()
            let host = try GrainHost(
                options: ["--proxy-port", String(port)], port: app.port, command: try app.command())
            defer { host.close() }
            let session = try host.openSession()
            _ = try host.get(session, "x")
            for request in ["GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "\u{0}\r\n\r\n"] {
                let status = try Self.exchange(port, request).prefix(12)
                #expect(status == "HTTP/1.1 404" || status == "HTTP/1.1 400")
            }
            #expect(try host.get(session, "x").count == 1)
        }
    }

    private static func exchange(_ port: UInt16, _ request: String) throws -> String {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0)
        let bytes = Array(request.utf8)
        send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        var answer = [UInt8](repeating: 0, count: 4_096)
        let count = recv(descriptor, &answer, answer.count, 0)
        return String(decoding: answer.prefix(max(count, 0)), as: UTF8.self)
    }
}

/// An app's own answers.
private final class Hooks: RPCObject {
    func receive(_ call: IncomingCall, _ params: ReceivedMessage) throws(CallFailure) {
        var payload = Payload()
        if call.isCall(of: Wire.AppHooks.Methods.getViewInfo) {
            payload.message.initRoot(Wire.UiView.ViewInfo.self).initPermissions(count: 1)[0].setName("from the app")
        } else if call.isCall(of: Wire.AppHooks.Methods.restore), Self.isThing7(params) {
            let object = Capability(to: NothingOffered(), on: LocalGrain.loop(of: self))
            payload.message.initRoot(Wire.AppHooks.RestoreResults.self).setCap(capability: payload.index(of: object))
        } else {
            throw .unimplemented(call)
        }
        call.reply(payload)
    }

    var loop: EventLoop?

    private static func isThing7(_ params: ReceivedMessage) -> Bool {
        (try? params.reader.root(Wire.AppHooks.RestoreParams.self).objectId.text()) == "thing 7"
    }
}

/// Writes down what the bridge asks of its host.
private final class FakeSandstormAPI: RPCObject {
    private(set) var calls: [String] = []
    var onCall: (() -> Void)?
    var loop: EventLoop?
    private static let token: [UInt8] = [0x61, 0x20, 0x2f, 0x00, 0xff]

    func receive(_ call: IncomingCall, _ params: ReceivedMessage) throws(CallFailure) {
        do {
            var payload = Payload()
            if call.isCall(of: Wire.SandstormApi.Methods.save) {
                calls.append("save " + (try params.reader.root(Wire.SandstormApi.SaveParams.self).label.defaultText))
                payload.message.initRoot(Wire.SandstormApi.SaveResults.self).setToken(Self.token)
            } else if call.isCall(of: Wire.SandstormApi.Methods.restore) {
                let token = try params.reader.root(Wire.SandstormApi.RestoreParams.self).token.array
                calls.append("restore " + hexadecimal(token[...]))
                let results = payload.message.initRoot(Wire.SandstormApi.RestoreResults.self)
                if let loop {
                    results.setCap(capability: payload.index(of: Capability(to: NothingOffered(), on: loop)))
                }
            } else if call.isCall(of: Wire.SandstormApi.Methods.drop) {
                let token = try params.reader.root(Wire.SandstormApi.DropParams.self).token.array
                calls.append("drop " + hexadecimal(token[...]))
            } else if call.isCall(of: Wire.SandstormApi.Methods.getIdentityId) {
                calls.append("getIdentityId")
                payload.message.initRoot(Wire.SandstormApi.GetIdentityIdResults.self).setId((0..<32).map { UInt8($0) })
            } else {
                throw CallFailure.unimplemented(call)
            }
            call.reply(payload)
        } catch let failure as CallFailure {
            throw failure
        } catch {
            throw .failed("\(error)")
        }
        onCall?()
    }
}

/// A bridge with a socket for its app, which the test plays.
private final class LocalGrain {
    let host: GrainHost
    let api = FakeSandstormAPI()
    private let folder: String
    private var peers: [PeerConnection] = []

    init(_ configure: (Wire.BridgeConfig.Builder) -> Void = { _ in }) throws {
        folder = try Place.temporaryFolder()
        let message = MessageBuilder()
        configure(message.initRoot(Wire.BridgeConfig.self))
        let config = folder + "/config"
        let file = try #require(fopen(config, "w"))
        let bytes = message.streamBytes
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
        host = try GrainHost(
            config: config, options: ["--api-socket", folder + "/api", "--identities", folder + "/a/b"], offering: api,
            port: try Place.freePort(), command: ["sleep", "1000"])
        api.loop = host.loop
    }

    static func loop(of hooks: Hooks) -> EventLoop {
        guard let loop = hooks.loop else { fatalError("hooks are connected before they are called") }
        return loop
    }

    /// Connects as the app does, once the bridge is there.
    func connect(offering: any RPCObject = NothingOffered()) throws -> Capability {
        try host.call(host.view, Wire.UiView.Methods.getViewInfo, { _, _ in }) { _, _ in }
        return try #require(open(offering).bootstrap())
    }

    /// Connects without waiting for an answer of the bridge, which itself waits for this.
    func connectInBackground(offering: any RPCObject) {
        (offering as? Hooks)?.loop = host.loop
        while access(folder + "/api", F_OK) != 0 {}
        _ = open(offering).bootstrap()
    }

    private func open(_ offering: any RPCObject) -> PeerConnection {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array((folder + "/api").utf8)) }
        var result: Int32 = -1
        while result != 0 {
            // Between bind and listen it is there and refuses.
            result = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
        }
        let peer = PeerConnection(
            descriptor, side: bcr_client, offering: Capability(to: offering, on: host.loop), on: host.loop
        ) { _, _ in }
        peers.append(peer)
        return peer
    }

    /// Where a saved identity's link leads.
    func link(_ name: String) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        let count = readlink(folder + "/a/b/" + name, &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
