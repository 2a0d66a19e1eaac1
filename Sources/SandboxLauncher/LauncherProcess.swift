import Barchan
import CLinux
import Glibc

/// Starts a program with one end of a new socket as its descriptor 3.
public enum LauncherProcess {
    /// - Parameter command: The first is the absolute path of the program, `barchan-sandbox` or one that stands for it.
    /// - Returns: The other end, and the process, which the caller waits for.
    public static func spawn(
        _ command: [String], environment: [String] = []
    ) throws(HostError) -> (socket: CInt, process: pid_t) {
        var ends: (CInt, CInt) = (-1, -1)
        let paired = withUnsafeMutableBytes(of: &ends) {
            socketpair(
                AF_UNIX, CInt(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue), 0,
                $0.baseAddress?.assumingMemoryBound(to: CInt.self))
        }
        guard paired == 0 else {
            throw HostError(
                .resourceExhausted, "open a socket for the sandbox launcher: \(String(cString: strerror(errno)))")
        }
        defer { close(ends.1) }
        var process: pid_t = 0
        let result = spawn(command, environment, control: ends.1, &process)
        guard result == 0 else {
            close(ends.0)
            throw HostError(
                result == ENOENT ? .notFound : .failed,
                "start the sandbox launcher '\(command[0])': \(String(cString: strerror(result)));"
                    + " install barchan-sandbox there or name it in the setting 'launcher'")
        }
        return (ends.0, process)
    }

    private static func spawn(
        _ command: [String], _ environment: [String], control: CInt, _ process: inout pid_t
    ) -> CInt {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, control, 3)
        // Libraries open descriptors that survive execution; none of them is the program's business.
        clinux_spawn_close_from(&actions, 4)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let strings = command.map { strdup($0) }, variables = environment.map { strdup($0) }
        defer { for string in strings + variables { free(string) } }
        return atOrdinaryNiceness {
            posix_spawn(&process, command[0], &actions, &attributes, strings + [nil], variables + [nil])
        }
    }

    /// At the niceness that the host was started with, which is its main thread's. libdispatch lets threads of root's go before
    /// others (setpriority(2)), and what is started by one of those, every grain included, would do so for good.
    private static func atOrdinaryNiceness(_ body: () -> CInt) -> CInt {
        let own = clinux_niceness(0), ordinary = clinux_niceness(getpid())
        guard own != ordinary, clinux_set_niceness(ordinary) == 0 else { return body() }
        defer { _ = clinux_set_niceness(own) }
        return body()
    }
}
