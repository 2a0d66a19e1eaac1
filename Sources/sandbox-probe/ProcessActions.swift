import CLinux
import Glibc

/// Runs a program and returns its exit status, or -1.
func run(_ arguments: [String]) -> CInt {
    let child = clinux_clone(UInt(SIGCHLD))
    if child == 0 {
        let strings = arguments.map { strdup($0) } + [nil]
        _ = clinux_execve(strings[0], strings, [nil])
        _exit(127)
    }
    var status: CInt = 0
    guard child > 0, waitpid(pid_t(child), &status, 0) == pid_t(child) else { return -1 }
    return clinux_wifexited(status) != 0 ? clinux_wexitstatus(status) : -1
}

/// Things to be ended by.
enum ProcessActions {
    /// Starts processes until that fails, or `most` run.
    static func fork(_ most: Int) {
        var started = 0
        while started < most {
            let child = clinux_clone(UInt(SIGCHLD))
            if child == 0 { waitForever() }
            if child < 0 { break }
            started += 1
        }
        say("forked", started)
        say("forked.last", started < most ? errorName(errno) : "ok")
    }

    /// Takes memory and uses every page of it.
    static func allocate(_ mebibytes: Int) {
        for _ in 0..<mebibytes {
            guard let memory = malloc(1 << 20) else { return say("allocated.last", errorName(errno)) }
            memset(memory, 1, 1 << 20)
            // Somebody might read it, for all the compiler knows: what nobody reads it does not write.
            _ = write(-1, memory, 1 << 20)
        }
        say("allocated", mebibytes)
    }

    /// Daemons: sessions of their own, deaf to every signal. They hold the output open as long as they live.
    static func leaveDescendants() {
        for _ in 0..<3 where clinux_clone(UInt(SIGCHLD)) == 0 {
            setsid()
            if clinux_clone(UInt(SIGCHLD)) > 0 { _exit(0) }
            ignoreSignals()
            waitForever()
        }
        say("descendants", 3)
    }

    static func ignoreSignals() {
        for number in CInt(1)..<65 { signal(number, SIG_IGN) }
        say("ignoring", "ok")
    }

    /// Sends a signal that ends whoever gets it to everybody who can be reached, itself excepted.
    static func signalEverybody() {
        ignoreSignals()
        say("signal.group", outcome(kill(0, SIGTERM)))
        say("signal.all", outcome(kill(-1, SIGTERM)))
        say("signal.all.kill", outcome(kill(-1, SIGKILL)))
    }

    /// A line every ten milliseconds.
    static func tick() -> Never {
        while true {
            say("tick", 1)
            fflush(nil)
            usleep(10_000)
        }
    }

    static func waitForever() -> Never {
        while true { pause() }
    }

    /// Sends back what comes in on descriptor 3, until its end.
    static func echo() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = read(3, &buffer, buffer.count), count > 0 { _ = write(3, buffer, count) }
    }

    /// Ends by a signal. The first process of a pid namespace cannot raise one on itself, so it makes the processor do it.
    static func abort() {
        _ = clinux_syscall(15 /* rt_sigreturn to nowhere */, 0, 0, 0, 0, 0, 0)
    }
}
