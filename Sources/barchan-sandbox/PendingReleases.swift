/// Releases of packages that wait for sandboxes to end.
struct PendingReleases {
    private var waiting: [UInt64: Set<UInt64>] = [:]

    /// False when there is nothing to wait for.
    mutating func add(_ ticket: UInt64, waitingFor sandboxes: [UInt64]) -> Bool {
        guard !sandboxes.isEmpty else { return false }
        waiting[ticket] = Set(sandboxes)
        return true
    }

    /// A sandbox is gone.
    /// - Returns: The releases that waited for nothing else.
    mutating func finish(_ sandbox: UInt64) -> [UInt64] {
        var finished: [UInt64] = []
        for ticket in waiting.keys {
            waiting[ticket]?.remove(sandbox)
            if waiting[ticket]?.isEmpty == true { finished.append(ticket) }
        }
        for ticket in finished { waiting[ticket] = nil }
        return finished
    }
}
