import Barchan
import Testing
import ZIP

/// Archives that somebody made to do harm. Made by Python's zipfile and by hand, not by our own writer.
@Suite struct HostileArchiveTests {
    private struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        /// Python that makes `bad.zip`; `z`, `info` and `patch` are there.
        let script: String
        let message: String
        var code = HostError.Code.invalidArgument
        var testDescription: String { name }
    }

    private static let cases = [
        Case(name: "parent", script: "z('../x')", message: "'..'"),
        Case(name: "inner parent", script: "z('data/../../x')", message: "'..'"),
        Case(name: "absolute", script: "z('/etc/passwd')", message: "begins with '/'"),
        Case(name: "dot", script: "z('data/./x')", message: "'.'"),
        Case(name: "double slash", script: "z('data//x')", message: "empty component"),
        Case(name: "long component", script: "z('data/' + 'a' * 256)", message: "255"),
        Case(name: "duplicate", script: "z('data/x', 'data/x')", message: "two entries"),
        Case(name: "file and directory", script: "z('data/x', 'data/x/')", message: "two entries"),
        Case(
            name: "zero in the name", script: "z('data/axb'); patch(b'data/axb', b'data/a\\0b')", message: "zero byte"),
        Case(
            name: "device", script: "i = info('data/x'); i.external_attr = 0o060666 << 16; z(i)", message: "neither"),
        Case(
            name: "pipe", script: "i = info('data/x'); i.external_attr = 0o010666 << 16; z(i)", message: "neither"),
        Case(
            name: "link without a target",
            script: "i = info('data/x'); i.external_attr = 0o120777 << 16; z((i, b''))", message: "target of 0"),
        Case(
            name: "endless link",
            script: "i = info('data/x'); i.external_attr = 0o120777 << 16; z((i, b'a' * 5000))",
            message: "target of 5000"
        ),
        Case(
            name: "directory by name only",
            script: "i = info('data/x/'); i.external_attr = 0o100644 << 16; z(i)", message: "directory by its name"),
        Case(
            name: "encrypted",
            script: """
                z('data/x'); patch(b'PK\\3\\4\\x14\\0\\0', b'PK\\3\\4\\x14\\0\\1')
                patch(b'PK\\1\\2\\x14\\3\\x14\\0\\0', b'PK\\1\\2\\x14\\3\\x14\\0\\1')
                """,
            message: "encrypted", code: .unsupported),
        Case(
            name: "bzip2", script: "i = info('data/x'); i.compress_type = 12; z((i, b'a' * 1000))",
            message: "method 12",
            code: .unsupported),
        Case(
            name: "other name in front", script: "z('data/x'); patch(b'data/x', b'data/y', 1)", message: "two headers"),
        Case(name: "cut off", script: "z('data/x'); cut(10)", message: "no end of a zip file"),
        Case(name: "not a zip file", script: "open('bad.zip', 'wb').write(b'hello' * 100)", message: "no end"),
        Case(name: "empty file", script: "open('bad.zip', 'wb')", message: "no end"),
        Case(
            name: "something in front",
            script: "z('data/x'); b = read(); open('bad.zip', 'wb').write(b'#!/bin/sh\\n' + b)",
            message: "not where its end says"),
        Case(
            name: "fewer entries than announced",
            script:
                "z('data/x', 'data/y'); b = bytearray(read()); b[-12:-10] = b'\\3\\0'; b[-14:-12] = b'\\3\\0'; write(b)",
            message: "not the 3"),
        Case(
            name: "several disks", script: "z('data/x'); b = bytearray(read()); b[-18:-16] = b'\\1\\0'; write(b)",
            message: "one part of several", code: .unsupported),
        Case(
            name: "announces less than it holds", script: "z(('data/x', b'a' * 1000)); sizes(10)",
            message: "longer than the 10 bytes"),
        Case(
            name: "announces more than it holds", script: "z(('data/x', b'a' * 1000)); sizes(1001)",
            message: "ends after 1000"),
        Case(
            name: "announces more than can be", script: "z(('data/x', b'a' * 1000)); sizes(4000000000)",
            message: "can expand to"),
        Case(
            name: "too large", script: "z(('data/x', b'a' * 2000000))", message: "allowed here",
            code: .resourceExhausted),
        Case(
            name: "too many", script: "z(*['data/%d' % n for n in range(101)])", message: "100 are allowed",
            code: .resourceExhausted),
        Case(
            name: "wrong checksum",
            script:
                "z(('data/x', b'a' * 1000)); b = bytearray(read()); at = b.index(b'PK\\1\\2') + 16; b[at] ^= 1; write(b)",
            message: "checksum"),
        Case(
            name: "damaged content",
            script: "z(('data/x', bytes(range(256)) * 8)); b = bytearray(read()); b[40] = 0xff; write(b)",
            message: "'data/x'"),
        Case(
            name: "outside of the file",
            script:
                "z('data/x'); b = bytearray(read()); at = b.index(b'PK\\1\\2') + 42; b[at:at+4] = b'\\0\\xff\\0\\0'; write(b)",
            message: "outside"),
        Case(
            name: "one content in two entries",
            script: """
                z(('data/x', b'a' * 1000), ('data/y', b'a' * 1000)); b = bytearray(read())
                one = b.index(b'PK\\1\\2'); two = b.index(b'PK\\1\\2', one + 1)
                b[two + 42:two + 46] = b[one + 42:one + 46]; b[two + 46:two + 52] = b'data/x'
                write(b)
                """, message: "two entries"),
        Case(
            name: "overlapping entries",
            script: """
                import struct
                # The local header of y is inside the stored content of x.
                inner = struct.pack('<IHHHHHIIIHH', 0x04034b50, 20, 0, 0, 0, 0, 0, 0, 0, 6, 0) + b'data/y'
                import binascii
                outer = struct.pack('<IHHHHHIIIHH', 0x04034b50, 20, 0, 0, 0, 0, binascii.crc32(inner), len(inner), len(inner), 6, 0) + b'data/x' + inner
                def central(name, crc, size, offset):
                    return struct.pack('<IHHHHHHIIIHHHHHII', 0x02014b50, 0x314, 20, 0, 0, 0, 0, crc, size, size, 6, 0, 0, 0, 0, 0o100644 << 16, offset) + name
                d = central(b'data/x', binascii.crc32(inner), len(inner), 0) + central(b'data/y', 0, 0, 36)
                write(outer + d + struct.pack('<IHHHHIIH', 0x06054b50, 0, 0, 2, 2, len(d), len(outer), 0))
                """, message: "share bytes"),
    ]

    private static let tools = """
        import zipfile, sys
        def info(name):
            i = zipfile.ZipInfo(name); i.create_system = 3; i.external_attr = 0o100644 << 16; i.compress_type = 8; return i
        def z(*things):
            with zipfile.ZipFile('bad.zip', 'w', zipfile.ZIP_DEFLATED) as f:
                for t in things:
                    i, content = t if isinstance(t, tuple) else (t, b'')
                    if isinstance(i, str):
                        directory = i.endswith('/')
                        i = info(i)
                        if directory: i.external_attr = 0o040755 << 16
                    f.writestr(i, content)
        def read(): return open('bad.zip', 'rb').read()
        def write(b): open('bad.zip', 'wb').write(b)
        def patch(a, b, count=-1):
            old = read(); assert a in old; write(old.replace(a, b, count))
        def cut(n): write(read()[:-n])
        def sizes(n):
            b = bytearray(read()); at = b.index(b'PK\\1\\2') + 24; b[at:at + 4] = n.to_bytes(4, 'little'); write(b)

        """

    @Test(arguments: cases) private func isRefusedWithTheReason(_ hostile: Case) throws {
        let scratch = try Scratch()
        _ = try scratch.python(Self.tools + hostile.script)
        let bytes = try scratch.read("bad.zip")
        var limits = ZIPLimits()
        limits.expandedBytes = hostile.code == .resourceExhausted ? 1_000_000 : 8_000_000_000
        limits.entries = 100
        let error = #expect(throws: HostError.self) {
            let reader = try ZIPReader(Bytes(bytes), limits: limits)
            for member in reader.members { try reader.expand(member) { _ in } }
        }
        #expect(error?.code == hostile.code, "\(String(describing: error))")
        #expect(error?.message.contains(hostile.message) == true, "\(String(describing: error))")
    }

    /// Nothing but errors, whatever single byte of an archive is another one.
    @Test func noDamagedByteStopsTheReader() throws {
        let scratch = try Scratch()
        _ = try scratch.python(Self.tools + "z(('data/x', b'hello' * 50), 'data/y/', ('data/z', b'1'))")
        let good = try scratch.read("bad.zip")
        for index in good.indices {
            for value in [0, 1, 0x7f, 0x80, 0xff] as [UInt8] where good[index] != value {
                var bytes = good
                bytes[index] = value
                do {
                    let reader = try ZIPReader(Bytes(bytes))
                    for member in reader.members { try reader.expand(member) { _ in } }
                } catch {}
            }
        }
    }

    @Test func aBombIsStoppedBeforeItExpands() throws {
        let scratch = try Scratch()
        _ = try scratch.python(Self.tools + "z(('data/x', b'\\0' * (64 << 20)))")
        var limits = ZIPLimits()
        limits.expandedBytes = 1 << 20
        let bytes = try scratch.read("bad.zip")
        #expect(throws: HostError.self) { try ZIPReader(Bytes(bytes), limits: limits) }
        // And one whose directory lies about it.
        _ = try scratch.python(Self.tools + "sizes(1000)")
        let reader = try ZIPReader(Bytes(try scratch.read("bad.zip")), limits: limits)
        var expanded = 0
        #expect(throws: HostError.self) { try reader.expand(reader.members[0]) { expanded += $0.count } }
        #expect(expanded <= 1000)
    }
}
