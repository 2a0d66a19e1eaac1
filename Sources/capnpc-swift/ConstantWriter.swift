import CapnProto

/// Writes a constant; structs and lists of structs as the bytes of a message that is read on use.
struct ConstantWriter {
    let file: FileWriter
    let node: SchemaNode

    func write(_ type: SchemaType, _ value: StructReader, _ out: inout Output) throws {
        let head = "public static let \(quoted(node.name))"
        switch type {
        case .bool: out.line("\(head): Bool = \(value.bool(bit: 16))")
        case .number(let name, _): out.line("\(head): \(name) = \(Literal.number(value))")
        case .text: out.line("\(head): String = \(Literal.text(try value.pointer(0).text()))")
        case .data: out.line("\(head): [UInt8] = \(Literal.bytes(try value.pointer(0).data().array))")
        case .list(.text):
            let texts = try value.pointer(0).texts().map(Literal.text)
            out.line("\(head): [String] = [\(texts.joined(separator: ", "))]")
        case .list(.structure(let id)):
            let name = try file.names.type(id)
            try writeMessage(value, "StructList<\(name)>", "list(of: \(name).self)", &out)
        case .structure(let id):
            let name = try file.names.type(id)
            try writeMessage(value, "\(name).Reader", "structure(\(name).self)", &out)
        default: throw GeneratorError(message: "\(node.displayName): this type of constant is not supported")
        }
    }

    private func writeMessage(_ value: StructReader, _ type: String, _ call: String, _ out: inout Output) throws {
        let message = MessageBuilder()
        try message.root.copy(value.pointer(0))
        out.block("public static var \(quoted(node.name)): \(type)") { out in
            out.block("get throws(MessageError)") { out in
                out.line("let bytes: [UInt8] = \(Literal.bytes(message.flatBytes))")
                out.line("return try MessageReader(bytes, framing: .flat).root.\(call)")
            }
        }
    }
}
