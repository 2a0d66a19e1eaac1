import Barchan
import Glibc

/// A socket on the host that a sandbox must not reach. Streams and packets are listened for.
public final class HostListener: Sendable {
    let socket: CInt
    /// 0 for UNIX sockets.
    public let port: UInt16
    /// Empty for internet sockets.
    public let name: String

    private init(socket: CInt, port: UInt16 = 0, name: String = "") {
        self.socket = socket
        self.port = port
        self.name = name
    }

    deinit { close(socket) }

    /// Streams on 127.0.0.1, at a free port.
    public static func tcp() throws -> HostListener { try inet(type: 1) }

    /// On 127.0.0.1.
    /// - Parameter type: 1 for streams, 2 for datagrams.
    static func inet(type: CInt) throws -> HostListener {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let socket = try bound(AF_INET, type, &address, MemoryLayout<sockaddr_in>.size)
        return HostListener(socket: socket, port: UInt16(bigEndian: address.sin_port))
    }

    /// Streams on ::1.
    static func inet6() throws -> HostListener {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        withUnsafeMutableBytes(of: &address.sin6_addr) { $0[15] = 1 }
        let socket = try bound(AF_INET6, 1, &address, MemoryLayout<sockaddr_in6>.size)
        return HostListener(socket: socket, port: UInt16(bigEndian: address.sin6_port))
    }

    /// Streams at a name without a file.
    public static func abstract() throws -> HostListener {
        try unix(type: 1, abstract: "barchan-conformance-\(GrainID.random())")
    }

    /// A name without a file.
    /// - Parameter type: 1 for streams, 2 for datagrams, 5 for packets.
    static func unix(type: CInt, abstract name: String) throws -> HostListener {
        try unix(type: type, bytes: [0] + Array(name.utf8), name: name)
    }

    /// Streams at a path that anybody may connect to.
    static func unix(path: String) throws -> HostListener {
        let listener = try unix(type: 1, bytes: Array(path.utf8) + [0], name: path)
        chmod(path, 0o777)
        return listener
    }

    private static func unix(type: CInt, bytes: [UInt8], name: String) throws -> HostListener {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { path in
            for (index, byte) in bytes.prefix(path.count).enumerated() { path[index] = byte }
        }
        return HostListener(socket: try bound(AF_UNIX, type, &address, 2 + bytes.count), name: name)
    }

    private static func bound<Address>(
        _ family: CInt, _ type: CInt, _ address: inout Address, _ size: Int
    ) throws -> CInt {
        let socket = Glibc.socket(family, type | CInt(SOCK_CLOEXEC.rawValue), 0)
        var length = socklen_t(size)
        let result = withUnsafeMutableBytes(of: &address) { bytes in
            guard let pointer = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return CInt(-1) }
            let listening = Glibc.bind(socket, pointer, length) | (type == 2 ? 0 : listen(socket, 8))
            length = socklen_t(bytes.count)
            return listening | getsockname(socket, pointer, &length)
        }
        guard socket >= 0 && result == 0 else {
            close(socket)
            throw ConformanceSkip("the host cannot listen: \(String(cString: strerror(errno)))")
        }
        return socket
    }
}
