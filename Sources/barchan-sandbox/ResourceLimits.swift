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
        try limit(CLINUX_RLIMIT_STACK, 8 << 20, UInt64.max)
    }

    static func apply(_ order: LaunchOrder, hasProcessGroup: Bool) throws(LaunchFailure) {
        try limit(CLINUX_RLIMIT_NOFILE, order.openFilesSoft, order.openFilesHard)
        if order.dataBytes > 0 { try limit(CLINUX_RLIMIT_DATA, order.dataBytes, order.dataBytes) }
        // The kernel counts a user's processes for each user namespace, so this bounds one sandbox. One more than a
        // control group allows: the group comes first, because it counts refusals.
        guard order.processes > 0 else { return }
        let processes = order.processes + (hasProcessGroup ? 1 : 0)
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
