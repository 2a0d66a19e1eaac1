import Foundation
import Testing

/// An author's OpenPGP signature (specification, section 1.5), made with gpg as authors make it.
@Suite struct AuthorProofTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop() }

    private func gpg(_ arguments: String..., input: String = "") throws -> Data {
        let home = "\(workshop.path)/gpg"
        try FileManager.default.createDirectory(
            atPath: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let process = Process(), output = Pipe(), standardInput = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/gpg")
        process.arguments =
            ["--homedir", home, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""] + arguments
        process.standardOutput = output
        process.standardInput = standardInput
        process.standardError = FileHandle.nullDevice
        try process.run()
        try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try standardInput.fileHandleForWriting.close()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "gpg \(arguments)")
        return bytes
    }

    /// Packs an app whose author signed `line(app)`, and returns what `verify --details` says.
    private func verified(
        clearly: Bool = false, keyOf owner: String? = nil, _ line: (String) -> String
    ) throws -> (outcome: Workshop.Outcome, fingerprint: String) {
        try workshop.write("src/file", "text")
        try workshop.define(searchPath: #"(sourcePath = "src")"#, alwaysInclude: #"".""#)
        let app = try #require(
            try workshop.spk("listkeys").output.split(separator: "\n").last.map(String.init))
        _ = try gpg("--quick-generate-key", "Author <author@example.com>", "ed25519", "sign", "never")
        if let owner { _ = try gpg("--quick-generate-key", owner, "ed25519", "sign", "never") }
        let signature = try gpg(clearly ? "--clearsign" : "--sign", "-u", "author@example.com", input: line(app))
        try signature.write(to: URL(filePath: "\(workshop.path)/signature"))
        try gpg("--export", owner ?? "author@example.com").write(to: URL(filePath: "\(workshop.path)/keys"))
        let text = try workshop.read("sandstorm-pkgdef.capnp")
        try workshop.write(
            "sandstorm-pkgdef.capnp",
            text.replacing(
                "continueCommand = .command",
                with: "continueCommand = .command, metadata = (author = (pgpSignature = embed \"signature\"), "
                    + "pgpKeyring = embed \"keys\")"))
        _ = try workshop.packed()
        let listing = String(decoding: try gpg("--with-colons", "--fingerprint", "author@example.com"), as: UTF8.self)
        let record = try #require(listing.split(separator: "\n").first { $0.hasPrefix("fpr:") })
        return (
            try workshop.spk("verify", "--details", "app.spk"),
            String(try #require(record.split(separator: ":").last))
        )
    }

    private static func proof(_ app: String) -> String {
        "I am the author of the Sandstorm.io app with the following ID: \(app)"
    }

    @Test(arguments: [false, true]) func theFingerprintIsThatOfTheAuthor(clearly: Bool) throws {
        let (outcome, fingerprint) = try verified(clearly: clearly) { Self.proof($0) + "\n" }
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("\"authorPgpKeyFingerprint\": \"\(fingerprint)\""), "\(outcome.output)")
    }

    @Test func aLineAboutAnotherAppProvesNothing() throws {
        let other = "vjvekechd398fn1t1kn1dgdnm7p9cd9pftbnrtwrjt5v9uxsc3mh"
        let (outcome, fingerprint) = try verified { _ in Self.proof(other) }
        #expect(!outcome.output.contains(fingerprint))
        #expect(outcome.output.contains("\"authorProof\": \"wrong\""), "\(outcome.output)")
    }

    @Test func moreThanTheLineProvesNothing() throws {
        let (outcome, fingerprint) = try verified { Self.proof($0) + "\nand more" }
        #expect(!outcome.output.contains(fingerprint))
        #expect(outcome.output.contains("\"authorProof\": \"wrong\""), "\(outcome.output)")
    }

    @Test func aKeyringWithoutTheSignersKeyProvesNothing() throws {
        let (outcome, fingerprint) = try verified(keyOf: "Other <other@example.com>") { Self.proof($0) }
        #expect(!outcome.output.contains(fingerprint))
        #expect(outcome.output.contains("\"authorProof\": \"wrong\""), "\(outcome.output)")
    }

    @Test func whoInstallsItIsToldTheSame() throws {
        let (_, fingerprint) = try verified { Self.proof($0) }
        let told = try workshop.barchan(["app", "install", "--data", "\(workshop.path)/data", "app.spk"])
        #expect(told.status == 0 && told.output.contains("by the OpenPGP key \(fingerprint)"), "\(told)")
        let outcome = try workshop.barchan(
            ["app", "install", "--json", "--data", "\(workshop.path)/other", "app.spk"],
            environment: ["PATH": "/nonexistent"])
        #expect(outcome.output.contains(#""authorProof":"unverified""#), "\(outcome)")
        #expect(outcome.output.contains("there is no program 'gpg' here"), "\(outcome)")
    }

    @Test func withoutGPGItIsUnverified() throws {
        _ = try verified { Self.proof($0) }
        let outcome = try workshop.run(["verify", "--details", "app.spk"], environment: ["PATH": "/nonexistent"])
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("\"authorProof\": \"unverified\""), "\(outcome.output)")
    }
}
