import Foundation
import Glibc
import Testing

extension EndToEndTests {
    /// The measuring program does it: long bodies both ways with bounded memory in host and bridge, a reader that stops, an
    /// app that stops, and clients that go away. `BARCHAN_FLOW_MIB=4096` for the size that is promised.
    @Test("long bodies flow through the whole path, and nobody holds more of them than agreed")
    func flow() async throws {
        let size = getenv("BARCHAN_FLOW_MIB").flatMap { Int(String(cString: $0)) } ?? 96
        let folder = try TemporaryFolder()
        let (status, output) = try await ChildProcess.run(
            "/usr/bin/python3",
            [
                Places.root.appending(path: "contrib/bench.py").path, "flow", "--flow-mib", String(size), "--programs",
                Places.programs.path, "--examples", Places.examples.path, "--work", folder.path,
            ])
        #expect(status == 0, "\(output)")
        #expect(output.contains("upload of unknown length"), "\(output)")
    }
}
