import NIOConcurrencyHelpers
import NIOCore

/// All open connections, at most so many.
///
/// When it is full, a newcomer takes the place of the connection that has kept us waiting for a request the longest: a client that
/// opens many and sends nothing loses its own.
final class ConnectionTable: Sendable {
    private struct State {
        var connections: [ObjectIdentifier: Connection] = [:]
        var isClosing = false
        var whenEmpty: EventLoopPromise<Void>?
    }

    private let state = NIOLockedValueBox(State())
    private let maximum: Int

    init(maximum: Int) { self.maximum = maximum }

    var count: Int { state.withLockedValue { $0.connections.count } }

    /// - Returns: False when there is no room.
    func add(_ connection: Connection) -> Bool {
        let (isAdded, victim) = state.withLockedValue { state -> (Bool, Connection?) in
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
        let promise = state.withLockedValue { state -> EventLoopPromise<Void>? in
            state.connections[ObjectIdentifier(connection)] = nil
            guard state.isClosing, state.connections.isEmpty else { return nil }
            defer { state.whenEmpty = nil }
            return state.whenEmpty
        }
        promise?.succeed()
    }

    /// Lets requests under way finish, but no longer than `grace`.
    func drain(on eventLoop: any EventLoop, grace: TimeAmount) async {
        let promise = eventLoop.makePromise(of: Void.self)
        let connections = state.withLockedValue { state -> [Connection] in
            state.isClosing = true
            if !state.connections.isEmpty { state.whenEmpty = promise }
            return Array(state.connections.values)
        }
        if connections.isEmpty { promise.succeed() }
        for connection in connections { connection.finishAndClose() }
        let deadline = eventLoop.scheduleTask(in: grace) {
            for connection in self.state.withLockedValue({ Array($0.connections.values) }) { connection.closeSoon() }
        }
        try? await promise.futureResult.get()
        deadline.cancel()
    }
}
