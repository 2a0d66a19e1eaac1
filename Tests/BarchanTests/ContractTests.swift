import Barchan
import Glibc
import Testing

@Suite struct IdentifierTests {
    @Test func randomIdentifiersAreWellFormedAndDiffer() {
        let grains = (0..<200).map { _ in GrainID.random() }
        #expect(Set(grains).count == 200)
        #expect(grains.allSatisfy { GrainID($0.text) == $0 })
        #expect(AccountID(AccountID.random().text) != nil && SessionID(SessionID.random().text) != nil)
        #expect(Secret.random().text.utf8.count == 64)
    }

    /// The alphabets of the specification, sections 1.2 and 5.1.
    @Test func alphabetsAreThoseOfTheSpecification() {
        #expect(
            String(decoding: GrainID.alphabet, as: UTF8.self)
                == "23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz")
        #expect(String(decoding: AppID.alphabet, as: UTF8.self) == "0123456789acdefghjkmnpqrstuvwxyz")
    }

    @Test(arguments: [
        "", "k3vk3vk3vk3vk3vk3vk3v", "k3vk3vk3vk3vk3vk3vk3vkk", "0000000000000000000000", "../../../../../../etc/",
        "ääääääääääa",
    ])
    func otherTextsAreNoGrain(_ text: String) { #expect(GrainID(text) == nil) }

    @Test(arguments: [
        "", "0123456789abcdef0123456789abcde", "0123456789abcdef0123456789abcdeF", "0123456789abcdef0123456789abcdeg",
    ])
    func otherTextsAreNoPackage(_ text: String) {
        #expect(PackageID(text) == nil && AccountID(text) == nil && SessionID(text) == nil)
    }

    @Test(arguments: ["b", "i", "l", "o", "A", "-"])
    func someLettersAreInNoApp(_ letter: String) {
        #expect(AppID(String(repeating: "0", count: 51) + letter) == nil)
        #expect(AppID(String(repeating: "0", count: 51) + "u") != nil)
    }

    @Test func aSecretIsNeverPrinted() {
        let secret = Secret("hunter2")
        #expect("\(secret) \(String(reflecting: secret)) \([secret])".contains("hunter2") == false)
        #expect(secret == Secret("hunter2") && secret != Secret("hunter3") && secret != Secret("hunter"))
    }
}

@Suite struct SettingsTests {
    private let definitions = [
        SettingDefinition("port", default: .integer(6080), ""),
        SettingDefinition("host", default: .string("localhost"), ""),
        SettingDefinition("open", default: .boolean(false), ""), SettingDefinition("names", default: .strings([]), ""),
    ]

    @Test func defaultsFillWhatIsNotGiven() throws {
        let settings = try PluginSettings(["port": .integer(1)], definitions: definitions)
        #expect(settings.integer("port") == 1 && settings.string("host") == "localhost")
        #expect(!settings.boolean("open") && settings.strings("names").isEmpty)
    }

    @Test func anUnknownKeyListsTheKnown() {
        #expect(throws: HostError(.invalidArgument, "unknown setting 'prot'; known are: host, names, open, port")) {
            try PluginSettings(["prot": .integer(1)], definitions: definitions)
        }
        #expect(throws: HostError(.invalidArgument, "unknown setting 'x'; known are: none")) {
            try PluginSettings(["x": .integer(1)], definitions: [])
        }
    }

    @Test func aValueHasTheKindOfItsDefault() {
        #expect(throws: HostError(.invalidArgument, "setting 'port' is a string; an integer is needed")) {
            try PluginSettings(["port": .string("1")], definitions: definitions)
        }
    }
}

@Suite struct ByteReaderTests {
    @Test func bufferedBytesComeOnce() async throws {
        let reader = BufferedBytes([1, 2])
        #expect(try await reader.next() == [1, 2])
        #expect(try await reader.next() == nil)
        #expect(try await BufferedBytes([]).next() == nil)
    }

    @Test func readingAllHasALimit() async throws {
        #expect(try await BufferedBytes([1, 2]).readAll(maximumBytes: 2) == [1, 2])
        await #expect(throws: HostError.self) { try await BufferedBytes([1, 2]).readAll(maximumBytes: 1) }
    }
}

@Suite struct DescriptorTests {
    @Test func aDescriptorIsClosedWithItsOwner() {
        let number = open("/dev/null", O_RDONLY | O_CLOEXEC)
        do { _ = OwnedDescriptor(takingOwnershipOf: number) }
        #expect(fcntl(number, F_GETFD) == -1)
    }

    @Test func aReleasedDescriptorStaysOpen() {
        let owned = OwnedDescriptor(takingOwnershipOf: open("/dev/null", O_RDONLY | O_CLOEXEC))
        let number = owned.release()
        #expect(fcntl(number, F_GETFD) >= 0)
        close(number)
    }

    @Test func aDuplicateIsCloseOnExec() throws {
        let copy = try OwnedDescriptor(takingOwnershipOf: open("/dev/null", O_RDONLY)).duplicate()
        #expect(fcntl(copy.rawValue, F_GETFD) & FD_CLOEXEC != 0)
    }
}

@Suite struct PluginTests {
    @Test func aPluginCrossesTheEntryPoint() {
        let plugin = Plugin(
            identifier: "x", summary: "y", settings: [SettingDefinition("a", default: .integer(1), "b")],
            factory: .transport { (_, _) throws(HostError) in throw HostError(.unsupported, "") })
        let imported = Plugin.imported(from: plugin.exported())
        #expect(imported.identifier == "x" && imported.summary == "y" && imported.interface == .transport)
        #expect(imported.settings == plugin.settings)
    }
}
