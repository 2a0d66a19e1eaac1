import CapnProto
import GrainSchemas
import Testing

/// Messages of the reference tool read as the text they were made of.
@Suite struct ReferenceMessageTests {
    static let framed = ["everything.bin", "everything-segments-1.bin", "everything-segments-24.bin"]

    private func everything(_ name: String) throws -> Wire.Everything.Reader {
        try MessageReader(Fixture.bytes(name), framing: .stream).root(Wire.Everything.self)
    }

    @Test(arguments: framed) func numbersAreRead(_ name: String) throws {
        let message = try everything(name)
        #expect(message.flag)
        #expect(message.int8 == -8)
        #expect(message.int16 == -1600)
        #expect(message.int32 == -320_000)
        #expect(message.int64 == -64_000_000_000)
        #expect(message.uint8 == 200)
        #expect(message.uint16 == 60000)
        #expect(message.uint32 == 4_000_000_000)
        #expect(message.uint64 == 18_000_000_000_000_000_000)
        #expect(message.float == 1.25)
        #expect(message.double == -2.5e100)
        #expect(message.color == .green)
    }

    @Test(arguments: framed) func objectsAreRead(_ name: String) throws {
        let message = try everything(name)
        #expect(try message.text == "grün")
        #expect(try message.data.array == [0, 1, 255])
        #expect(try message.child.text == "child")
        #expect(try message.child.child.int8 == 3)
        #expect(try !message.child.child.hasChild)
        #expect(message.choice.which == .name)
        #expect(try message.choice.name == "chosen")
        #expect(message.any.isNull)
    }

    @Test(arguments: framed) func listsAreRead(_ name: String) throws {
        let message = try everything(name)
        #expect(try Array(message.flags) == [true, false, true, true, false, false, false, false, true])
        #expect(try Array(message.bytes) == [1, 2, 3])
        #expect(try Array(message.shorts) == [1, 60000])
        #expect(try Array(message.words) == [-1, 2])
        #expect(try Array(message.longs) == [18_000_000_000_000_000_000])
        #expect(try Array(message.floats) == [0.5, -0.5])
        #expect(try message.texts.map { try $0.text() } == ["a", "", "ccc"])
        #expect(try message.datas.map { try $0.data().array } == [[7], []])
        #expect(try message.pairs.map(\.key) == [1, 2])
        #expect(try message.pairs.map { try $0.value } == ["one", "two"])
        #expect(try message.nested.map { Array(try $0.list(of: UInt16.self)) } == [[1, 2], [], [3]])
        #expect(try message.nothings.count == 3)
    }

    @Test(arguments: framed) func setFieldsOverrideDefaults(_ name: String) throws {
        let group = try everything(name).withDefault
        #expect(!group.flag)
        #expect(group.number == 7)
        #expect(group.float == 0)
        #expect(group.color == .red)
        #expect(try group.text == "set")
    }

    @Test func unsetFieldsReadAsTheirDefaults() throws {
        let message = try everything("nothing.bin")
        #expect(!message.flag && message.int64 == 0 && message.double == 0 && message.color == .red)
        #expect(try message.text == "" && message.data.isEmpty && message.pairs.isEmpty && message.texts.isEmpty)
        #expect(try message.child.child.text == "")
        #expect(message.choice.which == Wire.Everything.Choice.Which.none)
        #expect(message.withDefault.flag && message.withDefault.number == -123 && message.withDefault.float == 1.5)
        #expect(message.withDefault.color == .blue)
        #expect(try message.withDefault.text == "preset")
    }

    @Test func anEmptyMessageReadsAsDefaults() throws {
        for bytes in [[UInt8](), [UInt8](repeating: 0, count: 8)] {
            let message = try MessageReader(bytes, framing: .flat).root(Wire.Everything.self)
            #expect(message.withDefault.number == -123)
            #expect(try message.withDefault.text == "preset")
            #expect(try message.pairs.isEmpty)
        }
    }

    @Test func flatMessagesAreRead() throws {
        let message = try MessageReader(Fixture.bytes("everything.flat"), framing: .flat).root(Wire.Everything.self)
        #expect(try message.text == "grün")
    }

    @Test func listsOfAnOlderWriterReadAsStructs() throws {
        let message = try MessageReader(Fixture.bytes("old-lists.bin"), framing: .stream).root.structure()
        let pairs = try message.pointer(0).list(of: Wire.Pair.self)
        #expect(pairs.map(\.key) == [5, 6])
        #expect(try pairs.map { try $0.value } == ["", ""])
    }

    @Test func listsOfANewerWriterReadAsNumbersOrPointers() throws {
        let message = try MessageReader(Fixture.bytes("old-lists.bin"), framing: .stream).root.structure()
        #expect(try Array(message.pointer(1).list(of: UInt16.self)) == [7, 8])
        #expect(try message.pointer(1).texts() == ["x", ""])
    }

    @Test func theLengthOfAStreamedMessageIsTold() throws {
        for name in Self.framed {
            let bytes = try Fixture.bytes(name)
            let more = bytes + [1, 2, 3]
            #expect(try more.withUnsafeBytes { try StreamFraming.length(of: $0) } == .bytes(bytes.count))
            #expect(try MessageReader(more, framing: .stream).byteCount == bytes.count)
            var prefix = 0
            while case .needs(let count) = try bytes[..<prefix].withUnsafeBytes({ try StreamFraming.length(of: $0) }) {
                try #require(count > prefix)
                prefix = count
            }
            #expect(prefix <= bytes.count)
        }
    }

    @Test(arguments: ["everything", "runs"]) func packedMessagesAreRead(_ name: String) throws {
        #expect(try PackedCodec.unpack(Fixture.bytes(name + ".packed")) == Fixture.bytes(name + ".bin"))
    }
}
