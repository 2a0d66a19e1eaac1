import ControlGroups
import Glibc
import SandboxProtocol

/// The control groups of this launcher's sandboxes.
final class GroupStock {
    private let tree: GroupTree
    private var next: UInt64 = 1
    /// Groups of ended sandboxes that the kernel still calls busy.
    private var leftovers: [SandboxGroup] = []

    init(_ tree: GroupTree) { self.tree = tree }

    /// What the groups add to what a launcher can promise.
    var features: LauncherFeatures {
        var features: LauncherFeatures = []
        if tree.abilities.mechanisms[.memory] != nil { features.insert(.memoryLimit) }
        if tree.abilities.mechanisms[.cpu] != nil { features.insert(.processorWeight) }
        if tree.abilities.mechanisms[.io] != nil { features.insert(.ioWeight) }
        if tree.abilities.canFreeze { features.insert(.freezing) }
        return features
    }

    var abilities: GroupAbilities { tree.abilities }
    /// Of all sandboxes so far; nil where nobody counts it.
    var processorMicroseconds: UInt64? { tree.processorMicroseconds }
    var countsProcesses: Bool { abilities.mechanisms[.pids] != nil }

    /// Groups made ahead of time, with what a process enters them by: four directories of the kernel's file systems take as
    /// long as a plain process start, and opening them half as long.
    private var ready: [(group: SandboxGroup, entrance: GroupEntrance)] = []
    private static let wanted = 2
    /// Set when one could not be made ahead.
    private var isBroken = false

    var isShort: Bool { !isBroken && ready.count < GroupStock.wanted }

    func fill() {
        guard isShort else { return }
        if let new = try? makeNew() { ready.append(new) } else { isBroken = true }
    }

    func make() throws(LaunchFailure) -> SandboxGroup { try makeToEnter().group }

    /// With what its first process enters it by, which is closed when nobody holds it any more.
    func makeToEnter() throws(LaunchFailure) -> (group: SandboxGroup, entrance: GroupEntrance) {
        if let ready = ready.popLast() { return ready }
        return try makeNew()
    }

    private func makeNew() throws(LaunchFailure) -> (group: SandboxGroup, entrance: GroupEntrance) {
        guard let group = SandboxGroup(in: tree, name: "\(next)") else { throw LaunchFailure(.controlGroup, errno) }
        next += 1
        guard let entrance = GroupEntrance(group) else {
            let error = errno
            retire(group)
            throw LaunchFailure(.controlGroup, error)
        }
        return (group, entrance)
    }

    /// Closes what was opened for the sandbox when there can be no group for it.
    func make(orClose descriptors: [CInt]) throws(LaunchFailure) -> SandboxGroup {
        do throws(LaunchFailure) {
            return try make()
        } catch {
            for descriptor in descriptors { close(descriptor) }
            throw error
        }
    }

    /// Removes a group whose processes are gone, now or soon.
    func retire(_ group: SandboxGroup) {
        if !group.remove() { leftovers.append(group) }
    }

    var hasLeftovers: Bool { !leftovers.isEmpty }
    func sweep() { leftovers.removeAll { $0.remove() } }
}

/// A sandbox that was told to stop where it is.
struct PendingFreeze {
    let ticket: UInt64
    let token: UInt64
    private let begin = PendingFreeze.now()

    /// Only a process that waits for a broken disk takes longer.
    private static let limitNanoseconds: UInt64 = 1_000_000_000

    init(ticket: UInt64, token: UInt64) {
        self.ticket = ticket
        self.token = token
    }

    /// Nil: ask again. 0: it has stopped. Else an error number, and it goes on.
    func answer(_ group: SandboxGroup?) -> CInt? {
        guard let group else { return ESRCH }
        if group.isFrozen { return 0 }
        guard PendingFreeze.now() - begin > PendingFreeze.limitNanoseconds else { return nil }
        _ = group.setFrozen(false)
        return ETIMEDOUT
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
