import Barchan
import Glibc
import Synchronization

/// How many connections this process has descriptors for, beside what grains and files take.
final class ConnectionRoom: Sendable {
    /// At most this many are open.
    let connections: Int
    private let openFiles: Int
    private let log: HostLog
    private let hasSaid = Atomic(false)

    /// How many connections that wait make room when somebody cannot be let in.
    static let madeAtOnce = 16

    /// - Parameters:
    ///   - wanted: The setting `max_connections`.
    ///   - openFiles: How many descriptors this process may have.
    init(_ wanted: Int, openFiles: Int = ConnectionRoom.openFilesLimit, log: HostLog) {
        // The other half is for grains, three each, and for files.
        connections = max(1, min(wanted, openFiles / 2))
        self.openFiles = openFiles
        self.log = log
        guard connections < wanted else { return }
        log(
            .info,
            "at most \(connections) connections are open at the same time, not max_connections = \(wanted): the host may have"
                + " \(openFiles) files open, and half of that is for grains; \(ConnectionRoom.remedy)")
    }

    /// Said once: it comes again with every newcomer.
    /// - Parameter error: EMFILE, ENFILE, or what else kept somebody from being let in.
    func noteShortage(_ error: CInt) {
        guard !hasSaid.exchange(true, ordering: .relaxed) else { return }
        let limit = error == EMFILE ? " of \(openFiles)" : ""
        log(
            .warning,
            "let somebody connect: \(String(cString: strerror(error)))\(limit); connections that wait make room, others wait for"
                + " that; \(ConnectionRoom.remedy). This is said once")
    }

    private static let remedy =
        "allow the host more open files (ulimit -n, LimitNOFILE= in the unit), or let fewer grains run"

    /// Soft, which the host has raised as far as it may.
    static var openFilesLimit: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        return Int(clamping: limit.rlim_cur)
    }
}
