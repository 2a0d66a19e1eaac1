import BarchanConformance
import Glibc
import Testing

/// `barchan conform` and `barchan probe` as people run them.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct ConformCommandTests {
    /// - Parameter shell: What runs the command instead, which it gets as its last words.
    private func run(
        _ arguments: [String], by shell: [String] = []
    ) async throws -> (lines: [String], status: CInt) {
        let command = Programs.path("barchan")
        guard access(command, X_OK) == 0 else { throw ConformanceSkip("'\(command)' is not built") }
        let (reader, writer) = try TrialDescriptors.pipe()
        let places = ["--plugin-dir", Programs.directory, "--program-dir", Programs.directory]
        let process = try Command.start(shell + [command] + arguments + places, output: writer)
        close(writer)
        let lines = await TrialOutput(reader).rest()
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        return (lines, status >> 8)
    }

    @Test func everyAttemptHasALineAndTheStatusIsTheVerdict() async throws {
        try await skipping {
            let directory = try TemporaryDirectory()
            let report = "\(directory.path)/report.xml"
            let progress = "\(directory.path)/progress"
            let (lines, status) = try await run(
                ["conform", "--backend", "namespace", "--tap", "--junit", report],
                by: ["/bin/sh", "-c", "exec \"$0\" \"$@\" 2>\(progress)"])
            let points = lines.dropFirst(2)
            #expect(lines.first == "TAP version 14" && lines.dropFirst().first == "1..\(points.count)")
            #expect(points.count > 900)
            let failures = points.filter { $0.hasPrefix("not ok ") && !$0.contains(" # TODO ") }
            #expect(status == (failures.isEmpty ? 0 : 1), "\(failures)")
            for (index, point) in points.enumerated() {
                #expect(point.hasPrefix("ok \(index + 1) - ") || point.hasPrefix("not ok \(index + 1) - "))
            }
            let cases = try Text.lines(of: report).filter { $0.hasPrefix("<testcase ") }
            #expect(cases.count == points.count)
            #expect(cases.filter { $0.contains("<failure ") }.count == failures.count)
            let steps = try Text.lines(of: progress)
            #expect(steps.first == "isolation 'namespace': 1 of \(steps.count), the probe's attempts")
            for (index, step) in steps.enumerated() {
                #expect(step.hasPrefix("isolation 'namespace': \(index + 1) of \(steps.count), "), "\(step)")
            }
        }
    }

    @Test func theMatrixHasARowForEachPromise() async throws {
        try await skipping {
            let (lines, status) = try await run(["probe", "--markdown", "--backend", "namespace"])
            #expect(status == 0 && lines.first == "| promise | `namespace` |")
            for guarantee in IsolationSuite.guarantees {
                #expect(lines.contains { $0.hasPrefix("| `\(guarantee.name)` | ") }, "\(guarantee)")
            }
            #expect(lines.contains("| `noNetwork` | yes |"))
        }
    }

    /// With a /tmp and objects of System V of its own, so that what others make meanwhile is not seen.
    @Test(
        "what a signal ends leaves nothing",
        arguments: [
            (["conform", "--junit", "/tmp/report.xml"], "package/marker-*"),
            (["bench", "start", "--rounds", "100000"], "root/program"),
        ])
    func aSignalLeavesNothing(_ words: [String], _ sign: String) async throws {
        try await skipping {
            guard geteuid() == 0 else { throw ConformanceSkip("only root can have a /tmp of its own") }
            let script = """
                mount -t tmpfs none /tmp || exit
                "$0" "$@" >/dev/null &
                until ls /tmp/barchan-conformance-*/\(sign) >/dev/null 2>&1; do kill -0 $! || exit; sleep 0.01; done
                kill -TERM $!
                wait $!
                echo "status $?"
                ls -A /tmp
                tail -qn +2 /proc/sysvipc/shm /proc/sysvipc/sem /proc/sysvipc/msg
                """
            let lines = try await run(
                words + ["--backend", "namespace"], by: ["/usr/bin/unshare", "-m", "-i", "/bin/sh", "-c", script]
            ).lines
            #expect(lines == ["status 143"])
        }
    }

    @Test func whatIsFoundBeforeASignalIsPrinted() async throws {
        try await skipping {
            let directory = try TemporaryDirectory(), progress = "\(directory.path)/progress"
            let script = """
                "$0" "$@" 2>\(progress) &
                until grep -qs ': 3 of ' \(progress); do kill -0 $! || exit; sleep 0.01; done
                kill -INT $!
                wait $!
                echo "status $?"
                """
            let lines = try await run(["conform", "--backend", "namespace"], by: ["/bin/sh", "-c", script]).lines
            #expect(lines.first == "isolation 'namespace'" && lines.last == "status 130", "\(lines)")
            #expect(lines.dropLast().last?.hasPrefix("UNFINISHED: stopped at '") == true, "\(lines)")
            #expect(lines.contains { $0.hasPrefix("ordinaryNeeds ") && $0.contains("  kept  ") }, "\(lines)")
        }
    }

    /// As every login makes one: the user's own group is in the list of groups, too, and the soft limit of open files is low.
    @Test func whatEveryBackEndPromisesHoldsForAnOrdinaryUser() async throws {
        try await skipping {
            guard geteuid() == 0 else { throw ConformanceSkip("only root can become an ordinary user") }
            let script = """
                user="setpriv --reuid=4243 --regid=4243 --groups=4243"
                $user test -x "$0" && ulimit -S -n 256 && exec $user "$0" "$@"
                """
            let lines = try await run(
                ["conform", "--tap", "--backend", "namespace"], by: ["/bin/sh", "-c", script]
            ).lines
            guard lines.count > 900 else { throw ConformanceSkip("an ordinary user cannot use the back end here") }
            let points = lines.filter { $0.contains(" - namespace everyBackEnd ") }
            for name in ["start.groups", "ordinaryUser", "othersStart"] {
                #expect(points.contains { $0.hasPrefix("ok ") && $0.hasSuffix(" \(name)") }, "\(name): \(points)")
            }
        }
    }

    @Test func aReportThatCannotBeWrittenIsKnownBeforeTheSuite() async throws {
        try await skipping {
            let directory = try TemporaryDirectory(), path = "\(directory.path)/none/report.xml"
            let (lines, status) = try await run(
                ["conform", "--backend", "namespace", "--junit", path],
                by: ["/bin/sh", "-c", "exec \"$0\" \"$@\" 2>&1"])
            #expect(lines == ["Error: write '\(path)': No such file or directory [notFound]"])
            #expect(status == 1)
        }
    }

    @Test func anUnknownBackEndIsRefused() async throws {
        try await skipping {
            let (lines, status) = try await run(
                ["conform", "--backend", "nowhere"], by: ["/bin/sh", "-c", "exec \"$0\" \"$@\" 2>&1"])
            #expect(lines.first?.contains("nowhere") == true && !lines.contains { $0.contains(" of ") }, "\(lines)")
            #expect(status == 1)
        }
    }
}
