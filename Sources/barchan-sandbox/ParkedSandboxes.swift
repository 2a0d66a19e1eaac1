import CLinux
import Glibc
import SandboxProtocol

/// Which packages are in use, and the sandboxes kept ready for them.
///
/// Bookkeeping only: the launcher makes the sandboxes, hands them out and ends them. Each is for one grain and one time.
struct ParkedSandboxes {
    private let limits: ParkingLimits
    private var packages: [PackageFiles: PackageUse] = [:]
    /// Until then nothing is kept ready: memory was short.
    private var pausedUntil: UInt64 = 0

    init(_ limits: ParkingLimits) { self.limits = limits }

    /// A grain of the package was started. The next one will most likely have its limits.
    /// - Returns: The sandboxes to be ended: they were made ready for other limits.
    mutating func use(_ files: PackageFiles, _ order: LaunchOrder) -> [UInt64] {
        let unfit = packages[files].map { order.fits($0.order) ? [] : $0.tokens } ?? []
        let kept = packages[files].map { $0.tokens.filter { !unfit.contains($0) } } ?? []
        packages[files] = PackageUse(order: order, tokens: kept)
        return unfit
    }

    /// The sandbox that waits for a grain of this package with these limits, which is the launcher's from now on.
    mutating func take(_ files: PackageFiles, _ order: LaunchOrder) -> UInt64? {
        guard let use = packages[files], order.fits(use.order), !use.tokens.isEmpty else { return nil }
        return packages[files]?.tokens.removeFirst()
    }

    /// The package that a sandbox is to be made ready for next: the one used last.
    func wanted() -> (files: PackageFiles, order: LaunchOrder)? {
        guard StartSlot.now() >= pausedUntil, packages.values.reduce(0, { $0 + $1.tokens.count }) < limits.total else {
            return nil
        }
        let short = packages.filter { !$0.value.isBroken && $0.value.tokens.count < limits.perPackage }
        return short.max { $0.value.lastUse < $1.value.lastUse }.map { ($0.key, $0.value.order) }
    }

    mutating func add(_ token: UInt64, for files: PackageFiles) { packages[files]?.tokens.append(token) }

    /// The package that a sandbox waits for a grain of.
    func files(of token: UInt64) -> PackageFiles? { packages.first { $0.value.tokens.contains(token) }?.key }

    /// The host started a grain in the sandbox by itself.
    mutating func consume(_ token: UInt64) {
        guard let (files, use) = packages.first(where: { $0.value.tokens.contains(token) }) else { return }
        packages[files] = PackageUse(order: use.order, tokens: use.tokens.filter { $0 != token })
    }

    /// No sandbox could be made ready for the package. No more tries until it is used again.
    mutating func giveUp(on files: PackageFiles) { packages[files]?.isBroken = true }

    /// A sandbox that is gone.
    mutating func remove(_ token: UInt64) {
        for (files, use) in packages where use.tokens.contains(token) {
            packages[files]?.tokens.removeAll { $0 == token }
            // It should have waited: its package is broken, or somebody ended it.
            packages[files]?.isBroken = true
        }
    }

    /// Forgets a package, whatever is at its paths by now; nil for all.
    /// - Returns: The sandboxes to be ended.
    mutating func forget(_ layers: [String]?) -> [UInt64] {
        let gone = packages.filter { layers == nil || $0.key.layers == layers }
        for files in gone.keys { packages[files] = nil }
        return gone.values.flatMap(\.tokens)
    }

    /// Forgets packages that were not used for long.
    /// - Returns: The sandboxes to be ended.
    mutating func expire() -> [UInt64] {
        let now = StartSlot.now()
        let gone = packages.filter { $0.value.lastUse + limits.nanoseconds <= now }
        for files in gone.keys { packages[files] = nil }
        return gone.values.flatMap(\.tokens)
    }

    /// Memory is short: everything goes, and nothing is made for a while.
    /// - Returns: The sandboxes to be ended.
    mutating func relieve() -> [UInt64] {
        pausedUntil = StartSlot.now() + 60_000_000_000
        return forget(nil)
    }

    /// How long nothing has to be done here unless something happens; nil for any time.
    var quietMilliseconds: CInt? {
        guard let first = packages.values.map(\.lastUse).min() else { return nil }
        let now = StartSlot.now(), end = first + limits.nanoseconds
        return end <= now ? 0 : CInt(clamping: (end - now) / 1_000_000 + 1)
    }
}

/// How many sandboxes are kept ready, and how long.
struct ParkingLimits {
    var perPackage = 0
    var total = 8
    /// A package that no grain was started of for so long is not in use.
    var seconds: UInt64 = 600

    var nanoseconds: UInt64 { seconds * 1_000_000_000 }
}

/// A package in use.
private struct PackageUse {
    /// What its last grain was started with.
    let order: LaunchOrder
    var tokens: [UInt64]
    let lastUse = StartSlot.now()
    var isBroken = false
}
