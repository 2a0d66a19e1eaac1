import Barchan
import Glibc
import Testing

@Suite struct VolumeTests {
    private let me = FileOwner(user: geteuid(), group: getegid())

    @Test func aNewVolumeIsForItsOwnerAndGroupAlone() async throws {
        let scratch = try Scratch()
        let owner = geteuid() == 0 ? FileOwner(user: 12345, group: 23456) : me
        let volume = try await scratch.storage().volumes.create(for: .random(), owner: owner)
        var facts = stat()
        try #require(lstat(volume.directory, &facts) == 0)
        #expect(facts.st_mode & 0o7777 == 0o770)
        #expect(facts.st_uid == owner.user && facts.st_gid == owner.group)
    }

    @Test func somebodyCanAskWhoseTheDataIs() async throws {
        let scratch = try Scratch(), grain = GrainID.random()
        let store = try #require(try await scratch.storage().volumes as? any OwnedVolumeStore)
        let volume = try await store.create(for: grain, owner: me)
        #expect(try await store.owner(of: grain) == me)
        if geteuid() == 0 {
            try #require(chown(volume.directory, 12345, 23456) == 0)
            #expect(try await store.owner(of: grain) == FileOwner(user: 12345, group: 23456))
        }
        try #require(rmdir(volume.directory) == 0)
        let error = await #expect(throws: HostError.self) { _ = try await store.owner(of: grain) }
        #expect(error?.code == .notFound)
    }

