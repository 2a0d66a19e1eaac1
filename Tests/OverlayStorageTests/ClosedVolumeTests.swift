import Barchan
import Glibc
import Testing

/// What an app closed to its own user, below a host that is the same user.
@Suite(.enabled(if: geteuid() == 0, "looking at what an ordinary user closed takes root"))
struct ClosedVolumeTests {
    /// Modes in the volume, by path.
    private let closed: [String: mode_t] = [
        "closed": 0, "listed": 0o440, "searched": 0o310, "closed/inner": 0, "closed/inner/file": 0o640, "open": 0o700,
        "open/file": 0, "deep": 0, "deep/deep": 0, "closed-not": 0o640,
    ]

    private func mode(_ path: String) throws -> mode_t {
        var facts = stat()
        try #require(lstat(path, &facts) == 0, "\(path)")
        return facts.st_mode & 0o7777
    }

    @Test func itIsCountedAndBackedUpWithItsModes() async throws {
        let scratch = try Scratch(), worker = try WorkerProcess("closed", scratch.path)
        let used = Int(try await worker.value("used ")) ?? 0
        #expect(used >= 6 << 20 + 107 * 4096 && used < 8 << 20, "\(used)")
        #expect(try await worker.value("verified ") == "7 106")
        let grains = try await worker.value("volumes ").split(separator: " ")
        _ = try await worker.rest()
        for grain in grains {
            let volume = "\(scratch.path)/volumes/\(grain)/data"
            for (path, mode) in closed { #expect(try self.mode("\(volume)/\(path)") == mode, "\(path)") }
            var facts = stat()
            #expect(stat("\(volume)/closed/inner/file", &facts) == 0 && facts.st_size == 1 << 20)
        }
        #expect(grains.count == 2)
        let original = "\(scratch.path)/volumes/\(grains.first ?? "")/data"
        #expect(try mode(original) == 0)
        // Of a hundred closed directories inside one another the first are closed again; who is below them is nobody else's business.
        #expect(try mode(original + String(repeating: "/deep", count: 60)) == 0)
    }
}
