import Glibc

/// What can be distributed or bounded by a group; the names are those of version 2.
public enum GroupController: String, Sendable, CaseIterable {
    case memory, pids, cpu, io

    var legacyName: String { self == .io ? "blkio" : rawValue }
}

/// What control groups do for sandboxes on this machine.
public struct GroupAbilities: Sendable, Equatable {
    /// Which version controls what; nothing controls what is missing.
    public var mechanisms: [GroupController: GroupHierarchy.Version] = [:]
    /// A group of version 2 stops all its processes where they are (`cgroup.freeze`), also without any controller.
    public var canFreeze = false
    /// A group of version 2 ends all its processes at once, however fast they start others (`cgroup.kill`, Linux 5.14).
    public var canKill = false

    init(_ bases: [GroupTree.Base]) {
        for base in bases {
            for controller in base.controllers { mechanisms[controller] = base.version }
            // The file is in every group but the root.
            guard base.version == .v2 else { continue }
            canFreeze = base.directory.files.has("cgroup.freeze")
            canKill = base.directory.files.has("cgroup.kill")
        }
    }
}

enum BlockDevices {
    /// Weights of version 1 count only under the BFQ scheduler.
    static func useFairQueueing() -> Bool {
        guard let block = GroupDirectory("/sys/block") else { return false }
        return GroupDirectory.names(in: block.path).contains {
            block.files.text("\($0)/queue/scheduler")?.contains("[bfq]") == true
        }
    }
}
