import Barchan
import CLinux
import Glibc
import Synchronization

/// Sends requests to another program, each in a packet of its own, and never waits for that program.
///
/// What it does not take at once waits here for a thread that is there only as long as something waits. A thread of Swift's pool
/// that waited would keep everybody else from running, and with all of them the deadline that is to end the program.
public final class RequestQueue: Sendable {
    /// How many requests wait before no launch is taken any more. Each has at most 192 KiB and two descriptors; the others are
    /// short and come from sandboxes that run.
    public static let capacity = 1024

    /// Closed with the queue.
    public let socket: CInt
    private let state = Mutex(State())

    private struct State {
        var waiting: [Request] = []
        var isFlushing = false
    }

    private struct Request {
        let bytes: [UInt8]
        let descriptors: [CInt]
        let whenRefused: @Sendable (CInt) -> Void

        func close() {
            for descriptor in descriptors { Glibc.close(descriptor) }
        }
    }

    /// - Parameter socket: Of type SOCK_SEQPACKET; the queue's from now on.
    public init(_ socket: CInt) { self.socket = socket }
    deinit { close(socket) }

    /// Nothing is sent any more, and who reads from the socket comes to its end.
    public func shutDown() { _ = shutdown(socket, CInt(SHUT_RDWR)) }

    /// Sends a request, after those that wait.
    /// - Parameters:
    ///   - descriptors: Lent for this call.
    ///   - whenRefused: Called at most once, with an error number, when the request could not be sent although the program is
    ///     there, see ``explain(_:)``. When the program is gone that is told to who reads from the socket instead.
    public func send(
        _ bytes: [UInt8], _ descriptors: [CInt] = [], whenRefused: @escaping @Sendable (CInt) -> Void
    ) {
        let error = state.withLock { state -> CInt in
            let error =
                state.isFlushing ? EAGAIN : RequestQueue.send(bytes, descriptors, to: socket, CInt(MSG_DONTWAIT))
            guard error == EAGAIN else { return error }
            return enqueue(bytes, descriptors, whenRefused, &state)
        }
        if error != 0 { note(error, whenRefused) }
    }

    private func note(_ error: CInt, _ whenRefused: (CInt) -> Void) {
        if RequestQueue.isGone(error) { shutDown() } else { whenRefused(error) }
    }

    private func enqueue(
        _ bytes: [UInt8], _ descriptors: [CInt], _ whenRefused: @escaping @Sendable (CInt) -> Void,
        _ state: inout State
    ) -> CInt {
        guard descriptors.isEmpty || state.waiting.count < RequestQueue.capacity else { return EAGAIN }
        let request = Request(
            bytes: bytes, descriptors: descriptors.map { fcntl($0, F_DUPFD_CLOEXEC, 0) }, whenRefused: whenRefused)
        guard !request.descriptors.contains(-1) else {
            request.close()
            return EMFILE
        }
        guard state.isFlushing || DetachedThread.start({ [self] in flush() }) else {
            request.close()
            return ENOMEM
        }
        state.isFlushing = true
        state.waiting.append(request)
        return 0
    }

    private func flush() {
        while let request = next() {
            // Waits for the program, as long as it is there and nobody shuts down the socket.
            let error = RequestQueue.send(request.bytes, request.descriptors, to: socket, 0)
            request.close()
            if error != 0 { note(error, request.whenRefused) }
        }
    }

    private func next() -> Request? {
        state.withLock { state in
            state.isFlushing = !state.waiting.isEmpty
            return state.isFlushing ? state.waiting.removeFirst() : nil
        }
    }

    // MARK: One packet

    /// - Returns: 0 or an error number.
    static func send(_ bytes: [UInt8], _ descriptors: [CInt], to socket: CInt, _ flags: CInt) -> CInt {
        let sent = bytes.withUnsafeBytes { bytes in
            descriptors.withUnsafeBufferPointer {
                clinux_send_with(
                    socket, bytes.baseAddress, bytes.count, $0.baseAddress, CInt($0.count), flags)
            }
        }
        return sent < 0 ? errno : 0
    }

    /// Whether an error of sending says that the other end is gone; any other concerns this packet only.
    static func isGone(_ error: CInt) -> Bool { [EPIPE, ECONNRESET, ENOTCONN, ECONNREFUSED].contains(error) }

    /// Why a launch was refused, and what to do.
    public static func explain(_ error: CInt) -> String {
        switch error {
        case EAGAIN: "\(capacity) requests wait already, because it does not read what it is sent; try again later"
        case ETOOMANYREFS:
            "this user's processes have more descriptors under way in sockets than one may open (\(openFiles)), as an app can"
                + " that sends them to itself and does not receive them; end that app's grains, or allow the host more"
                + " (ulimit -n, LimitNOFILE= in the unit)"
        case EMSGSIZE: "it is longer than a packet may be here; set sysctl net.core.wmem_default to 212992"
        default: String(cString: strerror(error))
        }
    }

    private static var openFiles: UInt64 {
        var limit: UInt64 = 0
        return clinux_hard_limit(CInt(RLIMIT_NOFILE.rawValue), &limit) == 0 ? limit : 0
    }
}
