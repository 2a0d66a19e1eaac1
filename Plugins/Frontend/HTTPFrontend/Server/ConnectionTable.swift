import Barchan
import Synchronization

/// All open connections, at most so many.
///
/// When it is full, a newcomer takes the place of the connection that has kept us waiting for a request the longest: a client that
/// opens many and sends nothing loses its own.
final class ConnectionTable: Sendable {
    private struct State {
        var connections: [ObjectIdentifier: Connection] = [:]
        var isClosing = false
        var whenEmpty: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    private let maximum: Int

    init(maximum: Int) { self.maximum = maximum }

    var count: Int { state.withLock { $0.connections.count } }

    /// - Returns: False when there is no room.
    func add(_ connection: Connection) -> Bool {
        let (isAdded, victim) = state.withLock { state -> (Bool, Connection?) in
            guard !state.isClosing else { return (false, nil) }
            var victim: Connection?
            if state.connections.count >= maximum {
                victim = ConnectionTable.idlest(of: state.connections.values)
                guard let victim else { return (false, nil) }
                state.connections[ObjectIdentifier(victim)] = nil
            }
            state.connections[ObjectIdentifier(connection)] = connection
            return (true, victim)
        }
        victim?.closeSoon()
        return isAdded
    }

    private static func idlest(of connections: some Sequence<Connection>) -> Connection? {
        var found: (connection: Connection, since: UInt64)?
        for connection in connections {
            let since = connection.waitingSince.load(ordering: .relaxed)
            if since > 0, since < found?.since ?? .max { found = (connection, since) }
        }
        return found?.connection
    }

    func remove(_ connection: Connection) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.connections[ObjectIdentifier(connection)] = nil
            guard state.isClosing, state.connections.isEmpty else { return nil }
            defer { state.whenEmpty = nil }
            return state.whenEmpty
        }
        waiter?.resume()
    }

    /// Lets requests under way finish, but no longer than `grace`.
    func drain(on loop: any HostLoop, grace: Duration) async {
        for connection in beginClosing() { connection.finishAndClose() }
        loop.post { [weak self] in
            _ = loop.after(nanoseconds: grace.nanoseconds) {
                for connection in self?.beginClosing() ?? [] { connection.closeSoon() }
            }
        }
        await withCheckedContinuation { waiter in
            let isEmpty = state.withLock { state in
                if !state.connections.isEmpty { state.whenEmpty = waiter }
                return state.connections.isEmpty
            }
            if isEmpty { waiter.resume() }
        }
    }

    /// Lets nobody in any more; returns who is there.
    private func beginClosing() -> [Connection] {
        state.withLock { state in
            state.isClosing = true
            return Array(state.connections.values)
        }
    }
}
