import Barchan
import CLinux
import Glibc

/// Limits on what projects take, held by the file system itself: quotactl(2), of ext4 and XFS.
///
/// A project is a number that files carry (``FileProject``). A write beyond a project's limit fails at once, with `EDQUOT`
/// on ext4 and `ENOSPC` on XFS; a process with CAP_SYS_RESOURCE on the machine is exempt on ext4.
public struct ProjectQuota: Sendable {
    /// Whether a file system has them.
    public enum Support: Equatable, Sendable {
        case enforced
        /// `reason` and `fix` are phrases for a person.
        case absent(reason: String, fix: String)
    }

    /// What a project takes.
    public struct Usage: Equatable, Sendable {
        public var bytes: Int64
        /// Files, directories and links.
        public var files: Int64

        public init(bytes: Int64, files: Int64) {
            self.bytes = bytes
            self.files = files
        }
    }

    private let file: CInt

    /// - Parameter file: An open file or directory of the file system, which stays open as long as this is used.
    public init(fileSystemOf file: CInt) { self.file = file }

    /// Asks the kernel; as long as the file system stays mounted the answer is the same.
    public var support: Support {
        var counts: CInt = 0, enforces: CInt = 0
        guard clinux_project_quota_state(file, &counts, &enforces) == 0, counts != 0 else {
            return .absent(reason: "the file system does not count what projects take", fix: fix)
        }
        guard enforces != 0 else { return .absent(reason: "project quotas are counted, but not enforced", fix: fix) }
        do throws(HostError) { _ = try usage(of: 1) } catch {
            return .absent(reason: error.message, fix: "run as root")
        }
        return .enforced
    }

    /// What a project takes now; one call of the kernel, whatever the number of files.
    public func usage(of project: UInt32) throws(HostError) -> Usage {
        var usage: [UInt64] = [0, 0]
        // XFS says ENOENT for a project that has never had anything.
        guard clinux_project_usage(file, project, &usage) == 0 || errno == ENOENT else {
            throw Self.failure("ask what project \(project) takes")
        }
        return Usage(bytes: Int64(clamping: usage[0]), files: Int64(clamping: usage[1]))
    }

    /// Has the file system refuse what would make a project larger; it may be larger already, and then only shrink.
    ///
    /// - Parameter bytes: Nil for no limit. There may be a file for each 4 KiB, so that one project cannot use up
    ///   the inodes of all.
    public func limit(_ project: UInt32, to bytes: Int64?) throws(HostError) {
        let kibibytes = bytes.map { UInt64(max(1, $0 >> 10)) } ?? 0,
            files = bytes.map { UInt64(max(64, $0 >> 12)) } ?? 0
        guard clinux_limit_project(file, project, kibibytes, files) == 0 else {
            throw Self.failure("limit project \(project)")
        }
    }

    private static func failure(_ attempt: String) -> HostError {
        let number = errno, reason = String(cString: strerror(number))
        return HostError(number == EPERM ? .permissionDenied : .failed, "\(attempt): \(reason)")
    }

    /// How to get them; statfs(2) lists the numbers.
    private var fix: String {
        switch clinux_file_system_type(file) {
        case 0x5846_5342: return "mount this XFS with prjquota (takes a kernel with CONFIG_XFS_QUOTA)"
        case 0xef53:
            return "tune2fs -O project,quota -Q prjquota on the unmounted ext4, then mount it with prjquota "
                + "(takes a kernel with CONFIG_QFMT_V2)"
        default: return "keep the data directory on ext4 or XFS, mounted with prjquota"
        }
    }
}
