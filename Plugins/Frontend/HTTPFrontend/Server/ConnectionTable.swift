import Barchan
import Synchronization

/// All open connections, at most so many.
///
/// When it is full, a newcomer takes the place of the connection that has kept us waiting the longest: a client that opens many and sends
/// nothing loses its own. Where nobody keeps us waiting, as with web sockets, a client loses its oldest that has more than a quarter
/// of all, and more than the others.
final class ConnectionTable: Sendable {
    private struct State {
        var connections: [ObjectIdentifier: Connection] = [:]
        var isClosing = false
        var isOver = false
        var whenEmpty: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    private let maximum: Int

    init(maximum: Int) { self.maximum = maximum }

    var count: Int { state.withLock { $0.connections.count } }

    /// Whether each answer from now on is the last one of its connection.
    var isClosing: Bool { state.withLock { $0.isClosing } }

    /// - Returns: False when there is no room.
    func add(_ connection: Connection) -> Bool {
        let (isAdded, victim) = state.withLock { state -> (Bool, Connection?) in
            guard !state.isOver else { return (false, nil) }
            var victim: Connection?
            if state.connections.count >= maximum {
                victim =
                    ConnectionTable.idlest(of: state.connections.values)
                    ?? ConnectionTable.oldestOfMost(state.connections.values, above: maximum / 4)
                guard let victim else { return (false, nil) }
                state.connections[ObjectIdentifier(victim)] = nil
            }
            state.connections[ObjectIdentifier(connection)] = connection
            return (true, victim)
        }
        victim?.closeSoon()
        return isAdded
    }

    /// Ends connections as a newcomer in a full table does, those that have kept us waiting the longest first.
    func makeRoom(for count: Int) {
        let victims = state.withLock { state in
            (0..<count).compactMap { _ -> Connection? in
                guard let victim = ConnectionTable.idlest(of: state.connections.values) else { return nil }
                state.connections[ObjectIdentifier(victim)] = nil
                return victim
            }
        }
        for victim in victims { victim.closeSoon() }
    }

    private static func idlest(of connections: some Sequence<Connection>) -> Connection? {
        var found: (connection: Connection, since: UInt64)?
        for connection in connections {
            let since = connection.waitingSince.load(ordering: .relaxed)
            if since > 0, since < found?.since ?? .max { found = (connection, since) }
        }
        return found?.connection
    }

    private static func oldestOfMost(_ connections: some Sequence<Connection>, above limit: Int) -> Connection? {
        let clients = Dictionary(grouping: connections) { $0.client.withLock { $0 } }
        guard let most = clients.values.max(by: { $0.count < $1.count }), most.count > limit else { return nil }
        return most.min { $0.opened < $1.opened }
    }

    func remove(_ connection: Connection) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.connections[ObjectIdentifier(connection)] = nil
            guard state.isClosing, state.connections.isEmpty, let waiter = state.whenEmpty else { return nil }
            state.whenEmpty = nil
            state.isOver = true
            return waiter
        }
        waiter?.resume()
    }

    /// Lets requests under way finish, but no longer than `grace`; what is not answered then is told to come again.
    func drain(on loop: any HostLoop, grace: Duration, _ limits: ServerLimits) async {
        for connection in closing() { connection.finishAndClose() }
        loop.post { [weak self] in
            _ = loop.after(nanoseconds: grace.nanoseconds) {
                for connection in self?.closing() ?? [] { connection.giveUp() }
            }
            _ = loop.after(nanoseconds: (grace + limits.linger).nanoseconds) {
                for connection in self?.closing() ?? [] { connection.closeSoon() }
            }
        }
        await withCheckedContinuation { waiter in
            let isEmpty = state.withLock { state in
                state.isOver = state.connections.isEmpty
                if !state.isOver { state.whenEmpty = waiter }
                return state.isOver
            }
            if isEmpty { waiter.resume() }
        }
    }

    private func closing() -> [Connection] {
        state.withLock { state in
            state.isClosing = true
            return Array(state.connections.values)
        }
    }
}
