/// What declarations are called in Swift.
///
/// Everything lives in `Wire`, under the name it has in its schema. Params and results that a method declares in line are
/// called after it: `Wire.UiView.NewSessionParams`.
struct SwiftNames {
    private var paths: [UInt64: String] = [:]

    init(_ request: SchemaRequest) throws {
        var owners: [String: String] = [:]
        for node in request.nodes.values.sorted(by: { $0.displayName < $1.displayName }) {
            guard let path = try Self.path(of: node, in: request) else { continue }
            paths[node.id] = path
            if case .constant = node.body { continue }
            if let other = owners.updateValue(node.displayName, forKey: path) {
                throw GeneratorError(message: "\(node.displayName) and \(other) would both be \(path)")
            }
        }
    }

    /// The full name, as in `Wire.WebSession.Response`.
    func type(_ id: UInt64) throws -> String {
        guard let path = paths[id] else { throw GeneratorError(message: "no name for node 0x\(hex(id))") }
        return path
    }

    /// The name without its scopes.
    func shortType(_ id: UInt64) throws -> String { try String(type(id).split(separator: ".").last ?? "") }

    /// Two names mean something else behind a dot in Swift.
    private static func typeName(_ name: String) -> String {
        ["Type", "Protocol"].contains(name) ? name + "Kind" : name
    }

    /// The Swift file for a schema: `web-session.capnp` becomes `WebSession.swift`.
    func fileName(of file: SchemaNode) -> String {
        let base = file.displayName.split(separator: "/").last?.split(separator: ".").first ?? "Schema"
        return base.split(separator: "-").map { capitalized(String($0)) }.joined() + ".swift"
    }

    private static func path(of node: SchemaNode, in request: SchemaRequest) throws -> String? {
        switch node.body {
        case .file, .annotation: return nil
        default: break
        }
        let parts = node.displayName.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { throw GeneratorError(message: "\(node.displayName): unexpected name") }
        let names = parts[1].split(separator: ".").map { component in
            typeName(component.split(separator: "$").map { capitalized(String($0)) }.joined())
        }
        return (["Wire"] + names).joined(separator: ".")
    }
}

func capitalized(_ name: String) -> String { name.prefix(1).uppercased() + name.dropFirst() }

/// A name that may be a keyword, as Swift wants it written.
func quoted(_ name: String) -> String {
    let keywords: Set = [
        "as", "break", "case", "catch", "class", "continue", "default", "defer", "do", "else", "enum", "extension",
        "false", "for", "func", "guard", "if", "import", "in", "init", "inout", "is", "let", "nil", "operator",
        "private", "protocol", "public", "repeat", "return", "self", "static", "struct", "subscript", "super",
        "switch", "throw", "throws", "true", "try", "typealias", "var", "where", "while",
    ]
    return keywords.contains(name) ? "`\(name)`" : name
}
