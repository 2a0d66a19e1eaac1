import Synchronization

/// How far the installations are that were asked for through the control socket, by a name that the asker chose.
final class InstallProgress: Sendable {
    private let consumed = Mutex<[String: Int64]>([:])

    func note(_ bytes: Int64, of name: String) { consumed.withLock { $0[name] = bytes } }
    func end(_ name: String) { consumed.withLock { $0[name] = nil } }

    /// Bytes of the package taken so far; nil for what is not under way.
    func bytes(of name: String) -> Int64? { consumed.withLock { $0[name] } }
}
