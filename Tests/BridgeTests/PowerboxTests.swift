import CCapnpRPC
import CapnProto
import GrainSchemas
import Testing

@testable import HTTPBridge

/// The APIs that a package declares: picked by a person, granted, saved and brought back (specification, section 7.7).
@Suite struct PowerboxTests {
    @Test func anAPIIsPickedAndGranted() async throws {
        try await onOwnThread {
            let grain = try GrantingGrain()
            defer { grain.close() }
            let chooser = try grain.request(tags: [Wire.ApiSession.interfaceID])
            let page = try grain.get(chooser, "")
            #expect(page.hasPrefix("200 "))
            #expect(page.contains("data-name=\"fe&lt;ed\""))
            #expect(page.contains("Latest news"))
            #expect(try grain.get(chooser, "other").hasPrefix("404"))

            #expect(try grain.post(chooser, "nothing of this name") == .clientError)
            #expect(try grain.post(chooser, "fe<ed") == .noContent)
            #expect(grain.context.fulfilled == "c879e379c625cdc7 https://news.example/ [true, false] Latest news")
            #expect(grain.grain.api.calls == ["save user identity"])

            // The app sees the one who granted it, with the API's permissions.
            let granted = try #require(grain.context.granted)
            #expect(try grain.get(granted, "items?n=1").hasPrefix("200 ok"))
            let head = grain.app.log
            for line in [
                "GET /api/v1/items?n=1 HTTP/1.1", "Host: sandbox", "X-Sandstorm-Api: fe<ed",
                "X-Sandstorm-Permissions: read", "X-Sandstorm-User-Id: 000102030405060708090a0b0c0d0e0f",
                "X-Sandstorm-Username: Ann",
            ] { #expect(head.contains(line), "\(line)") }
        }
    }

    @Test func whatWasGrantedIsBroughtBackInItsGrantersName() async throws {
        try await onOwnThread {
            let grain = try GrantingGrain()
            defer { grain.close() }
            let granted = try grain.grant()
            let saved = try grain.grain.host.call(granted, Wire.AppPersistent.Methods.save, { _, _ in }) {
                results, message in
                #expect(try results.label.defaultText == "Latest news")
                let api = try results.objectId.structure(Wire.BridgeObjectId.self).httpApi
                #expect(try api.name == "fe<ed")
                #expect(try api.path == "/api/v1")
                return try SavedPointer(results.objectId, of: message)
            }
            grain.grain.api.restored = Identity()
            let object = try grain.restore(saved)
            #expect(try grain.get(object, "again").hasPrefix("200 ok"))
            #expect(grain.app.log.contains("GET /api/v1/again HTTP/1.1"))
            #expect(grain.app.log.contains("X-Sandstorm-Username: Ann%20now"))

            // Once the person may not use the grain any more, the host says so and nothing comes back.
            grain.grain.api.restored = NothingOffered()
            #expect(throws: CallFailure.self) { try grain.restore(saved) }
        }
    }

    /// The app cannot tell whether it has been started again since.
    @Test func whatWasGrantedIsTheSameBeforeAndAfterItIsBroughtBack() async throws {
        try await onOwnThread {
            let grain = try GrantingGrain()
            defer { grain.close() }
            let granted = try grain.grant()
            let saved = try grain.grain.host.call(granted, Wire.AppPersistent.Methods.save, { _, _ in }) {
                try SavedPointer($0.objectId, of: $1)
            }
            grain.grain.api.restored = Identity(name: "Ann")
            let restored = try grain.restore(saved)
            for object in [granted, restored] {
                try grain.grain.host.call(object, Wire.WebSession.Methods.move) { _, params in
                    params.setPath("a")
                    params.setDestination("b")
                } _: { _, _ in
                }
            }
            let own = ["X-Sandstorm-Session-Id", "Connection"]
            let heads = grain.app.log.split(separator: "MOVE ").map { head in
                head.split(whereSeparator: \.isNewline).filter { line in !own.contains(where: line.hasPrefix) }
            }
            #expect(heads.count == 2)
            #expect(heads.first == heads.last)
            #expect(heads.first?.contains("X-Sandstorm-Session-Type: normal") == true)
            #expect(heads.first?.contains("Destination: /api/v1/b") == true)
        }
    }

    @Test func aRefusalOfTheHostIsPassedOn() async throws {
        try await onOwnThread {
            let grain = try GrantingGrain()
            defer { grain.close() }
            grain.context.fulfillFailure = CallFailure(bcr_unimplemented, "this host has no powerbox")
            let chooser = try grain.request(tags: [Wire.ApiSession.interfaceID])
            let failure = #expect(throws: CallFailure.self) { try grain.post(chooser, "fe<ed") }
            #expect(failure?.kind == bcr_unimplemented)
        }
    }

    /// A request for anything else is the app's matter, as is every request when nobody's identity is kept.
    @Test(arguments: [(true, [42]), (true, [Wire.ApiSession.interfaceID, 42]), (false, [Wire.ApiSession.interfaceID])])
    func otherRequestsGoToTheApp(_ keeps: Bool, _ tags: [UInt64]) async throws {
        try await onOwnThread {
            let grain = try GrantingGrain(keepsIdentities: keeps)
            defer { grain.close() }
            let session = try grain.request(tags: tags)
            #expect(try grain.get(session, "").hasPrefix("200 ok"))
            #expect(grain.app.log.contains("X-Sandstorm-Session-Type: request"))
        }
    }

    @Test func nobodyAnonymousGrants() async throws {
        try await onOwnThread {
            let grain = try GrantingGrain()
            defer { grain.close() }
            let chooser = try grain.request(tags: [Wire.ApiSession.interfaceID], isAnonymous: true)
            #expect(try grain.post(chooser, "fe<ed") == .clientError)
            #expect(grain.context.granted == nil)
        }
    }
}

/// A bridge whose package declares an API, with a real server behind it.
private final class GrantingGrain {
    let grain: LocalGrain
    let app: ScriptedApp
    let context: ScriptedContext

