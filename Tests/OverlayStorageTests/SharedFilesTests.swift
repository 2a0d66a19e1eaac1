import Barchan
import Glibc
import OverlayStorage
import SPK
import Testing

/// Identical files of several packages are one file on the disk.
@Suite struct SharedFilesTests {
    @Test func identicalFilesOfTwoVersionsAreOneFile() async throws {
        let scratch = try Scratch()
        let storage = try await scratch.storage()
        let first = try await install(["same": "content", "other": "one"], in: storage)
        let second = try await install(["same": "content", "other": "two"], in: storage)
        #expect(try facts(first, "same").st_ino == facts(second, "same").st_ino)
        #expect(try facts(first, "other").st_ino != facts(second, "other").st_ino)
    }

    @Test func identicalFilesOfOnePackageAreOneFile() async throws {
        let scratch = try Scratch()
        let package = try await install(["a": "content", "b": "content"], in: try await scratch.storage())
        // One name for each, and the common one. Two threads may have written both at the same moment.
        #expect(try [1, 2, 3].contains(facts(package, "a").st_nlink))
        #expect(try text(package, "a") == "content" && text(package, "b") == "content")
    }

    @Test func filesThatDifferInTimeOrModeStayApart() async throws {
        let scratch = try Scratch()
        let storage = try await scratch.storage()
        let first = try await install(["a": "content"], in: storage)
        let second = try await install(["a": "content"], modified: 5_000_000_000, in: storage)
        let third = try await install(["a": "content"], isExecutable: true, in: storage)
        #expect(try facts(first, "a").st_mtim.tv_sec == 0)
        #expect(try facts(second, "a").st_mtim.tv_sec == 5)
        #expect(try facts(third, "a").st_mode & 0o777 == 0o755)
        #expect(try Set([first, second, third].map { try facts($0, "a").st_ino }).count == 3)
    }

    @Test func anotherPackageKeepsAFileWhenOneIsRemovedAndTheLastOneTakesItAlong() async throws {
        let scratch = try Scratch()
        let storage = try await scratch.storage()
        let before = try scratch.files()
        let first = try await install(["same": "content", "other": "one"], in: storage)
        let second = try await install(["same": "content", "other": "two"], in: storage)
        try await storage.packages.uninstall(first.identifier)
        #expect(try text(second, "same") == "content")
        try await storage.packages.uninstall(second.identifier)
        #expect(try scratch.files() == before)
    }

    @Test func aFileThatWasDamagedOnTheDiskIsNotSharedOn() async throws {
        let scratch = try Scratch()
        let storage = try await scratch.storage()
        let first = try await install(["same": "content", "other": "one"], in: storage)
        try #require(truncate("\(first.tree.layers[0])/same", 3) == 0)
        let second = try await install(["same": "content", "other": "two"], in: storage)
        #expect(try text(second, "same") == "content")
        // From now on the good one is shared.
        let third = try await install(["same": "content", "other": "three"], in: storage)
        #expect(try facts(second, "same").st_ino == facts(third, "same").st_ino)
    }

    @Test func aFileWithAsManyNamesAsTheFileSystemAllowsIsWrittenAgain() async throws {
        let scratch = try Scratch()
        let storage = try await scratch.storage()
        let first = try await install(["same": "content", "other": "one"], in: storage)
        let file = "\(first.tree.layers[0])/same"
        var count = 0
        while link(file, "\(scratch.path)/link\(count)") == 0, count < 200_000 { count += 1 }
        // ext4 allows 65,000. Where there is no such bound there is nothing to try.
        try #require(errno == EMLINK || count == 200_000)
        let second = try await install(["same": "content", "other": "two"], in: storage)
        #expect(try text(second, "same") == "content")
        let third = try await install(["same": "content", "other": "three"], in: storage)
        #expect(try facts(second, "same").st_ino == facts(third, "same").st_ino)
    }

    @Test func sharingCanBeTurnedOff() async throws {
        let scratch = try Scratch()
        let storage = try await scratch.storage(["shareFiles": .boolean(false)])
        let first = try await install(["same": "content", "other": "one"], in: storage)
        let second = try await install(["same": "content", "other": "two"], in: storage)
        #expect(try facts(first, "same").st_nlink == 1)
        #expect(try facts(second, "same").st_nlink == 1)
    }

    @Test func severalAtOnceShareAndAreWhole() async throws {
        let scratch = try Scratch()
        let storage = try await scratch.storage()
        let common = Dictionary(uniqueKeysWithValues: (0..<200).map { ("file\($0)", "content \($0)") })
        let packages = try await withThrowingTaskGroup(of: InstalledPackage.self) { group in
            for number in 0..<4 {
                group.addTask {
                    try await install(common.merging(["own": "\(number)"]) { first, _ in first }, in: storage)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for package in packages {
            for (name, content) in common { #expect(try text(package, name) == content) }
        }
        for package in packages { try await storage.packages.uninstall(package.identifier) }
        #expect(try scratch.files().filter { $0.hasPrefix("/files/") && $0.utf8.count > 10 }.isEmpty)
    }

    // MARK: Packages

    private func install(
        _ files: [String: String], modified: Int64 = 0, isExecutable: Bool = false, in storage: any StorageProvider
    ) async throws -> InstalledPackage {
        let command = Command(arguments: ["/run"])
        let manifest = AppManifest(
            title: "Shared", version: 1, marketingVersion: "1",
            actions: [AppAction(title: "New", nounPhrase: "", description: "", command: command)],
            continueCommand: command)
        var tree: [PackageSource] = [
            .injected("sandstorm-manifest", .bytes(manifest.manifestFile(), isExecutable: false))
        ]
        for (name, content) in files.sorted(by: { $0.key < $1.key }) {
            tree.append(
                PackageSource(
                    name: Array(name.utf8), content: .bytes(Array(content.utf8), isExecutable: isExecutable),
                    modifiedNanoseconds: modified))
        }
        let file = Collected()
        _ = try PackageWriter(tree: tree, key: .generate()) { _, _ in }.write(to: { file.bytes += Array($0) })
        return try await storage.packages.install(
            BufferedBytes(file.bytes), expecting: nil, progress: { _ in })
    }

    private func facts(_ package: InstalledPackage, _ name: String) throws -> stat {
        var facts = stat()
        try #require(lstat("\(package.tree.layers[0])/\(name)", &facts) == 0, "\(name)")
        return facts
    }

    private func text(_ package: InstalledPackage, _ name: String) throws -> String {
        let file = try #require(fopen("\(package.tree.layers[0])/\(name)", "re"))
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = fread(&buffer, 1, buffer.count, file)
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }
}
