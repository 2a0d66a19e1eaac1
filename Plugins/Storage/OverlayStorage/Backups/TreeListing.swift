import Barchan
import CLinux
import Glibc

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
    var text: String { String(decoding: path, as: UTF8.self) }
}

/// Everything below a directory that nobody changes meanwhile: parents before what is in them, in order of their names.
///
/// Directories that are closed to their owner are open to the host while it is at what is in them.
struct TreeListing {
    private let base: Directory
    private var pending: [[UInt8]] = []
    private var accesses = OwnerAccesses()

    init(_ base: Directory) throws(HostError) {
        self.base = base
        try push(base, path: [])
    }

    mutating func next() throws(HostError) -> TreeItem? {
        guard let path = pending.popLast() else { return nil }
        accesses.leave(for: path)
        let item = TreeItem(path: path, facts: try base.facts(beneath: path))
        if item.kind == .directory {
            accesses.enter(path, beneath: base)
            try push(try base.directory(beneath: path), path: path + [0x2f])
        }
        return item
    }

    private mutating func push(_ directory: Directory, path: [UInt8]) throws(HostError) {
        let names = try directory.rawNames().sorted { $1.lexicographicallyPrecedes($0) }
        pending.append(contentsOf: names.map { path + $0 })
    }
}

extension Directory {
    /// Longer paths are beyond what the kernel, zip and unzip take.
    private func attempt(_ what: String, _ path: [UInt8]) -> String {
        "\(what) '\(self.path)/\(String(decoding: path, as: UTF8.self))'"
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
        guard number >= 0 else { throw systemError(attempt("open directory", path)) }
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
