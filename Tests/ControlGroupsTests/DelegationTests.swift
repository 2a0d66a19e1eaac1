import Glibc
import Testing

@testable import ControlGroups

/// A group of version 2 that keeps the kernel's rules (cgroup-v2, "Organizing Processes and Threads", "Controllers").
private final class ModelGroup: DelegatedGroup {
    let name: String
    let parent: ModelGroup?
    private(set) var children: [ModelGroup] = []
    var available: [String]
    private(set) var enabled: [String] = []
    var processes: Set<pid_t> = []
    var isReadOnly = false

    init(_ name: String, in parent: ModelGroup? = nil, available: [String] = []) {
        self.name = name
        self.parent = parent
        self.available = parent?.enabled ?? available
    }

    func words(_ file: String) -> [String] {
        switch file {
        case "cgroup.controllers": parent?.enabled ?? available
        case "cgroup.subtree_control": enabled
        case "cgroup.procs": processes.sorted().map(String.init)
        default: []
        }
    }

    func set(_ file: String, _ value: String) -> CInt {
        guard !isReadOnly else { return EACCES }
        switch file {
        case "cgroup.subtree_control":
            let controller = String(value.dropFirst())
            guard words("cgroup.controllers").contains(controller) else { return ENOENT }
            // The root is excepted.
            guard processes.isEmpty || parent == nil else { return EBUSY }
            enabled.append(controller)
            return 0
        case "cgroup.procs":
            guard enabled.isEmpty else { return EBUSY }
            guard let process = pid_t(value) else { return EINVAL }
            var root = self
            while let above = root.parent { root = above }
            root.forget(process)
            processes.insert(process)
            return 0
        default: return ENOENT
        }
    }

    private func forget(_ process: pid_t) {
        processes.remove(process)
        for child in children { child.forget(process) }
    }

    func makeChild(_ name: String) -> ModelGroup? {
        guard !isReadOnly else { return nil }
        if let existing = children.first(where: { $0.name == name }) { return existing }
        let child = ModelGroup(name, in: self)
        children.append(child)
        return child
    }
}

/// How a host gets its own group's controllers for its grains.
@Suite struct DelegationTests {
    private static let all = ["cpu", "io", "memory", "pids"]

    /// A machine under systemd: the root and the slice distribute everything, the service holds the host and its launcher.
    private func service(_ processes: Set<pid_t>) throws -> ModelGroup {
        let root = ModelGroup("", available: DelegationTests.all + ["cpuset"])
        for controller in DelegationTests.all { _ = root.set("cgroup.subtree_control", "+\(controller)") }
        let service = try #require(root.makeChild("barchan.service"))
        service.processes = processes
        return service
    }

    @Test func hostMovesIntoALeafOfItsDelegatedGroup() throws {
        let service = try service([10, 11])
        let delegation = GroupDelegation(own: service, wanted: DelegationTests.all, movable: [10, 11])
        #expect(delegation.parent === service)
        #expect(Set(delegation.controllers) == Set(DelegationTests.all))
        #expect(service.processes.isEmpty)
        #expect(service.children.map(\.name) == ["barchan-host"])
        #expect(service.children[0].processes == [10, 11])
        // Grains go beside the leaf and may use everything.
        #expect(service.makeChild("barchan-1")?.words("cgroup.controllers").sorted() == DelegationTests.all)
    }

    @Test func nextLauncherOfAMovedHostUsesTheSameGroup() throws {
        let service = try service([10])
        _ = GroupDelegation(own: service, wanted: DelegationTests.all, movable: [10])
        let leaf = try #require(service.children.first)
        leaf.processes.insert(12)
        let again = GroupDelegation(own: leaf, wanted: DelegationTests.all, movable: [10, 12])
        #expect(again.parent === service)
        #expect(Set(again.controllers) == Set(DelegationTests.all))
        #expect(leaf.processes == [10, 12])
    }

    @Test func strangersAreNotMoved() throws {
        let session = try service([10, 11, 99])
        let delegation = GroupDelegation(own: session, wanted: DelegationTests.all, movable: [10, 11])
        #expect(delegation.controllers.isEmpty)
        #expect(session.processes == [10, 11, 99])
        #expect(session.children.isEmpty)
    }

    @Test func rootNeedsNoLeaf() {
        let root = ModelGroup("", available: ["memory", "pids"])
        root.processes = [1, 2, 10]
        let delegation = GroupDelegation(own: root, wanted: DelegationTests.all, movable: [10])
        #expect(delegation.controllers == ["memory", "pids"])
        #expect(root.children.isEmpty && root.processes == [1, 2, 10])
    }

    @Test func groupOfSomebodyElseGivesNothing() throws {
        let service = try service([10])
        service.isReadOnly = true
        let delegation = GroupDelegation(own: service, wanted: DelegationTests.all, movable: [10])
        #expect(delegation.controllers.isEmpty && service.processes == [10])
    }
}
