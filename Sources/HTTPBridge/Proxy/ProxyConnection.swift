import Glibc
import HTTP1

/// One client of the proxy's port: one request, one answer. The first answer counts.
final class ProxyConnection {
    /// What of a request's body is kept until it goes on.
    private static let bodyBytes = 16 << 20
    /// Bytes that wait for a client that reads slowly before `hasRoom` says no.
    static let windowBytes = 524_288
    private static let readBytes = 65_536
    /// For a piece of the answer after the client has closed its direction.
    private static let patienceMicroseconds: UInt64 = 10_000_000

    private enum State { case reading, waiting, answering, flushing, ended }

    private let loop: EventLoop
    private let onRequest: (ProxyConnection, RequestHead, [UInt8]) -> Void
    private let onEnd: (ProxyConnection) -> Void
    private var descriptor: Int32
    private var watch: Watch?
    private var parser = RequestParser(maximumBodyBytes: ProxyConnection.bodyBytes, allowsAbsoluteForm: true)
    private var state = State.reading
    private var unsent: [UInt8] = []
    private var hasContinued = false
    /// The first bytes, by which CONNECT is known: its request line is none that the parser takes.
    private var opening: [UInt8] = []
    private var hasInputEnded = false
    private let patienceMicroseconds: UInt64
    private var patience: Timer?
    /// Comes when there is room for more of the answer, and when nobody wants it any more.
    var onChange: (() -> Void)?

    /// Owns the descriptor.
    init(
        _ descriptor: Int32, on loop: EventLoop, onRequest: @escaping (ProxyConnection, RequestHead, [UInt8]) -> Void,
        onEnd: @escaping (ProxyConnection) -> Void, patienceMicroseconds: UInt64 = ProxyConnection.patienceMicroseconds
    ) {
        self.descriptor = descriptor
        self.loop = loop
        self.onRequest = onRequest
        self.onEnd = onEnd
        self.patienceMicroseconds = patienceMicroseconds
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// False when the descriptor cannot be watched.
    func start() -> Bool {
        watch = Watch(descriptor, for: .readable, on: loop) { [unowned self] in ready($0) }
        return watch != nil
    }

    var isOver: Bool { state == .ended || state == .flushing }
    var hasRoom: Bool { unsent.count < Self.windowBytes }

    // MARK: Answering

    /// A short answer of the proxy's own; nothing when another one has begun.
    func answer(_ status: Int, _ text: String, type: StaticString = "text/plain; charset=utf-8") {
        guard state == .waiting || state == .reading else { return }
        let body = Array(text.utf8) + (status == 200 ? [] : [0x0a])
        let challenge = status == 401 ? "WWW-Authenticate: Bearer error=\"invalid_token\"\r\n" : ""
        let head =
            "HTTP/1.1 \(status) \r\nContent-Type: \(type)\r\n\(challenge)"
            + "Content-Length: \(body.count)\r\nConnection: close\r\n\r\n"
        send(Array(head.utf8) + body)
        finish()
    }

    /// More of an answer; the first bytes of it are its head.
    func send(_ bytes: [UInt8]) {
        guard !isOver else { return }
        state = .answering
        unsent += bytes
        flush()
    }

    /// Everything was given to `send`.
    func finish() {
        guard !isOver else { return }
        state = .flushing
        flush()
    }

    /// The answer breaks off, and the client sees that.
    func abort() { end(isWhole: false) }

    // MARK: The socket

    private func ready(_ readiness: Watch.Readiness) {
        // The action may let go of everything else that holds this.
        withExtendedLifetime(self) {
            if readiness.contains(.writable) { flush() }
            if readiness.contains(.readable) || readiness.contains(.hungUp) { read() }
        }
    }

    private func read() {
        guard descriptor >= 0 else { return }
        var received = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.readBytes) { buffer, count in
            received = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            count = max(received, 0)
        }
        if received < 0, errno == EAGAIN || errno == EINTR { return }
        guard received > 0 else { return received == 0 ? inputEnded() : end(isWhole: false) }
        guard state == .reading else { return }
        opening += bytes.prefix(8 - opening.count)
        do throws(HTTPError) {
            try parser.feed(bytes.span)
        } catch { return refuse(error) }
        if parser.expectsContinue, !hasContinued {
            hasContinued = true
            unsent += Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
            flush()
        }
        if parser.isComplete, let head = parser.head {
            state = .waiting
            onRequest(self, head, parser.body)
        }
    }

    /// A client that has closed its direction gets its answer. One that went away looks the same, and nobody must work for it
    /// for long: so each piece of the answer has a moment to come.
    private func inputEnded() {
        guard state != .reading, !hasInputEnded else { return end(isWhole: false) }
        hasInputEnded = true
        flush()
    }

    private func refuse(_ error: HTTPError) {
        switch error {
        case .headTooLarge, .tooManyFields: answer(431, "The header is too large.")
        case .bodyTooLarge: answer(413, "The body is larger than the \(Self.bodyBytes) bytes that can be passed on.")
        case .startLineMalformed where opening.elementsEqual("CONNECT ".utf8):
            answer(501, "https does not go through this proxy: ask for the same address with http://.")
        default: answer(400, "This is not a valid request: \(error.reason).")
        }
    }

    private func flush() {
        guard descriptor >= 0 else { return }
        let couldNot = !hasRoom
        while !unsent.isEmpty {
            let count = unsent.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                unsent.removeFirst(count)
            } else if errno == EAGAIN {
                break
            } else if errno != EINTR {
                return end(isWhole: false)
            }
        }
        if unsent.isEmpty, state == .flushing { return end(isWhole: true) }
        var interest: Watch.Readiness = hasInputEnded ? [] : .readable
        if !unsent.isEmpty { interest.insert(.writable) }
        watch?.interest = interest
        if hasInputEnded { waitForMore() }
        if couldNot, hasRoom { onChange?() }
    }

    private func waitForMore() {
        patience = nil
        guard unsent.isEmpty else { return }
        patience = Timer(on: loop, afterMicroseconds: patienceMicroseconds) { [weak self] in self?.end(isWhole: false) }
    }

    private func end(isWhole: Bool) {
        guard state != .ended else { return }
        state = .ended
        patience = nil
        watch?.cancel()
        watch = nil
        if isWhole {
            // Closing with unread bytes resets the connection, and the client would lose the answer.
            shutdown(descriptor, Int32(SHUT_WR))
            var rest = [UInt8](repeating: 0, count: 4_096)
            while recv(descriptor, &rest, rest.count, 0) > 0 {}
        }
        close(descriptor)
        descriptor = -1
        let told = onChange
        onChange = nil
        told?()
        onEnd(self)
    }
}
