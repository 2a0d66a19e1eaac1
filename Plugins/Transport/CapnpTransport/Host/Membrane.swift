/// What ends together: everything of one session, or what depends on one condition. On the loop's thread only.
final class Membrane: @unchecked Sendable {
    /// Why it ended; nil while it holds.
    private(set) var ending: RPCError?
    private var actions: [Int: (RPCError) -> Void] = [:]
    private var next = 0

    /// Names an action that is still to come.
    struct Key { fileprivate let number: Int }

    /// Calls `action` at the end, at once when that was already.
    @discardableResult
    func onEnd(_ action: @escaping (RPCError) -> Void) -> Key {
        next += 1
        if let ending { action(ending) } else { actions[next] = action }
        return Key(number: next)
    }

    func forget(_ key: Key?) {
        if let key { actions[key.number] = nil }
    }

    /// Only the first call counts.
    func end(_ error: RPCError) {
        guard ending == nil else { return }
        ending = error
        let told = actions
        actions = [:]
        for (_, action) in told.sorted(by: { $0.key < $1.key }) { action(error) }
    }
}
