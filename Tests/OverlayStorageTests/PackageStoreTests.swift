import Barchan
import Glibc
import OverlayStorage
import SPK
import Testing

@Suite struct PackageStoreTests {
    private func install(_ bytes: [UInt8], _ storage: any StorageProvider) async throws -> InstalledPackage {
        try await storage.packages.install(BufferedBytes(bytes), expecting: nil, progress: { _ in })
    }

    @Test(arguments: [
        ("bad-magic.spk", "magic number"), ("bad-content.spk", "is not what app"),
        ("bad-dup-name.spk", "'/hello.txt': the name appears twice"),
        ("bad-slash-name.spk", "'/a/b': the name contains '/'"),
        ("bad-no-manifest.spk", "no manifest"),
    ])
    func aBadPackageIsRefusedWithItsReasonAndLeavesNothing(_ name: String, _ reason: String) async throws {
        let scratch = try Scratch()
        let storage = try await scratch.storage()
        let before = try scratch.files()
        let error = await #expect(throws: HostError.self) { _ = try await install(try fixture(name), storage) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.contains(reason) == true, "\(String(describing: error))")
        #expect(try scratch.files() == before)
    }

    @Test(arguments: ["good.spk", "packed-by-original.spk"])
    func aGoodPackageInstalls(_ name: String) async throws {
        let scratch = try Scratch()
        let package = try await install(try fixture(name), try await scratch.storage())
        let layer = package.tree.layers[0]
        #expect(try facts(layer + "/run").st_mode & 0o7777 == 0o755)
        #expect(try facts(layer + "/hello.txt").st_mode & 0o7777 == 0o644)
        #expect(try facts(layer + "/dev").st_mode & 0o7777 == 0o755)
        #expect(try facts(layer + "/link").st_mode & S_IFMT == S_IFLNK)
        #expect(package.tree.layers.count == 1)
        #expect(package.sizeBytes > 0)
    }

    @Test func timesAreThoseOfThePackageAlsoBefore1970() async throws {
        let scratch = try Scratch()
        let package = try await install(try fixture("good.spk"), try await scratch.storage())
        let layer = package.tree.layers[0]
        for name in ["hello.txt", "link", "dev", "proc", "run"] {
            let time = try facts("\(layer)/\(name)").st_mtim
            #expect(time.tv_sec == 1_500_000_000 && time.tv_nsec == 123_456_789, "\(name)")
        }
        // -1500000001 ns: 1969-12-31T23:59:58.499999999Z.
        let time = try facts(layer + "/var").st_mtim
        #expect(time.tv_sec == -2 && time.tv_nsec == 499_999_999)
        #expect(try facts(layer + "/proc/cpuinfo").st_mtim.tv_sec == 0)
    }

    @Test func modesDoNotDependOnTheUmask() async throws {
        let before = umask(0o077)
        defer { umask(before) }
        let scratch = try Scratch()
        let package = try await install(try fixture("good.spk"), try await scratch.storage())
        let layer = package.tree.layers[0]
        #expect(try facts(layer).st_mode & 0o7777 == 0o755)
        #expect(try facts(layer + "/proc").st_mode & 0o7777 == 0o755)
        #expect(try facts(layer + "/hello.txt").st_mode & 0o7777 == 0o644)
    }

    @Test func aPackageWithoutMountPointsGetsALayerWithThem() async throws {
        let scratch = try Scratch()
        let command = Command(arguments: ["/run"])
        let manifest = AppManifest(
            title: "Bare", version: 1, marketingVersion: "1",
            actions: [AppAction(title: "New", nounPhrase: "", description: "", command: command)],
            continueCommand: command)
        let tree: [PackageSource] = [
            .injected("sandstorm-manifest", .bytes(manifest.manifestFile(), isExecutable: false)),
            .injected("var", .directory([])), .injected("tmp", .directory([])), .injected("dev", .directory([])),
            .injected("proc", .directory([])),
        ]
        let file = Collected()
        _ = try PackageWriter(tree: tree, key: .generate()) { _, _ in }
            .write(to: { bytes in file.bytes += Array(bytes) })
        let package = try await install(file.bytes, try await scratch.storage())
        try #require(package.tree.layers.count == 2)
        #expect(try facts(package.tree.layers[1] + "/proc/cpuinfo").st_mode & S_IFMT == S_IFREG)
    }

    @Test func packagesAreThereAfterReopening() async throws {
        let scratch = try Scratch()
        let identifier = try await install(try fixture("good.spk"), try await scratch.storage()).identifier
        let again = try await scratch.storage().packages.installed()
        #expect(again.map(\.identifier) == [identifier])
        #expect(again.first?.manifest.title == "Vector")
        #expect(again.first?.app.text == "0fhhggzmts8cw7chvndffky0m5my9pjhmfkhursxvk3684kp66w0")
    }

