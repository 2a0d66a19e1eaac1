import Foundation
import Glibc
import Synchronization

/// Somebody outside: listens on a second loopback address, on a TCP and a UDP port of each channel's own, and notes what
/// comes. A bare connection counts: a name, a time and a port are enough to carry data.
final class Sink: Sendable {
    static let address = "127.0.0.2"

    /// The port of each channel.
    let ports: [String: Int]
    private let arrivals = Mutex<[Int: Set<String>]>([:])
    private let stop: Int32

    init(channels: [String]) throws {
        var ports: [String: Int] = [:], sockets: [Int32: Port] = [:]
        for name in channels {
            let pair = try Sink.bindPair()
            ports[name] = pair.port
            sockets[pair.stream] = Port(number: pair.port, kind: .listener)
            sockets[pair.datagrams] = Port(number: pair.port, kind: .datagrams)
        }
        self.ports = ports
        let wake = try makePipe()
        stop = wake.write
        let all = sockets
        Thread.detachNewThread { [weak self] in
            var loop = SinkLoop(sockets: all, wake: wake.read)
            loop.run { port, what in self?.arrivals.withLock { _ = $0[port, default: []].insert(what) } }
        }
    }

    deinit { close(stop) }

    /// What arrived for a channel, in words; empty when nothing did.
    func arrived(for name: String) -> [String] {
        guard let port = ports[name] else { return [] }
        return arrivals.withLock { $0[port] ?? [] }.sorted()
    }

    /// Waits until something arrives for a channel, or the time is over.
    func wait(for name: String, limit: Duration) async throws {
        let end = ContinuousClock.now + limit
        while arrived(for: name).isEmpty, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(20)) }
    }

    fileprivate struct Port {
        enum Kind { case listener, datagrams, connection }
        let number: Int
        let kind: Kind
    }

    /// A TCP port that listens and the UDP port of the same number.
    private static func bindPair() throws -> (stream: Int32, datagrams: Int32, port: Int) {
        for _ in 0..<20 {
            let stream = try bound(SOCK_STREAM, port: 0)
            let port = number(of: stream)
            if listen(stream, 64) == 0, let datagrams = try? bound(SOCK_DGRAM, port: port) {
                return (stream, datagrams, port)
            }
            close(stream)
        }
        throw TestFailure("no port on \(address) is free for TCP and UDP")
    }

    private static func bound(_ type: __socket_type, port: Int) throws -> Int32 {
        let flags = Int32(bitPattern: SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_INET, Int32(bitPattern: type.rawValue) | flags, 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = in_port_t(port).bigEndian
        inet_pton(AF_INET, address, &name.sin_addr)
        let status = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard descriptor >= 0, status == 0 else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw TestFailure("bind \(address):\(port): \(reason)")
        }
        return descriptor
    }

    private static func number(of descriptor: Int32) -> Int {
        var name = sockaddr_in(), size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        return Int(in_port_t(bigEndian: name.sin_port))
    }
}

/// The sink's thread: one loop over all sockets.
private struct SinkLoop {
    var sockets: [Int32: Sink.Port]
    let wake: Int32

    private static let answer = """
        HTTP/1.1 200 OK\r
        Access-Control-Allow-Origin: *\r
        Access-Control-Allow-Headers: *\r
        Access-Control-Allow-Methods: *\r
        Content-Length: 2\r
        Connection: close\r
        \r
        ok
        """

    /// Runs until the sink is gone.
    mutating func run(_ note: (Int, String) -> Void) {
        defer { for descriptor in [wake] + sockets.keys { close(descriptor) } }
        while true {
            var waiting = ([wake] + sockets.keys).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&waiting, nfds_t(waiting.count), -1) > 0 || errno == EINTR else { return }
            for ready in waiting where ready.revents != 0 {
                if ready.fd == wake { return }
                serve(ready.fd, note)
            }
        }
    }

    private mutating func serve(_ descriptor: Int32, _ note: (Int, String) -> Void) {
        guard let port = sockets[descriptor] else { return }
        var buffer = [UInt8](repeating: 0, count: 4096)
        switch port.kind {
        case .listener:
            let accepted = accept(descriptor, nil, nil)
            guard accepted >= 0 else { return }
            sockets[accepted] = Sink.Port(number: port.number, kind: .connection)
            note(port.number, "connection")
        case .datagrams:
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count >= 0 { note(port.number, "datagram") }
        case .connection:
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count > 0 {
                note(port.number, SinkLoop.firstWord(buffer[..<count]))
                _ = SinkLoop.answer.withCString { Glibc.send(descriptor, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
            }
            sockets[descriptor] = nil
            close(descriptor)
        }
    }

    private static func firstWord(_ bytes: ArraySlice<UInt8>) -> String {
        let word = bytes.prefix { $0 > 0x20 && $0 < 0x7f }
        return word.isEmpty ? "\(bytes.count) bytes" : String(decoding: word, as: UTF8.self)
    }
}
