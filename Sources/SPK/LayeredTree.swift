import Barchan

/// A file tree in memory, made of archives that are laid over one another. Nothing of it touches a disk: a link in one
/// layer leads the next layer's files no further than to another place of this tree.
public final class LayeredTree {
    private final class Directory {
        var entries: [[UInt8]: Node] = [:]
        let modifiedNanoseconds: Int64

        init(modifiedNanoseconds: Int64) { self.modifiedNanoseconds = modifiedNanoseconds }
    }

    private enum Node {
        case file(reference: String, byteCount: Int, isExecutable: Bool, Int64)
        case link([UInt8], Int64)
        case directory(Directory)

        var isDirectory: Bool { if case .directory = self { true } else { false } }
    }

    /// Names in one tree; more is refused.
    public static let maximumEntries = 1 << 20
    private static let maximumLinks = 40

    private let root = Directory(modifiedNanoseconds: 0)
    private var entryCount = 0

    public init() {}

    /// The parts of an archive's path, without empty ones and `.`.
    /// - Throws: ``HostError`` `.invalidArgument` when it leads upwards.
    public static func components(_ path: [UInt8]) throws(HostError) -> [[UInt8]] {
        let parts = path.split(separator: UInt8(ascii: "/")).map(Array.init).filter { $0 != [0x2e] }
        guard !parts.contains([0x2e, 0x2e]) else {
            throw HostError(.invalidArgument, "read '\(String(decoding: path, as: UTF8.self))': the path leads upwards")
        }
        return parts
    }

    /// Adds a file, in place of what is there.
    public func setFile(
        _ path: [UInt8], reference: String, byteCount: Int, isExecutable: Bool, modifiedNanoseconds: Int64
    ) throws(HostError) {
        try set(
            path,
            .file(reference: reference, byteCount: byteCount, isExecutable: isExecutable, modifiedNanoseconds))
    }

    public func setLink(_ path: [UInt8], target: [UInt8], modifiedNanoseconds: Int64) throws(HostError) {
        try set(path, .link(target, modifiedNanoseconds))
    }

    /// Adds a directory; one that is there, or a link to one, keeps what it has.
    public func setDirectory(_ path: [UInt8], modifiedNanoseconds: Int64) throws(HostError) {
        let parts = try resolved(Self.components(path))
        if case .directory? = node(at: parts) { return }
        try place(.directory(Directory(modifiedNanoseconds: modifiedNanoseconds)), at: parts)
    }

    /// Gives what stands at `other` a second name.
    public func setHardLink(_ path: [UInt8], to other: [UInt8]) throws(HostError) {
        let node = node(at: try resolvedParent(Self.components(other)))
        guard let node, !node.isDirectory else {
            throw HostError(
                .invalidArgument,
                "read '\(String(decoding: path, as: UTF8.self))': it is another name of "
                    + "'\(String(decoding: other, as: UTF8.self))', which is no file of the archive")
        }
        try set(path, node)
    }

    /// Takes away what a lower layer has at `path`; nothing when it has nothing.
    public func remove(_ path: [UInt8]) throws(HostError) {
        let parts = try resolvedParent(Self.components(path))
        guard let name = parts.last else {
            root.entries = [:]
            return
        }
        directory(at: parts.dropLast())?.entries[name] = nil
    }

    /// Empties the directory at `path`, and those in it, but for the paths to be kept.
    public func clear(_ path: [UInt8], keeping kept: Set<[UInt8]> = []) throws(HostError) {
        guard let directory = directory(at: try resolved(Self.components(path))[...]) else { return }
        Self.clear(directory, path, kept)
    }

    private static func clear(_ directory: Directory, _ path: [UInt8], _ kept: Set<[UInt8]>) {
        for (name, node) in directory.entries {
            let inner = path.isEmpty ? name : path + [UInt8(ascii: "/")] + name
            if !kept.contains(inner) {
                directory.entries[name] = nil
            } else if case .directory(let next) = node {
                clear(next, inner, kept)
            }
        }
    }

