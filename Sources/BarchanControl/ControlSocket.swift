import Barchan
import Glibc

/// The socket through which commands reach a running host: `control.sock` in its data directory, for its own user only.
///
/// One request and one answer per connection, each one line of JSON. A request has a member `command`; an answer has
/// `ok`, and either what was asked for or `error` and `code`.
///
/// An answer with a member `lastRequest` keeps the connection open: more may be asked on it, and when the asker has closed it,
/// or is gone, the host does what that member asks for. So whatever an asker began ends with it.
public enum ControlSocket {
    static let lastRequest = "lastRequest"
    static let maximumRequestBytes = 64 << 10
    static let maximumAnswerBytes = 64 << 20

    public static func path(in dataDirectory: String) -> String { "\(dataDirectory)/control.sock" }

    /// Calls `body` with the address of `path`.
    static func withAddress<Result>(
        of path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) throws(HostError) -> Result
    ) throws(HostError) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw HostError(
                .invalidArgument,
                "use control socket '\(path)': the path is longer than 107 bytes; choose a shorter data directory")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        var result: Swift.Result<Result, HostError> = .failure(HostError(.failed, "use control socket"))
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                do throws(HostError) {
                    result = .success(try body(generic, socklen_t(MemoryLayout<sockaddr_un>.size)))
                } catch {
                    result = .failure(error)
                }
            }
        }
        return try result.get()
    }

    /// The bytes up to a line break or the end, or nil when there are more than `limit` or the other side is too slow.
    static func readLine(from descriptor: CInt, limit: Int) -> [UInt8]? {
        var line: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while line.count <= limit {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return line.isEmpty ? nil : line }
            if let end = buffer[..<count].firstIndex(of: 0x0a) { return line + buffer[..<end] }
            line += buffer[..<count]
        }
        return nil
    }

    static func writeLine(_ value: JSONValue, to descriptor: CInt) {
        var rest = Array("\(value.line)\n".utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    static func limitWaiting(_ descriptor: CInt, seconds: Int) {
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
}
