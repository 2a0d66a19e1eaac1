import Barchan
import CapnProto
import GrainSchemas
import SPK
import Testing

@Suite struct ManifestTests {
    /// A manifest with a text in three languages.
    private func translated() throws -> AppManifest {
        try manifest { manifest in
            let title = manifest.initAppTitle()
            title.setDefaultText("Notes")
            let texts = [("de", "Notizen"), ("pt-BR", "Notas"), ("zh-Hant-TW", "筆記")]
            for (builder, text) in zip(title.initLocalizations(count: texts.count), texts) {
                builder.setLocale(text.0)
                builder.setText(text.1)
            }
            let action = manifest.initActions(count: 1)[0]
            action.initInput().setNone()
            let noun = action.initNounPhrase()
            noun.setDefaultText("note")
            let german = noun.initLocalizations(count: 1)[0]
            german.setLocale("de")
            german.setText("Notiz")
        }
    }

    // RFC 4647, section 3.4: the first range that some tag answers, shortened from its end.
    @Test(arguments: [
        (["de"], "Notizen"), (["de-AT", "en"], "Notizen"), (["DE_ch"], "Notizen"), (["fr", "de"], "Notizen"),
        (["en", "de"], "Notes"), (["en-GB", "de"], "Notes"), ([], "Notes"), (["fr"], "Notes"), (["*", "de"], "Notes"),
        (["pt"], "Notas"), (["pt-PT"], "Notas"), (["zh-Hant-TW-x-private"], "筆記"), (["x"], "Notes"), ([""], "Notes"),
    ])
    func textsAreInTheLanguageAskedFor(_ languages: [String], _ title: String) throws {
        #expect(try translated().localized(for: languages).title == title)
    }

    @Test func everyTextIsChosenByItself() throws {
        let german = try translated().localized(for: ["de"])
        #expect(german.actions[0].nounPhrase == "Notiz")
        #expect(try translated().localized(for: ["pt"]).actions[0].nounPhrase == "note")
        #expect(try translated().title == "Notes")
    }

    /// A manifest built field by field, as other packers may have built it.
    private func manifest(_ fill: (Wire.Manifest.Builder) -> Void) throws -> AppManifest {
        let message = MessageBuilder()
        fill(message.initRoot(Wire.Manifest.self))
        return try AppManifest(manifestFile: message.streamBytes)
    }

    @Test func anOldCommandStartsWithItsExecutablePath() throws {
        let command = try manifest {
            let command = $0.initContinueCommand()
            command.setDeprecatedExecutablePath("/old/program")
            command.setArgv(["--flag", "value"])
        }.continueCommand
        #expect(command.arguments == ["/old/program", "--flag", "value"])
    }

    @Test func actionsThatNeedSomethingToStartFromAreLeftOut() throws {
        let actions = try manifest {
            let actions = $0.initActions(count: 2)
            _ = actions[0].initInput().initCapability(count: 0)
            actions[0].initTitle().setDefaultText("open")
            actions[1].initTitle().setDefaultText("make")
        }.actions
        #expect(actions.map(\.title) == ["make"])
    }

    @Test func anAppForANewerInterfaceIsRefused() throws {
        let error = try #require(failure { _ = try manifest { $0.setMinApiVersion(1) } })
        #expect(error.code == .unsupported)
        #expect(error.message.contains("version 1"), "\(error.message)")
    }

    @Test func whatIsMissingReadsAsNothing() throws {
        let empty = try manifest { _ in }
        #expect(empty.title == "Untitled app")
        #expect(empty.actions.isEmpty && empty.website == nil && empty.icon == nil)
    }

    @Test(arguments: [
        ("https://example.org/", true), ("HTTP://example.org/", true), ("javascript:alert(1)", false), ("", false),
    ])
    func onlyWebLinksPass(_ link: String, _ passes: Bool) throws {
        let website = try manifest { $0.initMetadata().setWebsite(link) }.website
        #expect(website == (passes ? link : nil))
    }

    @Test func whatIsWrittenReadsAgain() throws {
        let command = Command(arguments: ["/a", "b c", ""], environment: ["A=1", "B=x=y", "C="])
        var manifest = AppManifest(
            title: "Ä title", version: .max, marketingVersion: "1.2~β",
            actions: [AppAction(title: "New", nounPhrase: "thing", description: "What", command: command)],
            continueCommand: command)
        manifest.website = "https://example.org/"
        manifest.sourceCode = "https://example.org/code"
        manifest.author = "Somebody"
        manifest.shortDescription = "Short"
        manifest.changeLog = "* all"
        manifest.icon = AppIcon(format: .png, bytes: [1, 2, 3])
        #expect(try AppManifest(manifestFile: manifest.manifestFile(description: "Long")) == manifest)
    }

    @Test func aManifestTooLargeIsRefused() throws {
        var limits = PackageLimits()
        limits.manifestBytes = 100
        let error = failure { _ = try AppManifest(manifestFile: [UInt8](repeating: 0, count: 101), limits: limits) }
        #expect(error?.code == .invalidArgument)
    }

    @Test func aRoleWithAnUnknownPermissionIsRefused() throws {
        var bridge = BridgeConfiguration()
        bridge.permissions = [.init(name: "edit")]
        bridge.roles = [.init(title: "reader", permissions: ["read"])]
        let error = try #require(failure { _ = try bridge.file() })
        #expect(error.message.contains("known are: edit"), "\(error.message)")
    }

    @Test func theBridgeConfigurationReadsAsItWasWritten() throws {
        var bridge = BridgeConfiguration()
        bridge.permissions = [.init(name: "read"), .init(name: "edit", title: "Edit", description: "May edit")]
        bridge.roles = [.init(title: "editor", verbPhrase: "can edit", permissions: ["edit"], isDefault: true)]
        bridge.apiPath = "/api/"
        let message = try MessageReader(try bridge.file(), framing: .stream)
        let config = try message.root(Wire.BridgeConfig.self)
        #expect(try config.apiPath == "/api/")
        #expect(try config.viewInfo.permissions.map { try $0.name } == ["read", "edit"])
        let role = try #require(try config.viewInfo.roles.first)
        #expect(try Array(role.permissions) == [false, true])
        #expect(role.`default`)
    }
}
