import CLinux
import ControlGroups
import Glibc
import SandboxProtocol

/// What processes read from and wrote to disks, how many files they have open, and what their /tmp and /dev/shm hold, from a procfs of
/// the launcher's own, in which pids are those it knows.
///
/// A process counts for the children that it waited for, so the living ones hold nearly all of a sandbox's history.
struct ProcessAccounts {
    /// The procfs.
    let processes: CInt

    /// Nil where procfs cannot be mounted.
    init?() {
        let context = clinux_fsopen("proc")
        guard context >= 0 else { return nil }
        defer { close(context) }
        guard clinux_fsconfig_create(context) == 0 else { return nil }
        let attributes = CLINUX_MOUNT_NOSUID | CLINUX_MOUNT_NODEV | CLINUX_MOUNT_NOEXEC
        processes = clinux_fsmount(context, UInt32(attributes))
        guard processes >= 0 else { return nil }
    }

    /// - Parameter members: The processes of a sandbox.
    func add(_ members: [pid_t], to measure: inout SandboxMeasure) {
        addDiskUse(of: members, to: &measure)
        addOpenFiles(of: members, to: &measure)
        guard let first = members.first else { return }
        for place in ["tmp", "dev/shm"] {
            guard let space = space(of: place, in: "\(first)/root") else { continue }
            let bytes = UInt64(space.f_blocks - space.f_bfree) * UInt64(space.f_frsize)
            measure.temporaryBytes = max(measure.temporaryBytes ?? 0, bytes)
            measure.temporaryFiles = max(measure.temporaryFiles ?? 0, UInt64(space.f_files - space.f_ffree))
        }
    }

    /// The size of this directory is the number of descriptors since Linux 6.2; before, it is 0.
    private func addOpenFiles(of members: [pid_t], to measure: inout SandboxMeasure) {
        var most: (process: pid_t, count: UInt64)?
        for process in members {
            var status = stat()
            guard fstatat(processes, "\(process)/fd", &status, 0) == 0, status.st_size > 0 else { continue }
            if UInt64(status.st_size) > most?.count ?? 0 { most = (process, UInt64(status.st_size)) }
        }
        guard let most, let limits = GroupFiles.text(processes, "\(most.process)/limits") else { return }
        measure.openFiles = most.count
        let line = limits.split(separator: "\n").first { $0.hasPrefix("Max open files ") }
        measure.openFilesLimit = line?.split(separator: " ").dropFirst(3).first.flatMap { UInt64($0) }
    }

    /// Of a file system of its own; the package's is the host's business.
    private func space(of place: String, in root: String) -> statvfs? {
        let directory = openat(processes, "\(root)/\(place)", CLINUX_O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return nil }
        defer { close(directory) }
        var status = stat(), rootStatus = stat(), space = statvfs()
        guard fstat(directory, &status) == 0, fstatat(processes, root, &rootStatus, 0) == 0,
            status.st_dev != rootStatus.st_dev, fstatvfs(directory, &space) == 0, space.f_blocks >= space.f_bfree,
            space.f_files >= space.f_ffree
        else { return nil }
        return space
    }

    private func addDiskUse(of members: [pid_t], to measure: inout SandboxMeasure) {
        for process in members {
            // It may have ended just now.
            guard let account = GroupFiles.text(processes, "\(process)/io") else { continue }
            for line in account.split(separator: "\n") {
                let words = line.split(separator: " ")
                guard words.count == 2, let bytes = UInt64(words[1]) else { continue }
                switch words[0] {
                case "read_bytes:": measure.readBytes = (measure.readBytes ?? 0) + bytes
                case "write_bytes:": measure.writtenBytes = (measure.writtenBytes ?? 0) + bytes
                default: continue
                }
            }
        }
    }
}
