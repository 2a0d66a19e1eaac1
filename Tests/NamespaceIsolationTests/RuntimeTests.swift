import Barchan
import BarchanConformance
import Glibc
import Testing

/// Language runtimes and databases of Debian do inside what they do outside (`Tests/Fixtures/runtimes`).
@Suite(.timeLimit(.minutes(10)))
struct RuntimeTests {
    struct Runtime: CustomTestStringConvertible, Sendable {
        let file: String
        /// The program that has to be installed; it runs the file.
        let program: String
        var checks = 1
        var testDescription: String { file }
    }

    private static let runtimes = [
        Runtime(file: "python.py", program: "/usr/bin/python3", checks: 20),
        Runtime(file: "node.js", program: "/usr/bin/node", checks: 13),
        Runtime(file: "perl.pl", program: "/usr/bin/perl", checks: 15),
        Runtime(file: "php.sh", program: "/bin/sh", checks: 10),
        Runtime(file: "java.sh", program: "/bin/sh", checks: 5),
        Runtime(file: "postgres.sh", program: "/bin/sh", checks: 7),
        Runtime(file: "go.sh", program: "/bin/sh", checks: 2),
    ]
    /// What the scripts for the shell run.
    private static let needed = [
        "php.sh": "/usr/lib/php",
        "java.sh": "/usr/lib/jvm", "postgres.sh": "/usr/lib/postgresql", "go.sh": "/usr/bin/fzf",
    ]

    @Test(arguments: runtimes) func runs(_ runtime: Runtime) async throws {
        try await skipping {
            let needed = Self.needed[runtime.file] ?? runtime.program
            guard access(needed, F_OK) == 0 else { throw ConformanceSkip("'\(needed)' is not installed") }
            let trial = try await trial()
            let file = "/test/\(runtime.file)"
            try TemporaryTree.copy(
                Repository.path("Tests/Fixtures/runtimes/\(runtime.file)"), to: "\(trial.package)\(file)")
            if runtime.file == "php.sh" {
                try TemporaryTree.copy(
                    Repository.path("Tests/Fixtures/runtimes/php.php"), to: "\(trial.package)/test/php.php")
            }
            try await run(trial, [runtime.program, file], checks: runtime.checks)
        }
    }

    @Test func muslRuns() async throws {
        try await skipping {
            let trial = try await trial()
            let source = Repository.path("Tests/Fixtures/runtimes/musl.c")
            guard
                (try? await Command.run(["musl-gcc", "-static", "-O1", "-o", "\(trial.package)/test/musl", source]))
                    == 0
            else { throw ConformanceSkip("musl-gcc cannot build musl.c") }
            try await run(trial, ["/test/musl"], checks: 26)
        }
    }

    /// A package that is /usr, below a root of links to it.
    private func trial() async throws -> IsolationTrial {
        let trial = try IsolationTrial(await Machine.provider(), probe: Programs.path("sandbox-probe"))
        for name in ["test", "etc"] { try TemporaryTree.makeDirectory("\(trial.package)/\(name)") }
        try require(symlink(".", "\(trial.package)/usr") == 0, "no link")
        try TemporaryTree.write(
            Array("app:x:1000:1000::/var:/bin/sh\n".utf8), to: "\(trial.package)/etc/passwd", mode: 0o644)
        if let java = try Self.entries(of: "/etc").first(where: { $0.hasPrefix("java-") }) {
            _ = try await Command.run(["cp", "-a", "/etc/\(java)", "\(trial.package)/etc/"])
        }
        return trial
    }

    private func run(_ trial: IsolationTrial, _ arguments: [String], checks: Int) async throws {
        var specification = trial.specification(arguments, environment: ["PATH=/bin", "HOME=/var"])
        specification.package = PackageTree(layers: [trial.package, "/usr"])
        let running = try await trial.start(specification)
        let lines = await running.output.rest()
        let exit = await running.sandbox.waitForExit()
        #expect(lines.last == "done" && exit == .exited(status: 0), "\(lines.suffix(5)) \(exit)")
        #expect(lines.dropLast().allSatisfy { $0.hasPrefix("ok ") }, "\(lines)")
        #expect(lines.count > checks, "\(lines)")
    }

    private static func entries(of directory: String) throws -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        return names
    }
}
