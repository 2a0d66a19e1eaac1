import CapnProto

/// Writes the accessors of one field.
struct FieldWriter {
    let file: FileWriter
    let owner: SchemaStruct
    let field: SchemaField

    private var name: String { quoted(field.name) }
    private var suffix: String { capitalized(field.name) }

    // MARK: Reading

    func writeGetter(_ out: inout Output) throws {
        switch field.kind {
        case .group(let id): out.line("public var \(name): \(try file.names.type(id)).Reader { .init(structure) }")
        case .slot(let offset, let type, let value): try writeGetter(type, offset, value, &out)
        }
    }

    private func writeGetter(_ type: SchemaType, _ offset: Int, _ value: StructReader, _ out: inout Output) throws {
        let fallback = try defaultArgument(type, value)
        switch type {
        case .void: return
        case .bool: out.line("public var \(name): Bool { structure.bool(bit: \(offset)\(fallback)) }")
        case .number(let number, let bytes):
            out.line("public var \(name): \(number) { structure.load(\(offset * bytes)\(fallback)) }")
        case .enumeration(let id):
            out.line(
                "public var \(name): \(try file.names.type(id))? { .init(rawValue: structure.load(\(offset * 2)\(fallback))) }"
            )
        case .anyPointer: out.line("public var \(name): PointerReader { structure.pointer(\(offset)) }")
        default:
            out.line("public var has\(suffix): Bool { !structure.pointer(\(offset)).isNull }")
            let (swiftType, call) = try pointerGetter(type, fallback)
            out.line(
                "public var \(name): \(swiftType) { get throws(MessageError) { try structure.pointer(\(offset)).\(call) } }"
            )
        }
    }

    private func pointerGetter(_ type: SchemaType, _ fallback: String) throws -> (type: String, call: String) {
        switch type {
        case .text: return ("String", "text(\(fallback.dropFirst(2)))")
        case .data: return ("DataReader", "data()")
        case .structure(let id):
            let name = try file.names.type(id)
            return ("\(name).Reader", "structure(\(name).self)")
        case .capability: return ("UInt32?", "capability()")
        case .list(.structure(let id)):
            let name = try file.names.type(id)
            return ("StructList<\(name)>", "list(of: \(name).self)")
        case .list(.void): return ("ListReader", "list()")
        case .list(let element):
            guard let scalar = Self.scalar(element) else { return ("PointerList", "pointers()") }
            return ("ScalarList<\(scalar)>", "list(of: \(scalar).self)")
        default: throw GeneratorError(message: "field \(field.name) has a type that is not supported")
        }
    }

    private static func scalar(_ type: SchemaType) -> String? {
        switch type {
        case .bool: "Bool"
        case .number(let name, _): name
        case .enumeration: "UInt16"
        default: nil
        }
    }

    // MARK: Writing

    func writeSetter(_ out: inout Output) throws {
        switch field.kind {
        case .group(let id):
            let type = try file.names.type(id)
            function("init\(suffix)()", returns: "\(type).Builder", "\(type).Builder(structure)", &out)
        case .slot(let offset, let type, let value): try writeSetter(type, offset, value, &out)
        }
    }

    private func writeSetter(_ type: SchemaType, _ offset: Int, _ value: StructReader, _ out: inout Output) throws {
        let fallback = try defaultArgument(type, value)
        let pointer = "structure.pointer(\(offset))"
        switch type {
        case .void:
            if field.tag != nil { function("set\(suffix)()", nil, &out) }
        case .bool: function("set\(suffix)(_ value: Bool)", "structure.setBool(value, bit: \(offset)\(fallback))", &out)
        case .number(let number, let bytes):
            function("set\(suffix)(_ value: \(number))", "structure.store(value, \(offset * bytes)\(fallback))", &out)
        case .enumeration(let id):
            let type = try file.names.type(id)
            function(
                "set\(suffix)(_ value: \(type))", "structure.store(value.rawValue, \(offset * 2)\(fallback))", &out)
        case .text: function("set\(suffix)(_ text: String)", "\(pointer).setText(text)", &out)
        case .data:
            function("set\(suffix)(_ bytes: some Collection<UInt8>)", "\(pointer).setData(bytes)", &out)
            function("init\(suffix)(count: Int)", returns: "DataBuilder", "\(pointer).initData(count: count)", &out)
        case .structure(let id):
            let type = try file.names.type(id)
            function("init\(suffix)()", returns: "\(type).Builder", "\(pointer).initStructure(\(type).self)", &out)
            function(
                "copy\(suffix)(_ source: \(type).Reader) throws(MessageError)",
                "try \(pointer).copy(source.structure)", &out)
        case .capability: function("set\(suffix)(capability: UInt32)", "\(pointer).setCapability(capability)", &out)
        case .anyPointer: function("init\(suffix)()", returns: "PointerBuilder", pointer, &out)
        case .list(let element): try writeListSetter(element, pointer, &out)
        }
    }

    private func writeListSetter(_ element: SchemaType, _ pointer: String, _ out: inout Output) throws {
        switch element {
        case .structure(let id):
            let type = try file.names.type(id)
            function(
                "init\(suffix)(count: Int)", returns: "StructListBuilder<\(type)>",
                "\(pointer).initList(of: \(type).self, count: count)", &out)
            return
        case .text: function("set\(suffix)(_ texts: some Collection<String>)", "\(pointer).setTexts(texts)", &out)
        case .void:
            function("init\(suffix)(count: Int)", "_ = \(pointer).initList(.void, count: count)", &out)
            return
        default:
            if let scalar = Self.scalar(element) {
                function("set\(suffix)(_ elements: some Collection<\(scalar)>)", "\(pointer).setList(elements)", &out)
                return
            }
        }
        function(
            "init\(suffix)(count: Int)", returns: "PointerListBuilder", "\(pointer).initPointers(count: count)", &out)
    }

    /// Writes a method that also sets the tag of a union's member.
    private func function(_ head: String, returns: String? = nil, _ body: String?, _ out: inout Output) {
        var statements: [String] = []
        if let tag = field.tag, let offset = owner.tagOffset {
            statements.append("structure.store(UInt16(\(tag)), \(offset))")
        }
        if let body { statements.append(returns != nil && !statements.isEmpty ? "return \(body)" : body) }
        let arrow = returns.map { " -> \($0)" } ?? ""
        out.line("public func \(head)\(arrow) { \(statements.joined(separator: "; ")) }")
    }

    // MARK: Defaults

    /// `, default: …` when the default is not zero.
    private func defaultArgument(_ type: SchemaType, _ value: StructReader) throws -> String {
        let zero: Bool
        let text: String
        switch type {
        case .bool: (zero, text) = (!value.bool(bit: 16), "true")
        case .number, .enumeration:
            let literal = Literal.number(value)
            (zero, text) = (literal == "0" || literal == "0.0", literal)
        case .text:
            let literal = Literal.text(try value.pointer(0).text())
            (zero, text) = (literal == "\"\"", literal)
        default:
            let isNull = value.pointer(0).isNull
            guard isNull else { throw GeneratorError(message: "field \(field.name): this default is not supported") }
            return ""
        }
        return zero ? "" : ", default: \(text)"
    }
}
