import CLinux
import ControlGroups
import Glibc
import SandboxProtocol

/// What processes read from and wrote to disks, from a procfs of the launcher's own, in which pids are those it knows.
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
