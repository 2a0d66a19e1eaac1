import Barchan
import Glibc

/// A socket and nothing else, so that a test says every byte. Blocking calls run on a thread of their own.
final class RawClient: @unchecked Sendable {
    private let descriptor: Int32
    private var received: [UInt8] = []

    init(port: UInt16, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        if var size = receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, 4) }
        // A test that waits for something that never comes fails instead of hanging.
        var limit = timeval(tv_sec: 300, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let outcome = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard outcome == 0 else { throw HostError(.failed, "connect to port \(port): errno \(errno)") }
    }

    deinit { Glibc.close(descriptor) }

    /// A socket that listens on loopback, which the caller closes, and its port: nobody else gets that meanwhile.
    static func listening() throws -> (socket: CInt, port: UInt16) {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let outcome = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard outcome else { throw HostError(.failed, "listen: errno \(errno)") }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    /// As `nc -N` does: nothing more is sent, and the answer is read.
    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    func shut() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Closes with a reset, as a browser that was killed.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    func send(_ text: String) async { await send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) async {
        await offload { [descriptor] in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// How much can be sent before the other side stops taking it.
    func sendUntilRefused(_ piece: [UInt8], atMost maximum: Int) async -> Int {
        await offload { [descriptor] in
            var total = 0, refusals = 0
            while total < maximum, refusals < 20 {
                let count = piece.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
                }
                if count > 0 {
                    total += count
                    refusals = 0
                } else {
                    refusals += 1
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&waiting, 1, 25)
                }
            }
            return total
        }
    }

    /// More bytes, or nil at the end.
    private func read() async -> [UInt8]? {
        await offload { [descriptor] in
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            return count > 0 ? Array(buffer[..<count]) : nil
        }
    }

    /// Everything up to the end of the connection.
    func readToEnd() async -> String {
        while let more = await read() { received += more }
        defer { received = [] }
        return String(decoding: received, as: UTF8.self)
    }

    /// Exactly so many bytes, or fewer at the end.
    func read(_ count: Int) async -> [UInt8] {
        while received.count < count, let more = await read() { received += more }
        let result = Array(received.prefix(count))
        received.removeFirst(result.count)
        return result
    }

    func readHead() async -> Reply? {
        while true {
            let text = received
            if let end = text.firstRange(of: [0x0d, 0x0a, 0x0d, 0x0a]) {
                let head = String(decoding: text[..<end.lowerBound], as: UTF8.self)
                received.removeFirst(end.upperBound)
                return Reply(head: head)
            }
            guard let more = await read() else { return nil }
            received += more
        }
    }

    /// One answer with its body.
    func reply(toHead: Bool = false) async -> Reply? {
        guard var reply = await readHead() else { return nil }
        if toHead || reply.status == 204 || reply.status == 304 || reply.status < 200 { return reply }
        if let length = reply.value("Content-Length").flatMap({ Int($0) }) {
            reply.body = await read(length)
        } else if reply.value("Transfer-Encoding") == "chunked" {
            while let chunk = await chunk() { reply.body += chunk }
        } else {
            reply.body = Array(await readToEnd().utf8)
        }
        return reply
    }

    private func chunk() async -> [UInt8]? {
        var line: [UInt8] = []
        while true {
            let byte = await read(1)
            guard let byte = byte.first else { return nil }
            if byte == 0x0a { break }
            line.append(byte)
        }
        guard let size = Int(String(decoding: line.dropLast(), as: UTF8.self), radix: 16) else { return nil }
        let data = await read(size)
        _ = await read(2)
        return size == 0 ? nil : data
    }

    private func offload<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            let box = Unmanaged.passRetained(Job { continuation.resume(returning: work()) })
            var thread = pthread_t()
            pthread_create(
                &thread, nil,
                { pointer in
                    if let pointer { Unmanaged<Job>.fromOpaque(pointer).takeRetainedValue().work() }
                    return nil
                }, box.toOpaque())
            pthread_detach(thread)
        }
    }

    private final class Job {
        let work: () -> Void
        init(_ work: @escaping () -> Void) { self.work = work }
    }
}

struct Reply: Sendable {
    let status: Int
    let fields: [(name: String, value: String)]
    var body: [UInt8] = []
    var text: String { String(decoding: body, as: UTF8.self) }

    init(head: String) {
        let lines = head.split(separator: "\r\n")
        status = lines.first.flatMap { Int($0.dropFirst(9).prefix(3)) } ?? 0
        fields = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (String(parts[0]), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
        }
    }

    func values(_ name: String) -> [String] { fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value) }
    func value(_ name: String) -> String? { values(name).first }
}

extension Serving {
    /// Sends one request on a connection of its own.
    func request(
        _ target: String, _ fields: [String] = [], method: String = "GET", host: String? = nil, body: String? = nil,
        bytes: [UInt8]? = nil
    ) async throws -> Reply {
        let client = try RawClient(port: port)
        var lines = ["\(method) \(target) HTTP/1.1", "Host: \(host ?? shellHost)"] + fields
        let body = bytes ?? body.map { Array($0.utf8) }
        if let body { lines.append("Content-Length: \(body.count)") }
        await client.send(Array((lines + ["", ""]).joined(separator: "\r\n").utf8) + (body ?? []))
        guard let reply = await client.reply(toHead: method == "HEAD") else {
            throw HostError(.disconnected, "read an answer: none came")
        }
        return reply
    }

    /// The same, to a grain with its cookie.
    func request(
        _ target: String, to session: FakeSession, _ fields: [String] = [], method: String = "GET", body: String? = nil,
        bytes: [UInt8]? = nil
    ) async throws -> Reply {
        try await request(
            target, ["Cookie: \(cookie(session))"] + fields, method: method, host: grainHost(session), body: body,
            bytes: bytes)
    }

    /// The same, to our own pages by somebody who is logged in. Forms get their nonce.
    func request(_ target: String, as login: Secret, _ fields: [String] = [], form: String? = nil) async throws -> Reply
    {
        var fields = ["Cookie: barchan-login=\(login.text)"] + fields
        if form != nil { fields += ["Origin: \(baseURL)", "Content-Type: application/x-www-form-urlencoded"] }
        return try await request(target, fields, method: form == nil ? "GET" : "POST", body: form)
    }

    /// The nonce that the pages of a login carry.
    func nonce(of login: Secret) async throws -> String {
        let page = try await request("/apps", as: login).text
        guard let field = page.firstRange(of: "name=\"nonce\" value=\"") else {
            throw HostError(.notFound, "find the nonce: none in the page")
        }
        return String(page[field.upperBound...].prefix { $0 != "\"" })
    }
}
