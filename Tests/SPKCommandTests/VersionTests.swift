import Barchan
import Testing

@Suite struct VersionTests {
    /// What fits a module is the contract, so that is named, too.
    @Test func theCommandSaysWhichItIs() throws {
        let outcome = try Workshop().barchan(["--version"])
        #expect(outcome.status == 0)
        #expect(
            outcome.output.hasSuffix("plugin contract \(Plugin.contractMajor).\(Plugin.contractMinor)\n"),
            "\(outcome.output)")
    }
}
