import Barchan
import Glibc
import SPK

/// The tree of a package as its definition says: what is always included, and what the list of files names.
struct DefinitionTree {
    private let definition: PackageDefinition
    private let tree: SourceTree
    private let warn: (String) -> Void
    private var root = Node.directory([:], nil)

    /// A tree in the making: a directory may be reached by several paths.
    private indirect enum Node {
        case leaf(PackageSource.Content, Int64)
        case directory([String: Node], Int64?)
    }

    init(_ definition: PackageDefinition, warn: @escaping (String) -> Void) {
        self.definition = definition
        tree = SourceTree(root: "/")
        self.warn = warn
    }

    /// Reads what goes in. Files are read later, when the package is written.
    /// - Throws: ``HostError`` `.notFound` for a path that no mapping has.
    mutating func read() throws(HostError) -> [PackageSource] {
        for path in definition.alwaysInclude { try include(path, recursively: true) }
        for path in try listed() { try include(path, recursively: false) }
        return Self.sources(root)
    }

    /// One path a line; `#` begins a comment.
    private func listed() throws(HostError) -> [String] {
        guard let list = definition.fileList else { return [] }
        guard access(list, F_OK) == 0 else {
            throw HostError(
                .notFound,
                "read fileList '\(list)': there is no such file; 'barchan spk dev' runs the app and writes there what "
                    + "it opens")
        }
        let text = String(decoding: try readFile(list, maximumBytes: 64 << 20), as: UTF8.self)
        return text.split(separator: "\n").map(Self.trimmed).filter { !$0.isEmpty && !$0.hasPrefix("#") }
    }

    private static func trimmed(_ line: Substring) -> String {
        let start = line.drop { $0.isWhitespace }
        return String(start.reversed().drop { $0.isWhitespace }.reversed())
    }

    /// What the packer makes itself, wherever a list names it.
    private static let injected: Set<String> = [
        "sandstorm-manifest", "sandstorm-http-bridge", "sandstorm-http-bridge-config", "proc/cpuinfo",
    ]

    private mutating func include(_ path: String, recursively: Bool) throws(HostError) {
        guard !path.hasPrefix("/") else {
            throw HostError(
                .invalidArgument,
                "include '\(path)': paths in a package have no '/' in front; write '\(path.dropFirst())'")
        }
        let parts = try SourceMap.components(path)
        guard !Self.injected.contains(parts.joined(separator: "/")) else { return }
        guard let found = try definition.sources.find(parts) else {
            throw HostError(
                .notFound, "include '\(path)': no mapping of sourceMap has it; looked in \(places())")
        }
        let node = try node(found, parts, recursively: recursively)
        root = try Self.placed(node, parts[...], in: root) { depth throws(HostError) in
            try date(ofDirectory: Array(parts.prefix(depth)))
        }
    }

    private func places() -> String {
        definition.sources.mappings.map { "'\($0.source)'" }.joined(separator: ", ")
    }

    private func date(ofDirectory path: [String]) throws(HostError) -> Int64? {
        guard case .directory(_, _, let facts?) = try definition.sources.find(path) else { return nil }
        return tree.date(of: facts)
    }

    private func node(_ found: SourceMap.Found, _ path: [String], recursively: Bool) throws(HostError) -> Node {
        switch found {
        case .file(let place, let facts), .link(let place, let facts), .special(let place, let facts):
            return .leaf(try tree.leaf(at: place, facts, warn), tree.date(of: facts))
        case .directory(let places, let virtual, let facts):
            guard path.count <= PackageLimits().depth else {
                throw HostError(
                    .resourceExhausted,
                    "include '\(path.joined(separator: "/"))': directories are nested too deeply for a package")
            }
            var inner: [String: Node] = [:]
            if recursively {
                for name in try definition.sources.names(in: path, places, virtual) {
                    let deeper = path + [name]
                    // Hidden, or gone meanwhile.
                    guard let found = try definition.sources.find(deeper) else { continue }
                    inner[name] = try node(found, deeper, recursively: true)
                }
            }
            return .directory(inner, facts.map(tree.date(of:)))
        }
    }

    /// `whole` with `node` at `path`.
    /// - Parameter date: That of the directory which the first so many parts of the path lead to.
    private static func placed(
        _ node: Node, _ path: ArraySlice<String>, in whole: Node,
        date: (_ depth: Int) throws(HostError) -> Int64?
    ) throws(HostError) -> Node {
        guard let name = path.first else { return merged(whole, node) }
        var entries: [String: Node] = [:], known: Int64?
        if case .directory(let inner, let date) = whole { (entries, known) = (inner, date) }
        let fresh = Node.directory([:], path.count > 1 ? try date(path.startIndex + 1) : nil)
        let inner = entries[name] ?? (path.count > 1 ? fresh : node)
        entries[name] = try placed(node, path.dropFirst(), in: inner, date: date)
        return .directory(entries, known)
    }

    private static func merged(_ one: Node, _ other: Node) -> Node {
        guard case .directory(let first, let date) = one, case .directory(let second, let laterDate) = other else {
            return other
        }
        return .directory(first.merging(second, uniquingKeysWith: merged), date ?? laterDate)
    }

    private static func sources(_ node: Node) -> [PackageSource] {
        guard case .directory(let entries, _) = node else { return [] }
        return entries.sorted { $0.key < $1.key }.map { name, node in
            switch node {
            case .leaf(let content, let date):
                PackageSource(name: Array(name.utf8), content: content, modifiedNanoseconds: date)
            case .directory(_, let date):
                PackageSource(
                    name: Array(name.utf8), content: .directory(sources(node)), modifiedNanoseconds: date ?? 0)
            }
        }
    }
}
