import Barchan
import Glibc
import Synchronization
import Testing

@Suite struct BackupTests {
    private let me = FileOwner(user: geteuid(), group: getegid())
    private let metadata: BackupMetadata

    init() throws {
        metadata = BackupMetadata(
            app: try #require(AppID(String(repeating: "q", count: 52))), appVersion: 7, title: "Caf\u{e9} \u{1f35e}",
            ownerIdentity: String(repeating: "ab", count: 32),
            users: [
                BackupUser(
                    identity: String(repeating: "cd", count: 32), credentials: ["one", "two"], displayName: "Somebody",
                    handle: "somebody")
            ], originalGrain: GrainID.random().text)
    }

    /// A volume with everything that a grain may leave there.
    private func volume(in storage: any StorageProvider, _ grain: GrainID) async throws -> String {
        let volume = try await storage.volumes.create(for: grain, owner: me)
        try await volume.appendToLog(Array("the log\n".utf8))
        try shell(
            """
            mkdir -p sub/empty 'odd name'; printf hello > sub/file; chmod 750 sub/file; ln -s /etc/passwd link
            ln -s sub dirlink; : > nothing; printf x > 'odd name/na\u{ef}ve'; printf y > "$(printf 'line\\nbreak')"
            truncate -s 200M sparse; printf end | dd of=sparse bs=1 seek=150000000 conv=notrunc status=none
            head -c 3000000 /dev/urandom > random; chmod 555 sub/empty; mkfifo pipe; touch -d @1600000000 sub/file
            touch -d @1500000000 sub/empty
            """, in: volume.directory)
        return volume.directory
    }

