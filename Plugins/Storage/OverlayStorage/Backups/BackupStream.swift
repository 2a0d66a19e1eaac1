import Barchan
import CLinux
import GrainBackup
import Glibc
import ZIP

/// A snapshot as the bytes of a backup, made while they are read.
final class BackupStream: ByteReader {
    private let writer: BackupWriter

    init(_ writer: BackupWriter) { self.writer = writer }
    deinit { cancel() }

    func next() async throws(HostError) -> [UInt8]? { try await writer.next() }
    func cancel() { Task { [writer] in await writer.end() } }
}

/// Writes one backup, on a thread that yields to others.
actor BackupWriter {
    private let thread: StorageThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private enum Step { case begin, tree, file(OwnedFile, rest: Int64), over }
    private final class OwnedFile {
        let descriptor: OwnedDescriptor
        init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }
    }

    private let metadata: BackupMetadata
    private let snapshot: DirectorySnapshot
    private let limits: ZIPLimits
    private var step = Step.begin
    private var writer: ZIPWriter?
    private var listing: TreeListing?
    private var expanded: Int64 = 0
    private var buffer = [UInt8](repeating: 0, count: 256 << 10)
    private static let pieceBytes = 128 << 10

    init(_ snapshot: DirectorySnapshot, _ metadata: BackupMetadata, limits: ZIPLimits) {
        thread = StorageThread(name: "backup", isUrgent: false)
        self.snapshot = snapshot
        self.metadata = metadata
        self.limits = limits
    }

    /// The next bytes, or nil at the end; the snapshot is gone then.
    func next() async throws(HostError) -> [UInt8]? {
        do throws(HostError) {
            let writer = try zipWriter()
            while writer.pendingBytes < Self.pieceBytes {
                if case .over = step { break }
                try advance(writer)
            }
            let bytes = writer.takeOutput()
            if !bytes.isEmpty { return bytes }
        } catch {
            await end()
            throw error
        }
        await end()
        return nil
    }

    func end() async {
        step = .over
        listing = nil
        await snapshot.discard()
    }

    private func zipWriter() throws(HostError) -> ZIPWriter {
        if let writer { return writer }
        let writer = try ZIPWriter(limits: limits)
        self.writer = writer
        return writer
    }

    // MARK: Steps

    private func advance(_ writer: ZIPWriter) throws(HostError) {
        switch step {
        case .begin: try begin(writer)
        case .tree: try add(writer)
        case .file(let file, let rest): try read(file, rest, writer)
        case .over: return
        }
    }

    private func begin(_ writer: ZIPWriter) throws(HostError) {
        let now = Int64(time(nil)), data = try snapshot.data()
        let own = ZIPEntry(name: [], kind: .file, permissions: 0o600, modified: now)
        let facts = try data.facts(beneath: [0x2e])
        try writer.addFile(own.named(BackupLayout.metadata, size: metadata.message.count), content: metadata.message)
        let log = try snapshot.log()
        try writer.addFile(own.named(BackupLayout.log, size: log.count), content: log)
        try writer.addDirectory(
            ZIPEntry(
                name: BackupLayout.name(of: []), kind: .directory, permissions: UInt16(facts.st_mode & 0o7777),
                modified: Int64(facts.st_mtim.tv_sec)))
        listing = try TreeListing(data)
        step = .tree
    }

    private func add(_ writer: ZIPWriter) throws(HostError) {
        guard let item = try listing?.next() else {
            writer.finish()
            step = .over
            return
        }
        var entry = ZIPEntry(
            name: BackupLayout.name(of: item.path), kind: .file, permissions: item.permissions,
            modified: Int64(item.facts.st_mtim.tv_sec))
        switch item.kind {
        case .directory:
            entry.kind = .directory
            try writer.addDirectory(entry)
        case .link:
            let target = try item.linkTarget()
            entry.kind = .link
            entry.size = Int64(target.count)
            try writer.addLink(entry, target: target)
        case .file:
            entry.size = Int64(item.facts.st_size)
            expanded += entry.size
            guard expanded <= limits.expandedBytes else {
                throw HostError(
                    .resourceExhausted,
                    "back up '\(item.text)': the files have more than \(limits.expandedBytes) bytes together")
            }
            let file = OwnedFile(try item.file())
            try writer.beginFile(entry)
            step = .file(file, rest: entry.size)
        case .other: return
        }
    }

    private func read(_ file: OwnedFile, _ rest: Int64, _ writer: ZIPWriter) throws(HostError) {
        guard rest > 0 else {
            try writer.endFile()
            step = .tree
            return
        }
        let count = Glibc.read(file.descriptor.rawValue, &buffer, min(buffer.count, Int(min(rest, 1 << 30))))
        if count < 0 && errno == EINTR { return }
        guard count > 0 else { throw systemError("read a file of a snapshot", count == 0 ? EIO : errno) }
        buffer.withUnsafeBytes { writer.appendToFile(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        step = .file(file, rest: rest - Int64(count))
    }
}

extension ZIPEntry {
    fileprivate func named(_ name: String, size: Int) -> ZIPEntry {
        var entry = self
        entry.name = Array(name.utf8)
        entry.size = Int64(size)
        return entry
    }
}
