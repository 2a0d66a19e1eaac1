import CLinux
import ControlGroups
import Glibc

/// Whose control group a process is in.
public enum GroupOwner: Sendable, Equatable {
    /// systemd is not process 1: whoever may write there.
    case nobody
    /// There is no group of version 2 that systemd could hand over.
    case noGroups
    /// systemd handed it over.
    case delegated
    /// systemd's.
    case systemd

    /// - Parameters:
    ///   - manager: Exists where systemd is process 1 (sd_booted(3)).
    ///   - mounts: A process's mountinfo, and `membership` its groups (proc(5)).
    ///   - isDelegated: Whether systemd marked this directory.
    public init(
        manager: String = "/run/systemd/system", mounts: String = "/proc/self/mountinfo",
        membership: String = "/proc/self/cgroup", isDelegated: (String) -> Bool = GroupOwner.isMarked
    ) {
        guard access(manager, F_OK) == 0 else {
            self = .nobody
            return
        }
        let all = GroupHierarchy.all(mountsFile: mounts, membershipFile: membership)
        guard let own = all.first(where: { $0.version == .v2 }) else {
            self = .noGroups
            return
        }
        self = isDelegated(own.directory) ? .delegated : .systemd
    }

    /// systemd marks what it hands over with an extended attribute of this group: the second one since version 251, and the first,
    /// which only root can read, before.
    public static func isMarked(_ directory: String) -> Bool {
        ["trusted.delegate", "user.delegate"].contains { name in
            var value: UInt8 = 0
            return clinux_get_attribute(directory, name, &value, 1) == 1 && value == UInt8(ascii: "1")
        }
    }
}
