import Barchan
import Glibc
import ProjectQuota
import Testing

@testable import OverlayStorage

/// Numbers for projects, and what can be known of quotas without a file system.
@Suite struct ProjectNumberTests {
    @Test func noNumberIsGivenTwiceNorOneThatIsInUse() {
        let first = ProjectNumbers.first
        var numbers = ProjectNumbers(taken: [3, first + 4, first + 2])
        let given = (0..<100).compactMap { _ in numbers.next { $0 == first + 7 } }
        #expect(given.count == 100 && Set(given).count == 100)
        #expect(given.allSatisfy { $0 > first + 4 && $0 != first + 7 })
    }

    @Test func administratorsNumbersAreLeftAlone() {
        var numbers = ProjectNumbers(taken: [1, 2, 1000])
        #expect(numbers.next { _ in false } == ProjectNumbers.first)
    }

    @Test func whenAllAreGoneThereIsNone() {
        var numbers = ProjectNumbers(taken: [UInt32.max - 2])
        #expect(numbers.next { _ in false } == UInt32.max - 1)
        #expect(numbers.next { _ in false } == nil)
        var others = ProjectNumbers(taken: [UInt32.max - 10])
        #expect(others.next { _ in true } == nil)
    }
}

/// Volumes on file systems with project quotas; where the kernel has none, that Barchan says so and measures.
@Suite(.serialized, .enabled(if: geteuid() == 0, "making a file system in a file takes root"))
struct ProjectQuotaTests {
    private let owner = FileOwner(user: 12345, group: 12345)

    @Test func filesOfAProjectPassItOnAndKeepEverythingElse() throws {
        let disk = try LoopDisk("xfs", withQuota: false)
        let number = open(disk.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(number) }
        #expect(FileProject(of: number) == FileProject(number: 0, isInherited: false))
        // The flag "no dump" of xfs_io(8) is one that nobody else sets.
        try #require(run(["/usr/sbin/xfs_io", "-c", "chattr +d", disk.path]) == 0)
        try FileProject(number: 4711, isInherited: true).set(on: number, called: disk.path)
        #expect(FileProject(of: number) == FileProject(number: 4711, isInherited: true))
        let flags = try output(of: "/usr/sbin/xfs_io", "-c", "lsattr", disk.path)
        #expect(flags.prefix { $0 != " " }.contains("d"), "\(flags)")
        try #require(mkdir("\(disk.path)/inner", 0o700) == 0)
        #expect(FileProject(at: "\(disk.path)/inner") == FileProject(number: 4711, isInherited: true))
        close(creat("\(disk.path)/inner/file", 0o600))
        #expect(FileProject(at: "\(disk.path)/inner/file").number == 4711)
    }

