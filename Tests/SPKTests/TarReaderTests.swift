import Barchan
import SPK
import Testing

/// Archives made by hand, from the field table of POSIX pax, section "ustar Interchange Format".
@Suite struct TarReaderTests {
    @Test(arguments: [1, 7, 512, 1 << 20]) func entriesAndBytes(pieceBytes: Int) throws {
        let archive =
            header("dir/", type: "5", mode: 0o755) + header("dir/file", size: 5, mode: 0o644, seconds: 0o777)
            + padded("hello") + header("run", size: 513, mode: 0o755) + padded(String(repeating: "x", count: 513))
            + header("link", type: "2", target: "run") + header("twin", type: "1", target: "dir/file")
            + header("null", type: "3") + end
        let (entries, data) = try read(archive, pieceBytes: pieceBytes)
        #expect(
            entries == [
                entry("dir/", .directory), entry("dir/file", .file(byteCount: 5, isExecutable: false), seconds: 0o777),
                entry("run", .file(byteCount: 513, isExecutable: true)),
                entry("link", .link(target: Array("run".utf8))),
                entry("twin", .hardLink(to: Array("dir/file".utf8))), entry("null", .special),
            ])
        #expect(data == Array(("hello" + String(repeating: "x", count: 513)).utf8))
    }

    @Test func longNames() throws {
        let long = String(repeating: "n", count: 300), target = String(repeating: "t", count: 200)
        let gnu =
            header("././@LongLink", type: "L", size: 301) + padded(long + "\0")
            + header("././@LongLink", type: "K", size: 201) + padded(target + "\0") + header("n", type: "2") + end
        #expect(try read(gnu).entries == [entry(long, .link(target: Array(target.utf8)))])
        let record = "path=\(long)\n", pax = "\(record.utf8.count + 4) \(record)"
        let posix = header("x", type: "x", size: pax.utf8.count) + padded(pax) + header("short", size: 0) + end
        #expect(try read(posix).entries == [entry(long, .file(byteCount: 0, isExecutable: false))])
        let prefixed = header("name", size: 0, prefix: "a/prefix") + end
        #expect(try read(prefixed).entries == [entry("a/prefix/name", .file(byteCount: 0, isExecutable: false))])
    }

    @Test func paxNumbersAndOneEntryOnly() throws {
        let records = "10 size=3\n" + "20 mtime=-12.500000\n"
        let archive =
            header("x", type: "x", size: records.utf8.count) + padded(records) + header("a", size: 0) + padded("abc")
            + header("b", size: 0, seconds: 9) + end
        let (entries, data) = try read(archive)
        #expect(
            entries == [
                entry("a", .file(byteCount: 3, isExecutable: false), seconds: -12),
                entry("b", .file(byteCount: 0, isExecutable: false), seconds: 9),
            ])
        #expect(data == Array("abc".utf8))
    }

    @Test func sizesInBinary() throws {
        var block = header("big", size: 0)
        block.replaceSubrange(124..<136, with: [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2])
        #expect(try read(signed(block) + padded("ab") + end).data == Array("ab".utf8))
        block.replaceSubrange(124..<136, with: [0xff] + [UInt8](repeating: 0xff, count: 11))
        #expect(throws: HostError.self) { try read(signed(block) + end) }
        block.replaceSubrange(124..<136, with: [0x80] + [UInt8](repeating: 0xff, count: 11))
        #expect(throws: HostError.self) { try read(signed(block) + end) }
    }

    @Test func whatIsRefused() {
        var wrong = header("a", size: 0)
        wrong[0] = UInt8(ascii: "b")
        #expect(code(wrong + end) == .corrupt)
        #expect(code(Array("this is no archive at all".utf8)) == .corrupt)
        #expect(code(header("a", size: 100) + padded("short").prefix(20)) == .corrupt)
        #expect(code(header("a", type: "S", size: 0) + end) == .invalidArgument)
        #expect(code(header("x", type: "x", size: 24) + padded("24 GNU.sparse.major=1\nab\n") + end) != nil)
        for record in ["5 a\n", "99 a=b\n", "x a=b\n", "-1 a=b\n", "6 a=b", "0 \n", "13 size=nine\n", "11 size=-1\n"] {
            #expect(
                code(header("x", type: "x", size: record.utf8.count) + padded(record) + header("a") + end) == .corrupt,
                "\(record)")
        }
        #expect(code(header("x", type: "L", size: TarReader.maximumHeaderBytes + 1)) == .resourceExhausted)
    }

    /// Damage in any byte gives an error or another tree, never a crash.
    @Test func damage() {
        let archive =
            header("x", type: "x", size: 12) + padded("12 path=abc\n") + header("a", size: 3) + padded("abc") + end
        for index in archive.indices.prefix(2048) {
            for value in [0, 0x80, 0xff, UInt8(ascii: "9")] as [UInt8] {
                var damaged = archive
                damaged[index] = value
                _ = try? read(damaged)
                _ = try? read(Array(damaged.prefix(index)))
            }
        }
    }
}

/// Layers over one another (OCI image specification, "Layer Filesystem Changeset").
@Suite struct LayeredTreeTests {
    private let tree = LayeredTree()

    private func file(_ path: String, _ reference: String = "r") throws {
        try tree.setFile(
            Array(path.utf8), reference: reference, byteCount: 1, isExecutable: false, modifiedNanoseconds: 0)
    }

    private func link(_ path: String, _ target: String) throws {
        try tree.setLink(Array(path.utf8), target: Array(target.utf8), modifiedNanoseconds: 0)
    }

