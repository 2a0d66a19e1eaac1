import HTTP1Server
import Synchronization

/// How many bytes there are for bodies that are held whole, of all requests together.
final class BodyRoom: Sendable {
    /// So many of the longest bodies at the same time.
    private static let bodies = 16

    private let left: Mutex<Int>

    /// - Parameter bodyBytes: Of the longest body.
    init(bodyBytes: Int) { left = Mutex(BodyRoom.bodies * bodyBytes) }

    /// Takes room, which the caller gives back.
    /// - Throws: 503 when there is not enough.
    func take(_ bytes: Int) throws(RequestFault) {
        let isTaken = left.withLock { left in
            guard bytes <= left else { return false }
            left -= bytes
            return true
        }
        guard isTaken else {
            throw RequestFault(
                503, "The server holds as many long bodies as it has room for. Try again in a moment.",
                retryAfterSeconds: 2)
        }
    }

    func giveBack(_ bytes: Int) { left.withLock { $0 += bytes } }
}
