import CapnProto

/// Writes the Swift file of one schema.
struct FileWriter {
    let request: SchemaRequest
    let names: SwiftNames
    let file: SchemaNode

    func text() throws -> String {
        var out = Output()
        out.line(
            "// Generated from \(file.displayName) by capnpc-swift. Do not edit; change the schema and run `make schemas`."
        )
        out.line("// swift-format-ignore-file")
        out.line("import CapnProto")
        out.line()
        for child in file.nested {
            let node = try request.node(child.id)
            if case .annotation = node.body { continue }
            try out.block("extension Wire") { try declare(node, &$0) }
            out.line()
        }
        return out.text
    }

    private func declare(_ node: SchemaNode, _ out: inout Output) throws {
        switch node.body {
        case .structure(let structure):
            try StructWriter(file: self, node: node, structure: structure).write(&out, nested: declareNested)
        case .enumeration(let enumerants): try EnumWriter(file: self, node: node, enumerants: enumerants).write(&out)
        case .interface(let methods): try declare(interface: node, methods, &out)
        case .constant(let type, let value): try ConstantWriter(file: self, node: node).write(type, value, &out)
        case .annotation, .file: break
        }
    }

    private func declareNested(_ node: SchemaNode, _ out: inout Output) throws {
        for child in node.nested { try declare(request.node(child.id), &out) }
    }

    private func declare(interface node: SchemaNode, _ methods: [SchemaMethod], _ out: inout Output) throws {
        try out.block("public enum \(names.shortType(node.id))") { out in
            out.line("public static let interfaceID: UInt64 = 0x\(hex(node.id))")
            try out.block("public enum Methods") { out in
                for (ordinal, method) in methods.enumerated() { try declare(method, ordinal, of: node, &out) }
            }
            for method in methods {
                // Params and results that were declared in line belong to no scope.
                for id in [method.paramsID, method.resultsID] where try request.node(id).scopeID == 0 {
                    try declare(request.node(id), &out)
                }
            }
            try declareNested(node, &out)
        }
    }

    private func declare(
        _ method: SchemaMethod, _ ordinal: Int, of node: SchemaNode, _ out: inout Output
    ) throws {
        let type = "Method<\(try names.type(method.paramsID)), \(try names.type(method.resultsID))>"
        // The result type of streaming methods, by its id in capnp/stream.capnp.
        let streaming = method.resultsID == 0x995f_9a33_77c0_b16e ? ", isStreaming: true" : ""
        out.line(
            "public static var \(quoted(method.name)): \(type) { .init(interfaceID: 0x\(hex(node.id)), "
                + "ordinal: \(ordinal), name: \"\(node.name).\(method.name)\"\(streaming)) }")
    }
}

/// Indented lines.
struct Output {
    private(set) var text = ""
    private var depth = 0

    mutating func line(_ line: String = "") {
        text += line.isEmpty ? "\n" : String(repeating: "    ", count: depth) + line + "\n"
    }

    mutating func block(_ head: String, _ body: (inout Output) throws -> Void) rethrows {
        line(head + " {")
        depth += 1
        try body(&self)
        depth -= 1
        line("}")
    }
}
