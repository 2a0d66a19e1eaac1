import CapnProto
import GrainSchemas

/// Reads all there is, in every way there is.
enum Walker {
    static func read(_ bytes: [UInt8], framing: MessageReader.Framing) {
        // Small enough that a message which refers to itself ends soon.
        let limits = ReaderLimits(traversalWords: 1000, nesting: 16)
        guard let message = try? MessageReader(bytes, framing: framing, limits: limits) else { return }
        try? visit(message.root)
        try? typed(message.root(Wire.Everything.self))
        if let fresh = try? MessageReader(bytes, framing: framing, limits: limits) {
            let copy = MessageBuilder()
            try? copy.root.copy(fresh.root)
            _ = copy.streamBytes
        }
    }

    private static func visit(_ pointer: PointerReader) throws {
        _ = try? pointer.text()
        _ = try? pointer.data().array
        _ = try? pointer.capability()
        _ = try? pointer.list(of: Bool.self).reduce(0) { $0 + ($1 ? 1 : 0) }
        _ = try? pointer.list(of: UInt16.self).reduce(0) { $0 &+ $1 }
        _ = try? pointer.list(of: Double.self).count
        switch try pointer.kind() {
        case .structure:
            let structure = try pointer.structure()
            for offset in [0, 1, 7, 8, 1 << 20] { _ = structure.load(offset) as UInt64 }
            for index in 0..<20 { try visit(structure.pointer(index)) }
        case .list:
            if let pointers = try? pointer.pointers() { for element in pointers { try visit(element) } }
            if let structs = try? pointer.list(of: Wire.Everything.self) {
                for element in structs { try visit(element.structure.pointer(0)) }
            }
        case .capability, .null: return
        }
    }

    private static func typed(_ root: Wire.Everything.Reader) throws {
        _ = (root.flag, root.int8, root.uint64, root.double, root.color, root.choice.which, root.withDefault.number)
        _ = try? root.pairs.map { try $0.value }
        _ = try? root.nested.map { try $0.list(of: UInt16.self).reduce(0) { $0 &+ $1 } }
        _ = try? root.texts.map { try $0.text() }
        _ = try? root.child.child.text
    }
}
