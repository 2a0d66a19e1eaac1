import Barchan
import CLinux
import Glibc
import Synchronization

/// The socket that clients connect to.
final class Listener: @unchecked Sendable {
    // The watch is used on the loop only.
    private let descriptor: CInt
    private let loop: LoopContext
    /// Somebody else goes on listening when we do not.
    private let isShared: Bool
    private var watch: (any LoopEntry)?
    private var accept: (@Sendable (CInt) -> Void)?
    private var whenFull: (@Sendable (CInt) -> Void)?
    private let end = Mutex((isClosed: false, waiter: CheckedContinuation<Void, Never>?.none))

    /// How long nobody is let in when the process has no descriptor left.
    private static let pause = Duration.milliseconds(100)
    private static let backlog: CInt = 1024

    /// Binds and listens; nobody is let in yet.
    init(host: String, port: Int, on loop: LoopContext) throws(HostError) {
        self.loop = loop
        isShared = false
        descriptor = try Listener.bound(host, port)
    }

    /// Listens on a socket that somebody else keeps: who connects when nobody is let in waits for whoever lets in next.
    init(sharing original: CInt, on loop: LoopContext) throws(HostError) {
        self.loop = loop
        isShared = true
        descriptor = fcntl(original, F_DUPFD_CLOEXEC, 0)
        guard descriptor >= 0, fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else {
            throw HostError(.failed, "listen on the socket that was handed over: \(Listener.errorText())")
        }
        var yes: CInt = 1
        setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &yes, 4)
    }

    deinit { Glibc.close(descriptor) }

    var port: Int? {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard result == 0 else { return nil }
        // The port is at the same place in an address of either family.
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { Int(UInt16(bigEndian: $0.pointee.sin_port)) }
        }
    }

    /// Lets clients in until ``close()``; returns then.
    /// - Parameters:
    ///   - whenFull: Gets the number of the error, on the listener's loop, each time when somebody cannot be let in because this
    ///     process, or the machine, has no descriptor left; makes room where it can.
    ///   - accept: Gets each one's socket, on the listener's loop.
    func run(whenFull: @escaping @Sendable (CInt) -> Void, _ accept: @escaping @Sendable (CInt) -> Void) async {
        loop.host.post { [self] in
            self.whenFull = whenFull
            start(accept)
        }
        await withCheckedContinuation { waiter in
            let isClosed = end.withLock { end in
                if !end.isClosed { end.waiter = waiter }
                return end.isClosed
            }
            if isClosed { waiter.resume() }
        }
    }

    /// Who has connected by now is let in, unless somebody else will do it. From any thread; a second call does nothing.
    func close() {
        loop.host.post { [self] in
            if !isShared, watch != nil, let accept { letIn(accept) }
            watch?.cancel()
            watch = nil
            (accept, whenFull) = (nil, nil)
            let waiter = end.withLock { end in
                end.isClosed = true
                defer { end.waiter = nil }
                return end.waiter
            }
            waiter?.resume()
        }
    }

    private func start(_ accept: @escaping @Sendable (CInt) -> Void) {
        guard !end.withLock({ $0.isClosed }) else { return }
        self.accept = accept
        watch = loop.host.watch(descriptor, for: EPOLLIN.rawValue) { [self] _ in letIn(accept) }
    }

    private func letIn(_ accept: @escaping @Sendable (CInt) -> Void) {
        // Others on the loop have their turn between two handfuls.
        for _ in 0..<64 {
            let client = clinux_accept(descriptor)
            if client >= 0 {
                accept(client)
            } else if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) {
                let error = errno
                watch?.cancel()
                watch = nil
                whenFull?(error)
                _ = loop.host.after(nanoseconds: Self.pause.nanoseconds) { [self] in start(accept) }
                return
            } else if errno == EAGAIN {
                return
            }
        }
    }

    private static func bound(_ host: String, _ port: Int) throws(HostError) -> CInt {
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &found)
        defer { if let found { freeaddrinfo(found) } }
        guard status == 0, let first = found?.pointee else {
            throw failure(host, port, String(cString: gai_strerror(status)))
        }
        let flags = CInt(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(first.ai_family, first.ai_socktype | flags, first.ai_protocol)
        guard descriptor >= 0 else { throw failure(host, port, errorText()) }
        var yes: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, 4)
        // Connections inherit it.
        setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &yes, 4)
        guard bind(descriptor, first.ai_addr, first.ai_addrlen) == 0, listen(descriptor, backlog) == 0 else {
            let reason = errorText()
            Glibc.close(descriptor)
            throw failure(host, port, reason)
        }
        return descriptor
    }

    private static func errorText() -> String { String(cString: strerror(errno)) }

    private static func failure(_ host: String, _ port: Int, _ reason: String) -> HostError {
        HostError(
            .failed, "listen on '\(host):\(port)': \(reason); is another program using the port? See the setting 'port'"
        )
    }
}
