import Glibc

/// The control groups of one host: in every hierarchy that is of use, a directory below the host's own group.
///
/// Each directory is locked as long as the launcher lives. One whose lock is free belonged to a host that is gone and is
/// collected by the next.
///
/// Sandboxes' groups are below these directories, except where version 1 distributes processors: there they are beside, as
/// `barchan.XXXX.N` of `barchan-XXXX`. The scheduler compares who is in the same group, so only there can a sandbox that
/// yields (``SandboxGroup/Standing``) yield to everybody else, instead of to other sandboxes alone.
public final class GroupTree {
    /// One of the directories.
    struct Base {
        let directory: GroupDirectory
        let version: GroupHierarchy.Version
        let controllers: [GroupController]
        /// The group that `directory` is in, where sandboxes' groups are beside it.
        var parent: GroupDirectory? = nil

        /// The group of one sandbox: a path that begins at an open directory, not owned.
        func group(_ name: String) -> (directory: CInt, path: String) {
            guard let parent else { return (directory.descriptor, name) }
            return (parent.descriptor, GroupTree.siblingPrefix(of: directory.name) + name)
        }

        func files(of name: String) -> GroupFiles {
            let group = group(name)
            return GroupFiles(directory: group.directory, prefix: group.path + "/")
        }
    }

    /// What the groups are good for on this machine.
    public let abilities: GroupAbilities
    let bases: [Base]

    /// The directories of this host, for ``remove(_:)``.
    public var paths: [String] { bases.map(\.directory.path) }

    static let prefix = "barchan-"
    /// Not ``prefix``: a host that knows nothing of groups beside would take them for what a host left.
    private static let siblingPrefix = "barchan."

    /// What the names of the groups beside `base` begin with.
    static func siblingPrefix(of base: String) -> String { "\(siblingPrefix)\(base.dropFirst(prefix.utf8.count))." }

    /// Takes what it gets; nothing of it is an error. See ``abilities``.
    /// - Parameter movable: Processes that belong to the host, see ``GroupDelegation``.
    public init(_ hierarchies: [GroupHierarchy], movable: Set<pid_t>) {
        let name = GroupTree.prefix + GroupTree.randomName()
        var bases: [Base] = []
        for hierarchy in hierarchies where hierarchy.version == .v2 {
            if let base = GroupTree.unified(hierarchy, movable, name) { bases.append(base) }
        }
        // Version 1 for what version 2 does not control here.
        for hierarchy in hierarchies where hierarchy.version == .v1 {
            if let base = GroupTree.legacy(hierarchy, name, besides: bases) { bases.append(base) }
        }
        self.bases = bases
        abilities = GroupAbilities(bases)
    }

    init(_ bases: [Base]) {
        self.bases = bases
        abilities = GroupAbilities(bases)
    }

    /// Below the groups of this process.
    public convenience init(movable: Set<pid_t>) {
        self.init(GroupHierarchy.all(), movable: movable)
    }

    /// What controls something here.
    func base(of controller: GroupController) -> Base? { bases.first { $0.controllers.contains(controller) } }
    var unified: Base? { bases.first { $0.version == .v2 } }

    /// Processor time of all sandboxes so far; nil where nobody counts it.
    public var processorMicroseconds: UInt64? { unified?.directory.files.number("cpu.stat", "usage_usec") }

    // MARK: Making

    private static func unified(_ hierarchy: GroupHierarchy, _ movable: Set<pid_t>, _ name: String) -> Base? {
        guard let own = GroupDirectory(hierarchy.directory) else { return nil }
        let delegation = GroupDelegation(own: own, wanted: GroupController.allCases.map(\.rawValue), movable: movable)
        guard let directory = makeBase(in: delegation.parent, name) else { return nil }
        for controller in delegation.controllers { directory.files.set("cgroup.subtree_control", "+\(controller)") }
        let enabled = directory.files.words("cgroup.subtree_control")
        return Base(
            directory: directory, version: .v2,
            controllers: GroupController.allCases.filter { enabled.contains($0.rawValue) })
    }

    private static func legacy(_ hierarchy: GroupHierarchy, _ name: String, besides bases: [Base]) -> Base? {
        let wanted = GroupController.allCases.filter { controller in
            hierarchy.controllers.contains(controller.legacyName)
                && !bases.contains { $0.controllers.contains(controller) }
                && (controller != .io || BlockDevices.useFairQueueing())
        }
        guard !wanted.isEmpty, let parent = GroupDirectory(hierarchy.directory),
            let directory = makeBase(in: parent, name)
        else { return nil }
        return Base(
            directory: directory, version: .v1, controllers: wanted, parent: wanted.contains(.cpu) ? parent : nil)
    }

    private static func makeBase(in parent: GroupDirectory, _ name: String) -> GroupDirectory? {
        collect(in: parent)
        let path = "\(parent.path)/\(name)"
        // Another host may collect the directory before it is locked.
        for _ in 0..<8 {
            guard mkdir(path, 0o755) == 0 || errno == EEXIST else { return nil }
            guard let base = GroupDirectory(path) else { continue }
            if flock(base.descriptor, LOCK_EX | LOCK_NB) == 0, access(path, F_OK) == 0 { return base }
        }
        return nil
    }

    private static func randomName() -> String {
        let digits = Array("0123456789abcdef")
        var generator = SystemRandomNumberGenerator()
        return String((0..<16).map { _ in digits[Int(generator.next() & 15)] })
    }

    // MARK: Removing

    /// Removes what a tree made, whose processes are gone or about to go.
    public static func remove(_ paths: [String]) {
        for path in paths {
            var isEmpty = true
            for group in groups(of: path) {
                _ = GroupDirectory(group)?.set("cgroup.kill", "1")
                if !removeSoon(group) { isEmpty = false }
            }
            // While it is there, the next host finds the others.
            if isEmpty { removeSoon(path) }
        }
    }

    /// The groups of sandboxes below and beside one of a tree's directories.
    private static func groups(of base: String) -> [String] {
        let below = GroupDirectory.names(in: base, groupsOnly: true).map { "\(base)/\($0)" }
        guard let slash = base.lastIndex(of: "/") else { return below }
        let parent = base[..<slash], start = siblingPrefix(of: String(base[base.index(after: slash)...]))
        let names = GroupDirectory.names(in: String(parent), groupsOnly: true)
        return below + names.filter { $0.hasPrefix(start) }.map { "\(parent)/\($0)" }
    }

    /// What hosts left that were killed together with their launcher and its keeper.
    private static func collect(in parent: GroupDirectory) {
        for name in GroupDirectory.names(in: parent.path, groupsOnly: true)
        where name.hasPrefix(prefix) && name != hostLeaf {
            guard let base = GroupDirectory("\(parent.path)/\(name)"), flock(base.descriptor, LOCK_EX | LOCK_NB) == 0
            else { continue }
            remove([base.path])
        }
        // A host that knows nothing of groups beside leaves them when it collects.
        for name in GroupDirectory.names(in: parent.path, groupsOnly: true) where name.hasPrefix(siblingPrefix) {
            let host = name.dropFirst(siblingPrefix.utf8.count).prefix { $0 != "." }
            if access("\(parent.path)/\(prefix)\(host)", F_OK) != 0 { rmdir("\(parent.path)/\(name)") }
        }
    }

    /// A group is busy until its last process is taken off the process table.
    /// - Returns: Whether it is gone.
    @discardableResult
    private static func removeSoon(_ path: String) -> Bool {
        for _ in 0..<200 {
            if rmdir(path) == 0 || errno != EBUSY { return access(path, F_OK) != 0 }
            usleep(5_000)
        }
        return false
    }
}
