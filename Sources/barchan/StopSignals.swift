import CLinux
import Dispatch
import Glibc

/// Calls back at the first SIGINT or SIGTERM; a second one ends the process at once.
final class StopSignals {
    private let sources: [any DispatchSourceSignal]

    init(_ stop: @escaping @Sendable () -> Void) {
        let counter = Counter()
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: counter.queue)
            source.setEventHandler {
                counter.count += 1
                if counter.count > 1 { _exit(128 + number) }
                stop()
            }
            source.resume()
            return source
        }
    }

    func cancel() { sources.forEach { $0.cancel() } }

    /// Used on its queue only.
    private final class Counter: @unchecked Sendable {
        let queue = DispatchQueue(label: "signals")
        var count = 0
    }
}

/// Tells the service manager about a change of state, when there is one (sd_notify(3)).
func notifySystemd(_ state: String) {
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
    withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            _ = sendto(descriptor, text, text.count, CInt(MSG_NOSIGNAL), $0, length)
        }
    }
}