    private func backUp(_ storage: any StorageProvider, _ grain: GrainID, to path: String) async throws {
        let store = try #require(storage.volumes as? any BackupStore)
        let reader = try await store.snapshot(of: grain).backup(metadata)
        let file = try #require(fopen(path, "we"))
        defer { fclose(file) }
        while let bytes = try await reader.next() {
            try #require(fwrite(bytes, 1, bytes.count, file) == bytes.count)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "making a file system in a file takes root"))
    func aSnapshotSharesItsSpaceWhereTheFileSystemCan() async throws {
        let disk = try LoopDisk("xfs"), storage = try await disk.storage(), grain = GrainID.random()
        let volume = try await storage.volumes.create(for: grain, owner: me)
        try shell("head -c 100000000 /dev/urandom > file; sync -f file", in: volume.directory)
        let volumes = try #require(storage.volumes as? any MeteredVolumeStore & BackupStore)
        let before = try await volumes.room().freeBytes
        let snapshot = try await volumes.snapshot(of: grain)
        try shell("sync -f .", in: volume.directory)
        let after = try await volumes.room().freeBytes
        #expect(before - after < 10_000_000, "\(before - after) bytes")
        // It is apart from what the grain writes from now on.
        try shell("printf new > file", in: volume.directory)
        let reader = try await snapshot.backup(metadata)
        var size = 0
        while let bytes = try await reader.next() { size += bytes.count }
        #expect(size > 90_000_000)
    }

    private func restore(
        _ storage: any StorageProvider, _ path: String, as grain: GrainID, diskBytes: Int64? = nil,
        volumeBytes: Int64? = nil
    ) async throws -> BackupMetadata {
        let store = try #require(storage.volumes as? any BackupStore)
        return try await store.restore(try FilePieces(path), for: grain, owner: me, diskBytes: diskBytes) { _ in
            volumeBytes
        }
    }

    private let listing = """
        find . -not -name pipe -printf '%P %y %m %s %Ts %l\\n' | LC_ALL=C sort
        find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
        """

    @Test func everythingComesBack() async throws {
        let scratch = try Scratch(), storage = try await scratch.storage(), grain = GrainID.random()
        let directory = try await volume(in: storage, grain)
        let before = try scratch.files()
        let path = "\(scratch.path)/backup.zip"
        try await backUp(storage, grain, to: path)
        #expect(try scratch.files() == (before + ["/backup.zip"]).sorted(), "the snapshot is gone")
        let copy = GrainID.random()
        #expect(try await restore(storage, path, as: copy) == metadata)
        let restored = try #require(try await storage.volumes.volume(for: copy))
        // The root's own time is that of its making.
        let times = "| grep -v '^ d'"
        let wanted = try shell("(\(listing)) \(times)", in: directory)
        #expect(try shell("(\(listing)) \(times)", in: restored.directory) == wanted)
        #expect(wanted.contains("line"), "names with line breaks are not lost")
        // Holes are holes again, and what the log said is not in the way of the new grain's.
        #expect(try await restored.usedBytes() < 8 << 20)
        #expect(try await restored.readLog(maximumBytes: 100).isEmpty)
    }

    /// Longer than Linux takes in one call (4,096 bytes), by long names and by many.
    @Test func pathsOfAnyLengthComeBack() async throws {
        let scratch = try Scratch(), storage = try await scratch.storage(), grain = GrainID.random()
        let volume = try await storage.volumes.create(for: grain, owner: me)
        let make = """
            import os
            for name, count in (('d' * 200, 100), ('e', 2100)):
                os.chdir('\(volume.directory)')
                for i in range(count):
                    os.mkdir(name, 0o750); os.chdir(name)
                    if i % 100 == 99:
                        open('file', 'w').write(str(i)); os.symlink('target', 'link')
            """
        try write(Array(make.utf8), to: "\(scratch.path)/make.py")
        try shell("python3 make.py && rm make.py", in: scratch.path)
        try await backUp(storage, grain, to: "\(scratch.path)/backup.zip")
        let copy = GrainID.random()
        _ = try await restore(storage, "\(scratch.path)/backup.zip", as: copy)
        let restored = try #require(try await storage.volumes.volume(for: copy))
        let facts =
            "find . -mindepth 1 -printf '%y %m %s %T@ %l %p\\n' | sed -E 's/\\.[0-9]+ / /' | LC_ALL=C sort | sha256sum"
        #expect(try shell(facts, in: restored.directory) == shell(facts, in: volume.directory))
        #expect(try shell("find . -name file | wc -l", in: restored.directory) == "22\n")
        let store = try #require(storage.volumes as? any BackupStore)
        let contents = try await store.verify(try FilePieces("\(scratch.path)/backup.zip"), diskBytes: nil)
        #expect(contents.files == 22 && contents.links == 22 && contents.directories == 2200)
    }

    @Test func aPathThatNoZipFileHoldsIsNamedAsTheGrainKnowsIt() async throws {
        let scratch = try Scratch(), storage = try await scratch.storage(), grain = GrainID.random()
        let volume = try await storage.volumes.create(for: grain, owner: me)
        let make = "import os\nfor i in range(330): os.mkdir('d' * 200); os.chdir('d' * 200)"
        try write(Array(make.utf8), to: "\(scratch.path)/make.py")
        try shell("python3 \(scratch.path)/make.py && rm \(scratch.path)/make.py", in: volume.directory)
        let before = try shell("ls -A volumes", in: scratch.path)
        let error = await #expect(throws: HostError.self) {
            try await backUp(storage, grain, to: "\(scratch.path)/backup.zip")
        }
        #expect(error?.code == .resourceExhausted && error?.message.contains("65529 bytes") == true)
        let message = error?.message ?? ""
        #expect(!message.contains(scratch.path) && message.count < 500, "\(message)")
        #expect(try shell("ls -A volumes", in: scratch.path) == before)
    }

    @Test func theOriginalsToolUnpacksOurs() async throws {
        let scratch = try Scratch(), storage = try await scratch.storage(), grain = GrainID.random()
        let directory = try await volume(in: storage, grain)
        try await backUp(storage, grain, to: "\(scratch.path)/backup.zip")
        // As the original does it (specification, section 20.1), in its surroundings without a language.
        try shell(
            "mkdir there && cd there && env -i /usr/bin/unzip -q ../backup.zip 'data/*' metadata", in: scratch.path)
        // That tool keeps no line break in a name, and no time of a link.
        let times = "| grep -v -e '^ d' -e break -e line | sed -E 's/( l 777 [0-9]+) [0-9]+/\\1/'"
        let wanted = try shell("(\(listing)) \(times)", in: directory)
        let found = try shell("(\(listing)) \(times)", in: "\(scratch.path)/there/data")
        #expect(found == wanted)
        #expect(try shell("unzip -p backup.zip log", in: scratch.path) == "the log\n")
        let schema = try here("../../Schemas/sandstorm")
        let text = try shell(
            "capnp decode -I\(schema) --short \(schema)/grain.capnp GrainInfo < there/metadata", in: scratch.path)
        #expect(text.contains("appVersion = 7") && text.contains("title = \"Caf"))
    }

    @Test func whatTheOriginalMadeComesBack() async throws {
        let scratch = try Scratch(), storage = try await scratch.storage(), grain = GrainID.random()
        let directory = try await volume(in: storage, grain)
        try await backUp(storage, grain, to: "\(scratch.path)/ours.zip")
        // The original's way: zip -qy@ with a list of names, without a language.
        try shell(
            """
            mkdir o && cp -a '\(directory)' o/data && rm o/data/pipe && cd o && unzip -q ../ours.zip metadata && echo l > log
            find data log metadata -not -name '*\n*' | env -i /usr/bin/zip -qy@ - > ../theirs.zip
            """, in: scratch.path)
        let copy = GrainID.random()
        #expect(try await restore(storage, "\(scratch.path)/theirs.zip", as: copy) == metadata)
        let restored = try #require(try await storage.volumes.volume(for: copy))
        // Nor does that tool keep a line break in a name.
        let times = "| grep -v -e '^ d' -e break -e line"
        #expect(
            try shell("(\(listing)) \(times)", in: restored.directory)
                == shell("(\(listing)) \(times)", in: directory))
        let store = try #require(storage.volumes as? any BackupStore)
        let contents = try await store.verify(try FilePieces("\(scratch.path)/theirs.zip"), diskBytes: nil)
        #expect(contents.links == 2 && contents.files == 5 && contents.metadata == metadata)
    }

