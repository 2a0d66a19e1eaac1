import Barchan
import CapnProto
import GrainSchemas

/// Goes through the tree of an archive and refuses what the format forbids (specification, section 1.1).
struct ArchiveWalker<Directory> {
    let limits: PackageLimits
    private var entries = 0
    private var fileBytes: Int64 = 0
    private var nameBytes = 0

    init(limits: PackageLimits) { self.limits = limits }

    mutating func walk(
        _ files: StructList<Wire.Archive.File>, in directory: Directory, path: [[UInt8]],
        enter: (ArchiveEntry, Directory) throws(HostError) -> Directory?
    ) throws(HostError) {
        guard path.count <= limits.depth else {
            throw HostError(
                .invalidArgument, "unpack \(quoted(path)): directories are nested more than \(limits.depth) deep")
        }
        var seen = NamesOfDirectory()
        for (position, file) in files.enumerated() {
            let name = try checkedName(file, in: path)
            if !seen.insert(name), try contains(name, files.prefix(position), path) {
                throw bad(path + [name], "the name appears twice in its directory")
            }
            let entry = try read(file, name: name, path: path)
            try count(entry, path + [name])
            guard let inner = try enter(entry, directory), case .directory = entry.content else { continue }
            let content = try parsing(path + [name]) { () throws(MessageError) in try file.directory }
            try walk(content, in: inner, path: path + [name], enter: enter)
        }
    }

    private func contains(
        _ name: [UInt8], _ files: Slice<StructList<Wire.Archive.File>>, _ path: [[UInt8]]
    ) throws(HostError) -> Bool {
        for file in files where try checkedName(file, in: path) == name { return true }
        return false
    }

    private func checkedName(_ file: Wire.Archive.File.Reader, in path: [[UInt8]]) throws(HostError) -> [UInt8] {
        let name = try parsing(path) { () throws(MessageError) in try file.structure.pointer(0).textBytes().array }
        guard !name.isEmpty else { throw bad(path, "a name in it is empty") }
        guard name != Array(".".utf8), name != Array("..".utf8) else {
            throw bad(path + [name], "the name is not allowed")
        }
        guard !name.contains(0x2f) else { throw bad(path + [name], "the name contains '/'") }
        guard !name.contains(0) else { throw bad(path + [name], "the name contains a zero byte") }
        guard name.count <= limits.nameBytes else {
            throw bad(path + [name], "the name is longer than \(limits.nameBytes) bytes")
        }
        return name
    }

    private func read(
        _ file: Wire.Archive.File.Reader, name: [UInt8], path: [[UInt8]]
    ) throws(HostError) -> ArchiveEntry {
        let content: ArchiveEntry.Content
        switch file.which {
        case .regular: content = .file(try data(file, path + [name]), isExecutable: false)
        case .executable: content = .file(try data(file, path + [name]), isExecutable: true)
        case .symlink: content = .link(target: try target(file, path + [name]))
        case .directory: content = .directory
        default: throw bad(path + [name], "it is neither a file, a link nor a directory")
        }
        return ArchiveEntry(name: name, content: content, modifiedNanoseconds: file.lastModificationTimeNs)
    }

    /// The union's members share one pointer, whatever the tag.
    private func data(_ file: Wire.Archive.File.Reader, _ path: [[UInt8]]) throws(HostError) -> DataReader {
        try parsing(path) { () throws(MessageError) in try file.structure.pointer(1).data() }
    }

    private func target(_ file: Wire.Archive.File.Reader, _ path: [[UInt8]]) throws(HostError) -> [UInt8] {
        let target = try parsing(path) { () throws(MessageError) in try file.structure.pointer(1).textBytes().array }
        guard !target.isEmpty, !target.contains(0) else { throw bad(path, "a link needs a target without a zero byte") }
        guard target.count <= limits.linkBytes else {
            throw bad(path, "the link's target is longer than \(limits.linkBytes) bytes")
        }
        return target
    }

    private mutating func count(_ entry: ArchiveEntry, _ path: [[UInt8]]) throws(HostError) {
        // Many entries may refer to one blob, so the archive's own size bounds nothing.
        if case .file(let data, _) = entry.content { fileBytes += Int64(data.count) }
        guard fileBytes <= limits.expandedBytes else {
            throw HostError(
                .invalidArgument,
                "unpack \(quoted(path)): the files are larger than \(limits.expandedBytes) bytes together")
        }
        nameBytes += entry.name.count
        guard nameBytes <= limits.allNamesBytes else {
            throw HostError(
                .invalidArgument,
                "unpack \(quoted(path)): the names are longer than \(limits.allNamesBytes) bytes together")
        }
        entries += 1
        guard entries <= limits.entries else {
            throw HostError(
                .invalidArgument, "unpack \(quoted(path)): the package has more than \(limits.entries) files")
        }
    }

    private func parsing<Value>(
        _ path: [[UInt8]], _ body: () throws(MessageError) -> Value
    ) throws(HostError) -> Value {
        do { return try body() } catch { throw bad(path, "\(error)") }
    }
}

/// The names seen in one directory, as hashes that nobody can foresee: a package may have very many.
private struct NamesOfDirectory {
    private var last: [UInt8]?
    private var others: Set<Int>?
    /// Used while names come in order, as packers write them.
    private var ordered: [Int] = []

    /// False when the name may be there already.
    mutating func insert(_ name: [UInt8]) -> Bool {
        if others == nil, last.map({ $0.lexicographicallyPrecedes(name) }) ?? true {
            last = name
            ordered.append(name.hashValue)
            return true
        }
        var all = others ?? Set(ordered)
        ordered = []
        others = nil
        defer { others = all }
        return all.insert(name.hashValue).inserted
    }
}

private func bad(_ path: [[UInt8]], _ reason: String) -> HostError {
    HostError(.invalidArgument, "unpack \(quoted(path)): \(reason)")
}

/// A path for a person: one line, and not longer than anybody wants to read.
private func quoted(_ path: [[UInt8]]) -> String {
    let text = String(decoding: Array(path.joined(separator: [0x2f])), as: UTF8.self)
    let shown = text.unicodeScalars.prefix(200).map { $0.value < 0x20 || $0.value == 0x7f ? "?" : String($0) }
    return "'/\(shown.joined())'"
}
