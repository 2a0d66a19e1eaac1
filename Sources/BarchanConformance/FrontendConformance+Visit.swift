import Barchan
import Glibc

/// A browser of sorts: one connection per request, one cookie for us and one for the grain.
final class Visit: @unchecked Sendable {
    let address: FrontendAddress
    let host: MemoryFrontendHost
    private var loginCookie = ""
    private(set) var grainHost = ""
    private(set) var grainCookie = ""
    /// The answers with which sessions started.
    private(set) var starts: [Answer] = []

    init(address: FrontendAddress, host: MemoryFrontendHost) {
        self.address = address
        self.host = host
    }

    struct Answer: Sendable {
        var status: Int
        var fields: [(name: String, value: String)]
        var text: String

        func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
    }

    /// Serves while `body` runs, and ends as the host ends it.
    static func make(to provider: any FrontendProvider, _ body: @escaping @Sendable (Visit) async throws -> Void)
        async throws
    {
        let host = MemoryFrontendHost()
        let (addresses, announce) = AsyncStream.makeStream(of: FrontendAddress.self)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                defer { announce.finish() }
                try await provider.run(for: host) { announce.yield($0) }
                return true
            }
            group.addTask {
                var visited = false
                for await address in addresses {
                    try require(!visited, "the address was announced twice")
                    visited = true
                    try await body(Visit(address: address, host: host))
                    break
                }
                try require(visited, "serving ended before the address was announced")
                return false
            }
            guard let servingEndedFirst = try await group.next(), !servingEndedFirst else {
                // The other task may know more.
                _ = try await group.next()
                throw ConformanceFailure("serving ended by itself")
            }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    // MARK: What people do

    func logIn() async throws {
        let path = String(address.loginLink(token: host.token).dropFirst(address.baseURL.count))
        var answer = try await get(path)
        // The link's page may ask first.
        if answer.values("set-cookie").isEmpty {
            answer = try await send("POST", path, host: shellHost, ["Origin: \(address.baseURL)", "Content-Length: 0"])
        }
        guard let cookie = Visit.cookie(answer) else {
            throw ConformanceFailure("the login link sets no cookie (status \(answer.status))")
        }
        loginCookie = cookie
    }

    /// Opens the grain's page and follows its frame.
    func openGrain(path: String) async throws -> Answer {
        if loginCookie.isEmpty { try await logIn() }
        let page = try await get("/grain/\(host.grain.identifier)\(path)")
        guard let source = Visit.frameSource(page.text), let (frameHost, target) = Visit.split(source) else {
            throw ConformanceFailure("the grain's page (status \(page.status)) has no frame")
        }
        grainHost = frameHost
        let start = try await get(target, host: frameHost)
        starts.append(start)
        guard let cookie = Visit.cookie(start), let location = start.values("location").first else {
            throw ConformanceFailure("the frame's address (status \(start.status)) sets no cookie or leads nowhere")
        }
        grainCookie = cookie
        let next = Visit.split(location) ?? (frameHost, location)
        try require(next.host == frameHost, "the frame's address leads to another host, '\(next.host)'")
        return try await get(next.target, host: frameHost, cookie: cookie)
    }

    var shellHost: String { Visit.split(address.baseURL)?.host ?? "" }

    func get(_ target: String) async throws -> Answer { try await get(target, host: shellHost, cookie: loginCookie) }

    func get(_ target: String, host: String, cookie: String = "") async throws -> Answer {
        try await send("GET", target, host: host, cookie.isEmpty ? [] : ["Cookie: \(cookie)"])
    }

    private func send(_ method: String, _ target: String, host: String, _ fields: [String]) async throws -> Answer {
        let lines = ["\(method) \(target) HTTP/1.1", "Host: \(host)", "Connection: close"] + fields + ["", ""]
        let request = lines.joined(separator: "\r\n")
        guard let port = shellHost.split(separator: ":").dropFirst().first.flatMap({ UInt16($0) }) else {
            throw ConformanceSkip("the frontend's address '\(address.baseURL)' names no port on this machine")
        }
        let bytes = try await LoopbackExchange(port: port).run(Array(request.utf8))
        guard let answer = Visit.parse(bytes) else { throw ConformanceFailure("\(method) \(target) was not answered") }
        return answer
    }

    // MARK: Reading answers

    private static func parse(_ bytes: [UInt8]) -> Answer? {
        var lines: [String] = [], line: [UInt8] = [], index = 0
        while index < bytes.count {
            defer { index += 1 }
            guard bytes[index] == 0x0a else {
                line.append(bytes[index])
                continue
            }
            if line.last == 0x0d { line.removeLast() }
            if line.isEmpty { break }
            lines.append(String(decoding: line, as: UTF8.self))
            line = []
        }
        guard let status = lines.first.flatMap({ Int($0.dropFirst(9).prefix(3)) }) else { return nil }
        let fields = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return (name: parts[0].lowercased(), value: parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
        }
        return Answer(status: status, fields: fields, text: String(decoding: bytes[index...], as: UTF8.self))
    }

    private static func cookie(_ answer: Answer) -> String? {
        answer.values("set-cookie").first.map { String($0.prefix { $0 != ";" }) }
    }

    private static func frameSource(_ page: String) -> String? {
        let bytes = Array(page.utf8), opening = Array("<iframe".utf8), attribute = Array(" src=\"".utf8)
        guard let frame = first(opening, in: bytes, from: 0), let start = first(attribute, in: bytes, from: frame)
        else { return nil }
        let value = bytes[(start + attribute.count)...].prefix { $0 != 0x22 }
        return String(decoding: value, as: UTF8.self).split(separator: "&amp;", omittingEmptySubsequences: false)
            .joined(separator: "&")
    }

    private static func first(_ pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= pattern.count, start <= bytes.count - pattern.count else { return nil }
        return (start...(bytes.count - pattern.count)).first { bytes[$0..<($0 + pattern.count)].elementsEqual(pattern) }
    }

    private static func split(_ address: String) -> (host: String, target: String)? {
        guard let scheme = ["http://", "https://"].first(where: address.hasPrefix) else { return nil }
        let rest = address.dropFirst(scheme.count)
        let host = rest.prefix { $0 != "/" }
        let target = rest.dropFirst(host.count)
        return (String(host), target.isEmpty ? "/" : String(target))
    }
}

/// One request and its answer over loopback, on a thread of its own because the calls block.
struct LoopbackExchange: Sendable {
    let port: UInt16

    func run(_ request: [UInt8]) async throws -> [UInt8] {
        let port = port
        let result: [UInt8]? = await withCheckedContinuation { continuation in
            let job = Unmanaged.passRetained(
                Job { continuation.resume(returning: LoopbackExchange.exchange(request, port)) })
            var thread = pthread_t()
            let outcome = pthread_create(
                &thread, nil,
                { pointer in
                    if let pointer { Unmanaged<Job>.fromOpaque(pointer).takeRetainedValue().work() }
                    return nil
                }, job.toOpaque())
            if outcome == 0 { pthread_detach(thread) } else { job.takeRetainedValue().work() }
        }
        guard let result else { throw ConformanceFailure("nobody listens on port \(port), or the answer never ends") }
        return result
    }

    private final class Job {
        let work: () -> Void
        init(_ work: @escaping () -> Void) { self.work = work }
    }

    private static func exchange(_ request: [UInt8], _ port: UInt16) -> [UInt8]? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 300, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0, send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            return nil
        }
        var answer: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0 { return nil }
            if count == 0 { return answer }
            answer += buffer[..<count]
        }
    }
}
