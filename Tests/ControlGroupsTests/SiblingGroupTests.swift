import Glibc
import Testing

@testable import ControlGroups

/// Groups that are beside their host's directory instead of below it. The hierarchies are ordinary directories here.
@Suite struct SiblingGroupTests {
    /// A machine with version 1 of two controllers, and the hosts on it.
    private final class Machine {
        let processors, memory: String

        init() throws {
            var template = Array("/tmp/barchan-siblings-XXXXXX".utf8CString)
            let root = try #require(mkdtemp(&template).map { String(cString: $0) })
            (processors, memory) = ("\(root)/cpu", "\(root)/memory")
            for directory in [processors, memory] { try #require(mkdir(directory, 0o755) == 0) }
        }

        func host() -> GroupTree {
            GroupTree(
                [
                    GroupHierarchy(version: .v1, controllers: ["cpu", "cpuacct"], directory: processors),
                    GroupHierarchy(version: .v1, controllers: ["memory"], directory: memory),
                ], movable: [])
        }

        /// A host with sandboxes that ends without removing anything: its locks go with its directories.
        func deadHost(sandboxes: [String]) throws -> [String] {
            let host = host()
            for name in sandboxes { try #require(SandboxGroup(in: host, name: name) != nil) }
            return host.paths
        }

        /// Another host begins and ends, again if need be: a process that another test starts just now has the
        /// directories of dead hosts open for a moment.
        func collect(until isDone: () -> Bool) {
            for _ in 0..<1000 where !isDone() { GroupTree.remove(host().paths) }
        }

        var groups: [String] { GroupDirectory.names(in: processors).sorted() }

        deinit {
            for directory in [processors, memory] {
                for name in GroupDirectory.names(in: directory) { rmdir("\(directory)/\(name)") }
                rmdir(directory)
            }
            rmdir(String(processors.dropLast("/cpu".utf8.count)))
        }
    }

    private func name(of path: String) -> String { String(path.split(separator: "/").last ?? "") }

    @Test func onlyProcessorsAreDistributedBesideTheHost() throws {
        let machine = try Machine()
        let host = machine.host()
        let base = name(of: host.paths[0])
        let group = try #require(SandboxGroup(in: host, name: "12"))
        #expect(machine.groups == [base, "barchan.\(base.dropFirst("barchan-".utf8.count)).12"].sorted())
        #expect(GroupDirectory.names(in: "\(machine.memory)/\(base)") == ["12"])
        #expect(group.remove() && machine.groups == [base])
        GroupTree.remove(host.paths)
        #expect(machine.groups.isEmpty && GroupDirectory.names(in: machine.memory).isEmpty)
    }

    @Test func whoRemovesATreeRemovesItsSandboxesAndNobodyElses() throws {
        let machine = try Machine()
        let one = machine.host(), other = machine.host()
        for host in [one, other] { try #require(SandboxGroup(in: host, name: "1") != nil) }
        #expect(machine.groups.count == 4)
        GroupTree.remove(one.paths)
        #expect(machine.groups.count == 2 && access(other.paths[0], F_OK) == 0)
        GroupTree.remove(other.paths)
        #expect(machine.groups.isEmpty)
    }

    @Test func theNextHostCollectsWhatADeadOneLeftAndNothingOfALivingOne() throws {
        let machine = try Machine()
        let living = machine.host()
        try #require(SandboxGroup(in: living, name: "1") != nil)
        let kept = machine.groups
        _ = try machine.deadHost(sandboxes: ["1", "2", "30"])
        #expect(machine.groups.count == 6)
        machine.collect { machine.groups == kept }
        #expect(machine.groups == kept)
        GroupTree.remove(living.paths)
    }

    /// As a host does that knows only of groups below, or one that was killed while it collected.
    @Test func groupsWhoseHostsDirectoryIsGoneAreCollected() throws {
        let machine = try Machine()
        let dead = try machine.deadHost(sandboxes: ["1", "2"])
        #expect(rmdir(dead[0]) == 0)
        let next = machine.host()
        #expect(machine.groups == [name(of: next.paths[0])])
        GroupTree.remove(next.paths)
    }

    @Test func aDirectoryStaysAsLongAsAGroupBesideItDoes() throws {
        let machine = try Machine()
        let base = try machine.deadHost(sandboxes: ["1"])[0]
        // Stands in for a process in the group.
        let occupant = "\(machine.processors)/barchan.\(name(of: base).dropFirst("barchan-".utf8.count)).1/x"
        try #require(mkdir(occupant, 0o755) == 0)
        GroupTree.remove([base])
        #expect(access(base, F_OK) == 0 && access(occupant, F_OK) == 0)
        rmdir(occupant)
        machine.collect { machine.groups.isEmpty }
        #expect(machine.groups.isEmpty)
    }
}