    init(keepsIdentities: Bool = true) throws {
        app = try ScriptedApp()
        grain = try LocalGrain(port: app.port, command: try app.command()) { config in
            config.setSaveIdentityCaps(keepsIdentities)
            let permissions = config.initViewInfo().initPermissions(count: 2)
            permissions[0].setName("read")
            permissions[1].setName("write")
            let api = config.initPowerboxApis(count: 1)[0]
            api.setName("fe<ed")
            api.setPath("/api/v1")
            api.setPermissions([true, false])
            api.initDisplayInfo().initTitle().setDefaultText("Latest news")
            api.initTag().setCanonicalUrl("https://news.example/")
        }
        context = ScriptedContext(grain.host.loop)
    }

    func close() { grain.host.close() }

    /// What comes of somebody choosing the app's API.
    func grant() throws -> Capability {
        #expect(try post(request(tags: [Wire.ApiSession.interfaceID]), "fe<ed") == .noContent)
        return try #require(context.granted)
    }

    func request(tags: [UInt64], isAnonymous: Bool = false) throws -> Capability {
        let loop = grain.host.loop
        return try grain.host.call(grain.host.view, Wire.UiView.Methods.newRequestSession) {
            [context] payload, params in
            let user = params.initUserInfo()
            user.initDisplayName().setDefaultText("Ann")
            user.setPictureUrl("https://static.x/p")
            params.setTabId([UInt8](repeating: 0xa0, count: 16))
            if !isAnonymous {
                user.setIdentityId((0..<32).map { UInt8($0) })
                user.setIdentity(capability: payload.index(of: Capability(to: NothingOffered(), on: loop)))
            }
            params.setContext(capability: payload.index(of: Capability(to: context, on: loop)))
            params.setSessionType(Wire.WebSession.interfaceID)
            _ = params.initSessionParams().initStructure(Wire.WebSession.Params.self)
            let list = params.initRequestInfo(count: 1)[0].initTags(count: tags.count)
            for (index, tag) in tags.enumerated() { list[index].setId(tag) }
        } _: {
            try #require($1.capability(try $0.session))
        }
    }

    /// The status and the body.
    func get(_ session: Capability, _ path: String) throws -> String {
        try grain.host.call(session, Wire.WebSession.Methods.get, { $1.setPath(path) }) { response, _ in
            switch response.which {
            case .content: "200 " + String(decoding: try response.content.body.bytes.array, as: UTF8.self)
            case .clientError: "404 " + (try response.clientError.descriptionHtml)
            default: "?"
            }
        }
    }

    func post(_ session: Capability, _ body: String) throws -> Wire.WebSession.Response.Which? {
        try grain.host.call(session, Wire.WebSession.Methods.post) {
            $1.setPath("")
            $1.initContent().setContent(Array(body.utf8))
        } _: { response, _ in
            response.which
        }
    }

    func restore(_ saved: SavedPointer) throws -> Capability {
        try grain.host.call(grain.host.view, Wire.MainView.Methods.restore) { payload, params in
            try saved.copy(to: params.initObjectId(), in: &payload)
        } _: {
            try #require($1.capability($0.structure.pointer(0).capability()))
        }
    }
}

/// A person whom the host still knows.
private final class Identity: RPCObject {
    private let name: String

    init(name: String = "Ann now") { self.name = name }

    func receive(_ call: IncomingCall, _ params: ReceivedMessage) throws(CallFailure) {
        guard call.isCall(of: Wire.Identity.Methods.getProfile) else { throw .unimplemented(call) }
        let payload = Payload()
        payload.message.initRoot(Wire.Identity.GetProfileResults.self).initProfile().initDisplayName()
            .setDefaultText(name)
        call.reply(payload)
    }
}
