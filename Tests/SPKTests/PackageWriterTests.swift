import Barchan
import SPK
import Testing

@Suite struct PackageWriterTests {
    private let key: AppKey

    init() throws { key = try Keyring(file: try fixture("keyring")).keys[0] }

    private var tree: [PackageSource] {
        [
            .injected("z", .bytes(Array("last".utf8), isExecutable: false)),
            .injected("a", .directory([.injected("run", .bytes(Array("#!".utf8), isExecutable: true))])),
            PackageSource(name: [0xff, 0x61], content: .link(target: Array("/nowhere".utf8)), modifiedNanoseconds: -1),
        ]
    }

    @Test func whatIsPackedVerifiesAndReadsAgain() throws {
        let file = try pack(tree, key: key)
        let package = try verify(file)
        #expect(package.app == key.app)
        #expect(
            try listing(package.archiveBytes) == [
                "directory /a 0", "program /a/run 0 2", "file /z 0 4", "link /\u{fffd}a -1 /nowhere",
            ])
    }

    @Test func theSameTreeGivesTheSameBytesWhateverTheOrderAndTheThreads() throws {
        let large = PackageSource.injected(
            "large", .bytes((0..<(9 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 7) }, isExecutable: false))
        let first = try pack(tree + [large], key: key)
        let second = try pack(([large] + tree).reversed(), key: key)
        #expect(first == second)
        let output = Collected()
        _ = try PackageWriter(tree: tree + [large], key: key) { _, _ in }
            .write(threads: 4, to: { bytes in output.bytes += Array(bytes) })
        #expect(output.bytes == first)
        #expect(try verify(first).archiveBytes.count > 9 << 20)
    }

    @Test func theIdentifierIsThatOfTheFile() throws {
        let output = Collected()
        let identifier = try PackageWriter(tree: tree, key: key) { _, _ in }.write(to: { bytes in
            output.bytes += Array(bytes)
        })
        #expect(try verify(output.bytes).package == identifier)
    }

    @Test func aFileThatChangesWhilePackedIsAnError() throws {
        let source = PackageSource.injected("f", .file(reference: "f", byteCount: 4, isExecutable: false))
        let answers: [[[UInt8]]] = [
            [[1, 2, 3], [1, 2, 3]], [[1, 2, 3, 4, 5], []], [[1, 2, 3, 4], [1, 2, 3, 5]],
        ]
        for answer in answers {
            var rounds = answer.makeIterator()
            let writer = try PackageWriter(tree: [source], key: key) { _, sink throws(HostError) in
                try (rounds.next() ?? []).withUnsafeBufferPointer { bytes throws(HostError) in
                    try sink(UnsafeRawBufferPointer(bytes))
                }
            }
            let error = failure { _ = try writer.write(to: { _ in }) }
            #expect(error?.message.contains("meanwhile") == true, "\(String(describing: error))")
        }
    }

    @Test func mountPointsAreAddedWhereTheyAreMissing() throws {
        var tree: [PackageSource] = [
            .injected("proc", .directory([.injected("mine", .directory([]))])), .injected("var", .directory([])),
        ]
        tree.addMountPoints()
        let lines = try listing(try verify(try pack(tree, key: key)).archiveBytes)
        #expect(
            lines == [
                "directory /dev 0", "directory /proc 0", "file /proc/cpuinfo 0 0", "directory /proc/mine 0",
                "directory /tmp 0", "directory /var 0",
            ])
    }

    @Test func twoEntriesOfOneNameAreRefused() {
        let twice = [tree[0], tree[0]]
        #expect(failure { _ = try pack(twice, key: key) }?.code == .invalidArgument)
    }

    @Test func aKeyringTellsWhatIsMissing() throws {
        let other = try AppKey.generate()
        let keyring = try Keyring(file: key.keyFile + other.keyFile)
        #expect(try keyring.key(for: other.app).app == other.app)
        #expect(failure { _ = try keyring.key(for: nil) }?.message.contains("--app-id") == true)
        #expect(failure { _ = try Keyring().key(for: nil) }?.message.contains("keygen") == true)
        #expect(failure { _ = try Keyring(file: key.keyFile + [1, 2, 3]) }?.code == .corrupt)
        var mixed = key.keyFile
        mixed[mixed.count - 1] ^= 1
        #expect(failure { _ = try Keyring(file: mixed) }?.code == .corrupt)
    }

    @Test func aKeyIsNeverPrinted() {
        #expect("\(key)" == "<key of \(key.app)>")
    }
}
