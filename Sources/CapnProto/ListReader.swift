/// How the elements of a list lie in memory.
public enum ElementSize: UInt8, Sendable {
    case void
    case bit
    case byte
    case twoBytes
    case fourBytes
    case eightBytes
    case pointer
    case composite

    /// Width of an element; composite lists say it in their tag.
    var bits: Int {
        switch self {
        case .void, .composite: 0
        case .bit: 1
        case .byte: 8
        case .twoBytes: 16
        case .fourBytes: 32
        case .eightBytes, .pointer: 64
        }
    }
}

/// A list in a message as it lies there; ``ScalarList``, ``PointerList`` and ``StructList`` give it its meaning.
public struct ListReader: Sendable {
    let message: MessageReader
    let segment: Int
    /// First byte of the first element.
    var start: Int
    public let count: Int
    public let elementSize: ElementSize
    let stepBits: Int
    let dataBytes: Int
    let pointerCount: Int
    let nesting: Int

    /// An element as a struct; elements of primitive lists read as structs with one field.
    func structure(_ index: Int) -> StructReader {
        StructReader(
            message: message, segment: segment, start: start + index * (stepBits / 8), dataBytes: dataBytes,
            pointerCount: pointerCount, nesting: nesting)
    }

    func pointer(_ index: Int) -> PointerReader { structure(index).pointer(0) }
}

extension PointerReader {
    /// The list this leads to, whatever its elements; null reads as an empty list.
    public func list() throws(MessageError) -> ListReader {
        guard let target = try target() else {
            return list(target: Target(segment: 0, position: 0, tag: 0), count: 0, of: .void, nesting: 0)
        }
        guard target.isList, let elementSize = ElementSize(rawValue: UInt8(target.tag >> 32 & 7)) else {
            throw .unexpectedPointer(expected: .list)
        }
        let count = Int(target.tag >> 35)
        guard elementSize != .composite else { return try compositeList(target, words: count, nesting: try entered()) }
        // Texts and numbers are leaves; only what can hold something more counts as a level.
        let nesting = elementSize == .pointer ? try entered() : 0
        let words = (count * elementSize.bits + 63) / 64
        try message.claim(segment: target.segment, position: target.position, words: words)
        // Elements without a size cost nothing to send: count them, or a loop over them is free to ask for.
        if elementSize == .void { try message.spend(count) }
        return list(target: target, count: count, of: elementSize, nesting: nesting)
    }

    private func list(target: Target, count: Int, of size: ElementSize, nesting: Int) -> ListReader {
        ListReader(
            message: message, segment: target.segment, start: target.position * 8, count: count, elementSize: size,
            stepBits: size.bits, dataBytes: size == .pointer ? 0 : size.bits / 8,
            pointerCount: size == .pointer ? 1 : 0, nesting: nesting)
    }

    private func compositeList(_ target: Target, words: Int, nesting: Int) throws(MessageError) -> ListReader {
        try message.claim(segment: target.segment, position: target.position, words: words + 1)
        let tag = message.word(target.segment, target.position)
        guard tag & 3 == 0 else { throw .badListTag }
        let count = Int(UInt32(truncatingIfNeeded: tag) >> 2)
        let size = StructSize(tag: tag)
        guard count * size.words <= words else { throw .badListTag }
        if size.words == 0 { try message.spend(count) }
        return ListReader(
            message: message, segment: target.segment, start: (target.position + 1) * 8, count: count,
            elementSize: .composite, stepBits: size.words * 64, dataBytes: size.dataWords * 8,
            pointerCount: size.pointers, nesting: nesting)
    }

    /// The list of numbers or booleans this leads to; also one that a newer writer made a list of structs.
    public func list<Element: WireScalar>(of type: Element.Type) throws(MessageError) -> ScalarList<Element> {
        let list = try list()
        if Element.elementSize == .bit {
            guard list.elementSize == .bit || list.count == 0 else { throw .unexpectedElements }
        } else {
            guard list.dataBytes >= Element.elementSize.bits / 8 || list.count == 0 else { throw .unexpectedElements }
        }
        return ScalarList(list: list)
    }

    /// The list of texts, blobs, lists or capabilities this leads to.
    public func pointers() throws(MessageError) -> PointerList {
        let list = try list()
        guard list.pointerCount > 0 || list.count == 0 else { throw .unexpectedElements }
        return PointerList(list: list)
    }

    /// The list of structs this leads to; also one that an older writer made a list of numbers or pointers.
    public func list<Schema: StructSchema>(of schema: Schema.Type) throws(MessageError) -> StructList<Schema> {
        let list = try list()
        guard list.elementSize != .bit else { throw .unexpectedElements }
        return StructList(list: list)
    }

    /// A list of texts, copied.
    public func texts() throws(MessageError) -> [String] {
        var texts: [String] = []
        for pointer in try pointers() { texts.append(try pointer.text()) }
        return texts
    }
}
