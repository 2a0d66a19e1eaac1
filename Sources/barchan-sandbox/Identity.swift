import CLinux
import Glibc
import SandboxProtocol

/// Who the grain is: 1000 inside, one ordinary id outside.
enum Identity {
    static let inside: UInt32 = 1000

    /// Maps the one user and the one group. The process has them already, seen from outside.
    /// - Parameter processes: A /proc.
    static func mapGrainUser(_ configuration: LauncherConfiguration, processes: CInt) throws(LaunchFailure) {
        // The files below belong to the process only while it can be dumped.
        _ = clinux_prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
        try writeFile("self/setgroups", in: processes, "deny", .mapping)
        try writeFile("self/uid_map", in: processes, "\(inside) \(configuration.user) 1", .mapping)
        try writeFile("self/gid_map", in: processes, "\(inside) \(configuration.group) 1", .mapping)
        _ = clinux_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    }

    /// User 0 of a user namespace becomes the grains' user, in a namespace below it.
    ///
    /// Needs /proc, and takes it away: what is open of it stays usable.
    static func enterOwnNamespace() throws(LaunchFailure) {
        let process = try opened(open("/proc/self", CLINUX_O_PATH | O_DIRECTORY | O_CLOEXEC), .mapping)
        try check(clinux_detach_mount("/proc"), .mapping)
        try check(clinux_unshare(CLINUX_CLONE_NEWUSER), .mapping)
        for (name, text) in [("setgroups", "deny"), ("uid_map", "\(inside) 0 1"), ("gid_map", "\(inside) 0 1")] {
            let file = try opened(openat(process.number, name, O_WRONLY | O_CLOEXEC), .mapping)
            let bytes = Array(text.utf8)
            try check(CInt(truncatingIfNeeded: write(file.number, bytes, bytes.count)), .mapping)
        }
    }

    /// Root becomes the grains' user, with its capabilities.
    static func becomeGrainUser(_ configuration: LauncherConfiguration) throws(LaunchFailure) {
        try check(clinux_drop_groups(), .identity)
        try check(clinux_setresgid(configuration.group), .identity)
        // Kept for the clone: a host may forbid user namespaces to everybody but root.
        try check(clinux_prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), .identity)
        try check(clinux_setresuid(configuration.user), .identity)
        try check(clinux_raise_capabilities(), .identity)
    }
}
