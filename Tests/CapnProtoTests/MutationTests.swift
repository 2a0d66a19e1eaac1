import CapnProto
import GrainSchemas
import SplitMix
import Testing

/// Reads everything in messages that were valid before some of their bits changed: errors, but never a crash.
@Suite struct MutationTests {
    static let seeds = [
        "everything.bin", "everything-segments-1.bin", "everything-segments-24.bin", "bridge-config.bin",
        "old-lists.bin",
    ]

    @Test(arguments: seeds) func changedMessagesAreReadOrRefused(_ name: String) throws {
        let original = try Fixture.bytes(name)
        var random = SplitMix64(state: 0x5eed)
        for _ in 0..<600 {
            var bytes = original
            for _ in 0...random.below(4) {
                let place = random.below(bytes.count)
                bytes[place] = random.below(2) == 0 ? bytes[place] ^ 1 << UInt8(random.below(8)) : interesting(&random)
            }
            if random.below(16) == 0 { bytes.removeLast(random.below(bytes.count)) }
            Walker.read(bytes, framing: random.below(4) == 0 ? .flat : .stream)
        }
    }

    private func interesting(_ random: inout SplitMix64) -> UInt8 {
        [0, 1, 2, 3, 6, 7, 0x7f, 0xfc, 0xff][random.below(9)]
    }

    @Test func noiseIsReadOrRefused() {
        var random = SplitMix64(state: 1)
        for _ in 0..<1000 {
            let bytes = (0..<random.below(200)).map { _ in UInt8(random.below(256)) }
            Walker.read(bytes, framing: .flat)
            Walker.read(bytes, framing: .stream)
            _ = try? PackedCodec.unpack(bytes, maximumBytes: 1 << 16)
        }
    }

    @Test func whatIsPackedUnpacksToTheSame() throws {
        var random = SplitMix64(state: 2)
        for _ in 0..<500 {
            let bytes = (0..<(8 * random.below(600))).map { _ in random.below(3) == 0 ? UInt8(random.below(256)) : 0 }
            #expect(try PackedCodec.unpack(PackedCodec.pack(bytes)) == bytes)
            let dense = bytes.map { $0 | 1 }
            #expect(try PackedCodec.unpack(PackedCodec.pack(dense)) == dense)
        }
    }
}

extension SplitMix64 {
    fileprivate mutating func below(_ bound: Int) -> Int { bound == 0 ? 0 : Int(next() % UInt64(bound)) }
}
