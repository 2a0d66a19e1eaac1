import Testing

@testable import ControlGroups

/// Where a process's groups are, from the kernel's two files (cgroups(7), proc(5)).
@Suite struct HierarchyTests {
    @Test func hybridMachine() {
        let mounts = """
            25 30 0:23 / /sys rw,nosuid shared:7 - sysfs sysfs rw
            29 25 0:27 / /sys/fs/cgroup/unified rw,nosuid shared:10 - cgroup2 cgroup2 rw,nsdelegate
            32 25 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:11 - cgroup cgroup rw,cpu,cpuacct
            33 25 0:31 / /sys/fs/cgroup/memory rw,nosuid - cgroup cgroup rw,memory
            34 25 0:32 / /sys/fs/cgroup/systemd rw,nosuid shared:12 - cgroup cgroup rw,xattr,name=systemd
            """
        let membership = """
            9:name=systemd:/user.slice
            4:memory:/user.slice/a b
            2:cpu,cpuacct:/
            0::/user.slice/x:y
            """
        #expect(
            GroupHierarchy.all(mounts: mounts, membership: membership) == [
                GroupHierarchy(version: .v2, controllers: [], directory: "/sys/fs/cgroup/unified/user.slice/x:y"),
                GroupHierarchy(
                    version: .v1, controllers: ["cpu", "cpuacct"], directory: "/sys/fs/cgroup/cpu,cpuacct"),
                GroupHierarchy(
                    version: .v1, controllers: ["memory"], directory: "/sys/fs/cgroup/memory/user.slice/a b"),
                GroupHierarchy(
                    version: .v1, controllers: ["name=systemd"], directory: "/sys/fs/cgroup/systemd/user.slice"),
            ])
    }

    /// A container sees a part of the hierarchy, at the place of the whole.
    @Test func mountedPart() {
        let mounts = "29 25 0:27 /docker/1 /sys/fs/cgroup ro - cgroup2 cgroup rw"
        func directory(_ path: String) -> String? {
            GroupHierarchy.all(mounts: mounts, membership: "0::\(path)").first?.directory
        }
        #expect(directory("/docker/1") == "/sys/fs/cgroup")
        #expect(directory("/docker/1/in") == "/sys/fs/cgroup/in")
        #expect(directory("/docker/12") == nil)
        #expect(directory("/") == nil)
    }

    @Test func escapedNames() {
        let mounts = #"29 25 0:27 / /mnt/a\040b\134c rw - cgroup2 cgroup rw"#
        #expect(GroupHierarchy.all(mounts: mounts, membership: "0::/x").first?.directory == #"/mnt/a b\c/x"#)
    }

    @Test(arguments: ["", "0::/x\n", "::\n", "0:memory\n", "\0\0\0", "4:memory:relative"])
    func nothingFoundIsNothing(_ membership: String) {
        let mounts =
            "29 25 0:27 / /g rw - tmpfs tmpfs rw\nrubbish\n- - - - - - - -\n1 2 3 / /v1 rw - cgroup x rw,memory"
        #expect(GroupHierarchy.all(mounts: mounts, membership: membership).isEmpty)
    }
}