    @Test func aSnapshotDoesNotChangeWithItsVolume() async throws {
        let scratch = try Scratch(), storage = try await scratch.storage(), grain = GrainID.random()
        let volume = try await storage.volumes.create(for: grain, owner: me)
        try shell("printf before > file", in: volume.directory)
        let store = try #require(storage.volumes as? any BackupStore)
        let snapshot = try await store.snapshot(of: grain)
        try shell("printf after > file; printf x > other", in: volume.directory)
        let bytes = try await snapshot.backup(metadata).readAll(maximumBytes: 1 << 20)
        try write(bytes, to: "\(scratch.path)/b.zip")
        #expect(try shell("unzip -p b.zip data/file && unzip -l b.zip", in: scratch.path).hasPrefix("before"))
        #expect(try shell("unzip -l b.zip", in: scratch.path).contains("other") == false)
    }

    @Test(.timeLimit(.minutes(10))) func whoStopsReadingLeavesNothing() async throws {
        let scratch = try Scratch(), storage = try await scratch.storage(), grain = GrainID.random()
        _ = try await volume(in: storage, grain)
        let before = try scratch.files()
        let store = try #require(storage.volumes as? any BackupStore)
        let reader = try await store.snapshot(of: grain).backup(metadata)
        _ = try await reader.next()
        reader.cancel()
        try await store.snapshot(of: grain).discard()
        while try scratch.files() != before { await Task.yield() }
        #expect(try scratch.files() == before)
    }

