import Barchan
import CLinux
import Glibc
import ZIP

/// One name below a directory.
struct TreeItem {
    /// From that directory on, components with `/` between them.
    var path: [UInt8]
    var facts: stat

    enum Kind { case file, directory, link, other }

    var kind: Kind {
        switch facts.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .directory
        case S_IFLNK: .link
        default: .other
        }
    }

    var permissions: UInt16 { UInt16(facts.st_mode & 0o7777) }

    /// For messages.
    var text: String { ZIPEntry.text(of: path) }

    /// Where it is, from a directory that is near enough.
    fileprivate(set) var place: PathAnchors.Place

    func file() throws(HostError) -> OwnedDescriptor { try place.directory.file(beneath: place.path) }
    func directory() throws(HostError) -> Directory { try place.directory.directory(beneath: place.path) }
    func linkTarget() throws(HostError) -> [UInt8] { try place.directory.linkTarget(beneath: place.path) }
}

/// Everything below a directory that nobody changes meanwhile: parents before what is in them, in order of their names.
///
/// Directories that are closed to their owner are open to the host while it is at what is in them.
struct TreeListing {
    private var anchors: PathAnchors
    private var path: [UInt8] = []
    /// The directories on the way: how long the path to each is, with its `/`, and the names to come, the last one first.
    private var levels: [(pathBytes: Int, names: [[UInt8]])] = []
    private var accesses = OwnerAccesses()
    /// What a zip file holds of a name (65,535 bytes), less `data/` and the `/` behind a directory.
    private static let maximumPathBytes = 65_529

    init(_ base: Directory) throws(HostError) {
        anchors = PathAnchors(base)
        try descend(into: base)
    }

    mutating func next() throws(HostError) -> TreeItem? {
        while let level = levels.last, level.names.isEmpty { levels.removeLast() }
        guard let pathBytes = levels.last?.pathBytes, let name = levels[levels.count - 1].names.popLast() else {
            return nil
        }
        path.removeSubrange(pathBytes...)
        path += name
        guard path.count <= Self.maximumPathBytes else {
            throw HostError(
                .resourceExhausted,
                "look at '\(ZIPEntry.text(of: path))': its path is longer than the \(Self.maximumPathBytes) bytes that are "
                    + "possible here")
        }
        accesses.leave(for: path)
        let place = try anchors.place(of: path)
        let item = TreeItem(path: path, facts: try place.directory.facts(beneath: place.path), place: place)
        if item.kind == .directory {
            accesses.enter(path, at: place.path, beneath: place.directory)
            path.append(0x2f)
            try descend(into: try item.directory())
        }
        return item
    }

    private mutating func descend(into directory: Directory) throws(HostError) {
        let names = try directory.rawNames().sorted { $1.lexicographicallyPrecedes($0) }
        levels.append((path.count, names))
    }
}

extension Directory {
    /// A grain's data is nothing that its owner knows by the host's path.
    private func attempt(_ what: String, _ path: [UInt8]) -> String {
        "\(what) '\(ZIPEntry.text(of: path))' of the grain's data"
    }

    func facts(beneath path: [UInt8]) throws(HostError) -> stat {
        var facts = stat()
        let result = path.withName { fstatat(number, $0, &facts, AT_SYMLINK_NOFOLLOW) }
        guard result == 0 else { throw systemError(attempt("look at", path)) }
        return facts
    }

    /// A directory below this one, through no link.
    func directory(beneath path: [UInt8]) throws(HostError) -> Directory {
        if path.isEmpty { return try directory(".") }
        let number = path.withName { clinux_open_beneath(self.number, $0) }
        guard number >= 0 else {
            let error = errno
            guard error != ENOTDIR, error != ELOOP else {
                throw HostError(.invalidArgument, "\(attempt("open directory", path)): it is no directory")
            }
            throw systemError(attempt("open directory", path), error)
        }
        return Directory(
            OwnedDescriptor(takingOwnershipOf: number), path: "\(self.path)/\(String(decoding: path, as: UTF8.self))")
    }

    /// A regular file below this one, through no link, for reading; also one that its owner may not read.
    func file(beneath path: [UInt8]) throws(HostError) -> OwnedDescriptor {
        let flags = UInt64(O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        // Beneath, no links, no other file system: openat2(2).
        let number = path.withName { clinux_openat2(self.number, $0, flags, 0x08 | 0x04 | 0x01) }
        if number >= 0 { return OwnedDescriptor(takingOwnershipOf: number) }
        let error = errno
        if error == EACCES, let file = OwnerAccess(to: path, beneath: self)?.openFile() { return file }
        throw systemError(attempt("open", path), error)
    }

    func linkTarget(beneath path: [UInt8]) throws(HostError) -> [UInt8] {
        var target = [UInt8](repeating: 0, count: 4096)
        let count = path.withName { path in
            target.withUnsafeMutableBytes { target in
                target.baseAddress.map { readlinkat(number, path, $0, target.count) } ?? -1
            }
        }
        guard count >= 0 else { throw systemError(attempt("read link", path)) }
        return Array(target[..<count])
    }
}