    @Test(arguments: ["data", ""], ["link", "file", "nothing"])
    func whatIsNoDirectoryIsNobodysData(_ part: String, _ kind: String) async throws {
        let scratch = try Scratch(), elsewhere = try Scratch(), grain = GrainID.random()
        let volumes = try await scratch.storage().volumes
        let volume = try await volumes.create(for: grain, owner: me)
        #expect(try await volumes.volume(for: grain)?.directory == volume.directory)
        try #require(mkdir("\(elsewhere.path)/data", 0o700) == 0)
        let place = part.isEmpty ? String(volume.directory.dropLast("/data".count)) : volume.directory
        try #require(run(["/bin/rm", "-r", place]) == 0)
        if kind == "link" { try #require(symlink(elsewhere.path, place) == 0) }
        if kind == "file" { close(creat(place, 0o600)) }
        #expect(try await volumes.volume(for: grain) == nil)
        try await volumes.remove(for: grain)
        #expect(try await volumes.grains().isEmpty)
        #expect(access("\(elsewhere.path)/data", F_OK) == 0)
    }

    @Test func aTreeDeeperThanAnyPathIsMeasuredAndRemoved() async throws {
        let scratch = try Scratch()
        let storage = try await scratch.storage()
        let grain = GrainID.random()
        let volume = try await storage.volumes.create(for: grain, owner: me)
        var directory = open(volume.directory, O_RDONLY | O_DIRECTORY)
        for _ in 0..<3000 {
            try #require(mkdirat(directory, "deep", 0o700) == 0)
            let inner = openat(directory, "deep", O_RDONLY | O_DIRECTORY)
            close(directory)
            directory = inner
        }
        close(directory)
        #expect(try await volume.usedBytes() >= 3000 * 4096)
        try await storage.volumes.remove(for: grain)
        #expect(try await storage.volumes.grains().isEmpty)
        #expect(try scratch.files().filter { $0.contains("deep") || $0.contains(".gone") }.isEmpty)
    }

    @Test func whatAGrainClosedOrNamedOddlyIsRemovedToo() async throws {
        let scratch = try Scratch()
        let storage = try await scratch.storage()
        let before = try scratch.files()
        let grain = GrainID.random()
        let volume = try await storage.volumes.create(for: grain, owner: me)
        for name in ["closed", "closed/inner"] { try #require(mkdir("\(volume.directory)/\(name)", 0o700) == 0) }
        close(creat("\(volume.directory)/closed/inner/file", 0o600))
        try #require(chmod("\(volume.directory)/closed/inner", 0) == 0 && chmod("\(volume.directory)/closed", 0) == 0)
        var odd: [CChar] = Array(volume.directory.utf8CString.dropLast()) + [0x2f, -1, 0x0a, 0]
        close(creat(&odd, 0o600))
        try #require(mkfifo("\(volume.directory)/pipe", 0o600) == 0)
        try await storage.volumes.remove(for: grain)
        #expect(try scratch.files() == before)
    }

    @Test func aLinkInAVolumeLeadsNobodyOut() async throws {
        let scratch = try Scratch()
        let storage = try await scratch.storage()
        let outside = "\(scratch.path)/outside"
        try #require(mkdir(outside, 0o700) == 0)
        close(creat("\(outside)/kept", 0o600))
        let grain = GrainID.random()
        let volume = try await storage.volumes.create(for: grain, owner: me)
        try #require(symlink(outside, "\(volume.directory)/way-out") == 0)
        let used = try await volume.usedBytes()
        #expect(used < 64 << 10)
        try await storage.volumes.remove(for: grain)
        #expect(access("\(outside)/kept", F_OK) == 0)
    }

    @Test func aFileWithTwoNamesCountsOnce() async throws {
        let scratch = try Scratch()
        let volume = try await scratch.storage().volumes.create(for: .random(), owner: me)
        let file = open("\(volume.directory)/one", O_WRONLY | O_CREAT, 0o600)
        try #require(posix_fallocate(file, 0, 1 << 20) == 0)
        close(file)
        let before = try await volume.usedBytes()
        try #require(link("\(volume.directory)/one", "\(volume.directory)/two") == 0)
        #expect(try await volume.usedBytes() == before)
    }

    @Test(.enabled(if: geteuid() == 0, "making a file system in a file takes root"))
    func aDiskThatIsShortOfInodesIsShort() async throws {
        let disk = try LoopDisk("ext4", features: ["-N", "1000"]), storage = try await disk.storage()
        let volumes = try #require(storage.volumes as? any MeteredVolumeStore)
        let before = try await volumes.room()
        #expect(before.freeBytes > before.totalBytes / 2)
        let volume = try await volumes.create(for: .random(), owner: me)
        var made = 0
        while case let file = creat("\(volume.directory)/\(made)", 0o600), file >= 0 {
            close(file)
            made += 1
        }
        #expect(errno == ENOSPC && made > 100)
        let after = try await volumes.room()
        #expect(after.freeBytes == 0 && after.totalBytes == before.totalBytes)
    }

    @Test func theLogIsRotatedAtItsLimit() async throws {
        let scratch = try Scratch()
        let volume = try await scratch.storage(["logBytes": .integer(4096)]).volumes.create(for: .random(), owner: me)
        for number in 0..<100 {
            try await volume.appendToLog(Array("\(1000 + number) \(String(repeating: "x", count: 94))\n".utf8))
        }
        let log = String(decoding: try await volume.readLog(maximumBytes: 1 << 20), as: UTF8.self)
        let lines = log.split(separator: "\n")
        // 40 lines of 100 bytes fit into one file; the older file is full, the newer one has the rest.
        #expect(lines.count == 60)
        #expect(lines.first?.hasPrefix("1040 ") == true)
        #expect(lines.last?.hasPrefix("1099 ") == true)
        #expect(try scratch.files().filter { $0.hasSuffix("/log") || $0.hasSuffix("/log.1") }.count == 2)
    }

    @Test func moreThanAWholeLogAtOnceKeepsItsEnd() async throws {
        let scratch = try Scratch()
        let volume = try await scratch.storage(["logBytes": .integer(4096)]).volumes.create(for: .random(), owner: me)
        try await volume.appendToLog([UInt8](repeating: 0x61, count: 10_000) + [0x62])
        let log = try await volume.readLog(maximumBytes: 1 << 20)
        #expect(log.count == 4096 && log.last == 0x62)
    }
}
