import CapnProto
import GrainSchemas
import Testing

/// What a stranger may send, and the error it ends in.
@Suite struct HostileMessageTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var words: [UInt64]
        var error: MessageError
        var read: @Sendable (PointerReader) throws -> Void = { _ = try $0.structure() }
        var testDescription: String { name }
    }

    // A struct pointer is offset << 2 | data << 32 | pointers << 48; a list pointer is 1 | offset << 2 | size << 32 | count << 35;
    // a far pointer is 2 | double << 2 | offset << 3 | segment << 32.
    static let flatCases: [Case] = [
        Case(name: "a struct behind the end", words: [0 | 5 << 2 | 1 << 32], error: .outOfBounds),
        Case(name: "a struct that is cut off", words: [0 | 2 << 32, 0], error: .outOfBounds),
        Case(name: "a struct in front of the message", words: [0xffff_fff0 | 1 << 32], error: .outOfBounds),
        Case(name: "a struct with the largest sections", words: [0 | 0xffff << 32 | 0xffff << 48], error: .outOfBounds),
        Case(name: "an empty struct behind the end", words: [0x7fff_fffc], error: .outOfBounds),
        Case(
            name: "a list where a struct belongs", words: [1 | 2 << 32 | 1 << 35, 0],
            error: .unexpectedPointer(expected: .structure)),
        Case(name: "a capability where a struct belongs", words: [3], error: .unexpectedPointer(expected: .structure)),
        Case(
            name: "a struct where a list belongs", words: [0 | 1 << 32, 0], error: .unexpectedPointer(expected: .list),
            read: { _ = try $0.list() }),
        Case(
            name: "a struct where a capability belongs", words: [0 | 1 << 32, 0],
            error: .unexpectedPointer(expected: .capability), read: { _ = try $0.capability() }),
        Case(
            name: "an unknown kind of pointer", words: [3 | 4], error: .unknownPointer,
            read: { _ = try $0.capability() }),
        Case(
            name: "a list longer than the message", words: [1 | 2 << 32 | 0x1fff_ffff << 35, 0], error: .outOfBounds,
            read: { _ = try $0.data() }),
        Case(
            name: "a list of words longer than the message", words: [1 | 5 << 32 | 0x1fff_ffff << 35, 0],
            error: .outOfBounds, read: { _ = try $0.list() }),
        Case(
            name: "a text without its zero byte", words: [1 | 2 << 32 | 8 << 35, 0x4141_4141_4141_4141],
            error: .unterminatedText, read: { _ = try $0.text() }),
        Case(
            name: "a text of no bytes at all", words: [1 | 2 << 32], error: .unterminatedText,
            read: { _ = try $0.text() }),
        Case(
            name: "a text of 16-bit elements", words: [1 | 3 << 32 | 4 << 35, 0], error: .unexpectedElements,
            read: { _ = try $0.text() }),
        Case(
            name: "a list of words made of bytes", words: [1 | 2 << 32 | 8 << 35, 0], error: .unexpectedElements,
            read: { _ = try $0.list(of: UInt64.self) }),
        Case(
            name: "a list of bytes made of bits", words: [1 | 1 << 32 | 8 << 35, 0], error: .unexpectedElements,
            read: { _ = try $0.list(of: UInt16.self) }),
        Case(
            name: "a list of bits made of bytes", words: [1 | 2 << 32 | 8 << 35, 0], error: .unexpectedElements,
            read: { _ = try $0.list(of: Bool.self) }),
        Case(
            name: "a list of structs made of bits", words: [1 | 1 << 32 | 8 << 35, 0], error: .unexpectedElements,
            read: { _ = try $0.list(of: Wire.KeyValue.self) }),
        Case(
            name: "a list of pointers made of words", words: [1 | 5 << 32 | 1 << 35, 0], error: .unexpectedElements,
            read: { _ = try $0.pointers() }),
        Case(
            name: "a list of structs whose tag is a list", words: [1 | 7 << 32 | 1 << 35, 1, 0], error: .badListTag,
            read: { _ = try $0.list(of: Wire.KeyValue.self) }),
        Case(
            name: "a list of structs that overflows its words", words: [1 | 7 << 32 | 1 << 35, 2 << 2 | 1 << 32, 0],
            error: .badListTag, read: { _ = try $0.list(of: Wire.KeyValue.self) }),
        Case(
            name: "a list of structs with the largest count",
            words: [1 | 7 << 32 | 1 << 35, 0xffff_fffc | 0xffff << 32 | 0xffff << 48, 0], error: .badListTag,
            read: { _ = try $0.list(of: Wire.KeyValue.self) }),
        Case(
            name: "a list of structs without its tag", words: [1 | 7 << 32], error: .outOfBounds,
            read: { _ = try $0.list(of: Wire.KeyValue.self) }),
        Case(
            name: "half a billion elements of no size", words: [1 | 0 << 32 | 0x1fff_ffff << 35],
            error: .traversalLimit,
            read: { _ = try $0.list() }),
        Case(
            name: "a billion structs of no size", words: [1 | 7 << 32, 0xffff_fffc], error: .traversalLimit,
            read: { _ = try $0.list(of: Wire.KeyValue.self) }),
        Case(name: "a far pointer to a segment that is not there", words: [2 | 1 << 32], error: .outOfBounds),
        Case(
            name: "a far pointer to the last segment there could be", words: [2 | 0xffff_ffff << 32],
            error: .outOfBounds),
        Case(name: "a far pointer behind its segment", words: [2 | 9 << 3], error: .outOfBounds),
        Case(name: "a far pointer to itself", words: [2], error: .badFarPointer),
        Case(name: "a far pointer to a far pointer", words: [2 | 1 << 3, 2 | 1 << 3], error: .badFarPointer),
        Case(name: "a double far pointer whose pad is cut off", words: [6 | 1 << 3, 2], error: .outOfBounds),
        Case(name: "a double far pointer whose pad is a struct", words: [6 | 1 << 3, 0, 0], error: .badFarPointer),
        Case(name: "a double far pointer whose pad is double", words: [6 | 1 << 3, 6, 0], error: .badFarPointer),
        Case(name: "a double far pointer whose tag is far", words: [6 | 1 << 3, 2, 2], error: .badFarPointer),
        Case(
            name: "a double far pointer to a segment that is not there", words: [6 | 1 << 3, 2 | 7 << 32, 1 << 32],
            error: .outOfBounds),
        Case(
            name: "a struct that contains itself", words: [0xffff_fffc | 1 << 48], error: .nestingLimit, read: descend),
        Case(
            name: "a list that contains itself", words: [0xffff_fffd | 6 << 32 | 1 << 35], error: .nestingLimit,
            read: descendLists),
        Case(
            name: "a struct that contains itself, copied", words: [0xffff_fffc | 1 << 48], error: .nestingLimit,
            read: { try MessageBuilder().root.copy($0) }),
        Case(
            name: "a few words that stand for 64 million structs, copied", words: doublingTree,
            error: .traversalLimit, read: { try MessageBuilder().root.copy($0) }),
    ]

    /// Seven structs of 20 pointers, which all lead to the next one.
    static var doublingTree: [UInt64] {
        let levels = 0..<7
        let pointers = levels.dropLast().flatMap { _ in (0..<20).map { UInt64(19 - $0) << 2 | 20 << 48 } }
        return [20 << 48] + pointers + [UInt64](repeating: 0, count: 20)
    }

    static func descend(_ pointer: PointerReader) throws {
        var pointer = pointer
        for _ in 0..<100_000 { pointer = try pointer.structure().pointer(0) }
    }

    static func descendLists(_ pointer: PointerReader) throws {
        var pointer = pointer
        for _ in 0..<100_000 { pointer = try pointer.pointers()[0] }
    }

    private static func bytes(_ words: [UInt64]) -> [UInt8] {
        words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
    }

    @Test(arguments: flatCases) func aMalformedPointerIsAnError(_ hostile: Case) throws {
        let limits = ReaderLimits(traversalWords: 1 << 16)
        let message = try MessageReader(Self.bytes(hostile.words), framing: .flat, limits: limits)
        #expect(throws: hostile.error) { try hostile.read(message.root) }
    }

    static let framings: [(name: String, bytes: [UInt8], error: MessageError)] = [
        ("nothing", [], .truncated),
        ("three bytes", [0, 0, 0], .truncated),
        ("a table that is cut off", [1, 0, 0, 0, 1, 0, 0, 0], .truncated),
        ("a segment that is cut off", [0, 0, 0, 0, 2, 0, 0, 0] + [UInt8](repeating: 0, count: 8), .truncated),
        ("the largest segment", [0, 0, 0, 0, 255, 255, 255, 255], .truncated),
        ("one segment too many", [0, 2, 0, 0, 0, 0, 0, 0], .tooManySegments),
        ("the most segments there could be", [255, 255, 255, 255, 0, 0, 0, 0], .tooManySegments),
    ]

    @Test(arguments: framings) func malformedFramingIsAnError(_ name: String, _ bytes: [UInt8], _ error: MessageError) {
        #expect(throws: error) { _ = try MessageReader(bytes, framing: .stream) }
    }

    @Test func asManySegmentsAsAllowedAreRead() throws {
        let table = StreamFraming.header(segmentWords: [1] + [Int](repeating: 0, count: 511))
        let message = try MessageReader(table + [UInt8](repeating: 0, count: 8), framing: .stream)
        #expect(message.root.isNull)
    }

    @Test func aFirstSegmentWithoutWordsReadsAsNothing() throws {
        let message = try MessageReader(StreamFraming.header(segmentWords: [0, 0]), framing: .stream)
        #expect(message.root.isNull)
        #expect(try message.root(Wire.Everything.self).withDefault.number == -123)
    }

    @Test func everyVisitCounts() throws {
        let builder = MessageBuilder()
        builder.root.setData([UInt8](repeating: 1, count: 800))
        let limits = ReaderLimits(traversalWords: 1000)
        let message = try MessageReader(builder.flatBytes, framing: .flat, limits: limits)
        for _ in 0..<10 { _ = try message.root.data() }
        #expect(throws: MessageError.traversalLimit) { _ = try message.root.data() }
    }

    @Test func nestingIsAllowedUpToTheLimit() throws {
        let builder = MessageBuilder()
        var child = builder.initRoot(Wire.Everything.self)
        for _ in 1..<64 { child = child.initChild() }
        child.setText("deepest")
        let root = try MessageReader(builder.flatBytes, framing: .flat).root(Wire.Everything.self)
        var reader = root
        for _ in 1..<64 { reader = try reader.child }
        #expect(try reader.text == "deepest")
        #expect(throws: MessageError.nestingLimit) {
            _ = try MessageReader(builder.flatBytes, framing: .flat, limits: ReaderLimits(nesting: 63))
                .root(Wire.Everything.self).structure.size(depth: 64)
        }
    }

    @Test func textThatIsNotUTF8IsRepaired() throws {
        let builder = MessageBuilder()
        builder.root.setData([0x61, 0xff, 0x62, 0])
        let root = try MessageReader(builder.flatBytes, framing: .flat).root
        #expect(try root.text() == "a\u{fffd}b")
        #expect(try root.textBytes().array == [0x61, 0xff, 0x62])
    }

    static let packed: [(name: String, bytes: [UInt8], error: MessageError)] = [
        ("a word that is cut off", [0xff, 1, 2], .truncated),
        ("zeros without a count", [0], .truncated),
        ("a run that is cut off", [0xff, 1, 2, 3, 4, 5, 6, 7, 8, 2, 0], .truncated),
        ("more than allowed", [0, 255, 0, 255], .unpackedSizeLimit),
    ]

    @Test(arguments: packed) func malformedPackingIsAnError(_ name: String, _ bytes: [UInt8], _ error: MessageError) {
        #expect(throws: error) { _ = try PackedCodec.unpack(bytes, maximumBytes: 2100) }
    }
}

extension StructReader {
    /// Goes down the first field `child` of ``Wire/Everything``.
    func size(depth: Int) throws {
        if depth > 1 { try pointer(2).structure().size(depth: depth - 1) }
    }
}
