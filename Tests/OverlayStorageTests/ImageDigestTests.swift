import Barchan
import Glibc
import Testing

@testable import OverlayStorage

/// What tells a changed image: the kernel (fs-verity) where kernel and file system have it, a digest of the whole elsewhere.
@Suite(.serialized, .enabled(if: geteuid() == 0, "making a file system in a file takes root")) struct ImageDigestTests {
    @Test func aFileSystemWithVerityGuardsTheFileItself() throws {
        let disk = try LoopDisk("ext4", features: ["-O", "verity", "-b", "4096"])
        guard access("/sys/fs/ext4/features/verity", F_OK) == 0 else {
            print("fs-verity: this kernel has none; images are compared whole")
            return try expectWholeDigest(in: disk)
        }
        print("fs-verity: the kernel has it")
        let file = try makeFile("\(disk.path)/image", 1), other = try makeFile("\(disk.path)/other", 2)
        defer { [file, other].forEach { close($0) } }
        let digest = try ImageDigest(guarding: file)
        guard case .verity = digest else {
            Issue.record("it is \(digest.text)")
            return
        }
        #expect(open("\(disk.path)/image", O_WRONLY) < 0 && errno == EPERM)
        try digest.check(file, called: "image")
        #expect(ImageDigest(text: Substring(digest.text)) == digest)
        // Somebody put another file in its place: one that nobody guards, and one that is guarded, too.
        for _ in 0..<2 {
            let error = #expect(throws: HostError.self) { try digest.check(other, called: "image") }
            #expect(error?.code == .corrupt)
            _ = try ImageDigest(guarding: other)
        }
    }

    @Test func elsewhereAChangedFileIsToldByItsContent() throws {
        try expectWholeDigest(in: try LoopDisk("xfs"))
    }

    private func expectWholeDigest(in disk: LoopDisk) throws {
        let path = "\(disk.path)/image", file = try makeFile(path, 1)
        defer { close(file) }
        let digest = try ImageDigest(guarding: file)
        guard case .whole = digest else {
            Issue.record("it is \(digest.text)")
            return
        }
        try digest.check(file, called: path)
        #expect(ImageDigest(text: Substring(digest.text)) == digest)
        let writing = open(path, O_WRONLY | O_CLOEXEC)
        defer { close(writing) }
        try #require(pwrite(writing, [9], 1, 700_000) == 1)
        let error = #expect(throws: HostError.self) { try digest.check(file, called: path) }
        #expect(error?.code == .corrupt)
    }

    /// A megabyte of one byte, open for reading.
    private func makeFile(_ path: String, _ byte: UInt8) throws -> CInt {
        let writing = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        let bytes = [UInt8](repeating: byte, count: 1 << 20)
        try #require(write(writing, bytes, bytes.count) == bytes.count)
        close(writing)
        let file = open(path, O_RDONLY | O_CLOEXEC)
        try #require(file >= 0)
        return file
    }
}
