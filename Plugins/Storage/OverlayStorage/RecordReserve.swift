import CLinux
import Glibc

/// Room on the disk that nothing but the records can take: without it nobody could log in or delete anything when the disk
/// is full.
///
/// SQLite writes every transaction into its write-ahead log first, and begins that file anew, at the same length, when all
/// of it is in the database (sqlite.org, "Write-Ahead Logging"). So the log is given its blocks ahead of time. What is in
/// them before is not read: the log ends where its file ends.
///
/// Used by one thread at a time.
final class RecordReserve {
    /// Some hundred small transactions, also when the database itself cannot grow.
    static let bytes: off_t = 8 << 20

    private let path: String
    private var isMade = false

    /// - Parameter log: The path of the write-ahead log.
    init(log path: String) { self.path = path }

    /// Takes the room that went with the log's old length.
    func makeAgain() {
        isMade = false
        make()
    }

    /// Takes the room, once; where there is none, or the file system cannot do it, that is tried again with the next call.
    func make() {
        guard !isMade else { return }
        let file = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return }
        defer { close(file) }
        let result = clinux_reserve(file, RecordReserve.bytes)
        // Another reason than a full disk will not go away.
        isMade = result == 0 || ![ENOSPC, EDQUOT, EINTR].contains(errno)
    }
}
