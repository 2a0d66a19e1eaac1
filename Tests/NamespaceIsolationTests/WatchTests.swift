import Barchan
import BarchanConformance
import Glibc
import Testing

/// Grains where no control group bounds anything, as below an ordinary user's host.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct WatchTests {
    private func trial() async throws -> IsolationTrial {
        let provider = try await Machine.provider(["controlGroups": .boolean(false)])
        // Nobody is promised what a watcher can only try.
        #expect(!provider.guarantees.contains(.memoryLimit) && provider.guarantees.contains(.processLimit))
        return try IsolationTrial(provider, probe: Programs.path("sandbox-probe"))
    }

    private func limits(_ change: (inout SandboxLimits) -> Void) -> SandboxLimits {
        var limits = SandboxLimits()
        change(&limits)
        return limits
    }

    private func usage(of running: RunningTrial) async throws -> SandboxUsage {
        try await require((running.sandbox as? any MeasuredSandbox)?.usage(), "it is not measured")
    }

    @Test func whoTakesMoreMemoryThanItMayIsEnded() async throws {
        try await skipping {
            let trial = try await trial()
            let running = try await trial.start(
                ["allocate", "48", "wait"], limits: limits { $0.memoryBytes = 32 << 20 })
            let other = try await trial.start(["allocate", "24", "wait"], limits: limits { $0.memoryBytes = 32 << 20 })
            #expect(await running.sandbox.waitForExit() == .signaled(signal: SIGKILL))
            let end = try await usage(of: running)
            #expect(end.memoryKills == 1 && end.memoryPeakBytes.map { $0 > 32 << 20 } == true, "\(end)")
            // Who keeps within the same limit goes on.
            while let line = await other.output.line(), line != "allocated 24" {}
            #expect(try await usage(of: other).memoryKills == 0)
            await other.sandbox.terminate()
            #expect(await other.sandbox.waitForExit() == .signaled(signal: SIGKILL))
        }
    }

    /// Many processes with little each: their sum counts, and what they share counts once.
    @Test func allProcessesCountTogetherAndSharedMemoryOnce() async throws {
        try await skipping {
            let trial = try await trial()
            let sharing = try await trial.start(
                ["allocate", "20", "fork", "8", "wait"], limits: limits { $0.memoryBytes = 48 << 20 })
            while let line = await sharing.output.line(), line != "forked.last ok" {}
            let hog = try await trial.start(
                ["spread", "8", "12", "wait"], limits: limits { $0.memoryBytes = 48 << 20 })
            #expect(await hog.sandbox.waitForExit() == .signaled(signal: SIGKILL))
            let end = try await usage(of: hog), alive = try await usage(of: sharing)
            #expect(end.memoryKills == 1, "\(end)")
            #expect(alive.memoryKills == 0 && alive.processes == 9, "\(alive)")
            #expect(alive.memoryBytes.map { (20 << 20...48 << 20).contains($0) } == true, "\(alive)")
            await sharing.sandbox.terminate()
        }
    }

    /// A file in memory that nobody maps is in no process's account.
    @Test func filesInMemoryCount() async throws {
        try await skipping {
            let trial = try await trial()
            let running = try await trial.start(
                ["memory-file", "96", "wait"], limits: limits { $0.memoryBytes = 48 << 20 })
            #expect(await running.sandbox.waitForExit() == .signaled(signal: SIGKILL))
            #expect(try await usage(of: running).memoryKills == 1)
        }
    }

    /// They are on the disk, and no walk finds them.
    @Test(arguments: [true, false]) func filesWithoutANameAreFound(inGroups: Bool) async throws {
        try await skipping {
            let provider = try await Machine.provider(inGroups ? [:] : ["controlGroups": .boolean(false)])
            let trial = try IsolationTrial(provider, probe: Programs.path("sandbox-probe"))
            let running = try await trial.start(["unnamed-files", "8", "wait"])
            let line = await running.output.line()
            try require(line == "holding ok", "it said \(line ?? "nothing")")
            let sandbox = try require(running.sandbox as? any FileHoldingSandbox, "nobody looks for them")
            let bytes = try await require(sandbox.unnamedFileBytes(), "they cannot be seen")
            // What is only mapped can be seen by a host that is root alone.
            let expected: ClosedRange<Int64> = geteuid() == 0 ? 16 << 20...17 << 20 : 8 << 20...17 << 20
            #expect(expected.contains(bytes), "\(bytes)")
            await running.sandbox.terminate()
            #expect(await sandbox.unnamedFileBytes() == 0)
        }
    }

    /// Between two looks, too, one process gets no more than twice the limit and the stacks of its threads.
    @Test func theKernelRefusesOneProcessMore() async throws {
        try await skipping {
            let limits = limits { ($0.memoryBytes, $0.processes) = (32 << 20, 4) }
            for (mebibytes, answer) in [(80, "ok"), (100, "ENOMEM")] {
                let facts = try await trial().facts(["reserve", "\(mebibytes)"], limits: limits)
                #expect(facts["reserved"] == answer, "\(facts)")
            }
        }
    }

    /// However little memory it may have: what a thread does not use of its stack is not taken.
    @Test func asManyThreadsStartAsAreAllowed() async throws {
        try await skipping {
            let limits = limits { ($0.memoryBytes, $0.processes) = (64 << 20, 200) }
            let facts = try await trial().facts(["threads", "300", "exit", "0"], limits: limits)
            try facts.require("threads", "199")
            try facts.require("threads.last", "EAGAIN")
            #expect(facts.exit == .exited(status: 0), "\(facts)")
        }
    }

    @Test func refusedProcessesAreNoticed() async throws {
        try await skipping {
            let trial = try await trial()
            let running = try await trial.start(["fork", "100", "wait"], limits: limits { $0.processes = 20 })
            while let line = await running.output.line(), line != "forked.last EAGAIN" {}
            // The watcher comes by within a second.
            var seen = try await usage(of: running)
            while seen.refusedProcesses == 0 {
                try await Task.sleep(for: .milliseconds(50))
                seen = try await usage(of: running)
            }
            #expect(seen.refusedProcesses == 1 && seen.processes == 20, "\(seen)")
            await running.sandbox.terminate()
        }
    }

    /// Goes on until it is ended, which is the test.
    @Test func whoGoesOnBeingRefusedProcessesIsEnded() async throws {
        try await skipping {
            let trial = try await trial()
            let running = try await trial.start(["exhaust", "0"], limits: limits { $0.processes = 20 })
            #expect(await running.sandbox.waitForExit() == .signaled(signal: SIGKILL))
            let end = try await usage(of: running)
            #expect(end.refusedProcesses == 1 && end.memoryKills == 0, "\(end)")
        }
    }
}
