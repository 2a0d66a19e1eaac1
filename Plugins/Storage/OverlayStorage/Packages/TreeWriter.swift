import Barchan
import Glibc
import SPK
import Synchronization

/// Writes the tree of an archive. One thread makes directories and links, two more fill the files.
enum TreeWriter {
    private static let threads = 2

    /// - Parameter source: Holds the archive's bytes.
    /// - Parameter shared: Where files that are there already come from, and new ones are kept for others.
    static func write(
        _ archive: Archive, into tree: Directory, source: ArchiveReceiver, sharing shared: SharedFiles?
    ) throws(HostError) {
        let budget = Mutex(PageBudget(source))
        let failures = FirstFailure()
        let workers = Workers<FileToWrite>(name: "install files", threads: threads, capacity: 64) {
            file throws(HostError) in
            try file.write(from: source, sharing: shared)
            budget.withLock { $0.touch(file.byteCount) }
        }
        do throws(HostError) {
            try archive.walk(TreeDirectory(tree, modified: nil, parent: nil, failures)) {
                entry, parent throws(HostError) in
                try write(entry, in: parent, workers, failures)
            }
            try workers.finish()
        } catch {
            workers.cancel()
            throw error
        }
        if let failure = failures.first { throw failure }
    }

    private static func write(
        _ entry: ArchiveEntry, in parent: TreeDirectory, _ workers: Workers<FileToWrite>, _ failures: FirstFailure
    ) throws(HostError) -> TreeDirectory? {
        let modified = timespec(nanoseconds: entry.modifiedNanoseconds)
        switch entry.content {
        case .file(let data, let isExecutable):
            try workers.submit(
                FileToWrite(
                    parent: parent, name: entry.name, data: data, mode: isExecutable ? 0o755 : 0o644,
                    modifiedNanoseconds: entry.modifiedNanoseconds))
            return nil
        case .link(let target):
            try parent.link(entry.name, to: target, modified: modified)
            return nil
        case .directory:
            return TreeDirectory(try parent.makeDirectory(entry.name), modified: modified, parent: parent, failures)
        }
    }
}

/// A directory that is being filled. Its time is set when the last reference goes, that is, when the last file is in it.
final class TreeDirectory: Sendable {
    let directory: Directory
    private let modified: timespec?
    // Also keeps the parent from being dated before its children are there.
    private let parent: TreeDirectory?
    private let failures: FirstFailure

    init(_ directory: Directory, modified: timespec?, parent: TreeDirectory?, _ failures: FirstFailure) {
        self.directory = directory
        self.modified = modified
        self.parent = parent
        self.failures = failures
    }

    deinit {
        guard let modified else { return }
        if futimens(directory.number, [modified, modified]) != 0 {
            failures.note(systemError("date directory '\(directory.path)'"))
        }
    }

    func path(of name: [UInt8]) -> String { "\(directory.path)/\(String(decoding: name, as: UTF8.self))" }

    func makeDirectory(_ name: [UInt8]) throws(HostError) -> Directory {
        let path = path(of: name)
        let parent = directory.number
        let number = try name.withName { name throws(HostError) in
            guard mkdirat(parent, name, 0o755) == 0 else { throw systemError("make directory '\(path)'") }
            let number = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard number >= 0 else { throw systemError("open directory '\(path)'") }
            return number
        }
        let made = Directory(OwnedDescriptor(takingOwnershipOf: number), path: path)
        // Whatever the host's umask: the app runs as somebody else.
        guard fchmod(number, 0o755) == 0 else { throw systemError("set the mode of '\(path)'") }
        return made
    }

    func link(_ name: [UInt8], to target: [UInt8], modified: timespec) throws(HostError) {
        let path = path(of: name)
        try name.withName { name throws(HostError) in
            try target.withName { target throws(HostError) in
                guard symlinkat(target, directory.number, name) == 0,
                    utimensat(directory.number, name, [modified, modified], AT_SYMLINK_NOFOLLOW) == 0
                else { throw systemError("make link '\(path)'") }
            }
        }
    }
}

/// One file, for whichever thread is free.
private struct FileToWrite: Sendable {
    let parent: TreeDirectory
    let name: [UInt8]
    let data: ArchiveData
    let mode: mode_t
    let modifiedNanoseconds: Int64

    var byteCount: Int { data.count }

    func write(from source: ArchiveReceiver, sharing shared: SharedFiles?) throws(HostError) {
        try data.withUnsafeBytes { bytes throws(HostError) in
            guard let shared else { return try write(bytes, from: source) }
            let digest = SharedFiles.digest(mode: mode, modifiedNanoseconds: modifiedNanoseconds)
            try source.inPieces(bytes) { digest.update($0) }
            let common = SharedFiles.name(digest)
            let answer = shared.link(common, byteCount: bytes.count, to: name, in: parent.directory)
            guard answer != .linked else { return }
            try write(bytes, from: source)
            shared.keep(name, in: parent.directory, as: common, replacing: answer == .unusable)
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, from source: ArchiveReceiver) throws(HostError) {
        let modified = timespec(nanoseconds: modifiedNanoseconds)
        let path = parent.path(of: name)
        let number = try name.withName { name throws(HostError) in
            let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
            let number = openat(parent.directory.number, name, flags, mode)
            guard number >= 0 else { throw systemError("make file '\(path)'") }
            return number
        }
        let file = OwnedDescriptor(takingOwnershipOf: number)
        try source.inPieces(bytes) { piece throws(HostError) in
            try writeAll(piece, to: file.rawValue, called: path)
        }
        guard fchmod(file.rawValue, mode) == 0, futimens(file.rawValue, [modified, modified]) == 0 else {
            throw systemError("set mode and time of '\(path)'")
        }
    }
}

/// Where something that cannot throw leaves its error.
final class FirstFailure: Sendable {
    private let failure = Mutex<HostError?>(nil)
    func note(_ error: HostError) { failure.withLock { $0 = $0 ?? error } }
    var first: HostError? { failure.withLock { $0 } }
}

extension timespec {
    /// Whole seconds downwards, so that the fraction is never negative, before 1970 too.
    init(nanoseconds: Int64) {
        let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        let seconds = remainder < 0 ? quotient - 1 : quotient
        self.init(tv_sec: Int(seconds), tv_nsec: Int(remainder < 0 ? remainder + 1_000_000_000 : remainder))
    }
}