    @Test func leftoversAreRemovedWhenTheStorageIsOpened() async throws {
        let scratch = try Scratch()
        _ = try await scratch.storage()
        let before = try scratch.files()
        for name in ["packages/.new-a", "packages/.gone-b", "volumes/.new-c"] {
            try #require(mkdir("\(scratch.path)/\(name)", 0o700) == 0)
            try #require(mkdir("\(scratch.path)/\(name)/tree", 0o700) == 0)
        }
        // What took the place of a package or volume that was removed.
        for directory in ["packages", "volumes"] {
            close(creat("\(scratch.path)/\(directory)/.gone-file", 0o600))
            try #require(symlink("/", "\(scratch.path)/\(directory)/.gone-link") == 0)
        }
        _ = try await scratch.storage()
        #expect(try scratch.files() == before)
    }

    @Test func nobodyCleansUpWhileSomebodyElseUsesTheDirectory() async throws {
        let scratch = try Scratch()
        let first = try await scratch.storage()
        try #require(mkdir("\(scratch.path)/packages/.new-a", 0o700) == 0)
        let second = try await scratch.storage()
        #expect(access("\(scratch.path)/packages/.new-a", F_OK) == 0)
        _ = (first, second)
    }

    @Test func oneDamagedPackageDoesNotHideTheOthers() async throws {
        let scratch = try Scratch()
        let good = try await install(try fixture("good.spk"), try await scratch.storage())
        try #require(mkdir("\(scratch.path)/packages/00000000000000000000000000000000", 0o755) == 0)
        #expect(try await scratch.storage().packages.installed().map(\.identifier) == [good.identifier])
    }

    @Test(
        arguments: [
            "manifest", "facts", "tree", "a directory for manifest", "a file for facts", "a file for tree",
            "a link for tree", "a file for it", "a link for it",
        ])
    func aDamagedPackageIsNamedAndReplacedByItsFile(_ part: String) async throws {
        let scratch = try Scratch()
        let identifier = try await install(try fixture("good.spk"), try await scratch.storage()).identifier
        let before = try scratch.files(), place = "\(scratch.path)/packages/\(identifier)"
        let words = part.split(separator: " ")
        if let last = words.last, words.count > 1 || last == "tree" {
            let part = last == "it" ? place : "\(place)/\(last)"
            try #require(run(["/bin/rm", "-r", part]) == 0)
            switch words.dropFirst().first {
            case "directory": try #require(mkdir(part, 0o700) == 0)
            case "file": close(creat(part, 0o600))
            case "link": try #require(symlink("/", part) == 0)
            default: break
            }
        } else {
            try #require(truncate("\(place)/\(part)", 21) == 0)
        }
        let storage = try await scratch.storage()
        #expect(try await storage.packages.installed().isEmpty)
        let error = await #expect(throws: HostError.self) { _ = try await storage.packages.package(identifier) }
        #expect(error?.code == .corrupt)
        #expect(
            error?.message.contains("package '\(identifier)' in '\(place)'") == true, "\(String(describing: error))")
        let store = try #require(storage.packages as? any InspectablePackageStore)
        #expect(try await store.unusable() == [identifier: try #require(error)])
        // Only what was verified replaces it.
        await #expect(throws: HostError.self) {
            _ = try await install(Array(try fixture("good.spk").dropLast(9)), storage)
        }
        #expect(try await store.unusable().count == 1)
        let package = try await install(try fixture("good.spk"), storage)
        #expect(package.identifier == identifier && package.manifest.title == "Vector")
        #expect(try await store.unusable().isEmpty)
        #expect(try scratch.files() == before)
        #expect(try await scratch.storage().packages.installed().map(\.identifier) == [identifier])
    }

    @Test func aPackageLargerThanAllowedIsRefusedAndLeavesNothing() async throws {
        let scratch = try Scratch()
        let storage = try await scratch.storage(["packageBytes": .integer(1 << 20)])
        let before = try scratch.files()
        let file = Collected()
        let zeros = PackageSource.injected("zeros", .bytes([UInt8](repeating: 0, count: 16 << 20), isExecutable: false))
        _ = try PackageWriter(tree: [zeros], key: .generate()) { _, _ in }.write(to: { bytes in
            file.bytes += Array(bytes)
        })
        let error = await #expect(throws: HostError.self) { _ = try await install(file.bytes, storage) }
        #expect(error?.code == .invalidArgument)
        #expect(try scratch.files() == before)
    }

    @Test func aStreamThatBreaksOffLeavesNothing() async throws {
        let scratch = try Scratch()
        let storage = try await scratch.storage()
        let before = try scratch.files()
        let error = await #expect(throws: HostError.self) {
            _ = try await storage.packages.install(
                BrokenBytes(Array(try fixture("good.spk").prefix(300))), expecting: nil, progress: { _ in })
        }
        #expect(error?.code == .disconnected)
        #expect(try scratch.files() == before)
    }

    private func facts(_ path: String) throws -> stat {
        var facts = stat()
        try #require(lstat(path, &facts) == 0, "\(path)")
        return facts
    }
}

final class Collected {
    var bytes: [UInt8] = []
}

/// Some bytes, then the producer is gone.
private final class BrokenBytes: ByteReader, @unchecked Sendable {
    private var bytes: [UInt8]?
    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func next() async throws(HostError) -> [UInt8]? {
        guard let bytes else { throw HostError(.disconnected, "the producer is gone") }
        defer { self.bytes = nil }
        return bytes
    }

    func cancel() {}
}
