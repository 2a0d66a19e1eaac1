import Barchan

/// Counts what one backup takes on disk, before it is written.
final class BackupBudget {
    /// Of the file systems we know, in bytes.
    static let block = 4096

    /// Of the unpacked data alone, in bytes.
    var volumeLimit: Int64?
    private let diskLimit: Int64?
    private var volumeBytes: Int64 = 0
    private var diskBytes: Int64 = 0

    init(diskBytes: Int64?) { diskLimit = diskBytes }

    func takeForFile(_ bytes: Int) throws(HostError) {
        diskBytes += Int64(bytes)
        guard let diskLimit, diskBytes > diskLimit else { return }
        throw HostError(
            .resourceExhausted,
            "unpack the backup: it and what it holds take more than the \(diskLimit >> 20) MiB that may be used of the disk; "
                + "make room on it and try again")
    }

    func takeForVolume(_ bytes: Int) throws(HostError) {
        volumeBytes += Int64(bytes)
        if let volumeLimit, volumeBytes > volumeLimit {
            throw HostError(
                .resourceExhausted,
                "unpack the backup: its data takes more than the \(volumeLimit >> 20) MiB that a grain may have (volumeMiB)"
            )
        }
        try takeForFile(bytes)
    }
}
