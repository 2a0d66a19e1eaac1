import CapnProto

/// What this generator cannot translate.
struct GeneratorError: Error {
    var message: String
}

/// The compiler's request; the numbers are the layout that `capnp/schema.capnp` has.
struct SchemaRequest {
    var nodes: [UInt64: SchemaNode] = [:]
    var requestedFiles: [SchemaNode] = []

    init(_ reader: StructReader) throws {
        for pointer in try reader.pointer(0).list(of: Raw.self) {
            let node = try SchemaNode(pointer.structure)
            nodes[node.id] = node
        }
        for pointer in try reader.pointer(1).list(of: Raw.self) {
            requestedFiles.append(try node(pointer.structure.load(0)))
        }
    }

    func node(_ id: UInt64) throws -> SchemaNode {
        guard let node = nodes[id] else { throw GeneratorError(message: "the request lacks node 0x\(hex(id))") }
        return node
    }
}

/// Lets the untyped accessors be used on lists of structs.
enum Raw: StructSchema {
    static let size = StructSize(dataWords: 0, pointers: 0)
    struct Reader: TypedReader {
        let structure: StructReader
        init(_ structure: StructReader) { self.structure = structure }
    }
    struct Builder: TypedBuilder {
        let structure: StructBuilder
        init(_ structure: StructBuilder) { self.structure = structure }
    }
}

func hex(_ id: UInt64) -> String {
    let digits = String(id, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}

/// A declaration of a schema.
struct SchemaNode {
    enum Body {
        case file
        case structure(SchemaStruct)
        case enumeration([SchemaEnumerant])
        case interface([SchemaMethod])
        case constant(SchemaType, StructReader)
        case annotation(SchemaType)
    }

    var id: UInt64
    var displayName: String
    var prefixLength: Int
    var scopeID: UInt64
    var nested: [(name: String, id: UInt64)] = []
    var body: Body

    /// The name without file and scopes.
    var name: String { String(decoding: displayName.utf8.dropFirst(prefixLength), as: UTF8.self) }

    init(_ reader: StructReader) throws {
        id = reader.load(0)
        displayName = try reader.pointer(0).text()
        prefixLength = Int(reader.load(8) as UInt32)
        scopeID = reader.load(16)
        nested = try reader.pointer(1).list(of: Raw.self).map {
            (try $0.structure.pointer(0).text(), $0.structure.load(0))
        }
        body = try Self.body(reader, name: displayName)
    }

    private static func body(_ reader: StructReader, name: String) throws -> Body {
        switch reader.load(12) as UInt16 {
        case 0: return .file
        case 1: return .structure(try SchemaStruct(reader))
        case 2: return .enumeration(try reader.pointer(3).list(of: Raw.self).map { try SchemaEnumerant($0.structure) })
        case 3: return .interface(try reader.pointer(3).list(of: Raw.self).map { try SchemaMethod($0.structure) })
        case 4: return .constant(try SchemaType(reader.pointer(3)), try reader.pointer(4).structure())
        case 5: return .annotation(try SchemaType(reader.pointer(3)))
        case let kind: throw GeneratorError(message: "\(name): unknown kind of declaration \(kind)")
        }
    }
}

struct SchemaStruct {
    var size: StructSize
    var isGroup: Bool
    /// Byte offset of the tag; nil without a union.
    var tagOffset: Int?
    var fields: [SchemaField]

    init(_ reader: StructReader) throws {
        size = StructSize(dataWords: Int(reader.load(14) as UInt16), pointers: Int(reader.load(24) as UInt16))
        isGroup = reader.bool(bit: 224)
        tagOffset = (reader.load(30) as UInt16) == 0 ? nil : Int(reader.load(32) as UInt32) * 2
        fields = try reader.pointer(3).list(of: Raw.self).map { try SchemaField($0.structure) }
        fields.sort { $0.codeOrder < $1.codeOrder }
    }
}

struct SchemaField {
    enum Kind {
        /// The default is a Value struct.
        case slot(offset: Int, SchemaType, defaultValue: StructReader)
        case group(UInt64)
    }

    var name: String
    var codeOrder: UInt16
    /// The tag's value when this is a union's member.
    var tag: UInt16?
    var kind: Kind

    init(_ reader: StructReader) throws {
        name = try reader.pointer(0).text()
        codeOrder = reader.load(0)
        let tag: UInt16 = reader.load(2, default: 0xffff)
        self.tag = tag == 0xffff ? nil : tag
        guard (reader.load(8) as UInt16) == 0 else {
            kind = .group(reader.load(16))
            return
        }
        kind = .slot(
            offset: Int(reader.load(4) as UInt32), try SchemaType(reader.pointer(2)),
            defaultValue: try reader.pointer(3).structure())
    }
}

struct SchemaEnumerant {
    var name: String
    /// Annotation ids and their values, as Value structs.
    var annotations: [(id: UInt64, value: StructReader)]

    init(_ reader: StructReader) throws {
        name = try reader.pointer(0).text()
        annotations = try reader.pointer(1).list(of: Raw.self).map {
            ($0.structure.load(0), try $0.structure.pointer(0).structure())
        }
    }
}

struct SchemaMethod {
    var name: String
    var paramsID: UInt64
    var resultsID: UInt64

    init(_ reader: StructReader) throws {
        name = try reader.pointer(0).text()
        paramsID = reader.load(8)
        resultsID = reader.load(16)
    }
}

indirect enum SchemaType {
    case void
    case bool
    /// The Swift type and its width.
    case number(String, bytes: Int)
    case text
    case data
    case list(SchemaType)
    case enumeration(UInt64)
    case structure(UInt64)
    case capability
    case anyPointer

    init(_ pointer: PointerReader) throws {
        let reader = try pointer.structure()
        let tag = Int(reader.load(0) as UInt16)
        let numbers = [
            ("Int8", 1), ("Int16", 2), ("Int32", 4), ("Int64", 8), ("UInt8", 1), ("UInt16", 2), ("UInt32", 4),
            ("UInt64", 8), ("Float", 4), ("Double", 8),
        ]
        switch tag {
        case 0: self = .void
        case 1: self = .bool
        case 2...11: self = .number(numbers[tag - 2].0, bytes: numbers[tag - 2].1)
        case 12: self = .text
        case 13: self = .data
        case 14: self = .list(try SchemaType(reader.pointer(0)))
        case 15: self = .enumeration(reader.load(8))
        case 16: self = .structure(reader.load(8))
        case 17: self = .capability
        case 18:
            let isCapability = (reader.load(8) as UInt16) == 0 && (reader.load(10) as UInt16) == 3
            self = isCapability ? .capability : .anyPointer
        default: throw GeneratorError(message: "unknown type \(tag)")
        }
    }
}
