import Glibc

/// What delegation asks of a group of version 2; tests bring one that keeps the kernel's rules without a kernel.
protocol DelegatedGroup {
    /// The name of the group itself.
    var name: String { get }
    var parent: Self? { get }
    func words(_ file: String) -> [String]
    /// 0, or an error number.
    func set(_ file: String, _ value: String) -> CInt
    /// Nil when it cannot be made. One that exists is as good as a new one.
    func makeChild(_ name: String) -> Self?
}

/// Makes controllers of version 2 usable below the group that this process is in.
///
/// A group that distributes resources to children may hold no process itself (cgroup-v2, "No Internal Process
/// Constraint"), the root excepted. Under systemd the unit says `Delegate=yes`: the service's group is ours, and what is
/// in it - the host and its launcher - moves into a leaf of its own.
struct GroupDelegation<Group: DelegatedGroup> {
    /// The group that gets children.
    let parent: Group
    /// What its children may use.
    let controllers: [String]

    /// - Parameter own: The group of this process.
    /// - Parameter movable: The processes that may be moved into a leaf; with any other one there, nothing is moved.
    init(own: Group, wanted: [String], movable: Set<pid_t>) {
        // Moved by an earlier launcher of the same host.
        parent = own.name == hostLeaf ? own.parent ?? own : own
        let wanted = parent.words("cgroup.controllers").filter(wanted.contains)
        var isMoved = false
        for controller in wanted where !parent.words("cgroup.subtree_control").contains(controller) {
            // One by one: a controller that cannot be had does not take the others along.
            guard parent.set("cgroup.subtree_control", "+\(controller)") == EBUSY, !isMoved else { continue }
            guard GroupDelegation.move(movable, outOf: parent) else { break }
            isMoved = true
            _ = parent.set("cgroup.subtree_control", "+\(controller)")
        }
        let enabled = parent.words("cgroup.subtree_control")
        controllers = wanted.filter(enabled.contains)
    }

    private static func move(_ movable: Set<pid_t>, outOf group: Group) -> Bool {
        let processes = group.words("cgroup.procs").compactMap { pid_t($0) }
        guard !processes.isEmpty, movable.isSuperset(of: processes), let leaf = group.makeChild(hostLeaf) else {
            return false
        }
        return processes.allSatisfy { leaf.set("cgroup.procs", "\($0)") == 0 }
    }
}

/// Where the host itself is, when its group has children.
let hostLeaf = "barchan-host"

extension GroupDirectory: DelegatedGroup {
    var name: String { String(path.split(separator: "/").last ?? "") }

    var parent: GroupDirectory? { GroupDirectory(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])) }

    func words(_ file: String) -> [String] { files.words(file) }

    func set(_ file: String, _ value: String) -> CInt { files.set(file, value) }

    func makeChild(_ name: String) -> GroupDirectory? {
        let child = "\(path)/\(name)"
        guard mkdir(child, 0o755) == 0 || errno == EEXIST else { return nil }
        return GroupDirectory(child)
    }
}
