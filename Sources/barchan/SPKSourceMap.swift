import Barchan
import Glibc
import GrainSchemas
import SPK

/// Where the files of a package come from: places on disk, laid over one another. For a file the first mapping that has
/// it wins; a directory is what all of them have in it (specification, section 2.3).
struct SourceMap {
    struct Mapping {
        /// Path in the package that `source` stands for, in components; empty for the root.
        var package: [String]
        /// Absolute path on disk.
        var source: String
        /// Paths below `source` that the package does not see, in components.
        var hidden: [[String]]
    }

    let mappings: [Mapping]

    init(mappings: [Mapping]) { self.mappings = mappings }

    /// - Parameter directory: What a relative `sourcePath` is relative to: the definition's directory.
    init(_ map: Wire.SourceMap.Reader, directory: String) throws {
        var mappings: [Mapping] = []
        for mapping in try map.searchPath {
            mappings.append(
                Mapping(
                    package: try Self.components(try mapping.packagePath),
                    source: Self.tidied(join(directory, try mapping.sourcePath)),
                    hidden: try mapping.hidePaths.map { try Self.components(try $0.text()) }))
        }
        guard !mappings.isEmpty else {
            throw HostError(.invalidArgument, "the definition's sourceMap has no searchPath: nothing could be packed")
        }
        self.mappings = mappings
    }

    /// An absolute path as people write it.
    private static func tidied(_ path: String) -> String {
        "/" + path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    /// The parts of a path in a package; none for the root.
    static func components(_ path: String) throws(HostError) -> [String] {
        let parts = path.split(separator: "/").map(String.init).filter { $0 != "." }
        guard !parts.contains("..") else {
            throw HostError(.invalidArgument, "read path '\(path)': '..' has no meaning in a package")
        }
        return parts
    }

    /// The places on disk that could be `path`, first choice first, and the names that exist in it only because some
    /// mapping lies deeper.
    private func candidates(_ path: [String]) -> (places: [(path: String, isMappedRoot: Bool)], virtual: Set<String>) {
        var places: [(path: String, isMappedRoot: Bool)] = [], virtual: Set<String> = []
        for mapping in mappings {
            if path.starts(with: mapping.package) {
                let rest = Array(path.dropFirst(mapping.package.count))
                guard !mapping.hidden.contains(where: { rest.starts(with: $0) }) else { continue }
                places.append((join(mapping.source, rest.joined(separator: "/")), rest.isEmpty))
            } else if mapping.package.starts(with: path) {
                virtual.insert(mapping.package[path.count])
            }
        }
        return (places, virtual)
    }

    /// What stands at a path of the package.
    enum Found {
        case file(String, stat)
        case link(String, stat)
        /// Directories on disk, with the names that are there for deeper mappings' sake. `stat` is the first one's.
        case directory([String], virtual: Set<String>, stat?)
        /// A socket, device or pipe.
        case special(String, stat)
    }

    /// What the package has at `path`; nil for nothing.
    func find(_ path: [String]) throws(HostError) -> Found? {
        let (places, virtual) = candidates(path)
        var directories: [String] = [], first: stat?
        for place in places {
            var facts = stat()
            // A link at a mapping's own root is followed, any other is packed as a link.
            let failed = place.isMappedRoot ? stat(place.path, &facts) : lstat(place.path, &facts)
            guard failed == 0 else {
                guard errno == ENOENT || errno == ENOTDIR else { throw fileError("read", place.path) }
                continue
            }
            let kind = facts.st_mode & S_IFMT
            if kind == S_IFDIR {
                directories.append(place.path)
                first = first ?? facts
            } else if directories.isEmpty, virtual.isEmpty {
                switch kind {
                case S_IFREG: return .file(place.path, facts)
                case S_IFLNK: return .link(place.path, facts)
                default: return .special(place.path, facts)
                }
            }
        }
        guard !directories.isEmpty || !virtual.isEmpty else { return nil }
        return .directory(directories, virtual: virtual, first)
    }

    /// The names in a directory of the package, sorted, each once.
    func names(in path: [String], _ directories: [String], _ virtual: Set<String>) throws(HostError) -> [String] {
        var names = virtual
        for directory in directories {
            for name in try SourceTree.names(of: directory) { names.insert(name) }
        }
        return names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    }
}