    @Test func aLinkToADirectoryKeepsWhatIsPutThroughItInside() throws {
        try tree.setDirectory(Array("usr/lib".utf8), modifiedNanoseconds: 0)
        try link("lib", "usr/lib")
        try file("lib/libc.so")
        try link("up", "../../../etc")
        try file("up/passwd")
        try link("abs", "/usr")
        try file("abs/x")
        #expect(
            paths() == [
                "abs", "etc", "etc/passwd", "lib", "up", "usr", "usr/lib", "usr/lib/libc.so", "usr/x",
            ])
    }

    @Test func linksInACircleAreRefused() throws {
        try link("a", "b")
        try link("b", "a")
        #expect(throws: HostError.self) { try file("a/x") }
        #expect(!tree.has("a"))
    }

    @Test func laterLayersReplaceAndRemove() throws {
        try file("etc/a", "one")
        try file("etc/b", "one")
        try file("etc/a", "two")
        try tree.remove(Array("etc/b".utf8))
        try tree.remove(Array("etc/none".utf8))
        #expect(paths() == ["etc", "etc/a"])
        try tree.setDirectory(Array("etc".utf8), modifiedNanoseconds: 0)
        #expect(paths() == ["etc", "etc/a"])
        try file("etc/a/b")
        #expect(paths() == ["etc", "etc/a", "etc/a/b"])
        try tree.clear(Array("etc".utf8))
        #expect(paths() == ["etc"])
        try file("etc")
        #expect(paths() == ["etc"])
    }

    @Test func hardLinksNameFilesThatAreThere() throws {
        try file("a", "bytes")
        try tree.setHardLink(Array("b".utf8), to: Array("./a".utf8))
        #expect(paths() == ["a", "b"])
        #expect(throws: HostError.self) { try tree.setHardLink(Array("c".utf8), to: Array("none".utf8)) }
        try tree.setDirectory(Array("d".utf8), modifiedNanoseconds: 0)
        #expect(throws: HostError.self) { try tree.setHardLink(Array("c".utf8), to: Array("d".utf8)) }
    }

    @Test(arguments: ["../x", "a/../../x", ".."]) func pathsThatLeadUpwardsAreRefused(path: String) {
        #expect(throws: HostError.self) { try file(path) }
    }

    @Test func depthHasALimit() {
        #expect(throws: HostError.self) {
            try file(repeatElement("d", count: PackageLimits().depth + 1).joined(separator: "/"))
        }
    }

    private func paths() -> [String] { Self.paths(tree.sources, "") }

    private static func paths(_ sources: [PackageSource], _ prefix: String) -> [String] {
        sources.flatMap { source -> [String] in
            let path = prefix + String(decoding: source.name, as: UTF8.self)
            guard case .directory(let inner) = source.content else { return [path] }
            return [path] + paths(inner, "\(path)/")
        }
    }
}

private let end = [UInt8](repeating: 0, count: 1024)

private func header(
    _ name: String, type: Character = "0", size: Int = 0, mode: Int = 0o644, seconds: Int = 0, target: String = "",
    prefix: String = ""
) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at place: Int) {
        block.replaceSubrange(place..<(place + text.utf8.count), with: text.utf8)
    }
    func octal(_ value: Int, _ digits: Int) -> String {
        let text = String(value, radix: 8)
        return String(repeating: "0", count: digits - text.count) + text
    }
    put(name, at: 0)
    put(octal(mode, 7), at: 100)
    put(octal(size, 11), at: 124)
    put(octal(seconds, 11), at: 136)
    put(String(type), at: 156)
    put(target, at: 157)
    put("ustar\u{0}00", at: 257)
    put(prefix, at: 345)
    return signed(block)
}

/// The header with the right checksum.
private func signed(_ block: [UInt8]) -> [UInt8] {
    var block = block
    block.replaceSubrange(148..<156, with: [UInt8](repeating: 0x20, count: 8))
    let sum = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
    block.replaceSubrange(148..<156, with: Array((String(repeating: "0", count: 6 - sum.count) + sum + "\0 ").utf8))
    return block
}

private func padded(_ text: String) -> [UInt8] {
    Array(text.utf8) + [UInt8](repeating: 0, count: (512 - text.utf8.count % 512) % 512)
}

private func entry(_ path: String, _ kind: TarReader.Entry.Kind, seconds: Int64 = 0) -> TarReader.Entry {
    TarReader.Entry(path: Array(path.utf8), kind: kind, modifiedNanoseconds: seconds * 1_000_000_000)
}

private func read(
    _ archive: [UInt8], pieceBytes: Int = 1 << 20
) throws(HostError) -> (entries: [TarReader.Entry], data: [UInt8]) {
    var reader = TarReader(), entries: [TarReader.Entry] = [], data: [UInt8] = []
    var rest = archive[...]
    while !rest.isEmpty {
        let piece = Array(rest.prefix(pieceBytes))
        rest = rest.dropFirst(pieceBytes)
        try piece.withUnsafeBufferPointer { piece throws(HostError) in
            try reader.feed(UnsafeRawBufferPointer(piece), entry: { entries.append($0) }, data: { data += $0 })
        }
    }
    try reader.finish()
    return (entries, data)
}

private func code(_ archive: some Sequence<UInt8>) -> HostError.Code? {
    do throws(HostError) {
        _ = try read(Array(archive))
        return nil
    } catch {
        return error.code
    }
}
