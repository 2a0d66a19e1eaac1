/// A list in a message that is being built.
public struct ListBuilder {
    let message: MessageBuilder
    /// First byte of the first element.
    let start: Int
    public let count: Int
    /// The size of an element that is a struct.
    let element: StructSize

    func structure(_ index: Int) -> StructBuilder {
        StructBuilder(message: message, start: start + index * element.words * 8, size: element)
    }

    func pointer(_ index: Int) -> PointerBuilder {
        PointerBuilder(message: message, position: start / 8 + index)
    }
}

extension PointerBuilder {
    /// Longest list, in elements, or in words for a list of structs.
    private static let maximumCount = (1 << 29) - 1

    /// Points to a new list of anything but structs.
    public func initList(_ elementSize: ElementSize, count: Int) -> ListBuilder {
        precondition(count >= 0 && count <= Self.maximumCount, "a list has at most 2^29 - 1 elements")
        let target = message.allocate(words: (count * elementSize.bits + 63) / 64)
        point(to: target, 1 | UInt64(elementSize.rawValue) << 32 | UInt64(count) << 35)
        let element = StructSize(dataWords: 0, pointers: 0)
        return ListBuilder(message: message, start: target * 8, count: count, element: element)
    }

    /// Points to a new list of structs.
    func initList(_ element: StructSize, count: Int) -> ListBuilder {
        let words = count.multipliedReportingOverflow(by: element.words)
        precondition(
            count >= 0 && count < 1 << 30 && !words.overflow && words.partialValue < Self.maximumCount,
            "a list of structs has at most 2^29 - 1 words")
        let target = message.allocate(words: words.partialValue + 1)
        message.store(element.tag | UInt64(count) << 2, byte: target * 8)
        point(to: target, 1 | UInt64(ElementSize.composite.rawValue) << 32 | UInt64(words.partialValue) << 35)
        return ListBuilder(message: message, start: (target + 1) * 8, count: count, element: element)
    }

    /// Points to a new list of numbers or booleans.
    public func initList<Element: WireScalar>(of type: Element.Type, count: Int) -> ScalarListBuilder<Element> {
        ScalarListBuilder(list: initList(Element.elementSize, count: count))
    }

    /// Points to a new list of texts, blobs, lists or capabilities.
    public func initPointers(count: Int) -> PointerListBuilder {
        PointerListBuilder(list: initList(.pointer, count: count))
    }

    /// Points to a new list of structs.
    public func initList<Schema: StructSchema>(of schema: Schema.Type, count: Int) -> StructListBuilder<Schema> {
        StructListBuilder(list: initList(Schema.size, count: count))
    }

    /// Points to a copy of a list of numbers or booleans.
    public func setList<Element: WireScalar>(_ elements: some Collection<Element>) {
        let list = initList(of: Element.self, count: elements.count)
        for (index, element) in elements.enumerated() { list.set(index, to: element) }
    }

    /// Points to a copy of a list of texts.
    public func setTexts(_ texts: some Collection<String>) {
        let list = initPointers(count: texts.count)
        for (index, text) in texts.enumerated() { list[index].setText(text) }
    }
}

/// A list of numbers or booleans in a message that is being built.
public struct ScalarListBuilder<Element: WireScalar> {
    let list: ListBuilder
    public var count: Int { list.count }
    public func set(_ index: Int, to value: Element) {
        precondition(index >= 0 && index < list.count, "index within the list")
        Element.store(value, list, index)
    }
}

/// A list of texts, blobs, lists or capabilities in a message that is being built.
public struct PointerListBuilder: RandomAccessCollection {
    let list: ListBuilder
    public var startIndex: Int { 0 }
    public var endIndex: Int { list.count }
    public subscript(index: Int) -> PointerBuilder {
        precondition(index >= 0 && index < list.count, "index within the list")
        return list.pointer(index)
    }
}

/// A list of structs in a message that is being built.
public struct StructListBuilder<Schema: StructSchema>: RandomAccessCollection {
    let list: ListBuilder
    public var startIndex: Int { 0 }
    public var endIndex: Int { list.count }
    public subscript(index: Int) -> Schema.Builder {
        precondition(index >= 0 && index < list.count, "index within the list")
        return Schema.Builder(list.structure(index))
    }
}
