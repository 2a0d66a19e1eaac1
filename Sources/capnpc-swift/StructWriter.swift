import CapnProto

/// Writes a struct or a group: its schema type with a Reader and a Builder.
struct StructWriter {
    let file: FileWriter
    let node: SchemaNode
    let structure: SchemaStruct

    func write(_ out: inout Output, nested: (SchemaNode, inout Output) throws -> Void) throws {
        let conformance = structure.isGroup ? "" : ": StructSchema"
        try out.block("public enum \(file.names.shortType(node.id))\(conformance)") { out in
            if !structure.isGroup {
                let size = structure.size
                out.line(
                    "public static var size: StructSize { StructSize(dataWords: \(size.dataWords), pointers: \(size.pointers)) }"
                )
            }
            if structure.tagOffset != nil { writeWhich(&out) }
            try writeReader(&out)
            try writeBuilder(&out)
            for field in structure.fields {
                guard case .group(let id) = field.kind else { continue }
                let group = try file.request.node(id)
                guard case .structure(let structure) = group.body else { continue }
                try StructWriter(file: file, node: group, structure: structure).write(&out, nested: { _, _ in })
            }
            try nested(node, &out)
        }
    }

    private func writeWhich(_ out: inout Output) {
        out.block("public enum Which: UInt16, Sendable") { out in
            let members = structure.fields.compactMap { field in field.tag.map { (field.name, $0) } }
            for (name, tag) in members.sorted(by: { $0.1 < $1.1 }) { out.line("case \(quoted(name)) = \(tag)") }
        }
    }

    private func writeReader(_ out: inout Output) throws {
        try out.block("public struct Reader: TypedReader") { out in
            out.line("public let structure: StructReader")
            out.line("public init(_ structure: StructReader) { self.structure = structure }")
            if let offset = structure.tagOffset {
                out.line("public var which: Which? { Which(rawValue: structure.load(\(offset))) }")
            }
            for field in structure.fields {
                try FieldWriter(file: file, owner: structure, field: field).writeGetter(&out)
            }
        }
    }

    private func writeBuilder(_ out: inout Output) throws {
        try out.block("public struct Builder: TypedBuilder") { out in
            out.line("public let structure: StructBuilder")
            out.line("public init(_ structure: StructBuilder) { self.structure = structure }")
            for field in structure.fields {
                try FieldWriter(file: file, owner: structure, field: field).writeSetter(&out)
            }
        }
    }
}
