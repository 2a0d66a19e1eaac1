import Foundation
import Glibc
import Testing

/// What a grain can take too much of, and the words that its owner gets to read then.
enum Hog: String, CaseIterable, Sendable {
    case forks, memory, descriptors, files, log

    var words: String {
        switch self {
        case .forks: "needed more processes and threads than it may have, which are 96 (processes)"
        case .memory: "needed more memory than it may have, which is 96 MiB (memoryMiB)"
        case .descriptors: "has as many files open as it may, which are 1024 of at most 4096 (openFiles)"
        case .files: "/tmp or /dev/shm is full, at 4 MiB (temporaryMiB)"
        case .log: "prints more than is kept of it, which is 16 KiB a second (logKiBPerSecond)"
        }
    }

    /// Whether the grain is ended when it goes on; others are told and go on within their limit.
    var endsItsGrain: Bool { self == .forks || self == .memory }

    static let settings = [
        "limits.memoryMiB=512", "limits.processes=96", "limits.temporaryMiB=4", "limits.logKiBPerSecond=16",
        "limits.logBurstKiB=64",
    ]
}

extension EndToEndTests {
    @Test(
        "a grain that takes what it can get is told which limit that was, and its neighbour goes on answering",
        arguments: Hog.allCases)
    func hogs(_ hog: Hog) async throws {
        try await Stage.with("hog-\(hog)", apps: ["hello", "hog"], settings: Hog.settings) { stage in
            let hello = try await stage.person.create("New greeting")
            try await hello.waitInFrame(for: "document.querySelector('h1')?.innerText === 'Hello'", "the greeting")
            let page = try await stage.person.create("New hog")
            try await page.waitInFrame(for: "document.body?.innerText === 'ok'", "the hog's answer")
            let grain = try await page.grain()
            // One grain's own limit; the others keep that of all.
            try await stage.command.setLimits(of: grain, ["memoryMiB=96"])
            try await stage.command.stop(grain)
            try await page.go(to: "\(stage.host.address)/grain/\(grain)")
            try await page.waitInFrame(for: "document.body?.innerText === 'ok'", "the hog's answer again")

            try await page.runInFrame("fetch('/hog/\(hog)').then(r => r.text())")
            try await page.waitForProblem(saying: hog.words)
            try await page.capture("hog-\(hog)")
            if hog.endsItsGrain {
                try await stage.command.waitForEnd(of: grain)
                try await page.waitForProblem(saying: hog.words)
            } else {
                #expect(try await stage.command.log(of: grain).contains(hog.words))
                #expect(try await stage.command.state(of: grain) == "running")
            }
            for _ in 0..<20 {
                let answer = try await hello.evaluateInFrame("fetch('/').then(r => r.status)")
                #expect(answer == .number(200))
            }
            #expect(try await stage.command.state(of: try await hello.grain()) == "running")

            let processes = descendants(of: stage.host.process.pid)
            try await stage.command.stop(grain)
            #expect(try await stage.command.state(of: grain) == (hog.endsItsGrain ? "crashed" : "stopped"))
            stage.host.process.signal(SIGKILL)
            await stage.host.process.end()
            try await waitForEnd(of: processes)
        }
    }

    /// Nothing is set up for an ordinary user: no group is delegated, so that only the watcher is there.
    @Test("an ordinary user's host ends a grain that has more memory than it may")
    func ordinaryUser() async throws {
        try await Stage.with("ordinary-user", apps: ["hog"], settings: Hog.settings, user: 4711) { stage in
            let page = try await stage.person.create("New hog")
            try await page.waitInFrame(for: "document.body?.innerText === 'ok'", "the hog's answer")
            let grain = try await page.grain()
            try await page.runInFrame("fetch('/hog/memory').then(r => r.text())")
            try await page.waitForProblem(saying: "needed more memory than it may have, which is 512 MiB (memoryMiB)")
            #expect(try await stage.command.state(of: grain) == "crashed")
            try await page.capture("ordinary-user")
        }
    }

    @Test("a grain that was frozen goes on where it was, for the same tab and for the next")
    func frozenGrain() async throws {
        try await Stage.with("frozen", apps: ["hog"], settings: ["grains.frozenSeconds=600"]) { stage in
            let page = try await stage.person.create("New hog")
            try await page.waitInFrame(for: "document.body?.innerText === 'ok'", "the hog's answer")
            let grain = try await page.grain()
            for _ in 0..<10 { try await page.runInFrame("fetch('/count').then(r => r.text())") }
            try await page.close()
            try await stage.command.waitForFreezing(of: grain)
            #expect(try await stage.command.state(of: grain) == "stopped")
            // Its data holds still: it is backed up as it is.
            let backup = stage.folder("frozen.zip")
            let (status, output) = try await ChildProcess.run(
                Places.barchan, ["grain", "backup", grain, backup, "--data", stage.command.data])
            #expect(status == 0, "\(output)")
            try await stage.command.waitForFreezing(of: grain)

            let again = try await stage.person.open(grain)
            try await again.waitInFrame(for: "document.body?.innerText === 'ok'", "the hog's answer")
            let count = try await again.evaluateInFrame("fetch('/count').then(r => r.text())").string.flatMap {
                Int($0)
            }
            // A grain started anew would have counted two or three.
            #expect(count.map { $0 > 11 } == true, "\(String(describing: count))")
            #expect(try await stage.command.state(of: grain) == "running")
        }
    }
}

extension Page {
    /// Waits until the page around the grain says so. It asks now and then by itself; here it is made to ask.
    func waitForProblem(saying words: String) async throws {
        let text = try JSON.literal(words)
        try await wait(
            for:
                "(document.dispatchEvent(new Event('visibilitychange')), document.querySelector('.problem p').textContent.includes(\(text)))",
            "the page to say '\(words)'")
    }
}

extension HostCommand {
    private func run(_ arguments: [String]) async throws -> String {
        let (status, output) = try await ChildProcess.run(Places.barchan, arguments + ["--data", data])
        guard status == 0 else { throw TestFailure("barchan \(arguments.joined(separator: " ")): status \(status)") }
        return output
    }

    func state(of grain: String) async throws -> String? {
        try await grains().first { $0.identifier == grain }?.state
    }

    func stop(_ grain: String) async throws { _ = try await run(["grain", "stop", grain]) }

    /// Checks that what was set is what is shown.
    func setLimits(of grain: String, _ changes: [String]) async throws {
        let output = try await run(["grain", "limits", grain, "--json"] + changes)
        let shown = try JSON(parsing: Data(output.utf8)).array.filter { $0["from"].string == "grain" }
        let texts = shown.map { "\($0["limit"].string ?? "")=\($0["value"].int ?? -1)" }
        guard texts == changes else { throw TestFailure("barchan grain limits shows \(texts)") }
    }

    /// Asks until the host has ended the grain.
    func waitForEnd(of grain: String) async throws {
        try await within(.seconds(300), "grain \(grain) to be ended") {
            while try await state(of: grain) != "crashed" {}
        }
    }

    /// The host offers no event for this; it is asked until it says so.
    func waitForFreezing(of grain: String) async throws {
        try await within(.seconds(300), "grain \(grain) to be frozen") {
            while true {
                let report = try JSON(
                    parsing: Data(try await run(["top", "--once", "--json", "--interval", "0.1"]).utf8))
                let use = report.array.first { $0["grain"].string == grain }
                if use?["state"].string == "frozen" { return }
            }
        }
    }
}
