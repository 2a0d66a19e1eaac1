import Barchan
import Glibc
import SPK

/// A directory on disk as the tree of a package.
struct SourceTree {
    private let root: String

    init(root: String) { self.root = root }

    func read(warn: (String) -> Void) throws(HostError) -> [PackageSource] { try entries(of: root, depth: 0, warn) }

    private func entries(of directory: String, depth: Int, _ warn: (String) -> Void) throws(HostError)
        -> [PackageSource]
    {
        guard depth <= PackageLimits().depth else {
            throw HostError(.resourceExhausted, "read '\(directory)': directories are nested too deeply for a package")
        }
        var sources: [PackageSource] = []
        for name in try Self.names(of: directory) {
            let path = "\(directory)/\(name)"
            var facts = stat()
            guard lstat(path, &facts) == 0 else { throw fileError("read", path) }
            let content: PackageSource.Content =
                facts.st_mode & S_IFMT == S_IFDIR
                ? .directory(try entries(of: path, depth: depth + 1, warn)) : try leaf(at: path, facts, warn)
            sources.append(
                PackageSource(name: Array(name.utf8), content: content, modifiedNanoseconds: date(of: facts)))
        }
        return sources
    }

    /// What the package has for anything but a directory. A socket, device or pipe becomes an empty file, as other
    /// packers have it (specification, section 2.4).
    func leaf(at path: String, _ facts: stat, _ warn: (String) -> Void) throws(HostError) -> PackageSource.Content {
        switch facts.st_mode & S_IFMT {
        case S_IFREG:
            return .file(
                reference: path, byteCount: Int(facts.st_size), isExecutable: facts.st_mode & S_IXUSR != 0)
        case S_IFLNK: return .link(target: try target(of: path))
        default:
            warn("'\(path)' is a socket, device or pipe: the package gets an empty file in its place")
            return .bytes([], isExecutable: false)
        }
    }

    private func target(of path: String) throws(HostError) -> [UInt8] {
        var target = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &target, target.count)
        guard count >= 0 else { throw fileError("read link", path) }
        return target.prefix(count).map { UInt8(bitPattern: $0) }
    }

    /// When a file was changed, in nanoseconds since 1970.
    func date(of facts: stat) -> Int64 {
        Int64(facts.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(facts.st_mtim.tv_nsec)
    }

    /// The names in a directory, sorted.
    /// - Throws: ``HostError`` `.invalidArgument` for one that is not UTF-8.
    static func names(of directory: String) throws(HostError) -> [String] {
        guard let stream = opendir(directory) else { throw fileError("read directory", directory) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            guard let name = String(validating: bytes, as: UTF8.self) else {
                let shown = String(decoding: bytes, as: UTF8.self)
                throw HostError(
                    .invalidArgument, "pack '\(directory)/\(shown)': the name is not UTF-8; rename the file")
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
