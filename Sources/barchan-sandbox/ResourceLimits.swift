import CLinux
import Glibc
import SandboxProtocol

/// Limits of each process of a sandbox, by setrlimit(2).
enum ResourceLimits {
    /// The same for every grain.
    static func applyDefaults() throws(LaunchFailure) {
        try limit(CLINUX_RLIMIT_CORE, 0, 0)
        try limit(CLINUX_RLIMIT_MEMLOCK, 8 << 20, 8 << 20)
        try limit(CLINUX_RLIMIT_MSGQUEUE, 819_200, 819_200)
        try limit(CLINUX_RLIMIT_NICE, 0, 0)
        try limit(CLINUX_RLIMIT_RTPRIO, 0, 0)
        // The default depends on the machine's memory.
        try limit(CLINUX_RLIMIT_SIGPENDING, 4096, 4096)
        try limit(CLINUX_RLIMIT_STACK, LaunchOrder.stackBytes, UInt64.max)
    }

    /// Of the launcher, so that the sum over its sandboxes has no bound where that can be had: the kernel notes in each user
    /// namespace what its maker may have, and counts all sandboxes against that, because they are one user outside.
    ///
    /// Sending a descriptor fails when the user's processes have more under way than the sender may open. A grain can have
    /// 4,096 under way; whoever starts another must be allowed more than that.
    static func liftForAll() {
        for resource in [
            CLINUX_RLIMIT_MSGQUEUE, CLINUX_RLIMIT_SIGPENDING, CLINUX_RLIMIT_MEMLOCK, CLINUX_RLIMIT_NPROC,
        ] {
            // Only root can.
            _ = clinux_limit(resource, UInt64.max, UInt64.max)
        }
        var files: UInt64 = 0
        guard clinux_hard_limit(CLINUX_RLIMIT_NOFILE, &files) == 0 else { return }
        _ = clinux_limit(CLINUX_RLIMIT_NOFILE, files, files)
    }

    /// Bounds what the sandbox may have of the inotify(7) instances (128) and watches that all grains share as one user. Called
    /// in the sandbox's own user namespace, whose bounds these are; where /proc does not let them be set, there are none.
    /// - Parameter processes: A /proc.
    static func limitWatches(processes: CInt) {
        try? writeFile("sys/user/max_inotify_instances", in: processes, "32", .resourceLimits)
        try? writeFile("sys/user/max_inotify_watches", in: processes, "8192", .resourceLimits)
    }

    /// Comes after everything that sends descriptors, see ``liftForAll()``.
    static func applyOpenFiles(_ order: LaunchOrder) throws(LaunchFailure) {
        try limit(CLINUX_RLIMIT_NOFILE, order.openFilesSoft, order.openFilesHard)
    }

    static func applyBounds(_ order: LaunchOrder, hasProcessGroup: Bool) throws(LaunchFailure) {
        if order.dataBytes > 0 { try limit(CLINUX_RLIMIT_DATA, order.dataBytes, order.dataBytes) }
        // The kernel counts a user's processes for each user namespace, so this bounds one sandbox. Where a control group
        // bounds them, too, it is to come first, because it counts refusals. A process counts here from the moment another
        // begins to make it, and there only when that is nearly done; all may be making one at once.
        guard order.processes > 0 else { return }
        let processes = hasProcessGroup ? min(order.processes, 1 << 32) * 2 : order.processes
        try limit(CLINUX_RLIMIT_NPROC, processes, processes)
    }

    /// Never raises what the host itself is limited to.
    private static func limit(
        _ resource: CInt, _ soft: UInt64, _ hard: UInt64
    ) throws(LaunchFailure) {
        var allowed: UInt64 = 0
        try check(clinux_hard_limit(resource, &allowed), .resourceLimits)
        let hard = min(hard, allowed)
        try check(clinux_limit(resource, min(soft, hard), hard), .resourceLimits)
    }
}
