import Barchan

/// A limit that a running grain has met, in words that its owner can do something with.
enum LimitNotice {
    /// Who can do something about it.
    static let remedy = "the administrator can raise it with 'barchan grain limits'"

    /// What has happened since the grain was started, or is so now; the most pressing first.
    /// - Parameter diskBytes: What the grain's data takes.
    static func all(
        _ usage: SandboxUsage, _ limits: GrainLimits, diskBytes: Int64, hasDroppedOutput: Bool
    ) -> [String] {
        var notices: [String] = []
        let sandbox = limits.sandbox
        if (usage.memoryKills ?? 0) > 0, let bytes = sandbox.memoryBytes { notices.append(memory(bytes)) }
        if (usage.refusedProcesses ?? 0) > 0, let count = sandbox.processes { notices.append(processes(count)) }
        if let limit = limits.volumeBytes, diskBytes > limit {
            notices.append("\(volume(diskBytes, limit)): delete something in it, because it is ended when it grows")
        }
        if let used = usage.temporaryBytes, used >= sandbox.temporaryBytes - sandbox.temporaryBytes / 64 {
            notices.append("the app's /tmp or /dev/shm is full, at \(sandbox.temporaryBytes >> 20) MiB (temporaryMiB)")
        }
        if let files = usage.temporaryFiles, files >= sandbox.temporaryInodes {
            notices.append(
                "the app's /tmp or /dev/shm has as many files as it may, which are \(sandbox.temporaryInodes)"
                    + " at \(sandbox.temporaryBytes >> 20) MiB (temporaryMiB)")
        }
        // A pipe or a pair of sockets takes two.
        if let files = usage.openFiles, let most = usage.openFilesLimit, most - files < 2 {
            notices.append(
                "a process of the app has as many files open as it may, which are \(most) of at most \(sandbox.openFilesHard) (openFiles)"
            )
        }
        if hasDroppedOutput {
            notices.append(
                "the app prints more than is kept of it, which is \(limits.logBytesPerSecond >> 10) KiB a second (logKiBPerSecond)"
            )
        }
        return notices
    }

    static func volume(_ bytes: Int64, _ limit: Int64) -> String {
        "its data takes \(bytes >> 20) MiB on disk, and \(limit >> 20) are allowed (volumeMiB)"
    }

    static func memory(_ bytes: Int64) -> String {
        "the app needed more memory than it may have, which is \(bytes >> 20) MiB (memoryMiB)"
    }

    static func processes(_ count: Int64) -> String {
        "the app needed more processes and threads than it may have, which are \(count) (processes)"
    }
}
