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
        let all = GroupHierarchy.all(mounts: text(of: mounts), membership: text(of: membership))
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

/// A file of /proc; empty when there is none.
private func text(of path: String) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while bytes.count < 16 << 20, case let count = read(file, &buffer, buffer.count), count > 0 {
        bytes += buffer.prefix(count)
    }
    return String(decoding: bytes, as: UTF8.self)
}
