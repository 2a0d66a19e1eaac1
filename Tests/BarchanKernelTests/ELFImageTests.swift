import Barchan
import BarchanKernel
import Testing

@Suite struct ELFImageTests {
    @Test func theNoteOfARealModuleIsRead() throws {
        let image = try ELFImage(ByteSource(try realModule()))
        #expect(ModuleNote(image.notes) == ModuleNote(contract: .init(1, 0), swift: .init(6, 3)))
        #expect(image.needed.contains("libBarchan.so"))
        #expect(image.imports(prefix: "$s7Barchan"))
        #expect(!image.defines("$s7Barchan6PluginVMn"))
    }

    @Test func theContractDefinesItsOwnTypes() throws {
        #expect(
            try ELFImage(ByteSource(try contents("\(buildFolder())/libBarchan.so"))).defines("$s7Barchan6PluginVMn"))
    }

    /// Every byte of the tables set to extremes, one at a time: any outcome but a crash.
    @Test func noByteOfTheHeadersCanCrashTheReader() throws {
        let bytes = try realModule()
        for position in 0..<0x260 {
            for value in [UInt8(0), 1, 0x7f, 0x80, 0xff] {
                var changed = bytes
                changed[position] = value
                if let image = try? ELFImage(ByteSource(changed)) {
                    _ = (ModuleNote(image.notes), image.imports(prefix: "$s7Barchan"))
                }
            }
        }
    }

    @Test func noByteOfTheSectionTableCanCrashTheReader() throws {
        let bytes = try realModule()
        let start = bytes.count - 64 * 54
        for position in stride(from: max(0, start), to: bytes.count, by: 3) {
            var changed = bytes
            changed[position] = 0xff
            if let image = try? ELFImage(ByteSource(changed)) { _ = image.defines("$s7Barchan6PluginVMn") }
        }
    }

    @Test func noShortFileCanCrashTheReader() throws {
        let bytes = try realModule()
        for length in 0..<1_200 { _ = try? ELFImage(ByteSource(Array(bytes.prefix(length)))) }
    }

    @Test func versionsAreComparedAsTheContractSays() {
        let host = ModuleNote(contract: .init(1, 4), swift: .init(6, 3))
        let cases: [(UInt32, UInt32, UInt32, UInt32, Bool)] = [
            (1, 4, 6, 3, true), (1, 0, 6, 2, true), (1, 5, 6, 3, false), (2, 0, 6, 3, false), (0, 9, 6, 3, false),
            (1, 4, 6, 4, false),
            (1, 4, 7, 0, false), (1, 4, 5, 9, true),
        ]
        for (major, minor, swiftMajor, swiftMinor, fits) in cases {
            let note = ModuleNote(contract: .init(major, minor), swift: .init(swiftMajor, swiftMinor))
            #expect((note.mismatch(with: host) == nil) == fits)
        }
    }
}
