import Barchan
import Synchronization

/// The lives of all grains. There is exactly one for each grain that was used since the host began, so that no grain
/// is ever started twice.
actor GrainRegistry {
    private let makeLife: @Sendable (GrainID) -> GrainLife
    private var lives: [GrainID: GrainLife] = [:]
    private var isClosed = false

    init(_ makeLife: @escaping @Sendable (GrainID) -> GrainLife) { self.makeLife = makeLife }

    /// The life of a grain that exists.
    func life(of grain: GrainID) throws(HostError) -> GrainLife {
        guard !isClosed else { throw HostError(.cancelled, "open grain '\(grain)': the host is stopping") }
        if let life = lives[grain] { return life }
        let life = makeLife(grain)
        lives[grain] = life
        return life
    }

    /// The life of a grain if it was used since the host began.
    func known(_ grain: GrainID) -> GrainLife? { lives[grain] }

    /// Every grain that was used since the host began, by identifier.
    var byGrain: [GrainID: GrainLife] { lives }

    /// Every grain that was used since the host began.
    var all: [GrainLife] { Array(lives.values) }

    /// Stops a grain for good.
    func remove(_ grain: GrainID) async {
        await lives[grain]?.remove()
        lives[grain] = nil
    }

    /// Stops all grains and starts none any more.
    func close() async {
        isClosed = true
        await withTaskGroup(of: Void.self) { group in
            for life in lives.values { group.addTask { await life.remove() } }
        }
    }
}

/// How many grains run at once.
final class RunningCount: Sendable {
    private let limit: Int
    private let count = Mutex(0)
    private let whenReleased: @Sendable () -> Void

    /// - Parameter whenReleased: Is called each time a grain runs no longer.
    init(limit: Int, whenReleased: @escaping @Sendable () -> Void = {}) {
        self.limit = limit
        self.whenReleased = whenReleased
    }

    func take(for grain: GrainID) throws(HostError) {
        let isFree = count.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
        guard isFree else {
            throw HostError(
                .resourceExhausted,
                "start grain '\(grain)': \(limit) grains run already; close some tabs, or raise runningGrains in [limits]"
            )
        }
    }

    func release() {
        count.withLock { $0 -= 1 }
        whenReleased()
    }
}
