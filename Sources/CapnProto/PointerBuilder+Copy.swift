extension PointerBuilder {
    /// Points to a deep copy of what `source` leads to.
    ///
    /// Sizes stay as the writer of `source` made them, so that fields this program does not know survive.
    /// - Parameter capability: Gives a capability of the source its place in this message's table, nil for null.
    public func copy(
        _ source: PointerReader, capability: (UInt32) -> UInt32? = { $0 }
    ) throws(MessageError) {
        switch try source.kind() {
        case .null: clear()
        case .capability: try copyCapability(source, capability)
        case .structure: try copy(try source.structure(), capability: capability)
        case .list: try copyList(try source.list(), capability)
        }
    }

    /// Points to a deep copy of a struct, of the size its writer gave it.
    public func copy(_ source: StructReader, capability: (UInt32) -> UInt32? = { $0 }) throws(MessageError) {
        try requireRoom(words: source.size.words)
        try initStructure(source.size).copy(source, capability: capability)
    }

    /// A copy can be larger than its source, where that refers to one object many times.
    private func requireRoom(words: Int) throws(MessageError) {
        guard words <= MessageBuilder.maximumWords - message.wordCount else { throw .traversalLimit }
    }

    private func copyCapability(
        _ source: PointerReader, _ capability: (UInt32) -> UInt32?
    ) throws(MessageError) {
        guard let index = try source.capability().flatMap(capability) else { return clear() }
        setCapability(index)
    }

    private func copyList(_ source: ListReader, _ capability: (UInt32) -> UInt32?) throws(MessageError) {
        try requireRoom(words: source.count * source.stepBits / 64 + 2)
        switch source.elementSize {
        case .composite:
            let list = initList(source.structure(0).size, count: source.count)
            for index in 0..<source.count {
                try list.structure(index).copy(source.structure(index), capability: capability)
            }
        case .pointer:
            let list = initList(.pointer, count: source.count)
            for index in 0..<source.count {
                try list.pointer(index).copy(source.pointer(index), capability: capability)
            }
        default:
            let byteCount = (source.count * source.elementSize.bits + 7) / 8
            let list = initList(source.elementSize, count: source.count)
            let bytes = DataReader(
                message: source.message, segment: source.segment, start: source.start, count: byteCount)
            list.message.withMutableBytes(at: list.start, count: byteCount) { target in
                bytes.withUnsafeBytes { target.copyMemory(from: $0) }
            }
        }
    }
}

extension StructBuilder {
    /// Copies the fields that both structs have room for; pointers deeply.
    public func copy(
        _ source: StructReader, capability: (UInt32) -> UInt32? = { $0 }
    ) throws(MessageError) {
        let byteCount = min(source.dataBytes, size.dataWords * 8)
        let data = DataReader(
            message: source.message, segment: source.segment, start: source.start, count: byteCount)
        message.withMutableBytes(at: start, count: byteCount) { target in
            data.withUnsafeBytes { target.copyMemory(from: $0) }
        }
        for index in 0..<min(source.pointerCount, size.pointers) {
            try pointer(index).copy(source.pointer(index), capability: capability)
        }
    }
}
