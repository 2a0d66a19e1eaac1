import Barchan
import BarchanConformance
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
        #expect(try await trial.watch(path) == "watched 0")
    }
}
