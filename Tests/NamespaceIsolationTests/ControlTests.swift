import Barchan
import BarchanConformance
import CLinux
import Glibc
import Testing

/// What the probe is refused inside works outside, so that a missing wall would be seen.
@Suite(.timeLimit(.minutes(10)))
struct ControlTests {
    private func outside(_ arguments: [String], through command: [String]? = nil) async throws -> ProbeFacts {
        let (reader, writer) = try TrialDescriptors.pipe()
        let process = try Command.start((command ?? [Programs.path("sandbox-probe")]) + arguments, output: writer)
        close(writer)
        let lines = await TrialOutput(reader).rest()
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        return ProbeFacts(lines: lines, exit: .exited(status: status))
    }

    @Test func wallsAreSeenOutside() async throws {
        let facts = try await outside(["walls"])
        var hard: UInt64 = 0
        if clinux_hard_limit(CLINUX_RLIMIT_CORE, &hard) == 0 && hard >= 1 << 30 || geteuid() == 0 {
            try facts.require("core.raise", "ok")
        }
        try facts.require("secureBits.locked", "open")
        #expect(facts["peer.descriptor"] == "ok" && facts["peer.process"] != "0")
        #expect(facts["device.request"] != "EACCES")
        for path in ["/dev/random", "/dev/urandom"] { try facts.require("random \(path)", "ok") }
    }

    @Test func whatIsOutsideCanBeReachedFromOutside() async throws {
        let port = try HostListener.tcp(), name = try HostListener.abstract()
        try await outside(["connect", "\(port.port)"]).require("connect", "ok")
        try await outside(["abstract", name.name]).require("abstract", "ok")
    }

    @Test func temporaryFilesAreNotBoundedOutside() async throws {
        let directory = try TemporaryDirectory()
        let facts = try await outside(["fill", directory.path])
        #expect(facts["filled.bytes"].flatMap { Int($0) }.map { $0 > 16 << 20 } == true)
        #expect(facts["filled.files"].flatMap { Int($0) }.map { $0 > 4096 } == true)
    }

    /// A setuid program of root's gives its privilege to anybody else outside.
    @Test func setuidWorksOutside() async throws {
        try await skipping {
            guard geteuid() == 0 else { throw ConformanceSkip("only root can make a setuid program of root's") }
            let directory = try TemporaryDirectory()
            let program = "\(directory.path)/probe"
            try TemporaryTree.copy(Programs.path("sandbox-probe"), to: program)
            try require(chmod(directory.path, 0o755) == 0 && chmod(program, 0o4755) == 0, "no setuid program")
            let facts = try await outside(
                ["privileges"], through: ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program])
            try facts.require("user", "65534")
            try facts.require("user.effective", "0")
        }
    }

    /// The device wall is Landlock's alone.
    @Test func withoutLandlockDevicesAnswer() async throws {
        try await skipping {
            let provider = try await Machine.provider(["landlock": .boolean(false)])
            let trial = try IsolationTrial(provider, probe: Programs.path("sandbox-probe"))
            let answer = try await trial.facts(["walls"])["device.request"]
            #expect(answer == "ENOTTY" || answer == "EINVAL")
        }
    }

    @Test func argumentsThatAreShutWorkOutside() async throws {
        let directory = try TemporaryDirectory()
        let facts = try await outside(["arguments", directory.path])
        var names = [
            "lease", "notify", "signal", "huge.file", "merge", "segment.large", "segment.larger", "socket.filter",
            "socket.zeroCopy", "socket.encapsulation", "socket.options", "personality", "node.whiteout",
        ]
        if geteuid() == 0 { names += ["node.character", "node.block", "nodeat.character", "nodeat.block"] }
        for name in names { try facts.require("shut \(name)", "ok") }
        for name in IsolationConformance.shutArguments.map(\.name) where !names.contains(name) {
            #expect(facts["shut \(name)"] != nil)
        }
    }
}