    @Test func wholeTreesBecomePartOfAProject() throws {
        let disk = try LoopDisk("xfs", withQuota: false), data = "\(disk.path)/data"
        for name in ["", "/a", "/a/b"] { try #require(mkdir(data + name, 0o700) == 0) }
        for name in ["/one", "/a/b/two"] { close(creat(data + name, 0)) }
        try #require(symlink("/etc/passwd", "\(data)/link") == 0 && mkfifo("\(data)/pipe", 0o600) == 0)
        let directory = try Directory.opening(path: data, mode: 0o700)
        #expect(VolumeProjects.project(of: directory) == nil)
        try VolumeProjects.assign(ProjectNumbers.first + 5, to: directory)
        #expect(VolumeProjects.project(of: directory) == ProjectNumbers.first + 5)
        for name in ["/a", "/a/b"] {
            #expect(FileProject(at: data + name) == FileProject(number: ProjectNumbers.first + 5, isInherited: true))
        }
        for name in ["/one", "/a/b/two"] { #expect(FileProject(at: data + name).number == ProjectNumbers.first + 5) }
        #expect(FileProject(at: "/etc/passwd").number == 0)
    }

    @Test func aFileSystemWithoutQuotasSaysHowToGetThem() async throws {
        let disk = try LoopDisk("xfs", withQuota: false)
        guard case .absent(let reason, let fix) = try disk.support else {
            Issue.record("it has quotas")
            return
        }
        #expect(reason.contains("does not count") && fix.contains("prjquota") && fix.contains("CONFIG_XFS_QUOTA"))
        try await expectMeasured(disk)
    }

    @Test(arguments: ["xfs", "ext4"]) func theFileSystemHoldsVolumesWithinTheirLimit(_ kind: String) async throws {
        guard let disk = try? LoopDisk(kind, withQuota: true) else {
            print("\(kind): this kernel mounts none with project quotas; Barchan measures")
            return try await expectMeasured(try LoopDisk(kind, withQuota: false))
        }
        print("\(kind): project quotas are enforced here")
        #expect(try disk.support == .enforced)
        try await expectEnforced(disk)
    }

    // MARK: What is promised

    private func expectMeasured(_ disk: LoopDisk) async throws {
        let storage = try await disk.storage(), grain = GrainID.random()
        let volume = try await storage.volumes.create(for: grain, owner: owner)
        let volumes = try #require(storage.volumes as? any LimitingVolumeStore)
        #expect(try await volumes.limit(grain, to: 1 << 20) == false)
        #expect(write(2, to: "\(volume.directory)/file"))
        #expect(try await volume.usedBytes() >= 2 << 20)
        #expect(FileProject(at: volume.directory).number == 0)
    }

    private func expectEnforced(_ disk: LoopDisk) async throws {
        let storage = try await disk.storage(), grain = GrainID.random(), other = GrainID.random()
        let volumes = try #require(storage.volumes as? any LimitingVolumeStore)
        let volume = try await volumes.create(for: grain, owner: owner)
        let beside = try await volumes.create(for: other, owner: owner)
        // One that was written to before it was limited.
        #expect(write(2, to: "\(volume.directory)/before"))
        for name in [grain, other] { #expect(try await volumes.limit(name, to: 8 << 20)) }
        #expect(try await volume.usedBytes() >= 2 << 20)
        #expect(write(4, to: "\(volume.directory)/fits"))
        #expect(!write(4, to: "\(volume.directory)/too-much"))
        let used = try await volume.usedBytes()
        #expect(used > 6 << 20 && used <= 8 << 20)
        // Room for one is no room for the other, and the log is beside it.
        #expect(write(4, to: "\(beside.directory)/file"))
        try await volume.appendToLog([UInt8](repeating: 0x61, count: 64 << 10))
        // Files are limited, too: one for each 4 KiB.
        #expect(!succeeds(asOwner: "for i in $(seq 3000); do : > '\(beside.directory)'/$i || exit 1; done"))

        let projects = [volume, beside].map { FileProject(at: $0.directory).number }
        #expect(Set(projects).count == 2 && projects.allSatisfy { $0 >= ProjectNumbers.first })
        // Another start of the host knows them, and gives new ones to others.
        let later = try await disk.storage(), third = GrainID.random()
        let laterVolumes = try #require(later.volumes as? any LimitingVolumeStore)
        #expect(try await laterVolumes.limit(grain, to: 16 << 20))
        #expect(FileProject(at: volume.directory).number == projects[0])
        #expect(write(4, to: "\(volume.directory)/too-much"))
        let new = try await laterVolumes.create(for: third, owner: owner)
        #expect(try await laterVolumes.limit(third, to: 1 << 20))
        #expect(!projects.contains(FileProject(at: new.directory).number))
        // No limit, and nothing left of one that is removed.
        #expect(try await laterVolumes.limit(third, to: nil))
        #expect(write(4, to: "\(new.directory)/file"))
        try await laterVolumes.remove(for: grain)
        #expect(try disk.usage(of: projects[0]) == ProjectQuota.Usage(bytes: 0, files: 0))
    }

    // MARK: As the grain does

    /// So many MiB, by somebody without any power over the machine; false when they do not all reach the disk.
    private func write(_ mebibytes: Int, to path: String) -> Bool {
        succeeds(asOwner: "dd if=/dev/zero of='\(path)' bs=1M count=\(mebibytes) conv=fsync 2>/dev/null")
    }

    private func succeeds(asOwner script: String) -> Bool {
        let words = ["/usr/bin/setpriv", "--reuid=\(owner.user)", "--regid=\(owner.group)", "--clear-groups"]
        return (try? OverlayStorageTests.run(words + ["/bin/sh", "-c", script])) == 0
    }
}

extension FileProject {
    fileprivate init(at path: String) {
        let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        self.init(of: file)
        close(file)
    }
}

extension LoopDisk {
    /// - Throws: When this kernel does not mount it.
    fileprivate convenience init(_ kind: String, withQuota: Bool) throws {
        let features = kind == "ext4" && withQuota ? ["-O", "project,quota", "-E", "quotatype=prjquota"] : []
        try self.init(kind, features: features, options: withQuota ? ["prjquota"] : [])
    }

    fileprivate var support: ProjectQuota.Support {
        get throws { try withFileSystem { ProjectQuota(fileSystemOf: $0).support } }
    }

    fileprivate func usage(of project: UInt32) throws -> ProjectQuota.Usage {
        // XFS takes removed files apart later, but for a freeze it brings that to an end.
        for way in ["--freeze", "--unfreeze"] { try #require(run(["/usr/sbin/fsfreeze", way, path]) == 0) }
        return try withFileSystem { try ProjectQuota(fileSystemOf: $0).usage(of: project) }
    }

    private func withFileSystem<Value>(_ body: (CInt) throws -> Value) throws -> Value {
        let number = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        try #require(number >= 0)
        defer { close(number) }
        return try body(number)
    }
}

/// What a program prints.
private func output(of words: String...) throws -> String {
    let pipe = try #require(popen(words.map { "'\($0)'" }.joined(separator: " "), "re"))
    defer { pclose(pipe) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = fread(&buffer, 1, buffer.count, pipe)
    return String(decoding: buffer.prefix(count), as: UTF8.self)
}
