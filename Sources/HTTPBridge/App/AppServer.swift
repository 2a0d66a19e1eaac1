import CCapnpRPC
import Glibc

/// Where the app listens, and what all connections to it share.
final class AppServer {
    let loop: EventLoop
    let port: UInt16
    /// Connections that wait for their next request.
    private(set) lazy var pool = ConnectionPool(of: self)
    private(set) lazy var trim = MemoryTrim(loop) { [unowned self] in becomeIdle() }
    private var memory: UnsafeMutableRawBufferPointer?
    /// Where answers go. While the host does not take what is there, apps are not read from: it would only pile up here.
    var uplink: PeerConnection?
    private var waiters: [AppExchange] = []

    /// Requests, uploads and web sockets at once; below the descriptors that a process may usually have (1,024).
    static let maximumConnections = 800
    /// Connections that are open now.
    var connectionCount = 0

    static let firstReadBytes = 8_192
    static let largestReadBytes = 131_072

    init(port: UInt16, on loop: EventLoop) {
        self.loop = loop
        self.port = port
    }

    /// Filled and emptied within one turn of the loop.
    var buffer: UnsafeMutableRawBufferPointer {
        if let memory { return memory }
        let new = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.largestReadBytes, alignment: 16)
        memory = new
        return new
    }

    private func becomeIdle() {
        pool.closeAll()
        memory?.deallocate()
        memory = nil
    }

    /// Bytes that may wait for the host before apps are held back.
    private static let congestionBytes = 131_072

    var isCongested: Bool { uplink.map { $0.unsentBytes > Self.congestionBytes } ?? false }

    /// Lets `exchange` go on when the host has taken what waits for it.
    func awaitUplink(_ exchange: AppExchange) {
        waiters.append(exchange)
        guard waiters.count == 1 else { return }
        uplink?.whenDrained { [unowned self] in
            let waiting = waiters
            waiters = []
            for exchange in waiting { exchange.uplinkDrained() }
        }
    }

    /// A socket that is connected or about to be.
    /// - Returns: The descriptor, or the negative error number.
    func connect() -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | closeOnExec | nonBlocking, 0)
        guard descriptor >= 0 else { return -errno }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 || errno == EINPROGRESS else {
            let reason = errno
            Glibc.close(descriptor)
            return -reason
        }
        return descriptor
    }

    private let closeOnExec = Int32(SOCK_CLOEXEC.rawValue)
    private let nonBlocking = Int32(SOCK_NONBLOCK.rawValue)
}

/// The words for an error number.
func errorText(_ number: Int32) -> String { String(cString: strerror(number)) }
