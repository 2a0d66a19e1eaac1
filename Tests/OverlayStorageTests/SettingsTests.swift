import Barchan
import Testing

@Suite struct SettingsTests {
    @Test(arguments: [
        ["directory": SettingValue.string("relative")], ["packageBytes": .integer(0)], ["packageFiles": .integer(-1)],
        ["logBytes": .integer(1)], ["decoderBytes": .integer(.max)],
    ])
    func aSettingThatMakesNoSenseIsRefused(_ settings: [String: SettingValue]) async throws {
        let scratch = try Scratch()
        let error = await #expect(throws: HostError.self) { _ = try await scratch.storage(settings) }
        #expect(error?.code == .invalidArgument)
    }

    @Test func anotherDirectoryIsUsedWhenItIsNamed() async throws {
        let scratch = try Scratch()
        let other = try Scratch()
        _ = try await scratch.storage(["directory": .string(other.path)])
        #expect(try scratch.files().isEmpty)
        #expect(try other.files().contains("/packages"))
    }
}
