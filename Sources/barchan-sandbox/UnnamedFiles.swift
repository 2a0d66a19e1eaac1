import CLinux
import Glibc

/// Files without a name on the disk of a sandbox's data: no walk through the data finds them, and their space is taken as long as
/// a process has them.
///
/// Not seen are descriptors under way in sockets, and files that are only mapped where the launcher may not ask for them
/// (`/proc/PID/map_files` takes CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE outside of every user namespace).
struct UnnamedFiles {
    private let processes: CInt
    /// Bytes by the number of the file.
    private var found: [UInt64: UInt64] = [:]
    /// How many files more are looked at: about a tenth of a second for all of them, in which no other sandbox is served.
    private var rest = 1 << 16
    /// As everywhere where data is measured: a file system has only so many files.
    private static let leastBytes: UInt64 = 4096

    /// - Parameters:
    ///   - members: The processes of a sandbox.
    ///   - processes: A procfs in which they have these numbers; lent.
    static func bytes(of members: [pid_t], _ processes: CInt) -> UInt64 {
        var files = UnnamedFiles(processes: processes)
        // Who has more open than is looked at cannot choose what is overlooked, and sooner or later nothing is.
        for process in members.shuffled() where files.rest > 0 { files.add(process) }
        return files.found.values.reduce(0, +)
    }

    private init(processes: CInt) { self.processes = processes }

    /// Threads may have descriptors of their own, and the first thread may have ended.
    private mutating func add(_ process: pid_t) {
        var last: pid_t?
        for thread in ProcessTable.numbers(in: processes, "\(process)/task") where thread > 0 {
            if let last, clinux_share_files(last, thread) != 0 { continue }
            last = thread
            var data = stat()
            guard fstatat(processes, "\(thread)/root/var", &data, 0) == 0 else { continue }
            add("\(thread)/fd", on: data.st_dev)
            add("\(thread)/map_files", on: data.st_dev)
        }
    }

    /// What the links in a directory lead to.
    private mutating func add(_ directory: String, on device: dev_t) {
        let names = ProcessTable.names(in: processes, directory)
        for name in rest < names.count ? names.shuffled() : names where name != "." && name != ".." {
            guard rest > 0 else { return }
            rest -= 1
            var file = stat()
            guard fstatat(processes, "\(directory)/\(name)", &file, 0) == 0 else {
                // All or none of them may be followed.
                if errno == EPERM || errno == EACCES { return }
                continue
            }
            guard file.st_nlink == 0, file.st_dev == device, file.st_mode & S_IFMT == S_IFREG else { continue }
            found[UInt64(file.st_ino)] = max(UInt64(file.st_blocks) * 512, Self.leastBytes)
        }
    }
}
