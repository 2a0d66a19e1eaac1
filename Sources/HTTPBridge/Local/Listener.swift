import Glibc

/// A listening socket; each connection is handed over as a descriptor that blocks nobody.
final class Listener {
    /// Connections taken at once; the others wait in the kernel for the next turn.
    private static let batch = 16

    private let descriptor: Int32
    private var watch: Watch?
    private var pause: Timer?

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit {
        watch?.cancel()
        close(descriptor)
    }

    /// Listens on a path. What an earlier run of this grain left there goes.
    static func local(_ path: String) throws(CallFailure) -> Listener {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw .failed("listen on '\(path)': the path is too long")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        unlink(path)
        return try listen(AF_UNIX, &address, "'\(path)'")
    }

    /// Listens on a port of the loopback address.
    static func loopback(_ port: UInt16) throws(CallFailure) -> Listener {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return try listen(AF_INET, &address, "127.0.0.1:\(port)")
    }

    private static func listen<Address>(
        _ family: Int32, _ address: inout Address, _ name: String
    ) throws(CallFailure) -> Listener {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { throw .failed("listen on \(name): \(errorText(errno))") }
        let listener = Listener(descriptor)
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
        guard bound == 0, Glibc.listen(descriptor, 64) == 0 else {
            throw .failed("listen on \(name): \(errorText(errno))")
        }
        return listener
    }

    /// `action` owns each descriptor it is given.
    func accept(on loop: EventLoop, _ action: @escaping (Int32) -> Void) {
        watch = Watch(descriptor, for: .readable, on: loop) { [unowned self] _ in
            for _ in 0..<Self.batch {
                let connection = Glibc.accept(descriptor, nil, nil)
                guard connection >= 0 else { return pauseIfExhausted(loop) }
                // No other thread could start a program between these.
                _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                _ = fcntl(connection, F_SETFL, O_NONBLOCK)
                action(connection)
            }
        }
    }

    /// Without a descriptor for it a waiting connection would wake us again and again.
    private func pauseIfExhausted(_ loop: EventLoop) {
        guard errno == EMFILE || errno == ENFILE else { return }
        watch?.interest = []
        pause = Timer(on: loop, afterMicroseconds: 1_000_000) { [unowned self] in watch?.interest = .readable }
    }
}
