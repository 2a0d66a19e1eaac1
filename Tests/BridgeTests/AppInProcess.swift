import Glibc
import Synchronization
import Testing

/// An app within this process: it listens on a port that nobody else can take, and serves each connection on a thread.
final class AppInProcess: @unchecked Sendable {
    // `listener` and `serve` do not change; the rest is under the mutex.
    let port: UInt16
    private let listener: Int32
    private let handlesOneAtATime: Bool
    private let serve: @Sendable (AppPeer) -> Void
    private let state = Mutex(State())

    private struct State {
        var requests: [(connection: Int, head: String)] = []
        var ended = 0
    }

    /// - Parameter serve: Answers what comes on one connection; the connection is closed behind it.
    init(handlesOneAtATime: Bool = false, _ serve: @escaping @Sendable (AppPeer) -> Void) throws {
        (listener, port) = try Place.boundSocket()
        try #require(listen(listener, 128) == 0)
        self.handlesOneAtATime = handlesOneAtATime
        self.serve = serve
        startThread { [self] in acceptAll() }
    }

    /// Each request's connection, counted from 1 among those that brought one, and its head.
    var requests: [(connection: Int, head: String)] { state.withLock { $0.requests } }
    var connections: [Int] { requests.map(\.connection) }
    /// Connections that brought a request and are over.
    var ended: Int { state.withLock { $0.ended } }

    func close() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func acceptAll() {
        while case let descriptor = accept(listener, nil, nil), descriptor >= 0 {
            let work = { [self] in
                let peer = AppPeer(descriptor, of: self)
                serve(peer)
                Glibc.close(descriptor)
                if peer.number > 0 { state.withLock { $0.ended += 1 } }
            }
            if handlesOneAtATime { work() } else { startThread(work) }
        }
        Glibc.close(listener)
    }

    fileprivate func note(_ head: String, on peer: AppPeer) {
        state.withLock { state in
            if peer.number == 0 { peer.number = (state.requests.map(\.connection).max() ?? 0) + 1 }
            state.requests.append((peer.number, head))
        }
    }
}

/// The app's end of one connection. To be used on its own thread.
final class AppPeer: @unchecked Sendable {
    private let descriptor: Int32
    private let app: AppInProcess
    private var unread: [UInt8] = []
    /// 0 until a request has come.
    fileprivate(set) var number = 0

    fileprivate init(_ descriptor: Int32, of app: AppInProcess) {
        self.descriptor = descriptor
        self.app = app
    }

    /// The next request's path; nil at the end of the connection.
    func nextRequest() -> String? {
        let end = Array("\r\n\r\n".utf8)
        while true {
            let head = String(decoding: unread, as: UTF8.self)
            if let range = head.firstRange(of: "\r\n\r\n") {
                let text = String(head[..<range.lowerBound])
                unread.removeFirst(text.utf8.count + end.count)
                app.note(text, on: self)
                return String(text.split(separator: " ")[1])
            }
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &bytes, bytes.count, 0)
            guard count > 0 else { return nil }
            unread += bytes[..<count]
        }
    }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    func answer(_ body: String = "ok", fields: String = "", version: String = "1.1") {
        send("HTTP/\(version) 200 OK\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }
}

private final class ThreadBody {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
}

private func startThread(_ body: @escaping () -> Void) {
    var thread = pthread_t()
    pthread_create(
        &thread, nil,
        { context in
            if let context { Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().body() }
            return nil
        }, Unmanaged.passRetained(ThreadBody(body)).toOpaque())
    pthread_detach(thread)
}
