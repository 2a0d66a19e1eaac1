import CapnProto
import GrainSchemas
import Testing

/// The file that the original packer wrote for the text in `bridge-config.txt`.
@Suite struct BridgeConfigTests {
    let config: Wire.BridgeConfig.Reader

    init() throws {
        config = try MessageReader(Fixture.bytes("bridge-config.bin"), framing: .stream).root(Wire.BridgeConfig.self)
    }

    @Test func permissionsAreRead() throws {
        let permissions = try config.viewInfo.permissions
        #expect(try permissions.map { try $0.name } == ["read", "write", "admin"])
        #expect(try permissions.map { try $0.title.defaultText } == ["r", "w", "a"])
    }

    @Test func rolesAreRead() throws {
        let roles = try config.viewInfo.roles
        #expect(roles.count == 1)
        let viewer = try #require(roles.first)
        #expect(try viewer.title.defaultText == "viewer")
        #expect(try viewer.verbPhrase.defaultText == "can view")
        #expect(try Array(viewer.permissions) == [true, false, false])
        #expect(viewer.default)
        #expect(!viewer.obsolete)
    }

    @Test func powerboxAPIsAreRead() throws {
        #expect(try config.apiPath == "/api/")
        let api = try #require(try config.powerboxApis.first)
        #expect(try api.name == "cal")
        #expect(try api.displayInfo.title.defaultText == "Cal")
        #expect(try api.path == "/cal")
        #expect(try api.tag.canonicalUrl == "https://cal.example.com")
        #expect(try Array(api.permissions) == [true])
    }

    @Test func whatIsNotThereReadsAsEmpty() throws {
        #expect(try config.viewInfo.deniedPermissions.isEmpty)
        #expect(try config.viewInfo.grainIcon == nil)
        #expect(try config.viewInfo.appTitle.defaultText == "")
        #expect(try config.powerboxApis[0].displayInfo.description.defaultText == "")
        #expect(!config.saveIdentityCaps)
    }
}
