import Barchan
import BarchanConformance
import CapnProto
import Glibc
import GrainSchemas
import Testing

/// A program that does what it must not costs one clear error and takes its grains along; the next launch gets a new one.
@Suite(.timeLimit(.minutes(10)))
struct MisbehaviourTests {
    /// What a program sends first, and how it goes on.
    private func program(_ first: [UInt8], then: String = "host.recv(1 << 18)") throws -> ScriptedProgram {
        try ScriptedProgram(
            """
            host = socket.socket(fileno=3)
            host.send(bytes(\(first.map { Int($0) })))
            reply = lambda text: host.send(bytes.fromhex(text))
            \(then)
            """)
    }

    @Test(arguments: [
        ("ends at once", "sys.exit(3)", "it ended with status 3"),
        ("crashes", "import ctypes; ctypes.string_at(0)", "it was ended by signal 11"),
        ("sends nothing", "host.send(b'')", "a packet without a byte"),
        ("sends no message", "host.send(b'hello, world')", "no IsolationReply"),
        ("sends too much", "host.send(bytes(5000))", "a packet of 5000 bytes"),
        (
            "starts something before its hello", "host.send(bytes.fromhex('\(Replies.hex(Replies.started(1)))'))",
            "before its hello"
        ),
        (
            "speaks another version", "host.send(bytes.fromhex('\(Replies.hex(Replies.hello(version: 2)))'))",
            "a hello of version 2; this host speaks version 1"
        ),
    ])
    func atTheStart(_ name: String, _ does: String, _ expected: String) async throws {
        let script = try ScriptedProgram("host = socket.socket(fileno=3)\n\(does)\nhost.recv(1)")
        let error = await #expect(throws: HostError.self) { try await Machine.provider(script.program) }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains(expected) == true, "\(name): \(error?.message ?? "")")
        #expect(error?.message.contains(script.program.path) == true)
    }

    private static let wrongGuarantees: [([String], String)] = [
        ((0..<65).map { "g\($0)" }, "65 guarantees; 64 are allowed"),
        ([String(repeating: "g", count: 65)], "name of 65 bytes; 1 to 64 are allowed"),
        ([""], "name of 0 bytes"),
        (["noNetwork\u{1b}[31m"], "letters and digits"), (["noNetwork\nerror: forged"], "letters and digits"),
        (["größe"], "letters and digits"),
    ]

    @Test(arguments: Self.wrongGuarantees)
    func wrongGuaranteesAreNamed(_ names: [String], _ expected: String) async throws {
        let script = try program(Replies.hello(guarantees: names))
        let error = await #expect(throws: HostError.self) { try await Machine.provider(script.program) }
        #expect(error?.code == .unsupported && error?.message.contains(expected) == true, "\(error?.message ?? "")")
        #expect(error?.message.unicodeScalars.contains { $0.value < 32 } == false)
    }

