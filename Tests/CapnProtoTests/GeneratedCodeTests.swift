import CapnProto
import GrainSchemas
import Testing

/// What the code generator makes of the schemas, against the facts about the wire.
@Suite struct GeneratedCodeTests {
    @Test func interfacesAndMethodsHaveTheirNumbers() {
        #expect(Wire.WebSession.interfaceID == 0xa507_11a1_4d35_a8ce)
        #expect(Wire.ApiSession.interfaceID == 0xc879_e379_c625_cdc7)
        let open = Wire.WebSession.Methods.openWebSocket
        #expect(open.interfaceID == Wire.WebSession.interfaceID && open.ordinal == 2 && !open.isStreaming)
        #expect(open.name == "WebSession.openWebSocket")
        #expect(Wire.SandstormApi.Methods.save.ordinal == 8)
        #expect(Wire.ByteStream.Methods.write.isStreaming)
        #expect(!Wire.ByteStream.Methods.done.isStreaming)
    }

    @Test func enumerantsCarryTheirAnnotations() {
        typealias Response = Wire.WebSession.Response
        #expect(Response.SuccessCode.allCases.map(\.httpStatus.id) == [200, 201, 202, 204, 206, 207, 304])
        #expect(Response.ClientErrorCode.preconditionFailed.httpStatus == (412, "Precondition Failed"))
        #expect(Wire.Category.developerTools.categoryInfo == "DevTools")
    }

    @Test func constantsHaveTheirValues() throws {
        #expect(Wire.magicNumber == [0x8f, 0xc6, 0xcd, 0xef, 0x45, 0x1a, 0xea, 0x96])
        #expect(Wire.Manifest.sizeLimitInWords == 1 << 20)
        #expect(Wire.WebSession.Response.headerWhitelist == ["x-sandstorm-app-*", "x-oc-mtime"])
        #expect(Wire.WebSession.Context.headerWhitelist.count == 14)
        let replacements = try Wire.appIdReplacementList
        #expect(replacements.count == 5)
        #expect(try replacements[2].original.hasPrefix("nfqhx83v"))
        #expect(try replacements[2].revokeExceptPackageIds.count == 2)
    }

    @Test func defaultsThatAreNotZeroAreRead() throws {
        let message = MessageBuilder()
        let types = message.initRoot(Wire.WebSession.Context.self).initAccept(count: 2)
        types[1].setQValue(0.5)
        let context = try MessageReader(message.flatBytes, framing: .flat).root(Wire.WebSession.Context.self)
        #expect(try context.accept.map(\.qValue) == [1, 0.5])
    }

    @Test func whatTheSchemaDoesNotKnowReadsAsNil() throws {
        let message = MessageBuilder()
        let root = message.initRoot(Wire.Everything.self)
        root.structure.store(UInt16(9), 36)
        root.structure.store(UInt16(9), 38)
        let reader = try MessageReader(message.flatBytes, framing: .flat).root(Wire.Everything.self)
        #expect(reader.color == nil)
        #expect(reader.choice.which == nil)
    }

    @Test func membersOfAUnionSetItsTag() throws {
        let message = MessageBuilder()
        let response = message.initRoot(Wire.WebSession.Response.self)
        let content = response.initContent()
        content.initBody().setStream(capability: 3)
        content.initDisposition().setDownload("a.txt")
        let reader = try MessageReader(message.flatBytes, framing: .flat).root(Wire.WebSession.Response.self)
        #expect(reader.which == .content)
        #expect(reader.content.body.which == .stream)
        #expect(try reader.content.body.stream == 3)
        #expect(try reader.content.disposition.download == "a.txt")
    }
}
