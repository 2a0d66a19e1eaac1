import CLinux
import Glibc
import SandboxProtocol
import Testing

@testable import ControlGroups

/// The files of a group are ordinary files here: what is written where, and what is read from what the kernel documents.
@Suite struct SandboxGroupTests {
    private func base(_ version: GroupHierarchy.Version, _ controllers: [GroupController], _ files: [String: String])
        throws -> (GroupTree, String)
    {
        var template = Array("/tmp/barchan-groups-XXXXXX".utf8CString)
        let path = try #require(mkdtemp(&template).map { String(cString: $0) })
        try #require(mkdir("\(path)/1", 0o755) == 0)
        for (name, text) in files {
            let file = try #require(fopen("\(path)/1/\(name)", "w"))
            fputs(text, file)
            fclose(file)
        }
        let directory = try #require(GroupDirectory(path))
        return (GroupTree([GroupTree.Base(directory: directory, version: version, controllers: controllers)]), path)
    }

    private func order() -> LaunchOrder {
        LaunchOrder(
            layers: ["/"], data: "/", arguments: ["x"], environment: [], memoryBytes: 64 << 20, processes: 20,
            processorWeight: 200, ioWeight: 50)
    }

    private func contents(_ path: String, _ names: [String]) -> [String] {
        guard let directory = GroupDirectory("\(path)/1") else { return [] }
        return withExtendedLifetime(directory) { names.map { directory.files.text($0) ?? "missing" } }
    }

    @Test func limitsOfVersion2() throws {
        let names = ["memory.max", "memory.high", "memory.swap.max", "pids.max", "cpu.weight", "io.weight"]
        let (tree, path) = try base(
            .v2, GroupController.allCases, Dictionary(uniqueKeysWithValues: names.map { ($0, "") }))
        defer { removeAll(path) }
        #expect(SandboxGroup(existing: "1", in: tree).apply(order()) == 0)
        #expect(contents(path, names) == ["67108864", "62914560", "67108864", "20", "200", "default 50"])
    }

    @Test func limitsOfVersion1() throws {
        let names = [
            "memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.kmem.tcp.limit_in_bytes", "pids.max",
            "cpu.shares",
        ]
        let (tree, path) = try base(
            .v1, [.memory, .pids, .cpu], Dictionary(uniqueKeysWithValues: names.map { ($0, "") }))
        defer { removeAll(path) }
        #expect(SandboxGroup(existing: "1", in: tree).apply(order()) == 0)
        #expect(contents(path, names) == ["67108864", "134217728", "16777216", "20", "2048"])
    }

    @Test func whoYieldsIsIdleOrHasLittleWeight() throws {
        for (version, weight, least) in [(GroupHierarchy.Version.v2, "cpu.weight", "3"), (.v1, "cpu.shares", "30")] {
            let names = ["cpu.idle", weight]
            let (tree, path) = try base(version, [.cpu], ["cpu.idle": "", weight: "own"])
            defer { removeAll(path) }
            let group = SandboxGroup(existing: "1", in: tree)
            group.setStanding(.idle, weight: 200)
            #expect(contents(path, names) == ["1", "own"])
            truncate("\(path)/1/\(weight)", 0)
            group.setStanding(.ordinary, weight: 200)
            #expect(contents(path, names) == ["0", version == .v2 ? "200" : "2048"])
            truncate("\(path)/1/\(weight)", 0)
            group.setStanding(.reduced, weight: 200)
            #expect(contents(path, names) == ["0", least])
        }
    }

    /// Before Linux 5.15.
    @Test func whereNobodyCanBeIdleAWeightStandsIn() throws {
        let (tree, path) = try base(.v2, [.cpu], ["cpu.weight": ""])
        defer { removeAll(path) }
        SandboxGroup(existing: "1", in: tree).setStanding(.idle, weight: 0)
        #expect(contents(path, ["cpu.weight"]) == ["1"])
    }

    @Test func missingLimitFileIsAnError() throws {
        let (tree, path) = try base(.v2, [.memory], [:])
        defer { removeAll(path) }
        #expect(SandboxGroup(existing: "1", in: tree).apply(order()) == ENOENT)
    }