    @Test func whatTheHostDoesNotTellItIsNotPromised() async throws {
        let names = ["noNetwork", "freezing", "processorWeight", "ioWeight", "somethingNew"]
        let script = try program(Replies.hello(guarantees: names))
        #expect(
            try await Machine.provider(script.program).guarantees == [.noNetwork, Guarantee("somethingNew")])
    }

    /// Numbers that mean "nobody" and "leave it" to system calls, and root.
    @Test(arguments: [4_294_967_295, 4_294_967_294, 0] as [UInt32])
    func filesBelongToAUser(_ number: UInt32) async throws {
        let (user, group) = geteuid() == 0 ? (1_900_000_000, 1_900_000_000) : (geteuid(), getegid())
        for (user, group) in [(number, group), (user, number)] where (user, group) != (geteuid(), getegid()) {
            let script = try program(Replies.hello(user: user, group: group))
            let error = await #expect(throws: HostError.self) { try await Machine.provider(script.program) }
            #expect(error?.code == .unsupported && error?.message.contains("wants files to belong to") == true)
        }
    }

    /// Neither the grains of others nor the deadline wait for a program that does not read. It ends at last, so that a host
    /// that does wait for it fails here instead of standing still.
    @Test func aProgramThatDoesNotReadHoldsUpNobody() async throws {
        let stalled = try program(Replies.hello(), then: "import time\ntime.sleep(120)")
        let failed = Replies.hex(Replies.failed(1, .failed, "make a sandbox: not today"))
        let answering = try program(Replies.hello(), then: "host.recv(1 << 18)\nreply('\(failed)')\nhost.recv(1)")
        let trial = try IsolationTrial(await Machine.provider(stalled.program), probe: Programs.path("sandbox-probe"))
        let other = try IsolationTrial(await Machine.provider(answering.program), probe: Programs.path("sandbox-probe"))
        let environment = (0..<90).map { "V\($0)=" + String(repeating: "x", count: 1000) }
        // More than there are threads in Swift's pool, and more than fits into the socket.
        let count = Int(sysconf(CInt(_SC_NPROCESSORS_ONLN))) + 16
        try await withThrowingTaskGroup(of: HostError.self) { group in
            for _ in 0..<count {
                group.addTask {
                    try await trial.refusal(of: trial.specification(["/probe"], environment: environment))
                }
            }
            let answer = try await other.refusal(of: other.specification(["/probe"]))
            #expect(answer.message.hasSuffix("make a sandbox: not today"))
            for try await error in group {
                #expect(error.code == .disconnected)
                #expect(error.message.contains("within 30 seconds"), "\(error)")
            }
        }
    }

    @Test(arguments: [
        ("garbage", "00000000"), ("an answer to nobody", Replies.hex(Replies.started(77))),
        ("an end of nobody", Replies.hex(Replies.exited(77, 0))),
        ("a wrong status", Replies.hex(Replies.exited(1, 256))),
        ("hello again", Replies.hex(Replies.hello())),
    ])
    func atALaunch(_ name: String, _ hex: String) async throws {
        let script = try program(Replies.hello(), then: "host.recv(1 << 18)\nreply('\(hex)')\nhost.recv(1)")
        let trial = try IsolationTrial(await Machine.provider(script.program), probe: Programs.path("sandbox-probe"))
        // The second launch gets a new program, which does the same.
        for _ in 0..<2 {
            let error = try await trial.refusal(of: trial.specification(["/probe"]))
            #expect(error.code == .disconnected)
            #expect(error.message.contains("was ended with all of its grains: it sent"), "\(name): \(error)")
        }
    }

    @Test func itsDeathIsTheEndOfItsGrains() async throws {
        let started = Replies.hex(Replies.started(1))
        let script = try program(Replies.hello(), then: "host.recv(1 << 18)\nreply('\(started)')\nhost.recv(1 << 18)")
        let trial = try IsolationTrial(await Machine.provider(script.program), probe: Programs.path("sandbox-probe"))
        let running = try await trial.start(["wait"])
        // It ends instead of ending the sandbox.
        await running.sandbox.terminate()
        guard case .lost(let reason) = await running.sandbox.waitForExit() else {
            throw ConformanceFailure("the sandbox was not lost")
        }
        #expect(reason.contains("it ended"))
    }

    /// Stopped, neither it nor what keeps it hears that it is to end.
    @Test func oneThatDoesNotAnswerIsEndedByForce() async throws {
        let started = Replies.hex(Replies.started(1))
        let script = try program(
            Replies.hello(),
            then: "import signal\nhost.recv(1 << 18)\nreply('\(started)')\nwhile True: signal.pause()")
        let provider = try await Machine.provider(script.program)
        let trial = try IsolationTrial(provider, probe: Programs.path("sandbox-probe"))
        let running = try await trial.start(["wait"])
        let processes = Machine.processes { $0.contains(script.program.path) }
        try require(!processes.isEmpty, "the program is not found")
        for process in processes { try require(kill(process, SIGSTOP) == 0, "it cannot be stopped") }
        try require(provider as? any AbortableIsolationProvider, "it cannot be ended by force").abort()
        guard case .lost = await running.sandbox.waitForExit() else {
            throw ConformanceFailure("the sandbox was not lost")
        }
    }

    @Test func whatItSaysOfAFailureIsPassedOn() async throws {
        let failed = Replies.hex(Replies.failed(1, .resourceExhausted, "make a sandbox: nothing is left"))
        let script = try program(Replies.hello(), then: "host.recv(1 << 18)\nreply('\(failed)')\nhost.recv(1)")
        let trial = try IsolationTrial(await Machine.provider(script.program), probe: Programs.path("sandbox-probe"))
        let error = try await trial.refusal(of: trial.specification(["/probe"]))
        #expect(error.code == .resourceExhausted)
        #expect(error.message.hasSuffix("make a sandbox: nothing is left"))
    }

    @Test func everyChangedByteIsSurvived() async throws {
        let hello = Replies.hello()
        for index in stride(from: 0, to: hello.count, by: 5) {
            var changed = hello
            changed[index] ^= 0xff
            let script = try program(changed, then: "host.close()")
            // Either it is understood or refused.
            _ = try? await Machine.provider(script.program)
        }
    }

    @Test func aMissingProgramIsNamed() async throws {
        let error = await #expect(throws: HostError.self) {
            try await Machine.provider(TestProgram(path: "/nowhere/back-end"))
        }
        #expect(error?.code == .notFound && error?.message.contains("/nowhere/back-end") == true)
        let relative = await #expect(throws: HostError.self) {
            try await Machine.provider(TestProgram(path: "back-end"))
        }
        #expect(relative?.code == .invalidArgument)
    }

    /// A grain's daemons hold its output open until all are gone.
    @Test func aKilledProgramTakesItsGrainsAlong() async throws {
        let directory = try TemporaryTree.make()
        defer { TemporaryTree.remove(directory) }
        // The name of the stage makes the processes of this test recognizable.
        let program = TestProgram(path: TestProgram.example.path, arguments: ["--stage", directory])
        let trial = try IsolationTrial(await Machine.provider(program), probe: Programs.path("sandbox-probe"))
        let running = try await trial.start(["descendants", "ignore", "wait"])
        try require(await running.output.line() == "descendants 3", "the probe does not run")
        let processes = Machine.processes { $0.hasPrefix("/usr/bin/python3") && $0.contains(directory) }
        // The one that the others come from; numbers begin again from the lowest one day.
        let first = processes.first { process in Machine.parent(of: process).map { !processes.contains($0) } ?? false }
        try require(kill(require(first, "the program is not found"), SIGKILL) == 0, "it cannot be killed")
        _ = await running.output.rest()
        guard case .lost = await running.sandbox.waitForExit() else {
            throw ConformanceFailure("the sandbox was not lost")
        }
        #expect(try await trial.facts(["exit", "5"]).exit == .exited(status: 5))
    }
}
