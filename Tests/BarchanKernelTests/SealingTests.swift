import Sealing
import Testing

@Suite struct SealingTests {
    private let key = [UInt8](repeating: 7, count: 32)

    /// draft-irtf-cfrg-xchacha-03, appendix A.3.1, as nonce, ciphertext and tag.
    @Test func thePublishedVectorOpens() {
        let box =
            Array(0x40...0x57)
            + bytes(
                """
                bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39\
                ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9\
                21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49
                """)
        let opened = SealedBox.open(box, key: Array(0x80...0x9f), place: bytes("50515253c0c1c2c3c4c5c6c7"))
        let text =
            "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it."
        #expect(opened == Array(text.utf8))
    }

    @Test(arguments: [0, 1, 63, 64, 65, 10_000]) func whatIsSealedOpensWithItsKeyInItsPlace(_ count: Int) {
        let bytes = (0..<count).map { UInt8($0 % 256) }
        let box = SealedBox.seal(bytes, key: key, place: [1, 2])
        #expect(box.count == count + 40)
        #expect(SealedBox.open(box, key: key, place: [1, 2]) == bytes)
        #expect(SealedBox.open(box, key: key, place: [1]) == nil)
        #expect(SealedBox.open(box, key: [UInt8](repeating: 8, count: 32), place: [1, 2]) == nil)
        #expect(SealedBox.seal(bytes, key: key, place: [1, 2]) != box)
    }

    @Test func everyChangedBitIsNoticed() {
        let box = SealedBox.seal([1, 2, 3], key: key, place: [])
        for bit in 0..<(box.count * 8) {
            var changed = box
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(SealedBox.open(changed, key: key, place: []) == nil)
        }
        for count in 0..<box.count { #expect(SealedBox.open(Array(box[..<count]), key: key, place: []) == nil) }
    }

    private func bytes(_ digits: String) -> [UInt8] {
        let values = digits.compactMap(\.hexDigitValue)
        return stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
    }
}
