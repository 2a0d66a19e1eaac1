import CapnProto
import GrainSchemas
import Testing

/// What is built is, byte for byte, what the reference tool builds of the same text.
@Suite struct BuilderTests {
    static func everything() -> MessageBuilder {
        let message = MessageBuilder(capacityWords: 1)
        let root = message.initRoot(Wire.Everything.self)
        root.setFlag(true)
        root.setInt8(-8)
        root.setInt16(-1600)
        root.setInt32(-320_000)
        root.setInt64(-64_000_000_000)
        root.setUint8(200)
        root.setUint16(60000)
        root.setUint32(4_000_000_000)
        root.setUint64(18_000_000_000_000_000_000)
        root.setFloat(1.25)
        root.setDouble(-2.5e100)
        root.setText("grün")
        root.setData([0, 1, 255])
        let child = root.initChild()
        child.setText("child")
        child.initChild().setInt8(3)
        root.setColor(.green)
        setLists(root)
        root.initChoice().setName("chosen")
        let group = root.initWithDefault()
        group.setFlag(false)
        group.setNumber(7)
        group.setFloat(0)
        group.setColor(.red)
        group.setText("set")
        return message
    }

    private static func setLists(_ root: Wire.Everything.Builder) {
        root.setFlags([true, false, true, true, false, false, false, false, true])
        root.setBytes([1, 2, 3])
        root.setShorts([1, 60000])
        root.setWords([-1, 2])
        root.setLongs([18_000_000_000_000_000_000])
        root.setFloats([0.5, -0.5])
        root.setTexts(["a", "", "ccc"])
        let datas = root.initDatas(count: 2)
        datas[0].setData([7])
        datas[1].setData([])
        let pairs = root.initPairs(count: 2)
        for (pair, (key, value)) in zip(pairs, [(UInt16(1), "one"), (2, "two")]) {
            pair.setKey(key)
            pair.setValue(value)
        }
        let nested = root.initNested(count: 3)
        nested[0].setList([UInt16(1), 2])
        nested[1].setList([UInt16]())
        nested[2].setList([UInt16(3)])
        root.initNothings(count: 3)
    }

    @Test func everyKindOfFieldIsBuiltAsTheReferenceToolDoes() throws {
        let message = Self.everything()
        #expect(try message.flatBytes == Fixture.bytes("everything.flat"))
        #expect(try message.streamBytes == Fixture.bytes("everything.bin"))
    }

    @Test func aCopyOfSeveralSegmentsIsOneSegment() throws {
        for name in ReferenceMessageTests.framed {
            let source = try MessageReader(Fixture.bytes(name), framing: .stream)
            let copy = MessageBuilder()
            try copy.root.copy(source.root)
            let again = MessageBuilder()
            try again.root.copy(MessageReader(copy.flatBytes, framing: .flat).root)
            #expect(copy.flatBytes == again.flatBytes)
            let root = try MessageReader(copy.flatBytes, framing: .flat).root(Wire.Everything.self)
            #expect(try root.text == "grün" && root.child.child.int8 == 3 && root.pairs[1].value == "two")
            #expect(try root.nested[2].list(of: UInt16.self).first == 3)
            #expect(try root.nothings.count == 3)
        }
    }

    @Test func capabilitiesAreMovedToAnotherTable() throws {
        let source = MessageBuilder()
        let pointers = source.root.initPointers(count: 3)
        for index in 0..<3 { pointers[index].setCapability(UInt32(index)) }
        let copy = MessageBuilder()
        try copy.root.copy(MessageReader(source.flatBytes, framing: .flat).root) { $0 == 1 ? nil : $0 + 10 }
        let read = try MessageReader(copy.flatBytes, framing: .flat).root.pointers()
        #expect(try read.map { try $0.capability() } == [10, nil, 12])
    }

    @Test func aStructWithoutWordsIsNotNull() throws {
        let message = MessageBuilder()
        _ = message.root.initStructure(StructSize(dataWords: 0, pointers: 0))
        #expect(message.flatBytes == [0xfc, 0xff, 0xff, 0xff, 0, 0, 0, 0])
        let root = try MessageReader(message.flatBytes, framing: .flat).root
        #expect(!root.isNull)
        #expect(try root.kind() == .structure)
    }

    @Test func externalBlobsAreReadWhereTheCallerWroteThem() throws {
        let blobs: [[UInt8]] = [[1, 2, 3], [], [UInt8](repeating: 9, count: 16)]
        let message = MessageBuilder()
        let datas = message.initRoot(Wire.Everything.self).initDatas(count: blobs.count)
        for (index, blob) in blobs.enumerated() {
            _ = try #require(datas[index].setExternalData(byteCount: blob.count))
        }
        var bytes = message.streamHeader
        for (blob, place) in zip(blobs, message.externalBlobs) {
            bytes += place.landingPad + blob + [UInt8](repeating: 0, count: place.padding)
        }
        let reader = try MessageReader(bytes, framing: .stream)
        #expect(reader.byteCount == bytes.count)
        #expect(try reader.root(Wire.Everything.self).datas.map { try $0.data().array } == blobs)
    }

    @Test func blobsThatNoPointerCanReachAreRefused() {
        let message = MessageBuilder()
        #expect(message.root.setExternalData(byteCount: 1 << 29) == nil)
        let pointers = message.root.initPointers(count: 16)
        let fitting = pointers.prefix { $0.setExternalData(byteCount: 1 << 29 - 1) != nil }
        #expect(fitting.count == 7)
    }

    @Test(arguments: ["everything", "runs"]) func packedBytesUnpackToTheSame(_ name: String) throws {
        let bytes = try Fixture.bytes(name + ".bin")
        let packed = PackedCodec.pack(bytes)
        #expect(packed.count <= (try Fixture.bytes(name + ".packed")).count + 8)
        #expect(try PackedCodec.unpack(packed) == bytes)
    }
}
