import CLinux
import Glibc

/// Addresses as the kernel reads them, and what is tried with them.
struct SocketAddress {
    let family: Int
    private let bytes: [UInt8]

    /// 127.0.0.1 and the like, in host order.
    static func inet(_ number: UInt32, _ port: Int) -> SocketAddress {
        SocketAddress(
            family: 2,
            bytes: [2, 0, UInt8(port >> 8 & 255), UInt8(port & 255)]
                + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) } + [UInt8](repeating: 0, count: 8))
    }

    /// - Parameter number: 16 bytes.
    static func inet6(_ number: [UInt8], _ port: Int, interface: UInt8 = 0) -> SocketAddress {
        SocketAddress(
            family: 10,
            bytes: [10, 0, UInt8(port >> 8 & 255), UInt8(port & 255), 0, 0, 0, 0] + number + [interface, 0, 0, 0])
    }

    static func unix(_ path: String) -> SocketAddress {
        SocketAddress(family: 1, bytes: [1, 0] + Array(path.utf8.prefix(107)) + [0])
    }

    /// A name without a file.
    static func abstract(_ name: String) -> SocketAddress {
        SocketAddress(family: 1, bytes: [1, 0, 0] + Array(name.utf8.prefix(107)))
    }

    /// - Parameter type: 1 stream, 2 datagram, 5 packets in order.
    func connect(_ type: Int = 1) -> Int {
        let socket = kernel(SYS_socket, family, type, 0)
        return socket < 0 ? socket : kernel(SYS_connect, socket, address(bytes: bytes), bytes.count)
    }

    func bind(_ type: Int = 1) -> Int {
        let socket = kernel(SYS_socket, family, type, 0)
        let result = socket < 0 ? socket : kernel(SYS_bind, socket, address(bytes: bytes), bytes.count)
        return result < 0 ? result : socket
    }

    /// Sends a datagram, with `flags` as for send(2).
    func send(_ type: Int = 2, flags: Int = 0) -> Int {
        let socket = kernel(SYS_socket, family, type, 0)
        guard socket >= 0 else { return socket }
        return kernel(SYS_sendto, socket, address("x"), 1, flags, address(bytes: bytes), bytes.count)
    }

    /// Sends two datagrams: the second is refused where nobody took the first.
    func exchange() -> Int {
        let socket = kernel(SYS_socket, family, 2, 0)
        let result = kernel(SYS_connect, socket, address(bytes: bytes), bytes.count)
        guard result >= 0 else { return result }
        _ = kernel(SYS_write, socket, address("x"), 1)
        return kernel(SYS_write, socket, address("x"), 1)
    }
}
