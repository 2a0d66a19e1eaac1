import Barchan

/// What is kept for sessions for a while. Nobody takes another one's room: a session that keeps too much loses its own
/// oldest, and when there is too much in all, whoever keeps most does.
struct SessionShares<Value> {
    /// A page shows a few offers, and each as soon as it has it.
    static var maximumForOne: Int { 32 }
    static var maximumInAll: Int { 1_000 }

    private struct Entry {
        var value: Value
        var session: SessionID
        var order: UInt64
        var expires: Int64
    }

    private let lifetimeSeconds: Int64
    private var entries: [String: Entry] = [:]
    private var order: UInt64 = 0

    init(lifetimeSeconds: Int64) { self.lifetimeSeconds = lifetimeSeconds }

    mutating func insert(_ value: Value, at key: String, of session: SessionID, now: Int64) {
        entries = entries.filter { $0.value.expires > now }
        entries[key] = nil
        makeRoom(for: session)
        order += 1
        entries[key] = Entry(value: value, session: session, order: order, expires: now + lifetimeSeconds)
    }

    func value(at key: String, now: Int64) -> Value? {
        entries[key].flatMap { $0.expires > now ? $0.value : nil }
    }

    mutating func take(_ key: String, now: Int64) -> Value? {
        defer { entries[key] = nil }
        return value(at: key, now: now)
    }

    private mutating func makeRoom(for session: SessionID) {
        var counts: [SessionID: Int] = [:]
        for entry in entries.values { counts[entry.session, default: 0] += 1 }
        let isFull = entries.count >= SessionShares.maximumInAll
        guard isFull || counts[session, default: 0] >= SessionShares.maximumForOne else { return }
        let loser = isFull ? counts.max { $0.value < $1.value }?.key : session
        let oldest = entries.filter { $0.value.session == loser }.min { $0.value.order < $1.value.order }
        if let oldest { entries[oldest.key] = nil }
    }
}
