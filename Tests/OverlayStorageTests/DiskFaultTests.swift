import Barchan
import Glibc
import Testing

/// Disks that are full, broken or suddenly read-only: one clear error for each act, nothing half-done, and the storage goes on.
@Suite(.serialized, .enabled(if: geteuid() == 0, "mounting takes root")) struct DiskFaultTests {
    private let me = FileOwner(user: geteuid(), group: getegid())

    private func install(_ storage: any StorageProvider) async throws -> InstalledPackage {
        try await storage.packages.install(BufferedBytes(try fixture("good.spk")), expecting: nil, progress: { _ in })
    }

    private func put(_ number: Int, _ storage: any StorageProvider) async throws {
        let value = [UInt8](repeating: 1, count: 64 << 10)
        _ = try await storage.records.commit(RecordBatch(writes: [.put(RecordKey("r/\(number)"), value)]))
    }

    /// Every act that writes, by its name.
    private func acts(_ storage: any StorageProvider) -> [(String, () async throws -> Void)] {
        [
            ("install", { _ = try await install(storage) }),
            ("commit", { for number in 0..<4 { try await put(number, storage) } }),
            ("create", { _ = try await storage.volumes.create(for: .random(), owner: me) }),
        ]
    }

    private func expectErrors(
        _ storage: any StorageProvider, in scratch: Mounted, _ code: HostError.Code, _ words: String...
    ) async throws {
        let before = try scratch.names()
        for (name, act) in acts(storage) {
            let error = await #expect(throws: HostError.self, "\(name)") { try await act() }
            let message = error?.message ?? ""
            #expect(error?.code == code, "\(name): \(message)")
            #expect(words.contains { message.contains($0) }, "\(name): \(message)")
        }
        #expect(try scratch.names() == before)
    }

    @Test func aFullDiskIsSaidAndUsableAgainWhenThereIsRoom() async throws {
        let scratch = try Mounted("-t", "tmpfs", "-o", "size=1m,nr_inodes=200", "tmpfs")
        let storage = try await scratch.storage()
        try scratch.fill()
        try await expectErrors(storage, in: scratch, .resourceExhausted, "make room on the disk")
        #expect(try await storage.records.read(RecordKey("r/0")) == nil)
        #expect(try await storage.packages.installed().isEmpty)
        try #require(try run(["/bin/rm", "-rf", "\(scratch.path)/filler", "\(scratch.path)/fillers"]) == 0)
        for (_, act) in acts(storage) { try await act() }
        #expect(try await storage.packages.installed().count == 1)
    }

    /// Or nobody could log in and delete something.
    @Test func recordsAreWrittenOnAFullDiskForAWhileAlsoAfterARestart() async throws {
        let scratch = try Mounted("-t", "tmpfs", "-o", "size=64m,nr_inodes=200", "tmpfs")
        func commit(_ range: Range<Int>, _ storage: any StorageProvider) async throws {
            for number in range {
                let batch = RecordBatch(writes: [.put(RecordKey("s/\(number)"), [UInt8](repeating: 1, count: 100))])
                #expect(try await storage.records.commit(batch), "\(number)")
            }
        }
        do {
            let storage = try await scratch.storage()
            try await commit(0..<1, storage)
            try scratch.fill()
            try await commit(1..<100, storage)
        }
        do {
            let storage = try await scratch.storage()
            #expect(try await storage.records.scan(prefix: RecordKey("s/"), after: nil, limit: 1000).count == 100)
            try await commit(100..<200, storage)
            // It has an end, which is said in words for everybody.
            let error = await #expect(throws: HostError.self) {
                for number in 0..<200 { try await put(number, storage) }
            }
            #expect(error?.code == .resourceExhausted, "\(String(describing: error))")
            #expect(error?.message.contains("SELECT") == false && error?.message.contains("COMMIT") == false)
            #expect(error?.message.contains("is full; whoever runs the host has to make room") == true)
            try #require(try run(["/bin/rm", "-rf", "\(scratch.path)/filler", "\(scratch.path)/fillers"]) == 0)
            try await commit(200..<300, storage)
        }
        // And is made again.
        let storage = try await scratch.storage()
        try scratch.fill()
        try await commit(300..<400, storage)
        #expect(try await storage.records.scan(prefix: RecordKey("s/"), after: nil, limit: 1000).count == 400)
    }

    /// ext4 on a loop device whose file has no room to grow: to the file system that is a disk that cannot be written.
    @Test func aBrokenDiskIsSaidAndTheStorageStillAnswers() async throws {
        let outer = try Mounted("-t", "tmpfs", "-o", "size=24m", "tmpfs")
        let image = "\(outer.path)/image"
        for words in [["/usr/bin/truncate", "-s", "96M", image], ["/usr/sbin/mkfs.ext4", "-q", image]] {
            try #require(try run(words) == 0)
        }
        let scratch = try Mounted("-o", "loop,errors=continue", image)
        let storage = try await scratch.storage()
        try await put(0, storage)
        try outer.fill()
        var messages: [String] = [], acknowledged: [Int] = []
        // What is cached may still be taken; some act has to reach the disk.
        for round in 1..<40 where messages.isEmpty {
            do throws(HostError) {
                let value = [UInt8](repeating: UInt8(round), count: 1 << 20)
                _ = try await storage.records.commit(RecordBatch(writes: [.put(RecordKey("r/\(round)"), value)]))
                acknowledged.append(round)
            } catch {
                #expect(error.code == .failed || error.code == .resourceExhausted, "\(error)")
                messages.append(error.message)
            }
        }
        #expect(messages.first?.contains("check the disk") == true, "\(messages)")
        // Nothing that is written after that is believed, and that is said, too. What was acknowledged is there.
        let again = await #expect(throws: HostError.self) { try await put(0, storage) }
        #expect(again?.message.contains("start the host again") == true, "\(String(describing: again))")
        let keys = try await storage.records.scan(prefix: RecordKey("r/"), after: nil, limit: 100).map(\.key)
        #expect(Set(keys) == Set(([0] + acknowledged).map { RecordKey("r/\($0)") }))
        _ = try await storage.packages.installed()
    }

    @Test func aDiskThatTurnsReadOnlyIsSaidAndReadsGoOn() async throws {
        let outer = try Mounted("-t", "tmpfs", "-o", "size=64m", "tmpfs")
        let image = "\(outer.path)/image"
        for words in [["/usr/bin/truncate", "-s", "48M", image], ["/usr/sbin/mkfs.ext4", "-q", image]] {
            try #require(try run(words) == 0)
        }
        let scratch = try Mounted("-o", "loop,errors=remount-ro", image)
        let storage = try await scratch.storage()
        let package = try await install(storage)
        _ = try await storage.records.commit(RecordBatch(writes: [.put(RecordKey("before"), [1])]))
        try scratch.breakFileSystem()
        for (name, act) in acts(storage) where name != "install" {
            let error = await #expect(throws: HostError.self, "\(name)") { try await act() }
            #expect(error?.message.contains("check the disk") == true, "\(name): \(String(describing: error))")
        }
        #expect(try await storage.records.read(RecordKey("before"))?.value == [1])
        #expect(try await storage.packages.package(package.identifier)?.manifest.title == "Vector")
        #expect(access(package.tree.layers[0] + "/hello.txt", R_OK) == 0)
    }
}

