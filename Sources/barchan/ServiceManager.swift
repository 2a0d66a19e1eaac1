import Barchan
import CLinux
import Glibc

/// Sockets that a service manager opened for the host and keeps when it ends (sd_listen_fds(3)). They are no longer announced to
/// programs that the host starts, nor reach them.
/// - Throws: ``HostError`` when what was handed over is no listening socket.
func listenersFromServiceManager() throws(HostError) -> [Int32] {
    defer { for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) } }
    func number(_ name: String) -> Int32? { getenv(name).flatMap { Int32(String(cString: $0)) } }
    guard let count = number("LISTEN_FDS"), number("LISTEN_PID") == getpid() else { return [] }
    let first: Int32 = 3
    guard (0...64).contains(count) else {
        throw HostError(.invalidArgument, "take over sockets: LISTEN_FDS is \(count); 0 to 64 is allowed")
    }
    for descriptor in first..<first + count {
        var isListening: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0,
            getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &size) == 0, isListening != 0
        else {
            throw HostError(
                .invalidArgument,
                "take over sockets: descriptor \(descriptor) is no socket that listens; see ListenStream in the socket unit"
            )
        }
    }
    return Array(first..<first + count)
}

/// Tells the service manager about a change of state, when there is one (sd_notify(3)).
/// - Parameter mayWait: Whether to wait for one that does not read, instead of leaving it out.
func notifySystemd(_ state: String, mayWait: Bool = false) {
    guard let name = getenv("NOTIFY_SOCKET").map({ Array(String(cString: $0).utf8) }), !name.isEmpty else { return }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
    withUnsafeMutableBytes(of: &address.sun_path) { path in
        path.copyBytes(from: name)
        // `@` stands for the NUL of an abstract name.
        if path[0] == 0x40 { path[0] = 0 }
    }
    let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count), text = Array(state.utf8)
    let flags = CInt(MSG_NOSIGNAL) | (mayWait ? 0 : CInt(MSG_DONTWAIT))
    withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            _ = sendto(descriptor, text, text.count, flags, $0, length)
        }
    }
}

/// Tells the service manager that the host is alive, as often as it wants to hear it (sd_watchdog_enabled(3)), each time
/// when every event loop has had its turn. Returns when the task is cancelled, or at once when nobody wants to hear it.
func runWatchdog(_ loops: [any HostLoop]) async {
    func number(_ name: String) -> Int64? { getenv(name).flatMap { Int64(String(cString: $0)) } }
    guard let microseconds = number("WATCHDOG_USEC"), microseconds > 0,
        number("WATCHDOG_PID") ?? Int64(getpid()) == getpid()
    else { return }
    while !Task.isCancelled {
        for loop in loops { await withCheckedContinuation { turn in loop.post { turn.resume() } } }
        notifySystemd("WATCHDOG=1")
        try? await Task.sleep(for: .microseconds(microseconds / 2))
    }
}
