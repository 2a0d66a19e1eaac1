import Glibc
import HTTP1

/// The proxy that the app's HTTP clients are told to use (specification, section 7.9).
///
/// A grain reaches nothing by itself. Only requests that carry a capability the app was granted could go anywhere, and the
/// host has none to grant yet: everything is answered with an error that says so, instead of a refused connection.
final class OutboundProxy {
    static let port: UInt16 = 15_239
    private static let largestCount = 64

    private let listener: Listener
    private let loop: EventLoop
    private var connections: [Int32: Watch] = [:]
    private var heads: [Int32: [UInt8]] = [:]

    init(_ listener: Listener, on loop: EventLoop) {
        self.listener = listener
        self.loop = loop
        listener.accept(on: loop) { [unowned self] in connected($0) }
    }

    private func connected(_ descriptor: Int32) {
        guard connections.count < Self.largestCount,
            let watch = Watch(descriptor, for: .readable, on: loop, { [unowned self] _ in read(descriptor) })
        else {
            close(descriptor)
            return
        }
        connections[descriptor] = watch
        heads[descriptor] = []
    }

    private func read(_ descriptor: Int32) {
        var chunk = [UInt8](repeating: 0, count: 4_096)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count > 0 else { return end(descriptor) }
        let head = (heads[descriptor] ?? []) + chunk[..<count]
        heads[descriptor] = head
        guard let answer = Self.answer(to: head) else { return }
        answer.withUnsafeBytes { _ = send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        end(descriptor)
    }

    private func end(_ descriptor: Int32) {
        connections.removeValue(forKey: descriptor)?.cancel()
        heads[descriptor] = nil
        // Closing with unread bytes resets the connection, and the client would lose the answer.
        shutdown(descriptor, Int32(SHUT_WR))
        var rest = [UInt8](repeating: 0, count: 4_096)
        while recv(descriptor, &rest, rest.count, 0) > 0 {}
        close(descriptor)
    }

    /// The answer to a request whose head is complete; nil while it is not.
    static func answer(to bytes: [UInt8]) -> [UInt8]? {
        let end = Array("\r\n\r\n".utf8)
        let limit = HTTPLimits().headBytes
        guard let length = (0..<max(bytes.count - 3, 0)).first(where: { bytes[$0..<$0 + 4].elementsEqual(end) }) else {
            return bytes.count > limit
                ? response("431 Request Header Fields Too Large", "The header is too large.") : nil
        }
        do throws(HTTPError) {
            let head = try RequestHead(parsing: Array(bytes[..<(length + 4)]), allowsAbsoluteForm: true)
            _ = try BodyFraming(of: head)
        } catch {
            return response("400 Bad Request", "This is not a valid request: \(error.reason).")
        }
        return response(
            "404 Not Found", "A grain reaches only what it was granted, and it was granted nothing of this name.")
    }

    private static func response(_ status: String, _ text: String) -> [UInt8] {
        let body = text + "\n"
        return Array(
            "HTTP/1.1 \(status)\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
                .utf8)
    }
}