/// Something mounted for one test.
private final class Mounted {
    let path: String
    private let scratch: Scratch

    init(_ words: String...) throws {
        scratch = try Scratch()
        path = "\(scratch.path)/mounted"
        try #require(mkdir(path, 0o700) == 0)
        try #require(try run(["/usr/bin/mount"] + words + [path]) == 0)
    }

    // Lazily: the storage of the test may still hold files open.
    deinit { _ = try? run(["/usr/bin/umount", "-l", path]) }

    func storage() async throws -> any StorageProvider {
        try await scratch.storage(["directory": .string(path)])
    }

    /// Takes all room there is, and every inode where they are counted.
    func fill() throws {
        let file = open("\(path)/filler", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        try #require(file >= 0)
        defer { close(file) }
        for size in [64 << 10, 4096, 1] {
            let bytes = [UInt8](repeating: 7, count: size)
            while write(file, bytes, size) > 0 {}
        }
        try #require(mkdir("\(path)/fillers", 0o700) == 0)
        for number in 0..<500 {
            let empty = open("\(path)/fillers/\(number)", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            guard empty >= 0 else { return }
            close(empty)
        }
    }

    /// Makes the kernel find an error in this file system, as it would find a real one.
    func breakFileSystem() throws {
        var facts = stat()
        try #require(stat(path, &facts) == 0)
        let number = Int(facts.st_dev & 0xff) | Int(facts.st_dev >> 12) & 0xfff00
        let file = open("/sys/fs/ext4/loop\(number)/trigger_fs_error", O_WRONLY | O_CLOEXEC)
        try #require(file >= 0)
        defer { close(file) }
        try #require(write(file, "test\n", 5) == 5)
    }

    /// What is there, but for the database.
    func names() throws -> [String] {
        try scratch.files().filter { !$0.contains("records.sqlite") }
    }
}
