import Barchan
import BarchanConformance
import CLinux
import Glibc
import LandlockIsolation
import Testing

/// Devices of the sandboxes' own hide when the host uses its, as long as root makes them.
@Suite(.timeLimit(.minutes(10)))
struct DeviceTests {
    @Test(arguments: Runtime.all, ["/dev/null", "/dev/urandom"])
    func nobodySeesTheHostUseADevice(_ runtime: Runtime, _ path: String) async throws {
        try await skipping { try await watch(path, on: Machine.provider(of: runtime.plugin, runtime.settings)) }
    }

    @Test(arguments: ["/dev/null", "/dev/urandom"])
    func nobodySeesTheHostUseADeviceWithoutNamespaces(_ path: String) async throws {
        try await skipping { try await watch(path, on: Machine.provider(of: .landlock)) }
    }

    private func watch(_ path: String, on provider: any IsolationProvider) async throws {
        guard geteuid() == 0 else { throw ConformanceSkip("only root makes devices") }
        let trial = try IsolationTrial(provider, probe: Programs.path("sandbox-probe"))
        let running = try await trial.start(["watch-when-told", path])
        try require(await running.output.line() == "watching ok", "it cannot watch")
        for _ in 0..<10 { close(open(path, O_RDONLY | O_CLOEXEC)) }
        try require(write(running.socket.descriptor, "x", 1) == 1, "it cannot be told")
        #expect(await running.output.line() == "watched 0")
        await running.sandbox.terminate()
    }
}
