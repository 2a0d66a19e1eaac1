import Foundation
import Testing

/// What `barchan doctor` says of a data directory that no host could use.
@Suite struct DataCheckTests {
    private let workshop: Workshop

    init() throws {
        workshop = try Workshop()
        for name in ["data", "data/storage"] {
            try FileManager.default.createDirectory(
                atPath: "\(workshop.path)/\(name)", withIntermediateDirectories: false)
        }
    }

    /// The lines about the data directory, and what to do.
    private func lines() throws -> [String] {
        let outcome = try workshop.barchan(["doctor", "--data", "\(workshop.path)/data"])
        let lines = outcome.output.split(separator: "\n").map(String.init)
        return lines.indices.filter { lines[$0].dropFirst(8).hasPrefix("data directory: ") }
            .flatMap { lines[$0...].prefix(2) }
    }

    private func skipUnlessRoot() -> Bool {
        if geteuid() == 0 { return false }
        if ProcessInfo.processInfo.environment["CI"] == "true" { Issue.record("this needs root") }
        print("skipped: this needs root")
        return true
    }

    @Test func whatCanBeUsed() throws {
        let lines = try lines()
        #expect(lines.first?.contains("\(workshop.path)/data', ") == true, "\(lines)")
        #expect(lines.first?.hasPrefix("PROBLEM") == false, "\(lines)")
    }

    @Test func whatBelongsToOthersIsNamed() throws {
        guard !skipUnlessRoot() else { return }
        let file = "\(workshop.path)/data/storage/records"
        try Data().write(to: URL(filePath: file))
        try #require(chown(file, 4711, 4711) == 0)
        let lines = try lines()
        #expect(lines.contains { $0.hasPrefix("PROBLEM data directory: ") && $0.contains("'\(file)' in it to others") })
        #expect(lines.contains { $0.contains("fix: with the host stopped: chown 0 '\(file)'") }, "\(lines)")
    }

    @Test func whatOthersMayChangeIsSaid() throws {
        let data = "\(workshop.path)/data"
        try #require(chmod(data, 0o777) == 0)
        let lines = try lines()
        #expect(
            lines.contains("PROBLEM data directory: '\(data)' may be changed by others than its owner")
                && lines.contains("        fix: chmod go-w '\(data)'"), "\(lines)")
    }

    /// Little memory, few open files and a disk without quotas are there: none of them is called absent.
    @Test func whatIsThereIsNotCalledAbsent() throws {
        guard !skipUnlessRoot() else { return }
        let data = "\(workshop.path)/data"
        try workshop.write("meminfo", "MemTotal: 204800 kB\nMemAvailable: 102400 kB\n")
        let doctor =
            "mount -t tmpfs none '\(data)' && mount --bind '\(workshop.path)/meminfo' /proc/meminfo && ulimit -n 512"
            + " && '\(Workshop.barchan)' doctor --data '\(data)'"
        let outcome = try workshop.execute("/usr/bin/unshare", ["-m", "sh", "-c", doctor])
        for start in ["short   memory: 100 MiB available", "short   open files: ", "weak    disk limits: "] {
            #expect(outcome.output.contains("\n\(start)"), "\(outcome.output) \(outcome.errors)")
        }
    }

    /// A file system of the test's own in a mount namespace of its own, in which nothing else runs.
    @Test(arguments: [
        ("ro", "cannot be written: Read-only file system", "fsck"),
        ("size=1m,nr_inodes=100", "only 9", "df -i"),
    ])
    func disksThatTakeNothing(_ options: String, _ problem: String, _ fix: String) throws {
        guard !skipUnlessRoot() else { return }
        let data = "\(workshop.path)/data"
        let doctor = "mount -t tmpfs -o \(options) none '\(data)' && '\(Workshop.barchan)' doctor --data '\(data)'"
        let outcome = try workshop.execute("/usr/bin/unshare", ["-m", "sh", "-c", doctor])
        #expect(outcome.status == 1)
        let lines = outcome.output.split(separator: "\n").map(String.init)
        let found = lines.firstIndex { $0.hasPrefix("PROBLEM data directory: ") && $0.contains(problem) }
        let place = try #require(found, "\(lines)")
        #expect(lines[place + 1].contains(fix))
    }
}