    @Test func measuresOfVersion2() throws {
        let (tree, path) = try base(
            .v2, [.memory, .pids],
            [
                "cpu.stat": "usage_usec 1500\nuser_usec 1000\nsystem_usec 500\n", "memory.current": "4096\n",
                "memory.peak": "8192\n", "memory.events": "low 0\nhigh 7\nmax 3\noom 2\noom_kill 1\n",
                "pids.current": "3\n", "pids.events": "max 9\n", "cgroup.events": "populated 1\nfrozen 1\n",
            ])
        defer { removeAll(path) }
        let measure = SandboxGroup(existing: "1", in: tree).measure()
        #expect(measure.processorMicroseconds == 1500)
        #expect(measure.memoryBytes == 4096 && measure.memoryPeakBytes == 8192 && measure.memoryKills == 1)
        #expect(measure.processes == 3 && measure.refusedProcesses == 9 && measure.isFrozen)
    }

    @Test func whatNobodyCountsIsNotZero() throws {
        let (tree, path) = try base(.v2, [], ["cgroup.events": "populated 1\nfrozen 0\n"])
        defer { removeAll(path) }
        #expect(SandboxGroup(existing: "1", in: tree).measure() == SandboxMeasure())
    }

    private func removeAll(_ path: String) {
        for name in GroupDirectory.names(in: "\(path)/1") { unlink("\(path)/1/\(name)") }
        rmdir("\(path)/1")
        rmdir(path)
    }
}

/// On this machine, where it has groups that may be used.
@Suite struct GroupTreeTests {
    @Test func processJoinsAndNothingIsLeft() throws {
        let tree = GroupTree(movable: [])
        let paths = tree.paths
        guard !paths.isEmpty else { return print("skipped: no control group may be made here") }
        let group = try #require(SandboxGroup(in: tree, name: "1"))
        let process = try holder(of: tree.bases.map { "\(($0.parent ?? $0.directory).path)/\($0.group("1").path)" })
        #expect(!group.remove(), "a group with a process in it was removed")
        kill(process, SIGKILL)
        var status: CInt = 0
        waitpid(process, &status, 0)
        #expect(group.remove())
        GroupTree.remove(paths)
        for path in paths { #expect(access(path, F_OK) != 0) }
    }

    /// A process in these groups.
    private func holder(of groups: [String]) throws -> pid_t {
        var ends: [CInt] = [0, 0]
        try #require(clinux_pipe2(&ends, O_CLOEXEC) == 0)
        defer { close(ends[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        let joining = groups.map { "echo $$ > \($0)/cgroup.procs" }.joined(separator: " && ")
        let words: [String] = ["/bin/sh", "-c", "\(joining) && echo in && exec sleep 60"]
        let strings = words.map { strdup($0) } + [nil]
        defer { for string in strings { free(string) } }
        var process: pid_t = 0
        try #require(posix_spawn(&process, "/bin/sh", &actions, nil, strings, environ) == 0)
        close(ends[1])
        var bytes = [UInt8](repeating: 0, count: 8)
        try #require(read(ends[0], &bytes, bytes.count) > 0, "it did not join")
        return process
    }

    @Test func groupsOfADeadHostAreCollectedAndThoseOfALivingOneAreNot() throws {
        let living = GroupTree(movable: [])
        guard !living.paths.isEmpty else { return print("skipped: no control group may be made here") }
        defer { GroupTree.remove(living.paths) }
        var dead: [String] = []
        do {
            // Its end closes the directories, as the end of a killed launcher does.
            let tree = GroupTree(movable: [])
            dead = tree.paths
            _ = SandboxGroup(in: tree, name: "7")
        }
        for path in dead { #expect(access(path, F_OK) == 0) }
        // A process that another test starts just now has the directories open for a moment.
        for _ in 0..<100 where dead.contains(where: { access($0, F_OK) == 0 }) {
            GroupTree.remove(GroupTree(movable: []).paths)
        }
        for path in dead { #expect(access(path, F_OK) != 0, "\(path) is left") }
        for path in living.paths { #expect(access(path, F_OK) == 0) }
    }
}
