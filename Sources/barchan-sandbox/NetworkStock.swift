import CLinux
import Glibc
import SandboxProtocol

/// Network namespaces made ahead of time, with their loopback up: making one takes as long as two plain process starts.
///
/// Each is for one sandbox and one time; what a sandbox left in it is gone with it. They belong to the launcher's user
/// namespace, in which no sandbox has a privilege.
final class NetworkStock {
    private let wanted: Int
    private var ready: [CInt] = []
    /// Set when one could not be made: sandboxes make their own, as without a stock, and say what is wrong.
    private var isBroken = false

    init(_ wanted: Int) { self.wanted = wanted }

    var isShort: Bool { !isBroken && ready.count < wanted }

    /// A namespace that is the caller's, who closes it; nil when there is none.
    func take() -> CInt? { ready.popLast() }

    func fill() {
        guard isShort else { return }
        if let network = NetworkStock.make() { ready.append(network) } else { isBroken = true }
    }

    /// In a process of its own: the launcher could not always come back, because an ordinary user's host has no privilege
    /// in the network namespace it was started in.
    private static func make() -> CInt? {
        guard let (mine, theirs) = try? channel(.loopback) else { return nil }
        let child = clinux_clone(CLINUX_CLONE_NEWNET | UInt(SIGCHLD))
        if child == 0 {
            let network = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)
            guard network >= 0, (try? Loopback.bringUp()) != nil else { _exit(1) }
            _exit(send([0], to: theirs, with: [network]) ? 0 : 1)
        }
        close(theirs)
        defer { close(mine) }
        guard child > 0 else { return nil }
        defer { while waitpid(pid_t(child), nil, 0) < 0 && errno == EINTR {} }
        guard case .message(_, let descriptors) = receive(from: mine, maximumBytes: 1) else { return nil }
        return descriptors.first
    }
}

/// The only interface of a sandbox.
enum Loopback {
    static func bringUp() throws(LaunchFailure) {
        let socket = try opened(socket(AF_INET, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0), .loopback)
        try check(clinux_loopback_up(socket.number), .loopback)
    }
}
