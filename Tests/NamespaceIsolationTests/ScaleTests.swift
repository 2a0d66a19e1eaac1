import BarchanConformance
import Glibc
import Testing

/// Many sandboxes at once, counted while they are there and afterwards.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct ScaleTests {
    /// `barchan bench scale` fails when not all were alive, and when a process, a namespace, a control group, a mount or a
    /// descriptor is left.
    @Test func manySandboxesLeaveNothing() async throws {
        try await skipping {
            let command = Programs.path("barchan")
            guard access(command, X_OK) == 0 else { throw ConformanceSkip("'\(command)' is not built") }
            let directory = try TemporaryDirectory()
            let (reader, writer) = try TrialDescriptors.pipe()
            // Among processes and mounts of its own: those of other tests come and go, and the kernel uses numbers again.
            let apart = geteuid() == 0 ? ["unshare", "--mount", "--pid", "--fork", "--mount-proc"] : []
            let process = try Command.start(
                apart + [
                    command, "bench", "scale", "--count", "150", "--data", directory.path,
                    "--plugin-dir", Programs.directory, "--program-dir", Programs.directory,
                ], output: writer)
            close(writer)
            let lines = await TrialOutput(reader).rest()
            var status: CInt = 0
            while waitpid(process, &status, 0) < 0 && errno == EINTR {}
            #expect(status == 0, "\(lines)")
            #expect(lines.first?.hasPrefix("151 of 151 alive at once") == true, "\(lines)")
            #expect(
                lines.last
                    == "left afterwards: 0 processes, 0 namespaces, 0 control groups, 0 mounts, 0 descriptors",
                "\(lines)")
        }
    }
}
