import Barchan
import BarchanConformance
import Glibc
import Testing

/// The original sandbox's probe runs in ours and sees the same, but for what the module's README lists.
@Suite(.timeLimit(.minutes(10)))
struct VectorTests {
    @Test func observationsAreTheOriginalsOrListed() async throws {
        try await skipping {
            let ours = try await observe()
            let original = try Observations(
                lines: Text.lines(of: Repository.path("Tests/Fixtures/sandbox/observed-userns.txt")))
            let listed = try DifferenceTable(readme: Repository.path("Plugins/Isolation/NamespaceIsolation/README.md"))
            try require(original.values.count > 700 && listed.rows.count > 20, "the fixtures are not complete")
            for key in Set(original.values.keys).union(ours.values.keys).sorted() {
                compare(key, original.values[key] ?? "nothing", ours.values[key] ?? "nothing", listed.rows[key])
            }
            for key in listed.rows.keys where original.values[key] == nil {
                Issue.record("the README lists '\(key)', which the original did not print")
            }
        }
    }

    private func compare(_ key: String, _ original: String, _ ours: String, _ listed: String?) {
        if let listed {
            #expect(ours == listed, "'\(key)': the README lists '\(listed)'")
            #expect(ours != original, "'\(key)': the README lists a difference, but there is none")
        } else if !Observations.dependsOnMachine(key, ours) {
            #expect(ours == original, "'\(key)' differs and is not listed in the README")
        }
    }

    private func observe() async throws -> Observations {
        let directory = try TemporaryDirectory()
        let program = "\(directory.path)/probe"
        let source = Repository.path("Tests/Fixtures/sandbox/probe.c")
        guard try await Command.run(["cc", "-static", "-O1", "-w", "-o", program, source]) == 0 else {
            throw ConformanceSkip("cc -static cannot build probe.c")
        }
        let trial = try IsolationTrial(await Machine.provider(), probe: program)
        let running = try await trial.start(trial.specification(["/probe", "one"], environment: ["A=1"]))
        var lines: [String] = []
        while let line = await running.output.line(), line != "END" { lines.append(line) }
        await running.sandbox.terminate()
        return Observations(lines: lines)
    }
}

/// What a probe printed: what was looked at, and what it found.
struct Observations {
    private(set) var values: [String: String] = [:]

    init(lines: [String]) {
        for line in lines where line != "END" && !line.hasPrefix("sandstorm/") && !line.hasPrefix("stack: ") {
            let (key, value) = Observations.split(line)
            values[key] = value
        }
    }

    /// At ` -> `, else behind as many words as the kind of line has in its key, else at the first `=`.
    private static func split(_ line: String) -> (String, String) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        if let arrow = words.firstIndex(of: "->") {
            return (words[..<arrow].joined(separator: " "), words[(arrow + 1)...].joined(separator: " "))
        }
        let keyWords = ["sys": 2, "socket": 2, "rlimit": 2, "fd": 2, "fs": 2, "ls": 3, "if": 4, "env": 2]
        if let count = keyWords[words[0]] {
            return (words.prefix(count).joined(separator: " "), words.dropFirst(count).joined(separator: " "))
        }
        let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return (parts[0], parts.count > 1 ? parts[1] : "")
    }

    /// As the fixtures' README says.
    static func dependsOnMachine(_ key: String, _ ours: String) -> Bool {
        let fixed = [
            "rlimit NPROC", "rlimit MEMLOCK", "rlimit SIGPENDING", "fs /", "fs /proc", "fs /proc/cpuinfo", "fs /var",
            "fs /dev/null",
        ]
        if fixed.contains(key) { return true }
        // The package belongs to whoever made it: somebody unmapped when that is root, the grain's own user otherwise.
        if geteuid() != 0 && ["ls / probe", "ls / proc"].contains(key) { return true }
        let isNewCall = key.hasPrefix("sys ") && (Int(key.dropFirst(4)) ?? 0) >= 440
        return isNewCall && ours == "ENOSYS"
    }
}

/// The table of deliberate differences in the module's README: observation to what is seen here.
struct DifferenceTable {
    private(set) var rows: [String: String] = [:]

    init(readme: String) throws {
        for line in try Text.lines(of: readme) where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map(Text.trimmed)
            guard cells.count == 4 else { continue }
            for name in cells[0].split(separator: ",").map(Text.trimmed) {
                let key = name.filter { $0 != "`" }
                for key in DifferenceTable.expanded(key) { rows[key] = cells[2] }
            }
        }
        // Settings have a table of four columns nowhere; the names that are no observation end up unused and are reported.
    }

    /// `sys 425-427` is three.
    private static func expanded(_ key: String) -> [String] {
        let ends = key.dropFirst(4).split(separator: "-").compactMap { Int($0) }
        guard key.hasPrefix("sys "), ends.count == 2, ends[0] <= ends[1] else { return [key] }
        return (ends[0]...ends[1]).map { "sys \($0)" }
    }
}
