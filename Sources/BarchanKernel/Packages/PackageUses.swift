import Barchan
import Synchronization

/// Who needs which package at this moment, so that none is removed under somebody's hands.
///
/// What the records say of a package is looked at in between ``beginRemoval(of:)`` and ``endRemoval(of:)``; whoever writes
/// into the records that a package is needed holds it meanwhile. So one of the two sees the other.
public final class PackageUses: Sendable {
    private struct State {
        var holds: [PackageID: Int] = [:]
        var installing = 0
        var removing: Set<PackageID> = []
        var waiters: [CheckedContinuation<Void, Never>] = []
        var onRelease: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    private let whenInstalled: @Sendable () -> Void

    /// - Parameter whenInstalled: Called whenever an installation is over, however it ended.
    public init(whenInstalled: @escaping @Sendable () -> Void = {}) { self.whenInstalled = whenInstalled }

    /// Called, on any thread, whenever something that was held or installed may be needed no more.
    func onRelease(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.onRelease = body } }

    /// Holds a package; waits while it is being removed. That there is such a package is for the caller to find out.
    func hold(_ package: PackageID) async -> PackageHold {
        while true {
            let isHeld = state.withLock { state in
                guard !state.removing.contains(package) else { return false }
                state.holds[package, default: 0] += 1
                return true
            }
            if isHeld { return PackageHold(package, of: self) }
            await waitForRemovals()
        }
    }

    /// Installs something: which package it is shows at the end only, so none is removed meanwhile.
    func whileInstalling<Result: Sendable>(
        _ body: @Sendable () async throws(HostError) -> Result
    ) async throws(HostError) -> Result {
        while !state.withLock({ state in
            guard state.removing.isEmpty else { return false }
            state.installing += 1
            return true
        }) { await waitForRemovals() }
        defer {
            leave { $0.installing -= 1 }
            whenInstalled()
        }
        return try await body()
    }

    /// - Returns: Whether the package may be removed as far as nobody holds it. Then nobody can until ``endRemoval(of:)``.
    func beginRemoval(of package: PackageID) -> Bool {
        state.withLock { state in
            guard state.holds[package] == nil, state.installing == 0 else { return false }
            return state.removing.insert(package).inserted
        }
    }

    func endRemoval(of package: PackageID) {
        let waiters = state.withLock { state in
            state.removing.remove(package)
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    fileprivate func release(_ package: PackageID) {
        leave { state in
            let left = state.holds[package, default: 1] - 1
            state.holds[package] = left == 0 ? nil : left
        }
    }

    private func leave(_ change: (inout State) -> Void) {
        let body = state.withLock { state in
            change(&state)
            return state.onRelease
        }
        body?()
    }

    private func waitForRemovals() async {
        await withCheckedContinuation { waiter in
            let mustWait = state.withLock { state in
                if !state.removing.isEmpty { state.waiters.append(waiter) }
                return !state.removing.isEmpty
            }
            if !mustWait { waiter.resume() }
        }
    }
}

/// A package that stays as long as this does, or until it is released.
final class PackageHold: Sendable {
    let package: PackageID
    private let uses: PackageUses
    private let isReleased = Atomic(false)

    fileprivate init(_ package: PackageID, of uses: PackageUses) {
        self.package = package
        self.uses = uses
    }

    deinit { release() }

    /// A second call does nothing.
    func release() {
        guard !isReleased.exchange(true, ordering: .acquiringAndReleasing) else { return }
        uses.release(package)
    }
}
