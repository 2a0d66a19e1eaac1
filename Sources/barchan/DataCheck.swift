import BarchanKernel
import CLinux
import Glibc

/// Whether a host can write where its data is, by trying.
enum DataCheck {
    private typealias Finding = MachineCheck.Finding

    static func findings(_ configuration: HostConfiguration) -> [MachineCheck.Finding] {
        let path = configuration.dataDirectory
        // Each may be a disk of its own.
        var disks: Set<UInt64> = []
        let disksOfData = ["", "/storage", "/storage/packages", "/storage/volumes"].compactMap { part -> Finding? in
            let place = OpenDirectory.nearest(path + part)
            var status = stat()
            guard stat(place, &status) == 0, disks.insert(UInt64(status.st_dev)).inserted else { return nil }
            return disk(of: place, as: path + part, configuration.limits)
        }
        return disksOfData + owners(path) + openness(path)
    }

    private static func disk(of place: String, as path: String, _ limits: HostLimits) -> Finding {
        if let error = refusal(in: place) { return refused(path, place, error) }
        var space = statvfs()
        guard statvfs(place, &space) == 0 else { return refused(path, place, errno) }
        let free = Int64(clamping: UInt64(space.f_bavail) * UInt64(space.f_frsize))
        let total = Int64(clamping: UInt64(space.f_blocks) * UInt64(space.f_frsize))
        let reserve = limits.diskReserve(of: total)
        let found = "'\(path)', \(free >> 20) MiB free"
        if free < reserve {
            return problem(
                "\(found): no grain starts while less than \(reserve >> 20) MiB are", "make room on the disk")
        }
        // A file system without a fixed number of files says 0 of 0.
        if space.f_files > 0, space.f_favail < 1000 {
            return problem(
                "\(found), but only \(space.f_favail) files more can be made", "remove files; 'df -i' counts them")
        }
        return Finding(
            name: "data directory", found: found, isNeeded: false,
            fix: free >= 512 << 20 ? nil : "make room; packages and grains need some hundred MiB", trouble: .short)
    }

    /// Why nothing can be written to a directory's disk; nil when it can, or is only full.
    private static func refusal(in place: String) -> CInt? {
        guard access(place, W_OK) == 0 else { return errno }
        guard let directory = OpenDirectory(nearest: place) else { return errno }
        let file = clinux_temporary_file(directory.number)
        // Not every file system knows files without names.
        guard file >= 0 else { return [EOPNOTSUPP, EISDIR, ENOENT, ENOSPC, EDQUOT].contains(errno) ? nil : errno }
        defer { close(file) }
        let block = [UInt8](repeating: 0, count: 4096)
        guard write(file, block, block.count) == block.count, fsync(file) == 0 else {
            return [ENOSPC, EDQUOT].contains(errno) ? nil : errno
        }
        return nil
    }

    private static func refused(_ path: String, _ place: String, _ error: CInt) -> Finding {
        var status = stat()
        let text = String(cString: strerror(error))
        switch error {
        case EROFS, EIO:
            return problem(
                "'\(path)' cannot be written: \(text)",
                "look at what the kernel says of the disk (dmesg), mend its file system (fsck), mount it for writing")
        case EACCES where stat(place, &status) == 0 && status.st_uid != geteuid():
            return problem(
                "'\(path)' cannot be written: it belongs to user \(status.st_uid), and this is user \(geteuid())",
                "run the host as that user, or choose another place with --data or data = in [host]")
        default:
            return problem(
                "'\(path)' cannot be written: \(text)", "choose another place with --data or data = in [host]")
        }
    }

    private static func problem(_ found: String, _ fix: String) -> Finding {
        Finding(name: "data directory", found: found, isNeeded: true, fix: fix, trouble: .weak)
    }

    // MARK: Owners

    /// What a command run as another user leaves behind in a host's data, the host cannot write.
    private static func owners(_ path: String) -> [Finding] {
        var directory = stat()
        guard stat(path, &directory) == 0 else { return [] }
        let entries = [path, "\(path)/storage"].flatMap { parent in
            ((try? SourceTree.names(of: parent)) ?? []).map { "\(parent)/\($0)" }
        }
        let foreign = entries.filter { entry in
            var status = stat()
            return lstat(entry, &status) == 0 && status.st_uid != directory.st_uid
        }
        guard !foreign.isEmpty else { return [] }
        let some = foreign.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
        let rest = foreign.count > 3 ? " and \(foreign.count - 3) more" : ""
        return [
            problem(
                "'\(path)' belongs to user \(directory.st_uid), and \(some)\(rest) in it to others",
                "with the host stopped: chown \(directory.st_uid) \(some); run commands on this data as that user")
        ]
    }

    /// Whoever may change the directory can put other records and packages in the place of the host's.
    private static func openness(_ path: String) -> [Finding] {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & 0o022 != 0 else { return [] }
        return [problem("'\(path)' may be changed by others than its owner", "chmod go-w '\(path)'")]
    }
}
