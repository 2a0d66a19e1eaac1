import Foundation
import Testing

/// Keyrings behind a passphrase.
@Suite struct KeyringTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop() }

    private func spk(_ arguments: String..., old: String? = nil, new: String? = nil) throws -> Workshop.Outcome {
        var environment: [String: String] = [:]
        environment["BARCHAN_KEYRING_PASSPHRASE"] = old
        environment["BARCHAN_KEYRING_NEW_PASSPHRASE"] = new
        return try workshop.run(arguments, environment: environment)
    }

    @Test func sealedUsedChangedAndPlainAgain() throws {
        let app = try spk("keygen").output
        let plain = try workshop.bytes(".sandstorm-keyring")
        #expect(try spk("keyring", "--seal", new: "first").status == 0)
        let sealed = try workshop.bytes(".sandstorm-keyring")
        // Neither half of the key is in the file.
        #expect(sealed.range(of: plain.suffix(32)) == nil)
        #expect(try permissions() == 0o600)
        #expect(try spk("listkeys", old: "first").output == app)
        let second = try spk("keygen", old: "first").output
        #expect(try spk("listkeys", old: "first").output == app + second)
        #expect(try spk("keyring", "--seal", old: "first", new: "zweites Wörtchen").status == 0)
        #expect(try spk("listkeys", old: "first").status != 0)
        #expect(try spk("keyring", "--unseal", old: "zweites Wörtchen").status == 0)
        #expect(try spk("listkeys").output == app + second)
        #expect(try workshop.bytes(".sandstorm-keyring").starts(with: plain))
    }

    /// Keyrings are merged by writing one behind the other.
    @Test func aKeyThatIsThereTwiceIsOne() throws {
        let app = try spk("keygen").output
        let one = try workshop.bytes(".sandstorm-keyring")
        try (one + one).write(to: URL(filePath: "\(workshop.path)/.sandstorm-keyring"))
        #expect(try spk("listkeys").output == app)
        try workshop.write("src/run", "x", isExecutable: true)
        let packed = try spk("pack", "--root", "src", "--title", "T", "--command", "/run", "app.spk")
        #expect(packed.status == 0, "\(packed.errors)")
    }

    @Test func withoutTheRightPassphraseNothingIsChanged() throws {
        _ = try spk("keygen")
        _ = try spk("keyring", "--seal", new: "right")
        let sealed = try workshop.bytes(".sandstorm-keyring")
        for outcome in [
            try spk("listkeys", old: "wrong"), try spk("keygen", old: ""), try spk("keyring", "--unseal", old: "Right"),
            try spk("keyring", "--seal", old: "right", new: ""),
        ] {
            #expect(outcome.status != 0)
            #expect(outcome.errors.contains("passphrase"), "\(outcome.errors)")
        }
        #expect(try workshop.bytes(".sandstorm-keyring") == sealed)
    }

    @Test(arguments: [15, 16, 20, 40, 71, 72, 88, 100]) func aDamagedKeyringIsRefused(place: Int) throws {
        _ = try spk("keygen")
        _ = try spk("keyring", "--seal", new: "right")
        let sealed = try workshop.bytes(".sandstorm-keyring")
        let file = URL(filePath: "\(workshop.path)/.sandstorm-keyring")
        var damaged = sealed
        damaged[place] ^= 0x80
        for bytes in [damaged, sealed.prefix(place)] {
            try bytes.write(to: file)
            let outcome = try spk("listkeys", old: "right")
            #expect(outcome.status == 1)
            #expect(!outcome.errors.isEmpty)
        }
    }

    private func permissions() throws -> Int? {
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(workshop.path)/.sandstorm-keyring")
        return (attributes[.posixPermissions] as? NSNumber)?.intValue
    }
}
