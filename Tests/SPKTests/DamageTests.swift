import Barchan
import SPK
import Testing

@Suite struct DamageTests {
    @Test func aPackageCutOffAnywhereIsRefused() throws {
        let good = try fixture("good.spk")
        for length in 0..<good.count {
            let error = try #require(failure { _ = try verify(Array(good.prefix(length)), pieceBytes: 97) })
            #expect(error.code == .invalidArgument, "cut at \(length): \(error)")
        }
    }

    @Test func aPackageWithAnyBitChangedIsRefusedOrHasAnotherIdentifier() throws {
        let good = try fixture("good.spk")
        let original = try verify(good)
        for bit in 0..<(good.count * 8) {
            var changed = good
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            do {
                let package = try verify(changed)
                // Only what the signature does not cover can change: the wrapping.
                #expect(package.archiveBytes == original.archiveBytes)
                #expect(package.package != original.package)
            } catch {
                #expect(error.code == .invalidArgument, "bit \(bit): \(error)")
            }
        }
    }

    @Test func anArchiveWithAnyByteChangedNeverCrashesTheReader() throws {
        let archive = try verify(try fixture("good.spk")).archiveBytes
        for position in 0..<archive.count {
            for value: UInt8 in [0, 1, 0x7f, 0x80, 0xff] {
                var changed = archive
                changed[position] = value
                _ = try? listing(changed)
                let owner = ArchiveBytes(changed)
                guard let tree = try? Archive(bytes: owner.bytes, owner: owner),
                    let manifest = try? tree.topLevelFile("sandstorm-manifest")
                else { continue }
                _ = try? AppManifest(manifestFile: manifest.array)
            }
        }
    }

    @Test(arguments: [[0, 0, 0], [0, 0, 0, 0, 1], Array("more".utf8), PackageExpander.magic])
    func moreBytesBehindThePackageAreRefused(_ bytes: [UInt8]) throws {
        let error = try #require(failure { _ = try verify(try fixture("good.spk") + bytes) })
        #expect(error.message.contains("XZ stream"), "\(error.message)")
    }

    @Test func aFileThatIsNoPackageIsRefused() throws {
        for file in [
            [], Array("PK\u{3}\u{4}".utf8), PackageExpander.magic, PackageExpander.magic + Array("nothing".utf8),
        ] {
            #expect(failure { _ = try verify(file) }?.code == .invalidArgument)
        }
    }
}
