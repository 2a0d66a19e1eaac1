import Barchan
import CapnProto
import GrainSchemas
import Testing

@testable import CapnpTransport

/// What a request says on the wire.
@Suite struct RequestMessageTests {
    private func params<Params: StructSchema>(
        _ request: WebRequest, body: [UInt8] = [], as schema: Params.Type
    ) throws -> Params.Reader {
        try MessageReader(request.message(body: body).params.flatBytes, framing: .flat).root(schema)
    }

    private var full: WebRequest {
        var request = WebRequest(method: .head, path: "a/b?c=%20d")
        request.cookies = [KeyValue("k", "v"), KeyValue("k2", "")]
        request.accept = [
            AcceptedType(mimeType: "text/html", quality: 1), AcceptedType(mimeType: "*/*", quality: 0.5),
        ]
        request.acceptEncoding = [AcceptedEncoding(coding: "gzip", quality: 0.25)]
        request.additionalHeaders = [
            KeyValue("X-Sandstorm-App-Zed", "1"), KeyValue("x-evil", "2"), KeyValue("OC-Total-Length", "3"),
            KeyValue("x-csrf-token-not", "4"),
        ]
        request.precondition = .matchesNoneOf([ETag(value: "one"), ETag(value: "two", isWeak: true)])
        return request
    }

    @Test func everythingAnAppMaySeeIsThere() throws {
        let params = try params(full, as: Wire.WebSession.GetParams.self)
        #expect(try params.path == "a/b?c=%20d")
        #expect(params.ignoreBody)
        let context = try params.context
        #expect(try context.responseStream == 0)
        #expect(try context.cookies.map { try [$0.key, $0.value] } == [["k", "v"], ["k2", ""]])
        #expect(try context.accept.map { try $0.mimeType } == ["text/html", "*/*"])
        #expect(try context.accept.map(\.qValue) == [1, 0.5])
        #expect(try context.acceptEncoding.map { try $0.contentCoding } == ["gzip"])
        #expect(try context.acceptEncoding.map(\.qValue) == [0.25])
        #expect(context.eTagPrecondition.which == .matchesNoneOf)
        #expect(try context.eTagPrecondition.matchesNoneOf.map { try $0.value } == ["one", "two"])
        #expect(try context.eTagPrecondition.matchesNoneOf.map(\.weak) == [false, true])
    }

    @Test func headersThatAreNotOnTheWhiteListStayBehind() throws {
        let headers = try params(full, as: Wire.WebSession.GetParams.self).context.additionalHeaders
        #expect(try headers.map { try $0.name } == ["X-Sandstorm-App-Zed", "OC-Total-Length"])
    }

    @Test(arguments: [
        (ETagPrecondition.none, Wire.WebSession.Context.ETagPrecondition.Which.none), (.exists, .exists),
        (.doesntExist, .doesntExist), (.matchesOneOf([]), .matchesOneOf),
    ])
    func preconditionsKeepTheirKind(
        _ given: ETagPrecondition, _ wire: Wire.WebSession.Context.ETagPrecondition.Which
    ) throws {
        var request = WebRequest(method: .get, path: "")
        request.precondition = given
        let context = try params(request, as: Wire.WebSession.GetParams.self).context
        #expect(context.eTagPrecondition.which == wire)
    }

    @Test func bodiesKeepTheirTypeAndCoding() throws {
        var request = WebRequest(method: .post, path: "p")
        request.contentType = "text/plain; charset=x"
        request.contentEncoding = "gzip"
        let content = try params(request, body: [0, 1, 255], as: Wire.WebSession.PostParams.self).content
        #expect(try content.mimeType == "text/plain; charset=x")
        #expect(try content.encoding == "gzip")
        #expect(try content.content.array == [0, 1, 255])
    }

    @Test func davMethodsCarryTheirArguments() throws {
        let copy = try params(
            WebRequest(method: .copy(destination: "dst/f", noOverwrite: true, depth: .zero), path: "src"),
            as: Wire.WebSession.CopyParams.self)
        #expect(try copy.destination == "dst/f")
        #expect(copy.noOverwrite)
        #expect(copy.shallow)
        let find = try params(
            WebRequest(method: .propfind(depth: .one), path: "d"), body: Array("<x/>".utf8),
            as: Wire.WebSession.PropfindParams.self)
        #expect(find.depth == .one)
        #expect(try find.xmlContent == "<x/>")
        let unlock = try params(
            WebRequest(method: .unlock(lockToken: "<t>"), path: "d"), as: Wire.WebSession.UnlockParams.self)
        #expect(try unlock.lockToken == "<t>")
    }

    @Test func aSessionSaysWhoOpensIt() throws {
        let params = try MessageReader(WebSessionParameters.ann.openings()[0].params.flatBytes, framing: .flat)
            .root(Wire.UiView.NewSessionParams.self)
        let user = try params.userInfo
        #expect(try user.displayName.defaultText == "Ann Ö Bee")
        #expect(try user.preferredHandle == "ann")
        #expect(try user.identityId.array == Array(1...32))
        #expect(try Array(user.permissions) == [true, false, true])
        #expect(try user.deprecatedPermissionsBlob.array == [0b101])
        #expect(!user.hasPictureUrl)
        #expect(params.sessionType == 0xa507_11a1_4d35_a8ce)
        #expect(try params.tabId.array == Array(0xa0...0xaf))
        let session = try params.sessionParams.structure(Wire.WebSession.Params.self)
        #expect(try session.basePath == "https://example.test")
        #expect(try session.userAgent == "test")
    }

    @Test func anonymousPeopleHaveNoIdentityAndOthersHave32Bytes() throws {
        var parameters = WebSessionParameters.ann
        parameters.user.identityID = []
        let params = try MessageReader(parameters.openings()[0].params.flatBytes, framing: .flat)
            .root(Wire.UiView.NewSessionParams.self)
        #expect(try !params.userInfo.hasIdentityId)
        parameters.user.identityID = [1]
        #expect(throws: HostError.self) { try parameters.openings() }
    }

    @Test func settingsOutOfRangeAreRefused() async {
        let error = await hostError { _ = try await transport(["threads": .integer(65)]) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.contains("'threads'") == true)
    }
}
