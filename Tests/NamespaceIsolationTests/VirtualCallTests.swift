import Barchan
import BarchanConformance
import CLinux
import Glibc
import Testing

/// Calls that a supervisor answers: what the settings change, and what happens when it is gone or busy.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct VirtualCallTests {
    private func trial(_ settings: [String: SettingValue] = [:]) async throws -> IsolationTrial {
        let provider = try await Machine.provider(settings)
        if settings["virtualizedCalls"] == nil && !provider.guarantees.contains(.virtualizedCalls) {
            throw ConformanceSkip("this machine does not let calls be virtualized")
        }
        return try IsolationTrial(provider, probe: Programs.path("sandbox-probe"))
    }

    @Test func oneProcessorIsOne() async throws {
        try await skipping {
            let facts = try await trial(["processors": .integer(1)]).facts(["machine"])
            for name in ["processors", "processors.listed"] { try facts.require(name, "1") }
        }
    }

    @Test func allProcessorsAreTheMachines() async throws {
        try await skipping {
            let machine = sysconf(Int32(_SC_NPROCESSORS_ONLN))
            try await trial(["processors": .integer(0)]).facts(["machine"]).require("processors", "\(machine)")
        }
    }

    /// The control: without it the machine itself answers.
    @Test func switchedOffTheMachineAnswers() async throws {
        try await skipping {
            let facts = try await trial(["virtualizedCalls": .boolean(false)]).facts(["machine"])
            var names = utsname()
            uname(&names)
            let release = withUnsafeBytes(of: names.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            try facts.require("names.release", release)
        }
    }

    /// 640 MiB, of which a tenth of a second may take 64: on a disk that nobody else holds a limit on, whoever measures would be late.
    @Test func diskIsNotAllocatedFasterThanItIsWritten() async throws {
        try await skipping {
            let facts = try await trial().facts(["allocate-disk"])
            let milliseconds = try require(facts["allocated"].flatMap { Int($0) }, "nothing was allocated: \(facts)")
            #expect(milliseconds > 500)
        }
    }

    /// A grain that asks when told, the launcher's supervisor, and a way to start more.
    private func asking() async throws -> (IsolationTrial, RunningTrial, supervisor: pid_t) {
        let directory = try TemporaryDirectory()
        let launcher = "\(directory.path)/barchan-sandbox"
        try require(symlink(Programs.path("barchan-sandbox"), launcher) == 0, "no link")
        let trial = try await trial(["launcher": .string(launcher)])
        let running = try await trial.start(["ask-when-told"])
        try require(await ask(running) == "asked ok", "it is not answered")
        return (trial, running, try LauncherProcesses(program: launcher).supervisor())
    }

    private func ask(_ running: RunningTrial) async -> String? {
        _ = write(running.socket.descriptor, "x", 1)
        return await running.output.line()
    }

    @Test(arguments: [SIGKILL, SIGSTOP]) func lostSupervisorHangsNobody(_ signal: CInt) async throws {
        try await skipping {
            let (trial, running, supervisor) = try await asking()
            try require(kill(supervisor, signal) == 0, "it cannot be signalled")
            #expect(await ask(running) == "asked ENOSYS")
            // The next sandbox gets another supervisor.
            try await trial.facts(["ask", "1"]).require("asked", "ok")
            await running.sandbox.terminate()
        }
    }

    /// No man page has EINTR for these calls, so that nobody asks again. Who asks more than is answered at once waits longer than
    /// it takes for a signal to come. Once in a while one comes before the supervisor has seen the call; not in every run.
    @Test func signalsDoNotBreakOffWhoHasToWait() async throws {
        try await skipping {
            let trial = try await trial()
            while try await trial.facts(["ask-through-signals", "1000"])["interrupted"] != "0" {}
        }
    }

    @Test func aFloodFromOneGrainHoldsUpNobody() async throws {
        try await skipping {
            let trial = try await trial()
            // The fastest five of twenty: other work on the machine slows some, a flood that is served without end all of them.
            func startMany() async throws -> Duration {
                var times: [Duration] = []
                for _ in 0..<20 {
                    times.append(
                        try await ContinuousClock().measure {
                            try await trial.facts(["ask", "5"]).require("asked", "ok")
                        })
                }
                return times.sorted().prefix(5).reduce(.zero, +)
            }
            let alone = try await startMany()
            let flood = try await trial.start(["flood", "8", "wait"])
            try require(await flood.output.line() == "flooding ok", "there is no flood")
            let beside = try await startMany()
            await flood.sandbox.terminate()
            print("five starts with 5 questions each: \(alone) alone, \(beside) beside a flood")
            // Beside one that is served without end they take ten times as long and more.
            #expect(beside < alone * 5 + .milliseconds(200))
        }
    }

    @Test func killedCallersLeaveNothing() async throws {
        try await skipping {
            let (trial, running, supervisor) = try await asking()
            let before = try Text.descriptors(of: supervisor)
            for _ in 0..<20 {
                let flood = try await trial.start(["flood", "2", "wait"])
                _ = await flood.output.line()
                await flood.sandbox.terminate()
            }
            #expect(await ask(running) == "asked ok")
            // That a sandbox ended is seen a little later.
            while try Text.descriptors(of: supervisor) > before { try await Task.sleep(for: .milliseconds(20)) }
            await running.sandbox.terminate()
        }
    }
}
