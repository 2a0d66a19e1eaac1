import Barchan
import ZIP

/// What stands where in a backup (specification, section 20.1).
public enum BackupLayout {
    /// The directory with the content of the grain's /var.
    public static let data = "data"
    /// What the app printed; not restored.
    public static let log = "log"
    /// A GrainInfo message.
    public static let metadata = "metadata"
    static let maximumMetadataBytes = 8 << 20

    /// What a backup says of its grain.
    /// - Throws: ``HostError`` `.invalidArgument` when it is no backup of a grain.
    public static func metadata(of archive: ZIPReader) throws(HostError) -> BackupMetadata {
        guard let member = archive.member(metadata), member.entry.kind == .file else {
            throw HostError(.invalidArgument, "read the backup: it has no file 'metadata'; it is another zip file")
        }
        return try BackupMetadata(
            message: try archive.content(of: member, maximumBytes: maximumMetadataBytes))
    }

    /// The path below /var that an entry stands for; empty for /var itself, nil for what is not restored.
    public static func path(of entry: ZIPEntry) -> ArraySlice<UInt8>? {
        let prefix = Array(data.utf8)
        guard entry.name.starts(with: prefix) else { return nil }
        let rest = entry.name.dropFirst(prefix.count)
        if rest.isEmpty { return rest }
        return rest.first == 0x2f ? rest.dropFirst() : nil
    }

    /// The entry's name for a path below /var.
    public static func name(of path: [UInt8]) -> [UInt8] {
        path.isEmpty ? Array(data.utf8) : Array(data.utf8) + [0x2f] + path
    }
}
