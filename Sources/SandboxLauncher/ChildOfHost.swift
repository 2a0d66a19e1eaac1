import Glibc
import Synchronization

/// A process that somebody waits for and others may kill: never one that has its number afterwards.
public final class ChildOfHost: Sendable {
    private let process: pid_t
    private let isGone = Mutex(false)

    public init(_ process: pid_t) { self.process = process }

    /// Does nothing once it has ended.
    public func kill() {
        isGone.withLock { isGone in
            if !isGone { _ = Glibc.kill(process, SIGKILL) }
        }
    }

    /// Waits for the end, once.
    /// - Returns: The status of wait(2).
    public func waitForEnd() -> CInt {
        // Its number is its own until it is taken out of the table below.
        var facts = siginfo_t()
        while waitid(P_PID, id_t(process), &facts, WEXITED | WNOWAIT) < 0 && errno == EINTR {}
        return isGone.withLock { isGone in
            var status: CInt = 0
            while waitpid(process, &status, 0) < 0 && errno == EINTR {}
            isGone = true
            return status
        }
    }
}
