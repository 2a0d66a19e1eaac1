import Barchan
import BarchanConformance
import CLinux
import Glibc
import Testing

/// Devices of the sandboxes' own hide when the host uses its.
@Suite(.timeLimit(.minutes(10)))
struct DeviceTests {
    /// Root outside of user namespaces may, and the kernel has to copy mounts that are attached nowhere (Linux 6.15).
    private func requireOwnDevices() throws {
        let directory = try TemporaryDirectory()
        guard mknod("\(directory.path)/null", S_IFCHR | 0o600, 1 << 8 | 3) == 0 else {
            throw ConformanceSkip("no device can be made here: \(String(cString: strerror(errno)))")
        }
        let context = clinux_fsopen("tmpfs")
        defer { close(context) }
        guard context >= 0, clinux_fsconfig_create(context) == 0 else { throw ConformanceSkip("no tmpfs can be made") }
        let mount = clinux_fsmount(context, 0)
        defer { close(mount) }
        let copy = clinux_open_tree(mount, "", CLINUX_OPEN_TREE_CLONE | UInt32(CLINUX_AT_EMPTY_PATH))
        guard copy >= 0 else { throw ConformanceSkip("this kernel copies no mount that is attached nowhere") }
        close(copy)
    }

    @Test(arguments: ["/dev/null", "/dev/urandom"]) func nobodySeesTheHostUseADevice(_ path: String) async throws {
        try await skipping {
            try requireOwnDevices()
            let trial = try await IsolationTrial(Machine.provider(), probe: Programs.path("sandbox-probe"))
            #expect(try await trial.watch(path) == "watched 0")
        }
    }
}
