import CCapnpRPC
import Glibc

/// Who a connection to the app tells what happens on it. It may close the connection from within each of these.
protocol AppConnectionOwner: AnyObject {
    /// Bytes came. They are gone when this returns.
    func connection(_ connection: AppConnection, received bytes: Span<UInt8>)
    /// Everything given to `send` is with the kernel.
    func connectionDrained(_ connection: AppConnection)
    /// No more bytes come. `problem` is nil when the app closed in good order.
    func connection(_ connection: AppConnection, ended problem: CallFailure?)
}

/// One TCP connection to the app.
final class AppConnection {
    private let app: AppServer
    private var descriptor: Int32
    private var watch: Watch?
    /// Kept until the connection is closed. A weak reference would make every other one to the owner slower.
    var owner: (any AppConnectionOwner)?
    /// What the pool remembers of it.
    var use = ConnectionUse()
    private var unsent: [UInt8] = []
    private var sentCount = 0
    private var readBytes = AppServer.firstReadBytes
    /// The app reads no more; what is sent is dropped, because its answer may still be worth reading.
    private var isWriteBroken = false
    /// Nobody listens at the app's port, which is known when something was to be sent.
    private var isRefused = false

    /// Whether bytes are taken from the app. While they are not, the kernel holds the app back.
    var isReading = true { didSet { if isReading != oldValue { updateWatch() } } }

    var unsentBytes: Int { unsent.count - sentCount }
    var isOpen: Bool { descriptor >= 0 }

    init(to app: AppServer, owner: any AppConnectionOwner) throws(CallFailure) {
        self.app = app
        self.owner = owner
        descriptor = -1
        guard app.connectionCount < AppServer.maximumConnections else { throw Self.overloaded }
        descriptor = app.connect()
        guard descriptor >= 0 else { throw Self.refused(app, -descriptor) }
        app.connectionCount += 1
    }

    deinit { close() }

    private static var overloaded: CallFailure {
        CallFailure(
            bcr_overloaded,
            "connect to the app: it has not answered \(AppServer.maximumConnections) requests; try again when it has")
    }

    private static func refused(_ app: AppServer, _ reason: Int32) -> CallFailure {
        guard reason == ECONNREFUSED else {
            return .failed("connect to the app at 127.0.0.1:\(app.port): \(errorText(reason)); see the grain's log")
        }
        // Nothing was sent: whoever asks later may get an answer.
        return CallFailure(
            bcr_overloaded,
            "the app has not opened its port \(app.port), or has closed it; the grain's log may say why, and the next try "
                + "may find it open")
    }

    func close() {
        stopWatching()
        owner = nil
        guard descriptor >= 0 else { return }
        if use.isUnanswered { app.pool.noteEnd(of: self) }
        Glibc.close(descriptor)
        app.connectionCount -= 1
        descriptor = -1
    }

    /// What came and was not read.
    enum Pending { case nothing, bytes, end }

    var pending: Pending {
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK))
        if count > 0 { return .bytes }
        return count < 0 && errno == EAGAIN ? .nothing : .end
    }

    /// Sends now what the kernel takes, the rest when it takes more.
    func send(_ bytes: [UInt8]) {
        guard descriptor >= 0, !isWriteBroken else { return }
        if unsentBytes == 0 {
            unsent = bytes
            sentCount = 0
        } else {
            unsent.append(contentsOf: bytes)
        }
        flush()
        updateWatch()
    }

    private func flush() {
        while unsentBytes > 0 {
            let count = unsent.withUnsafeBytes { bytes in
                Glibc.send(descriptor, bytes.baseAddress?.advanced(by: sentCount), unsentBytes, Int32(MSG_NOSIGNAL))
            }
            guard count < 0 else {
                sentCount += count
                continue
            }
            if errno == EINTR { continue }
            if errno == EAGAIN || errno == ENOTCONN { return }
            isRefused = errno == ECONNREFUSED
            isWriteBroken = true
            break
        }
        unsent = []
        sentCount = 0
    }

    private func updateWatch() {
        guard descriptor >= 0 else { return }
        var interest: Watch.Readiness = isReading ? .readable : []
        if unsentBytes > 0 { interest.insert(.writable) }
        if let watch {
            watch.interest = interest
        } else if !interest.isEmpty {
            watch = Watch(descriptor, for: interest, on: app.loop) { [unowned self] in ready($0) }
            if watch == nil { end(.failed("read the app's answer: it cannot be watched")) }
        }
    }

    private func ready(_ readiness: Watch.Readiness) {
        if readiness.contains(.writable), unsentBytes > 0 {
            flush()
            updateWatch()
            if unsentBytes == 0 { owner?.connectionDrained(self) }
        }
        if isReading {
            if readiness.contains(.readable) || readiness.contains(.hungUp) { receive() }
        } else if readiness.contains(.hungUp) {
            // Reported whether wanted or not: without this the loop would spin. Reading on makes a new watch.
            stopWatching()
        }
    }

    private func stopWatching() {
        watch?.cancel()
        watch = nil
    }

    private func receive() {
        guard descriptor >= 0 else { return }
        app.trim.noteActivity()
        let count = recv(descriptor, app.buffer.baseAddress, readBytes, 0)
        if count < 0 {
            let reason = errno
            guard reason != EAGAIN, reason != EINTR else { return }
            if reason == ECONNREFUSED { return end(Self.refused(app, reason)) }
            return end(.failed("read the app's answer: \(errorText(reason))"))
        }
        guard count > 0 else { return end(isRefused ? Self.refused(app, ECONNREFUSED) : nil) }
        if count == readBytes { readBytes = min(readBytes * 2, AppServer.largestReadBytes) }
        let bytes = UnsafeRawBufferPointer(rebasing: app.buffer[..<count]).assumingMemoryBound(to: UInt8.self)
        if use.isUnanswered { app.pool.noteAnswer(on: self) }
        owner?.connection(self, received: bytes.span)
    }

    /// Looks once whether more is there already, in particular the end, which often comes with the last bytes.
    func receiveMore() { if isReading { receive() } }

    private func end(_ problem: CallFailure?) {
        let owner = owner
        close()
        owner?.connection(self, ended: problem)
    }
}