    @Test func verifyingTellsADamagedBackup() async throws {
        let scratch = try Scratch(), storage = try await scratch.storage(), grain = GrainID.random()
        _ = try await volume(in: storage, grain)
        let before = try scratch.files()
        let path = "\(scratch.path)/backup.zip"
        try await backUp(storage, grain, to: path)
        let store = try #require(storage.volumes as? any BackupStore)
        let contents = try await store.verify(try FilePieces(path), diskBytes: nil)
        #expect(contents.files == 6 && contents.directories == 3 && contents.links == 2)
        #expect(contents.bytes == 200 << 20 + 3_000_000 + 7)
        // One bit of the file that does not compress.
        try shell("printf '\\377' | dd of=backup.zip bs=1 seek=1500000 conv=notrunc status=none", in: scratch.path)
        await #expect(throws: HostError.self) { try await store.verify(try FilePieces(path), diskBytes: nil) }
        unlink(path)
        #expect(try scratch.files() == before, "nothing is left of either")
    }

    @Test(arguments: [
        // A link, and then a file through it.
        "i = info('data/way'); i.external_attr = 0o120777 << 16; put(i, '/tmp'); put(info('data/way/out'), 'x')",
        "i = info('data/way'); i.external_attr = 0o120777 << 16; put(i, '..'); put(info('data/way/log'), 'x')",
        // A file, and then one below it.
        "put(info('data/way'), 'x'); put(info('data/way/out'), 'x')",
        "put(info('data/way/out'), 'x'); put(info('data/way'), 'x')",
        "put(info('data/../../out'), 'x')", "put(info('data'), 'x')",
    ])
    func whatLeadsOutIsRefusedAndLeavesNothing(_ script: String) async throws {
        let scratch = try Scratch(), storage = try await scratch.storage(), grain = GrainID.random()
        _ = try await storage.volumes.create(for: grain, owner: me)
        try await backUp(storage, grain, to: "\(scratch.path)/good.zip")
        let before = try scratch.files()
        try write(
            Array(
                """
                import zipfile
                def info(name):
                    i = zipfile.ZipInfo(name); i.create_system = 3; i.external_attr = 0o100644 << 16; return i
                z = zipfile.ZipFile('bad.zip', 'w'); put = z.writestr
                put(info('metadata'), zipfile.ZipFile('good.zip').read('metadata'))
                \(script)
                z.close()
                """.utf8), to: "\(scratch.path)/make.py")
        try shell("python3 make.py && rm make.py", in: scratch.path)
        let copy = GrainID.random()
        let error = await #expect(throws: HostError.self) {
            _ = try await restore(storage, "\(scratch.path)/bad.zip", as: copy)
        }
        #expect(error?.code == .invalidArgument, "\(error?.message ?? "")")
        #expect(error?.message.contains("/tmp/") == false, "\(error?.message ?? "")")
        unlink("\(scratch.path)/bad.zip")
        #expect(try scratch.files() == before)
    }

    @Test func whatTheCheckRefusesIsNotUnpacked() async throws {
        let scratch = try Scratch(), storage = try await scratch.storage(), grain = GrainID.random()
        _ = try await volume(in: storage, grain)
        let path = "\(scratch.path)/backup.zip"
        try await backUp(storage, grain, to: path)
        let before = try scratch.files()
        let store = try #require(storage.volumes as? any BackupStore)
        let error = await #expect(throws: HostError.self) {
            _ = try await store.restore(try FilePieces(path), for: .random(), owner: me, diskBytes: nil) {
                (metadata) throws(HostError) in throw HostError(.notFound, metadata.title)
            }
        }
        #expect(error?.message == metadata.title)
        #expect(try scratch.files() == before)
    }

    @Test func aBackupBeyondTheLimitsIsRefused() async throws {
        let scratch = try Scratch(), storage = try await scratch.storage(), grain = GrainID.random()
        _ = try await volume(in: storage, grain)
        try await backUp(storage, grain, to: "\(scratch.path)/backup.zip")
        let other = try Scratch(), strict = try await other.storage(["backupBytes": .integer(100 << 20)])
        let error = await #expect(throws: HostError.self) {
            _ = try await restore(strict, "\(scratch.path)/backup.zip", as: .random())
        }
        #expect(error?.code == .resourceExhausted)
    }

    /// A megabyte of `a` takes a kilobyte in the file.
    @Test func aSmallBackupCannotBecomeMoreThanItMay() async throws {
        let scratch = try Scratch(), storage = try await scratch.storage(), grain = GrainID.random()
        let volume = try await storage.volumes.create(for: grain, owner: me)
        try shell(
            "head -c 8000000 /dev/zero | tr '\\0' a > a; truncate -s 1G hole; touch $(seq 1000)", in: volume.directory)
        let path = "\(scratch.path)/backup.zip"
        try await backUp(storage, grain, to: path)
        let before = try scratch.files()
        for (disk, volume) in [(nil, 10_000_000), (12_000_000, nil)] as [(Int64?, Int64?)] {
            let error = await #expect(throws: HostError.self) {
                _ = try await restore(storage, path, as: .random(), diskBytes: disk, volumeBytes: volume)
            }
            #expect(error?.code == .resourceExhausted, "\(String(describing: error))")
            #expect(error?.message.contains(disk == nil ? "volumeMiB" : "make room") == true)
        }
        // The file itself may be too large, and what is only compared, too.
        let store = try #require(storage.volumes as? any BackupStore)
        for limit: Int64 in [1000, 12_000_000] {
            let error = await #expect(throws: HostError.self) {
                _ = try await store.verify(try FilePieces(path), diskBytes: limit)
            }
            #expect(error?.code == .resourceExhausted)
        }
        #expect(try scratch.files() == before)
        // Holes take nothing.
        _ = try await restore(storage, path, as: .random(), diskBytes: 20_000_000, volumeBytes: 14_000_000)
    }

    /// Whoever makes many files has a large backup made; others do not wait for that.
    @Test(.timeLimit(.minutes(10))) func othersGoOnWhileOneIsCopied() async throws {
        let scratch = try Scratch(), storage = try await scratch.storage(), grain = GrainID.random()
        let volume = try await storage.volumes.create(for: grain, owner: me)
        try shell("mkdir $(seq 30); for d in *; do (cd $d; touch $(seq 2500)); done", in: volume.directory)
        let store = try #require(storage.volumes as? any BackupStore), isDone = Mutex(false)
        let copying = Task {
            let snapshot = try await store.snapshot(of: grain)
            isDone.withLock { $0 = true }
            return snapshot
        }
        var others = 0
        while !isDone.withLock({ $0 }) {
            let other = GrainID.random()
            let volume = try await storage.volumes.create(for: other, owner: me)
            try await volume.appendToLog(Array("said\n".utf8))
            _ = try await volume.usedBytes()
            others += 1
        }
        // One may have been made before the large copy began, one after it ended.
        #expect(others > 2)
        try await copying.value.discard()
    }

    // MARK: Tools

    private func here(_ path: String) throws -> String {
        let folder = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/")
        return String(cString: try #require(realpath("\(folder)/\(path)", nil)))
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let file = try #require(fopen(path, "we"))
        defer { fclose(file) }
        try #require(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }

    @discardableResult
    private func shell(_ commands: String, in directory: String) throws -> String {
        let pipe = try #require(popen("cd '\(directory)' && { \(commands)\n} 2>&1", "re"))
        var text: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 1 << 12)
        while case let count = fread(&buffer, 1, buffer.count, pipe), count > 0 { text += buffer[..<count] }
        let status = pclose(pipe), result = String(decoding: text, as: UTF8.self)
        try #require(status == 0, "\(commands): \(result)")
        return result
    }
}

/// A file in pieces.
private final class FilePieces: ByteReader, @unchecked Sendable {
    private let file: UnsafeMutablePointer<FILE>

    init(_ path: String) throws { file = try #require(fopen(path, "re")) }
    deinit { fclose(file) }

    func next() async throws(HostError) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 100_000)
        let count = fread(&bytes, 1, bytes.count, file)
        return count == 0 ? nil : Array(bytes[..<count])
    }

    func cancel() {}
}
