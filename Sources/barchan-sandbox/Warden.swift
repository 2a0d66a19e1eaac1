import CLinux
import ControlGroups
import Glibc

/// Stands above one sandbox that has no pid namespace: everything that the sandbox starts ends up below it, and it ends all
/// of that when the first process has ended, when it is told to, and when the launcher is gone.
///
/// Where control groups of version 2 can (`cgroup.kill`), the kernel ends everybody in the sandbox's group at once. Elsewhere,
/// what starts processes faster than it can end them gets away with that; only a pid namespace is certain.
enum Warden {
    /// Runs in a process of its own. `program` runs in the sandbox's first process.
    static func keep(_ group: SandboxGroup, _ program: () -> Never) -> Never {
        setsid()
        // Orphans become its children.
        _ = clinux_prctl(36 /* PR_SET_CHILD_SUBREAPER */, 1, 0, 0, 0)
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGCHLD, SIGTERM] { sigaddset(&signals, number) }
        sigprocmask(SIG_BLOCK, &signals, nil)
        _ = clinux_prctl(PR_SET_PDEATHSIG, UInt(SIGTERM), 0, 0, 0)
        let first = pid_t(group.clone(SIGCHLD))
        if first == 0 {
            clinux_default_signals()
            program()
        }
        let killer = group.openKill()
        let kept = clinux_dup3(killer, 3)
        _ = clinux_close_range(kept < 0 ? 3 : 4, UInt32.max, 0)
        guard first > 0 else { _exit(1) }
        let status = wait(for: first, signals)
        endEverybody(killer: kept)
        leave(like: status)
    }

    private static func wait(for first: pid_t, _ signals: sigset_t) -> CInt {
        var signals = signals, status: CInt = 0
        while true {
            var number: CInt = 0
            sigwait(&signals, &number)
            if number == SIGTERM { kill(first, SIGKILL) }
            while case let ended = waitpid(-1, &status, WNOHANG), ended > 0 {
                if ended == first { return status }
            }
        }
    }

    /// - Parameter killer: As ``SandboxGroup/openKill()`` gives it, or -1.
    private static func endEverybody(killer: CInt) {
        _ = write(killer, "1", 1)
        var status: CInt = 0
        repeat {
            for child in children() { kill(child, SIGKILL) }
        } while waitpid(-1, &status, 0) > 0 || errno == EINTR
    }

    private static func children() -> [pid_t] {
        guard let file = fopen("/proc/self/task/\(getpid())/children", "re") else { return [] }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&bytes, 1, bytes.count, file)
        let text = String(decoding: bytes.prefix(count), as: UTF8.self)
        return text.split(separator: " ").compactMap { pid_t($0) }
    }

    /// Ends as the first process has.
    private static func leave(like status: CInt) -> Never {
        guard clinux_wifsignaled(status) != 0 else { _exit(clinux_wexitstatus(status)) }
        let number = clinux_wtermsig(status)
        // The core, if any, was the program's.
        _ = clinux_limit(CLINUX_RLIMIT_CORE, 0, 0)
        clinux_default_signals()
        kill(getpid(), number)
        _exit(128 + number)
    }
}
