import Barchan
import BarchanConformance
import Glibc
import OverlayStorage
import SPK
import Testing

/// Packages as EROFS images. Mounting takes root, as the module says.
@Suite(.enabled(if: geteuid() == 0, "mounting takes root")) struct ImageStoreTests {
    private static let images: [String: SettingValue] = ["packageStore": .string("images")]

    @Test(arguments: StorageConformance.checks)
    func conforms(_ check: StorageConformance.Check) async throws {
        let scratch = try Scratch()
        try await check.run(on: try await scratch.storage(Self.images))
    }

    @Test(arguments: ["good.spk", "packed-by-original.spk"])
    func anImageHasWhatADirectoryHas(_ name: String) async throws {
        let bytes = try fixture(name)
        let asFiles = try Scratch(), asImage = try Scratch()
        let files = try await asFiles.storage(), image = try await asImage.storage(Self.images)
        let expected = try description(of: try await install(bytes, files).tree.layers[0])
        #expect(try description(of: try await install(bytes, image).tree.layers[0]) == expected)
        #expect(expected.count > 5)
    }

    @Test func anImageCannotBeWrittenTo() async throws {
        let scratch = try Scratch()
        let storage = try await scratch.storage(Self.images)
        let package = try await install(try fixture("good.spk"), storage)
        #expect(open("\(package.tree.layers[0])/new", O_WRONLY | O_CREAT, 0o600) < 0 && errno == EROFS)
    }

    @Test func anImageThatWasChangedIsNotMounted() async throws {
        let scratch = try Scratch()
        let identifier = try await install(try fixture("good.spk"), try await scratch.storage(Self.images)).identifier
        let path = "\(scratch.path)/packages/\(identifier)/image"
        let file = open(path, O_RDWR)
        // Where the kernel guards the file (fs-verity) it cannot be opened like this at all.
        guard file >= 0 else { return }
        defer { close(file) }
        var byte: UInt8 = 0
        try #require(pread(file, &byte, 1, 5000) == 1)
        byte ^= 1
        try #require(pwrite(file, &byte, 1, 5000) == 1)
        let storage = try await scratch.storage(Self.images)
        let error = await #expect(throws: HostError.self) { _ = try await storage.packages.package(identifier) }
        #expect(error?.code == .corrupt)
        #expect(
            error?.message.contains("\(scratch.path)/packages/\(identifier)") == true, "\(String(describing: error))")
        #expect(try await storage.packages.installed().isEmpty)
        let package = try await install(try fixture("good.spk"), storage)
        #expect(package.identifier == identifier)
        #expect(access("\(package.tree.layers[0])/hello.txt", R_OK) == 0)
    }

    @Test func nothingIsMountedAfterTheEnd() async throws {
        let scratch = try Scratch()
        var storage: (any StorageProvider)? = try await scratch.storage(Self.images)
        let package = try await install(try fixture("good.spk"), try #require(storage))
        #expect(try mounts(below: scratch.path) == 2)
        try await storage?.packages.uninstall(package.identifier)
        #expect(try mounts(below: scratch.path) == 1)
        storage = nil
        #expect(try mounts(below: scratch.path) == 0)
    }

    @Test func whatAKilledProcessMountedIsUnmounted() async throws {
        let scratch = try Scratch()
        let package = "\(scratch.path).spk"
        try write(try fixture("good.spk"), to: package)
        defer { unlink(package) }
        let worker = try WorkerProcess("install", scratch.path, "images", package, "-")
        _ = try await worker.value("installed ")
        // It waits for more.
        #expect(try mounts(below: scratch.path) == 2)
        worker.kill()
        #expect(try mounts(below: scratch.path) == 2)
        let storage = try await scratch.storage(Self.images)
        #expect(try mounts(below: scratch.path) == 1)
        #expect(try await storage.packages.installed().count == 1)
    }

    @Test func packagesOfBothKindsLiveSideBySide() async throws {
        let scratch = try Scratch()
        let first = try await install(try fixture("good.spk"), try await scratch.storage())
        let images = try await scratch.storage(Self.images)
        let second = try await install(try fixture("packed-by-original.spk"), images)
        let both = try await scratch.storage(Self.images).packages.installed().map(\.identifier)
        #expect(Set(both) == [first.identifier, second.identifier])
        // What is installed stays as it is whatever the setting is.
        let storage = try await scratch.storage()
        #expect(try await storage.packages.installed().map(\.identifier) == both)
        let image = try #require(try await storage.packages.package(second.identifier))
        #expect(try description(of: image.tree.layers[0]) == description(of: second.tree.layers[0]))
    }

    @Test func whereImagesCannotBeMountedThatPackageAloneIsOfNoUse() async throws {
        let scratch = try Scratch(), other = try Scratch()
        let first = try await install(try fixture("good.spk"), try await scratch.storage())
        let second = try await install(
            try fixture("packed-by-original.spk"), try await scratch.storage(Self.images))
        // A file system without room for images.
        try #require(run(["/bin/mount", "-t", "tmpfs", "none", other.path]) == 0)
        defer { _ = try? run(["/bin/umount", "-l", other.path]) }
        try #require(run(["/bin/cp", "-a", "\(scratch.path)/packages", other.path]) == 0)
        let storage = try await other.storage()
        #expect(try await storage.packages.installed().map(\.identifier) == [first.identifier])
        let unusable = try await (storage.packages as? any InspectablePackageStore)?.unusable()
        #expect(unusable?.mapValues(\.code) == [second.identifier: .unsupported])
        #expect(unusable?[second.identifier]?.message.contains("installing its file again makes files of it") == true)
        _ = try await install(try fixture("packed-by-original.spk"), storage)
        #expect(try await storage.packages.installed().count == 2)
    }

    @Test func aFileSystemThatCannotCarryImagesIsRefusedAtTheStart() async throws {
        let scratch = try Scratch()
        try #require(run(["/bin/mount", "-t", "tmpfs", "none", scratch.path]) == 0)
        defer { _ = try? run(["/bin/umount", "-l", scratch.path]) }
        let error = await #expect(throws: HostError.self) { _ = try await scratch.storage(Self.images) }
        #expect(error?.message.contains("packageStore = \"directories\"") == true, "\(String(describing: error))")
    }

    // MARK: Looking

    private func install(_ bytes: [UInt8], _ storage: any StorageProvider) async throws -> InstalledPackage {
        try await storage.packages.install(BufferedBytes(bytes), expecting: nil, progress: { _ in })
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let file = try #require(fopen(path, "we"))
        defer { fclose(file) }
        try #require(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }

    private func mounts(below path: String) throws -> Int {
        let file = try #require(fopen("/proc/self/mountinfo", "re"))
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 8192), count = 0
        while fgets(&buffer, CInt(buffer.count), file) != nil {
            let line = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if line.contains(" \(path)/") { count += 1 }
        }
        return count
    }

    /// Everything below a directory but inode numbers: path, mode, owner, size, time, target and content.
    private func description(of directory: String, _ path: String = "") throws -> [String] {
        let stream = try #require(opendir("\(directory)/\(path)"))
        defer { closedir(stream) }
        var lines: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            let inner = "\(path)/\(name)"
            var facts = stat()
            try #require(lstat("\(directory)\(inner)", &facts) == 0)
            let isDirectory = facts.st_mode & S_IFMT == S_IFDIR
            let time = "\(facts.st_mtim.tv_sec).\(facts.st_mtim.tv_nsec)"
            lines.append(
                "\(inner) \(facts.st_mode) \(facts.st_uid) \(facts.st_gid) \(isDirectory ? 0 : facts.st_size) \(time) "
                    + "\(try content("\(directory)\(inner)", facts))")
            if isDirectory { lines += try description(of: directory, inner) }
        }
        return lines.sorted()
    }

    private func content(_ path: String, _ facts: stat) throws -> String {
        var buffer = [UInt8](repeating: 0, count: 1 << 16), target = [CChar](repeating: 0, count: 1 << 12)
        switch facts.st_mode & S_IFMT {
        case S_IFLNK:
            let count = readlink(path, &target, target.count)
            return "\(target.prefix(count))"
        case S_IFREG:
            let file = try #require(fopen(path, "re"))
            defer { fclose(file) }
            let count = fread(&buffer, 1, buffer.count, file)
            return "\(buffer.prefix(count))"
        default: return ""
        }
    }
}
