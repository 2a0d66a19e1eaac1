/// The packed encoding: a tag byte per word says which of its bytes are not zero.
///
/// A tag of 0 is followed by the number of further zero words, one of 0xff by the whole word and the number of words
/// that follow it as they are.
public enum PackedCodec {
    /// Packs whole words; a last word that is short counts as filled with zeros.
    public static func pack(_ bytes: [UInt8]) -> [UInt8] {
        var packed: [UInt8] = []
        let words = (bytes.count + 7) / 8
        func word(_ index: Int) -> ArraySlice<UInt8> { bytes[(index * 8)..<min(index * 8 + 8, bytes.count)] }
        func tag(_ index: Int) -> UInt8 {
            word(index).enumerated().reduce(0) { $1.element == 0 ? $0 : $0 | 1 << UInt8($1.offset) }
        }
        var index = 0
        while index < words {
            let current = tag(index)
            packed.append(current)
            packed += word(index).filter { $0 != 0 }
            index += 1
            guard current == 0 || current == 0xff else { continue }
            let first = index
            // Words with two zero bytes or more are cheaper behind a tag of their own.
            while index < words, index - first < 255,
                current == 0 ? tag(index) == 0 : tag(index).nonzeroBitCount >= 7, word(index).count == 8
            { index += 1 }
            packed.append(UInt8(index - first))
            if current == 0xff { packed += bytes[(first * 8)..<(index * 8)] }
        }
        return packed
    }

    /// Unpacks all of `packed`, to at most `maximumBytes`.
    public static func unpack(_ packed: some Sequence<UInt8>, maximumBytes: Int = 64 << 20) throws(MessageError)
        -> [UInt8]
    {
        var bytes: [UInt8] = []
        var input = packed.makeIterator()
        func next() throws(MessageError) -> UInt8 {
            guard let byte = input.next() else { throw .truncated }
            return byte
        }
        while let tag = input.next() {
            guard bytes.count <= maximumBytes - 8 else { throw .unpackedSizeLimit }
            for bit in 0..<8 { bytes.append(tag & (1 << UInt8(bit)) == 0 ? 0 : try next()) }
            guard tag == 0 || tag == 0xff else { continue }
            let run = Int(try next()) * 8
            guard bytes.count <= maximumBytes - run else { throw .unpackedSizeLimit }
            for _ in 0..<run { bytes.append(tag == 0 ? 0 : try next()) }
        }
        return bytes
    }
}
