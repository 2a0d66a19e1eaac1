import CapnProto

/// Writes an enum, and a property for each annotation that all its cases carry.
struct EnumWriter {
    let file: FileWriter
    let node: SchemaNode
    let enumerants: [SchemaEnumerant]

    func write(_ out: inout Output) throws {
        try out.block("public enum \(file.names.shortType(node.id)): UInt16, Sendable, CaseIterable") { out in
            for (ordinal, enumerant) in enumerants.enumerated() {
                out.line("case \(quoted(enumerant.name)) = \(ordinal)")
            }
            for annotation in enumerants.first?.annotations ?? [] { try writeProperty(annotation.id, &out) }
        }
    }

    /// `httpStatus` of the case `ok` is `(id: 200, title: "OK")`.
    private func writeProperty(_ id: UInt64, _ out: inout Output) throws {
        let annotation = try file.request.node(id)
        guard case .annotation(.structure(let type)) = annotation.body,
            case .structure(let structure) = try file.request.node(type).body,
            structure.fields.allSatisfy({ Self.swiftType($0) != nil })
        else { return }
        let fields = structure.fields.map { "\($0.name): \(Self.swiftType($0) ?? "")" }
        let result =
            fields.count == 1
            ? structure.fields.compactMap(Self.swiftType).joined() : "(\(fields.joined(separator: ", ")))"
        try out.block("public var \(annotation.name): \(result)") { out in
            try out.block("switch self") { out in
                for enumerant in enumerants {
                    guard let value = enumerant.annotations.first(where: { $0.id == id })?.value else {
                        throw GeneratorError(message: "\(node.displayName).\(enumerant.name) lacks \(annotation.name)")
                    }
                    let literal = try literal(value.pointer(0).structure(), structure.fields)
                    out.line("case .\(quoted(enumerant.name)): \(literal)")
                }
            }
        }
    }

    private static func swiftType(_ field: SchemaField) -> String? {
        guard case .slot(_, let type, _) = field.kind else { return nil }
        switch type {
        case .bool: return "Bool"
        case .text: return "String"
        case .number("UInt16", _): return "UInt16"
        default: return nil
        }
    }

    private func literal(_ value: StructReader, _ fields: [SchemaField]) throws -> String {
        let members = try fields.map { field in
            guard case .slot(let offset, let type, _) = field.kind else { return "" }
            switch type {
            case .bool: return "\(value.bool(bit: offset))"
            case .text: return Literal.text(try value.pointer(offset).text())
            default: return "\(value.load(offset * 2) as UInt16)"
            }
        }
        return members.count == 1 ? members[0] : "(\(members.joined(separator: ", ")))"
    }
}
