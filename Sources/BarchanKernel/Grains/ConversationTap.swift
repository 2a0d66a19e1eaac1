import Barchan
import Glibc

/// Stands between the transport and a grain and writes down what passes, for a person who looks for a mistake.
///
/// A thread of its own, blocking: a side that does not read holds the other back, as it does without.
final class ConversationTap: @unchecked Sendable {
    // Handed to the thread, which alone uses it.
    private let host: OwnedDescriptor
    private let grain: OwnedDescriptor
    private let file: RecordedFile
    private let conversation: Int

    private static let pieceBytes = 64 << 10

    private init(host: consuming OwnedDescriptor, grain: consuming OwnedDescriptor, file: RecordedFile) {
        self.host = host
        self.grain = grain
        self.file = file
        conversation = file.beginConversation()
    }

    /// Puts a tap on a grain's socket.
    /// - Parameters:
    ///   - grain: The host's end of the grain's socket.
    ///   - file: Gets a new conversation.
    /// - Returns: What the transport gets instead of `grain`.
    static func start(on grain: consuming OwnedDescriptor, into file: RecordedFile) throws(HostError) -> OwnedDescriptor
    {
        let sockets = try SocketPair()
        let tap = ConversationTap(host: sockets.grainEnd, grain: grain, file: file)
        let error = OwnThread.start { tap.run() }
        guard error == 0 else {
            throw HostError(.resourceExhausted, "record a grain: \(String(cString: strerror(error)))")
        }
        return sockets.hostEnd
    }

    private func run() {
        var watched = [
            pollfd(fd: host.rawValue, events: Int16(POLLIN), revents: 0),
            pollfd(fd: grain.rawValue, events: Int16(POLLIN), revents: 0),
        ]
        // A descriptor below zero is left out by poll(2).
        while watched.contains(where: { $0.fd >= 0 }) {
            guard poll(&watched, 2, -1) >= 0 || errno == EINTR else { return }
            for index in 0..<2 where watched[index].revents != 0 {
                let (from, to, name) =
                    index == 0
                    ? (host.rawValue, grain.rawValue, "host>app") : (grain.rawValue, host.rawValue, "app>host")
                if !pass(from, to, name) { watched[index].fd = -1 }
            }
        }
    }

    /// - Returns: False at the end of what `from` says.
    private func pass(_ from: CInt, _ to: CInt, _ name: String) -> Bool {
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.pieceBytes) { buffer, count in
            count = max(0, recv(from, buffer.baseAddress, buffer.count, 0))
        }
        guard !bytes.isEmpty else {
            shutdown(to, CInt(SHUT_WR))
            return false
        }
        file.note(bytes, name, in: conversation)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(to, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
