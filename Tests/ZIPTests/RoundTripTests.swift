import Barchan
import Glibc
import Testing
import ZIP

@Suite struct RoundTripTests {
    private static let entries: [(ZIPEntry, [UInt8])] = [
        (ZIPEntry(name: Array("data".utf8), kind: .directory, permissions: 0o755, modified: 1_700_000_000), []),
        (
            ZIPEntry(
                name: Array("data/a b\u{e9}".utf8), kind: .file, permissions: 0o640, modified: 1_700_000_001, size: 5),
            Array("hello".utf8)
        ),
        (ZIPEntry(name: Array("data/empty".utf8), kind: .file, permissions: 0o755, modified: 1_600_000_000), []),
        (
            ZIPEntry(name: Array("data/link".utf8), kind: .link, permissions: 0o777, modified: 1_600_000_002, size: 12),
            Array("../elsewhere".utf8)
        ),
        (
            ZIPEntry(name: Array("data/zeros".utf8), kind: .file, permissions: 0o600, modified: 5, size: 3_000_000),
            [UInt8](repeating: 0, count: 3_000_000)
        ),
        (ZIPEntry(name: [0x64, 0xff, 0x0a], kind: .file, permissions: 0o600, modified: 5, size: 1), [7]),
    ]

    private func archive() throws -> [UInt8] {
        let writer = try ZIPWriter()
        var bytes: [UInt8] = []
        for (entry, content) in Self.entries {
            switch entry.kind {
            case .directory: try writer.addDirectory(entry)
            case .link: try writer.addLink(entry, target: content)
            case .file: try writer.addFile(entry, content: content)
            }
            bytes += writer.takeOutput()
        }
        writer.finish()
        return bytes + writer.takeOutput()
    }

    @Test func whatIsWrittenIsRead() throws {
        let reader = try ZIPReader(Bytes(try archive()))
        #expect(reader.members.map(\.entry) == Self.entries.map(\.0))
        for (member, (_, content)) in zip(reader.members, Self.entries) where member.entry.kind != .directory {
            #expect(try reader.content(of: member, maximumBytes: 1 << 24) == content)
        }
    }

    @Test func aFileOfAnotherLengthThanAnnouncedIsRefused() throws {
        let writer = try ZIPWriter()
        let entry = ZIPEntry(name: [0x61], kind: .file, permissions: 0o600, modified: 0, size: 2)
        #expect(throws: HostError.self) { try writer.addFile(entry, content: [1]) }
    }

    @Test func theWriterStopsAtItsLimits() throws {
        var limits = ZIPLimits()
        limits.entries = 2
        let writer = try ZIPWriter(limits: limits)
        for name in [0x61, 0x62] as [UInt8] {
            try writer.addDirectory(ZIPEntry(name: [name], kind: .directory, permissions: 0o700, modified: 0))
        }
        let error = #expect(throws: HostError.self) {
            try writer.addDirectory(ZIPEntry(name: [0x63], kind: .directory, permissions: 0o700, modified: 0))
        }
        #expect(error?.code == .resourceExhausted)
    }

    @Test func moreEntriesThanSixteenBitsCount() throws {
        let writer = try ZIPWriter()
        var bytes: [UInt8] = []
        for number in 0..<70_000 {
            try writer.addFile(
                ZIPEntry(name: Array("f\(number)".utf8), kind: .file, permissions: 0o600, modified: 0), content: [])
            bytes += writer.takeOutput()
        }
        writer.finish()
        bytes += writer.takeOutput()
        #expect(try ZIPReader(Bytes(bytes)).members.count == 70_000)
        let scratch = try Scratch()
        try scratch.write(bytes, to: "many.zip")
        #expect(
            try scratch.python("import zipfile; print(len(zipfile.ZipFile('many.zip').namelist()))") == "70000\n")
    }

    @Test func aFileOfMoreThanFourGibibytesIsReadByOthers() throws {
        let scratch = try Scratch(), writer = try ZIPWriter(), size: Int64 = 5 << 30
        let file = try #require(fopen("\(scratch.path)/large.zip", "we"))
        let zeros = [UInt8](repeating: 0, count: 16 << 20)
        func store() {
            let bytes = writer.takeOutput()
            fwrite(bytes, 1, bytes.count, file)
        }
        try writer.beginFile(
            ZIPEntry(name: Array("large".utf8), kind: .file, permissions: 0o600, modified: 0, size: size))
        for _ in 0..<(size / Int64(zeros.count)) {
            zeros.withUnsafeBytes { writer.appendToFile($0) }
            store()
        }
        try writer.endFile()
        writer.finish()
        store()
        fclose(file)
        #expect(
            try scratch.python(
                "import zipfile; i=zipfile.ZipFile('large.zip').getinfo('large'); print(i.file_size, i.compress_size<1<<24)"
            )
                == "\(size) True\n")
        #expect(try scratch.output(of: "unzip -tq large.zip").contains("No errors"))
    }

    // MARK: Beside others

    @Test func othersReadOurs() throws {
        let scratch = try Scratch()
        try scratch.write(try archive(), to: "ours.zip")
        #expect(try scratch.output(of: "unzip -tq ours.zip").contains("No errors"))
        _ = try scratch.output(of: "mkdir x && cd x && unzip -q ../ours.zip 'data/*'")
        #expect(try scratch.output(of: "cat 'x/data/a b\u{e9}'") == "hello")
        #expect(try scratch.output(of: "readlink x/data/link") == "../elsewhere\n")
        #expect(
            try scratch.output(of: "stat -c '%a %Y' x/data/empty 'x/data/a b\u{e9}'")
                == "755 1600000000\n640 1700000001\n")
        #expect(
            try scratch.python("import zipfile; z=zipfile.ZipFile('ours.zip'); print(z.testzip(), len(z.namelist()))")
                == "None 6\n")
    }

    @Test func oursReadsOthers() throws {
        let scratch = try Scratch()
        _ = try scratch.output(
            of: """
                mkdir -p data/sub/empty && printf hello > data/file && chmod 750 data/file && ln -s /nowhere data/link
                head -c 200000 /dev/zero > data/zeros && printf x > "data/na\u{ef}ve"
                find data | zip -qy@ - > ../$(basename $PWD)/theirs.zip
                python3 -c "import zipfile
                z=zipfile.ZipFile('python.zip','w',zipfile.ZIP_DEFLATED); z.write('data/file'); z.writestr('deep/er/file','y')"
                """)
        let reader = try ZIPReader(Bytes(try scratch.read("theirs.zip")))
        let kinds = Dictionary(uniqueKeysWithValues: reader.members.map { ($0.entry.text, $0.entry.kind) })
        #expect(
            kinds == [
                "data": .directory, "data/sub": .directory, "data/sub/empty": .directory, "data/file": .file,
                "data/link": .link, "data/zeros": .file, "data/na\u{ef}ve": .file,
            ])
        let file = try #require(reader.member("data/file")), link = try #require(reader.member("data/link"))
        #expect(file.entry.permissions == 0o750)
        #expect(try reader.content(of: file, maximumBytes: 10) == Array("hello".utf8))
        #expect(try reader.content(of: link, maximumBytes: 10) == Array("/nowhere".utf8))
        let python = try ZIPReader(Bytes(try scratch.read("python.zip")))
        #expect(python.members.map(\.entry.text) == ["data/file", "deep/er/file"])
        for member in python.members { _ = try python.content(of: member, maximumBytes: 100) }
    }
}
