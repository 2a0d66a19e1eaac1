import EROFS
import Foundation
import Testing

/// Images are read back by the reference tool, `fsck.erofs` of erofs-utils, which has not seen our code.
@Suite struct ImageTests {
    /// What is put into an image, and what is expected to come out.
    struct Item: Sendable {
        var path: String
        var kind: ImageTree.Kind
        var content: [UInt8] = []
        var modifiedNanoseconds: Int64 = 1_500_000_000_123_456_789
    }

    @Test("files of every size around the bounds of the layout come back as they were")
    func sizes() throws {
        let sizes = [0, 1, 2047, 2048, 2049, 4032, 4095, 4096, 4097, 6144, 6145, 8192, 8193, 1 << 20, (1 << 20) + 77]
        try check(sizes.map { Item(path: "file-\($0)", kind: .file, content: noise($0)) })
    }

    @Test("links, programs and nested directories come back")
    func kinds() throws {
        try check([
            Item(path: "d", kind: .directory), Item(path: "d/e", kind: .directory),
            Item(path: "d/e/f", kind: .directory), Item(path: "d/e/f/run", kind: .program, content: noise(5000)),
            Item(path: "short", kind: .link, content: Array("d/e/f/run".utf8)),
            Item(path: "long", kind: .link, content: Array(String(repeating: "../x", count: 1000).utf8)),
            Item(path: "empty", kind: .directory), Item(path: "last", kind: .file, content: noise(10)),
        ])
    }

    @Test("a directory of many names, in any order, with names before its own")
    func manyNames() throws {
        var random = Seeded(state: 7)
        var names = (0..<3000).map { "name-\($0)" } + ["-", "!", "+a", ".hidden", "..more", "...", "~", "A", "é"]
        names += [String(repeating: "l", count: 255), String(repeating: "l", count: 254)]
        names.shuffle(using: &random)
        try check(names.map { Item(path: $0, kind: .file, content: Array($0.utf8)) })
    }

    @Test("times before 1970 and fractions of seconds stay")
    func times() throws {
        let times: [Int64] = [0, -1, -1_500_000_001, 999_999_999, 4_102_444_800_000_000_001]
        try check(times.map { Item(path: "t\($0)", kind: .file, content: [1], modifiedNanoseconds: $0) })
    }

    @Test("the same tree is the same image, byte for byte")
    func reproducible() throws {
        let items = [Item(path: "a", kind: .file, content: noise(9000)), Item(path: "b", kind: .directory)]
        #expect(try image(of: items) == image(of: items))
    }

    @Test("an image without a file is whole")
    func empty() throws { try check([]) }

    // MARK: Making and reading

    private func check(_ items: [Item]) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "erofs-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(image(of: items)).write(to: URL(filePath: "\(folder)/image"))
        let (status, output) = try run("/usr/bin/fsck.erofs", "--extract=\(folder)/tree", "\(folder)/image")
        try #require(status == 0, "\(output)")
        for item in items { try compare(item, "\(folder)/tree/\(item.path)") }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/tree").count == items.count)
    }

    private func compare(_ item: Item, _ path: String) throws {
        var facts = stat()
        try #require(lstat(path, &facts) == 0, "\(item.path)")
        let seconds = Int64(facts.st_mtim.tv_sec), fraction = Int64(facts.st_mtim.tv_nsec)
        #expect(seconds * 1_000_000_000 + fraction == item.modifiedNanoseconds, "\(item.path)")
        switch item.kind {
        case .directory: #expect(facts.st_mode & S_IFMT == S_IFDIR)
        case .link:
            var target = [CChar](repeating: 0, count: 8192)
            let count = readlink(path, &target, target.count)
            #expect(target.prefix(max(0, count)).map { UInt8(bitPattern: $0) }.elementsEqual(item.content), "\(count)")
        case .file, .program:
            #expect(facts.st_mode & 0o7777 == (item.kind == .program ? 0o755 : 0o644), "\(item.path)")
            #expect(try Array(Data(contentsOf: URL(filePath: path))) == item.content, "\(item.path)")
        }
    }

    private func image(of items: [Item]) throws -> [UInt8] {
        var tree = ImageTree(entries: items.count, nameBytes: items.reduce(0) { $0 + $1.path.utf8.count })
        var indices: [String: ImageTree.Index] = ["": ImageTree.root]
        for item in items {
            let parts = item.path.split(separator: "/")
            let parent = try #require(indices[parts.dropLast().joined(separator: "/")])
            indices[item.path] = try tree.add(
                Array(parts[parts.count - 1].utf8), item.kind, size: Int64(item.content.count),
                modifiedNanoseconds: item.modifiedNanoseconds, in: parent)
        }
        let layout = try ImageLayout(tree)
        let bytes = Bytes(count: Int(layout.imageBytes))
        var writer = try ImageWriter(layout) { part, offset in
            bytes.content.replaceSubrange(Int(offset)..<Int(offset) + part.count, with: part)
        }
        for item in items where item.kind != .directory { try item.content.withUnsafeBytes { try writer.add($0) } }
        try writer.finish()
        return bytes.content
    }

    private func noise(_ count: Int) -> [UInt8] {
        var random = Seeded(state: UInt64(count))
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    private func run(_ program: String, _ arguments: String...) throws -> (Int32, String) {
        let process = Process(), pipe = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}

private final class Bytes {
    var content: [UInt8]
    init(count: Int) { content = .init(repeating: 0, count: count) }
}

/// Knuth's linear congruential generator: the same numbers every time.
private struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 32
    }
}
