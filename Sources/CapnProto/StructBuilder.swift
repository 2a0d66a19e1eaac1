/// A struct in a message that is being built; offsets are as in ``StructReader``.
public struct StructBuilder {
    public let message: MessageBuilder
    /// First byte of the data section.
    let start: Int
    let size: StructSize

    /// Sets the number at a byte offset.
    public func store<Number: FixedWidthInteger>(_ value: Number, _ offset: Int, default: Number = 0) {
        precondition(offset >= 0 && offset + MemoryLayout<Number>.size <= size.dataWords * 8, "field within the struct")
        message.store(value ^ `default`, byte: start + offset)
    }

    /// Sets the floating-point number at a byte offset.
    public func store(_ value: Float, _ offset: Int, default: Float = 0) {
        store(value.bitPattern, offset, default: `default`.bitPattern)
    }

    /// Sets the floating-point number at a byte offset.
    public func store(_ value: Double, _ offset: Int, default: Double = 0) {
        store(value.bitPattern, offset, default: `default`.bitPattern)
    }

    /// Sets the boolean at a bit offset.
    public func setBool(_ value: Bool, bit: Int, default: Bool = false) {
        precondition(bit >= 0 && bit < size.dataWords * 64, "field within the struct")
        message.store(value != `default`, bit: start * 8 + bit)
    }

    /// The pointer at an index of the pointer section.
    public func pointer(_ index: Int) -> PointerBuilder {
        precondition(index >= 0 && index < size.pointers, "pointer within the struct")
        return PointerBuilder(message: message, position: start / 8 + size.dataWords + index)
    }
}
