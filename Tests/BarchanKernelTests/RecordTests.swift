import Barchan
import Sealing
import Testing

@Suite struct RecordTests {
    @Test(arguments: ["", "a", "a=b", "line\nbreak", "\\", "\\n", "ä😀\u{0}", String(repeating: "\n\\", count: 100)])
    func fieldsComeBack(_ value: String) throws {
        var fields = RecordFields()
        fields["title"] = value
        fields["other"] = "x"
        let read = try RecordFields(decoding: fields.encoded)
        #expect(read["title"] == value && read["other"] == "x" && read["missing"] == nil)
    }

    @Test func whatANewerHostWroteIsKept() throws {
        var fields = try RecordFields(decoding: Array("1\ntitle=old\nfuture=thing\n".utf8))
        fields["title"] = "new"
        #expect(try RecordFields(decoding: fields.encoded)["future"] == "thing")
    }

    @Test(arguments: [
        ("2\n", HostError.Code.unsupported), ("", .corrupt), ("1", .corrupt), ("1\nx", .corrupt), ("1\nx\n", .corrupt),
        ("1\na=\\x\n", .corrupt), ("1\na=\\\n", .corrupt),
    ])
    func otherBytesAreAnError(_ text: String, _ code: HostError.Code) async {
        await expectError(code) { _ = try RecordFields(decoding: Array(text.utf8)) }
    }

    /// FIPS 180-4 examples, and lengths around the block's edges from sha256sum(1).
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
    func digestsAreThoseOfTheStandard(_ text: String, _ digest: String) {
        #expect(SHA256.hexadecimal(Array(text.utf8)) == digest)
    }
}

/// A host that ended at any moment, and the next one over the same records.
@Suite struct RecoveryTests {
    @Test func grainsLoginsAndIdentitiesSurvive() async throws {
        let before = try await TestHost()
        let grain = try await before.makeGrain(title: "Notes")
        let login = try await before.host.accounts.logIn(withToken: try await before.host.operatorLoginToken())
        _ = try await before.host.sessions.open(grain, by: before.person).send(TestHost.get(), from: TestHost.client)
        let identity = await before.grains.app(1).sessions.withLock { $0.first?.user.identityID }

        let after = try await TestHost(storage: before.storage)
        #expect(after.person == before.person)
        #expect(try await after.host.accounts.account(forLogin: login.secret)?.identifier == after.person)
        #expect(try await after.host.grains.grain(grain, for: after.person).title == "Notes")
        #expect(try await after.state(of: grain) == .stopped)
        _ = try await after.host.sessions.open(grain, by: after.person).send(TestHost.get(), from: TestHost.client)
        let app = await after.grains.app(1)
        #expect(app.specification.command.arguments == ["/again"])
        #expect(app.sessions.withLock { $0.first?.user.identityID } == identity)
    }

    @Test func anInterruptedRemovalIsFinished() async throws {
        let before = try await TestHost()
        let grain = try await before.makeGrain()
        let records = RecordKey("grain/\(grain)")
        let record = try #require(try await before.storage.read(records))
        _ = try await before.storage.commit(
            RecordBatch(writes: [.put(records, record.value + Array("removed=1\n".utf8))]))
        await expectError(.notFound) { _ = try await before.host.grains.grain(grain, for: before.person) }

        let after = try await TestHost(storage: before.storage)
        #expect(try await after.storage.volume(for: grain) == nil)
        #expect(after.storage.recordKeys.filter { $0.contains(grain.text) }.isEmpty)
    }
}
