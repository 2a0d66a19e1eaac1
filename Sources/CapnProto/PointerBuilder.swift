/// A pointer in a message that is being built.
public struct PointerBuilder {
    let message: MessageBuilder
    /// The pointer's own place, in words.
    let position: Int

    /// Makes this null.
    public func clear() { message.store(UInt64(0), byte: position * 8) }

    /// Points to a new struct.
    public func initStructure(_ size: StructSize) -> StructBuilder {
        let target = message.allocate(words: size.words)
        // A struct without words needs no place; the pointer to itself is what tells it from null.
        point(to: size.words == 0 ? position : target, size.tag)
        return StructBuilder(message: message, start: target * 8, size: size)
    }

    /// Points to a new struct of a schema.
    public func initStructure<Schema: StructSchema>(_ schema: Schema.Type) -> Schema.Builder {
        Schema.Builder(initStructure(Schema.size))
    }

    /// Points to the capability at an index of the message's table.
    public func setCapability(_ index: UInt32) { message.store(UInt64(index) << 32 | 3, byte: position * 8) }

    /// Points to a copy of a text.
    public func setText(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            let list = initList(.byte, count: utf8.count + 1)
            list.message.withMutableBytes(at: list.start, count: utf8.count) { $0.copyBytes(from: utf8) }
        }
    }

    /// Points to a copy of some bytes.
    public func setData(_ bytes: some Collection<UInt8>) {
        initData(count: bytes.count).withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
    }

    /// Points to bytes that are zero until they are filled in.
    public func initData(count: Int) -> DataBuilder {
        let list = initList(.byte, count: count)
        return DataBuilder(message: message, start: list.start, count: count)
    }

    func point(to target: Int, _ tag: UInt64) {
        let offset = UInt32(truncatingIfNeeded: target - position - 1) << 2
        message.store(tag | UInt64(offset), byte: position * 8)
    }
}

/// Bytes in a message that is being built.
public struct DataBuilder {
    let message: MessageBuilder
    let start: Int
    public let count: Int

    /// Calls `body` with the bytes where they are, which holds until the next change of the message.
    public func withUnsafeMutableBytes<Result, Failure: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try message.withMutableBytes(at: start, count: count, body)
    }
}

extension StructSize {
    /// The upper half of a pointer to a struct of this size.
    var tag: UInt64 { UInt64(UInt16(dataWords)) << 32 | UInt64(UInt16(pointers)) << 48 }
}
