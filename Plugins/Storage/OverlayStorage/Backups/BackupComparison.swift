import Barchan
import GrainBackup
import Glibc
import ZIP

/// Compares a tree on disk with the backup that it was made from.
struct BackupComparison {
    private let archive: ZIPReader
    private let tree: Directory

    init(_ archive: ZIPReader, _ tree: Directory) {
        self.archive = archive
        self.tree = tree
    }

    /// A backup gives no file to somebody else's rights.
    static func restored(_ permissions: UInt16) -> UInt16 { permissions & 0o777 }

    /// - Throws: ``HostError`` `.corrupt` with the first difference.
    func contents(_ metadata: BackupMetadata) throws(HostError) -> BackupContents {
        var contents = BackupContents(metadata: metadata), expected: [[UInt8]: ZIPMember?] = [:]
        for member in archive.members {
            guard let path = BackupLayout.path(of: member.entry) else { continue }
            // Parents that the archive does not name are made, too; those of one that is known are known.
            for end in path.indices.reversed() where path[end] == 0x2f {
                let parent = Array(path[path.startIndex..<end])
                if expected[parent] != nil { break }
                expected[parent] = .some(nil)
            }
            guard !path.isEmpty else { continue }
            expected[Array(path)] = member
            switch member.entry.kind {
            case .file: contents.files += 1
            case .directory: contents.directories += 1
            case .link: contents.links += 1
            }
            contents.bytes += member.entry.kind == .file ? member.entry.size : 0
        }
        var listing = try TreeListing(tree)
        while let item = try listing.next() {
            guard let member = expected.removeValue(forKey: item.path) else {
                throw Self.difference(item.text, "is not in the backup")
            }
            // In this order, because the listing opens what is closed.
            if let member { try compare(member, item) }
        }
        guard let missing = expected.keys.first else { return contents }
        throw Self.difference(ZIPEntry.text(of: missing), "was not restored")
    }

    private func compare(_ member: ZIPMember, _ item: TreeItem) throws(HostError) {
        let entry = member.entry
        let kind: TreeItem.Kind = entry.kind == .file ? .file : entry.kind == .link ? .link : .directory
        guard item.kind == kind else { throw Self.difference(entry.text, "is of another kind") }
        guard Int64(item.facts.st_mtim.tv_sec) == entry.modified else {
            throw Self.difference(entry.text, "has another time")
        }
        if kind != .link, item.permissions != Self.restored(entry.permissions) {
            throw Self.difference(entry.text, "has another mode")
        }
        guard kind != .directory else { return }
        guard Int64(item.facts.st_size) == entry.size else { throw Self.difference(entry.text, "has another size") }
        let checksum = kind == .link ? CRC32.of(try item.linkTarget()) : try checksum(item, entry.text)
        guard checksum == member.checksum else { throw Self.difference(entry.text, "has another content") }
    }

    private func checksum(_ item: TreeItem, _ name: String) throws(HostError) -> UInt32 {
        let file = try item.file()
        var checksum = CRC32(), buffer = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            let count = read(file.rawValue, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw systemError("read '\(name)'") }
            guard count > 0 else { return checksum.value }
            buffer.withUnsafeBytes { checksum.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }

    private static func difference(_ name: String, _ what: String) -> HostError {
        HostError(.corrupt, "verify the backup: '\(name)' \(what)")
    }
}