    /// Whether something stands at `path`, links followed.
    public func has(_ path: String) -> Bool {
        guard let parts = try? Self.components(Array(path.utf8)), let resolved = try? resolved(parts) else {
            return false
        }
        return node(at: resolved) != nil
    }

    /// Whether nothing stands at `path`, or a file without content; links followed.
    public func hasNothing(at path: String) -> Bool {
        guard let parts = try? resolved(Self.components(Array(path.utf8))) else { return true }
        return switch node(at: parts) {
        case nil, .file(_, byteCount: 0, _, _): true
        default: false
        }
    }

    /// The tree as the packer wants it.
    public var sources: [PackageSource] { Self.sources(root) }

    private func set(_ path: [UInt8], _ node: Node) throws(HostError) {
        let parts = try resolvedParent(Self.components(path))
        guard !parts.isEmpty else { return }
        try place(node, at: parts)
    }

    private func place(_ node: Node, at parts: [[UInt8]]) throws(HostError) {
        entryCount += 1
        guard entryCount <= Self.maximumEntries else {
            throw HostError(.resourceExhausted, "read an archive: it has more than \(Self.maximumEntries) files")
        }
        guard parts.count <= PackageLimits().depth else {
            throw HostError(.resourceExhausted, "read an archive: its directories are nested too deeply for a package")
        }
        guard let name = parts.last else { return }
        var parent = root
        for part in parts.dropLast() {
            if case .directory(let next)? = parent.entries[part] {
                parent = next
            } else {
                let made = Directory(modifiedNanoseconds: 0)
                parent.entries[part] = .directory(made)
                parent = made
            }
        }
        parent.entries[name] = node
    }

    /// The path without links in front of its last part.
    private func resolvedParent(_ parts: [[UInt8]]) throws(HostError) -> [[UInt8]] {
        guard let name = parts.last else { return [] }
        return try resolved(Array(parts.dropLast())) + [name]
    }

    /// The path that `parts` lead to when links are followed. What is not there stays as it is.
    private func resolved(_ parts: [[UInt8]]) throws(HostError) -> [[UInt8]] {
        var done: [[UInt8]] = [], pending = Array(parts.reversed()), links = 0
        while let part = pending.popLast() {
            if part == [0x2e, 0x2e] {
                _ = done.popLast()
                continue
            }
            guard case .link(let target, _)? = node(at: done + [part]) else {
                done.append(part)
                continue
            }
            links += 1
            guard links <= Self.maximumLinks else {
                throw HostError(.invalidArgument, "read an archive: links in it lead in a circle")
            }
            if target.first == UInt8(ascii: "/") { done = [] }
            pending += target.split(separator: UInt8(ascii: "/")).map(Array.init).filter { $0 != [0x2e] }.reversed()
        }
        return done
    }

    private func directory(at parts: ArraySlice<[UInt8]>) -> Directory? {
        var found = root
        for part in parts {
            guard case .directory(let next)? = found.entries[part] else { return nil }
            found = next
        }
        return found
    }

    private func node(at parts: [[UInt8]]) -> Node? {
        guard let name = parts.last else { return .directory(root) }
        return directory(at: parts.dropLast())?.entries[name]
    }

    private static func sources(_ directory: Directory) -> [PackageSource] {
        directory.entries.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { name, node in
            switch node {
            case .file(let reference, let byteCount, let isExecutable, let date):
                PackageSource(
                    name: name,
                    content: .file(reference: reference, byteCount: byteCount, isExecutable: isExecutable),
                    modifiedNanoseconds: date)
            case .link(let target, let date):
                PackageSource(name: name, content: .link(target: target), modifiedNanoseconds: date)
            case .directory(let directory):
                PackageSource(
                    name: name, content: .directory(sources(directory)),
                    modifiedNanoseconds: directory.modifiedNanoseconds)
            }
        }
    }
}
