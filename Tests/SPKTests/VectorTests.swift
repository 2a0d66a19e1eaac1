import Barchan
import SPK
import Testing

/// Packages made by make_vector.py from the specification, and one made by the original packer.
@Suite struct VectorTests {
    private let app = "0fhhggzmts8cw7chvndffky0m5my9pjhmfkhursxvk3684kp66w0"

    @Test(arguments: [1, 2, 7, 8, 9, 64, 1 << 20])
    func aGoodPackageReadsInPiecesOfAnySize(_ pieceBytes: Int) throws {
        let package = try verify(try fixture("good.spk"), pieceBytes: pieceBytes)
        #expect(package.package.text == "a53cd2ba4cf9783ad55ca7ec2b7f17b1")
        #expect(package.app.text == app)
        #expect(package.archiveBytes.count == 888)
        #expect(
            try listing(package.archiveBytes) == [
                "directory /dev 1500000000123456789", "file /hello.txt 1500000000123456789 6",
                "link /link 1500000000123456789 hello.txt", "directory /proc 1500000000123456789",
                "file /proc/cpuinfo 0 0", "program /run 1500000000123456789 17",
                "file /sandstorm-manifest 1500000000123456789 392", "directory /tmp 1500000000123456789",
                "directory /var -1500000001",
            ])
    }

    @Test func aPackageOfTheOriginalPackerReads() throws {
        // Three segments, one of them without a word.
        let package = try verify(try fixture("packed-by-original.spk"))
        #expect(package.package.text == "719d1a03bdf9e6d5e52721642dac6961")
        #expect(package.app.text == app)
        let lines = try listing(package.archiveBytes).map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
        #expect(lines.contains("file /ff") && lines.contains("directory /sub") && lines.contains("link /link"))
        #expect(lines.contains("file /proc/cpuinfo") && lines.contains("program /run"))
    }

    @Test(arguments: [
        ("bad-magic.spk", "magic number"), ("bad-content.spk", "is not what app"),
    ])
    func aPackageThatDoesNotVerifyIsRefused(_ name: String, _ reason: String) throws {
        let error = try #require(failure { _ = try verify(try fixture(name)) })
        #expect(error.code == .invalidArgument)
        #expect(error.message.contains(reason), "\(error.message)")
    }

    @Test(arguments: [
        ("bad-dup-name.spk", "'/hello.txt': the name appears twice"),
        ("bad-slash-name.spk", "'/a/b': the name contains '/'"),
    ])
    func aBadNameIsFoundWhenUnpackingOnly(_ name: String, _ reason: String) throws {
        let package = try verify(try fixture(name))
        let error = try #require(failure { _ = try listing(package.archiveBytes) })
        #expect(error.code == .invalidArgument)
        #expect(error.message.contains(reason), "\(error.message)")
    }

    @Test func aPackageWithoutManifestUnpacksButHasNone() throws {
        let package = try verify(try fixture("bad-no-manifest.spk"))
        #expect(try listing(package.archiveBytes).count == 8)
        let owner = ArchiveBytes(package.archiveBytes)
        #expect(try Archive(bytes: owner.bytes, owner: owner).topLevelFile("sandstorm-manifest") == nil)
    }

    @Test func theManifestOfAGoodPackageReads() throws {
        let owner = ArchiveBytes(try verify(try fixture("good.spk")).archiveBytes)
        let file = try #require(try Archive(bytes: owner.bytes, owner: owner).topLevelFile("sandstorm-manifest"))
        let manifest = try AppManifest(manifestFile: file.array)
        #expect(manifest.title == "Vector")
        #expect(manifest.version == 3)
        #expect(manifest.marketingVersion == "0.3")
        let command = Command(arguments: ["/run", "new"], environment: ["A=1"])
        #expect(
            manifest.actions == [AppAction(title: "New thing", nounPhrase: "thing", description: "", command: command)])
        #expect(manifest.continueCommand == Command(arguments: ["/run", "go"], environment: ["A=1"]))
    }

    @Test func theKeyringReadsAndWritesTheSameBytes() throws {
        let bytes = try fixture("keyring")
        let keyring = try Keyring(file: bytes + bytes)
        #expect(keyring.keys.map(\.app.text) == [app])
        #expect(keyring.keys[0].keyFile == bytes)
    }
}
