import Barchan
import CLinux
import Glibc

/// The promises of an isolation back end, tried from inside by `sandbox-probe` running as the grain's program.
public enum IsolationConformance {
    /// Every check.
    /// - Parameter probe: Path of the static `sandbox-probe` on this machine.
    public static func checks(probe: String) -> [ConformanceCheck<any IsolationProvider>] {
        let all =
            startChecks + fileChecks.map(\.keptInByWalls) + wallChecks + argumentChecks + machineChecks + secondChecks
            + limitChecks + freezeChecks + endChecks + neighbourChecks
            + refusalChecks
        return all.map { promise in
            ConformanceCheck(
                promise.name, promise.sentence, required: promise.required, harmsWhereBroken: promise.harmsWhereBroken
            ) { provider in
                try await promise.body(IsolationTrial(provider, probe: probe))
            }
        }
    }

    struct Promise: Sendable {
        let name: String
        let sentence: String
        let required: Set<Guarantee>
        let harmsWhereBroken: Bool
        let body: @Sendable (IsolationTrial) async throws -> Void

        init(
            _ name: String, _ sentence: String, _ required: Set<Guarantee> = [], harmsWhereBroken: Bool = false,
            _ body: @escaping @Sendable (IsolationTrial) async throws -> Void
        ) {
            self.name = name
            self.sentence = sentence
            self.required = required
            self.harmsWhereBroken = harmsWhereBroken
            self.body = body
        }

        /// The same, marked as one that changes files of the machine where no wall keeps it in.
        var keptInByWalls: Promise { Promise(name, sentence, required, harmsWhereBroken: true, body) }
    }

    // MARK: What a program starts with

    private static let startChecks = [
        Promise("exactArguments", "a program gets exactly its arguments") { trial in
            let facts = try await trial.facts(["start", "exit", "0", "two words", ""])
            let expected = ["/probe", "start", "exit", "0", "two words", ""]
            try require(facts.all("argument") == expected, "it got \(facts.all("argument"))")
        },
        Promise("exactEnvironment", "a program gets exactly its environment, in order") { trial in
            let given = ["B=2", "A=one two", "EMPTY=", "B=again"]
            let found = try await trial.facts(["start"], environment: given).all("environment")
            try require(found == given, "it got \(found)")
            let none = try await trial.facts(["start"]).all("environment")
            try require(none.isEmpty, "without one it got \(none)")
        },
        Promise("startDirectory", "a program starts in / with umask 0007") { trial in
            let facts = try await trial.facts(["start"])
            try facts.require("directory", "/")
            try facts.require("umask", "7")
        },
        Promise("hostName", "the host is called sandbox", [.ownIdentity]) { trial in
            try await trial.facts(["start"]).require("host", "sandbox")
        },
        Promise("cleanSignals", "no signal is blocked or ignored at the start") { trial in
            let facts = try await trial.facts(["start"])
            try facts.require("signals.blocked", "0")
            try facts.require("signals.ignored", "0")
        },
        Promise("exactDescriptors", "a program has /dev/null, its output twice, its socket, and no other descriptor") {
            trial in
            let found = try await trial.facts(["descriptors"]).all("descriptor")
            let expected = ["0 device read", "1 pipe write", "2 pipe write", "3 socket both"]
            try require(found == expected, "it has \(found)")
        },
        Promise("socketWorks", "descriptor 3 is the other end of the host's socket") { trial in
            let running = try await trial.start(["echo"])
            let sent = Array("to and fro".utf8)
            try require(write(running.socket.descriptor, sent, sent.count) == sent.count, "nothing can be sent")
            try require(await running.socket.readSome() == sent, "something else came back")
            await running.sandbox.terminate()
        },
        // Every login lists a user's own group, too, and nobody but root may shorten the list (setgroups(2) is denied in an
        // ordinary user's namespaces). There it grants nothing: the program runs in that group anyway.
        Promise(
            "ordinaryUser",
            "a program does not run as root, and in no group but its own, which the list of others may repeat if the host is not root"
        ) { trial in
            let facts = try await trial.facts(["privileges"])
            for name in ["user", "user.effective", "group"] {
                try require(facts[name].flatMap { Int($0) }.map { $0 > 0 } == true, "\(name) is \(facts[name] ?? "?")")
            }
            try facts.require(geteuid() == 0 ? "groups" : "groups.others", "0")
        },
        Promise("ownIdentity", "a program runs as user and group 1000", [.ownIdentity]) { trial in
            let facts = try await trial.facts(["privileges"])
            for name in ["user", "user.effective", "group"] { try facts.require(name, "1000") }
        },
        Promise("firstProcess", "a program is process 1 and sees no parent", [.privateProcesses]) { trial in
            let facts = try await trial.facts(["start"])
            try facts.require("process", "1")
            try facts.require("parent", "0")
        },
    ]

    // MARK: How it ends

    private static let endChecks = [
        Promise("exitStatus", "the exit status is reported, to everybody who asks, before and after") { trial in
            let running = try await trial.start(["exit", "42"])
            async let first = running.sandbox.waitForExit()
            async let second = running.sandbox.waitForExit()
            let results = await [first, second, running.sandbox.waitForExit()]
            try require(
                results == [.exited(status: 42), .exited(status: 42), .exited(status: 42)], "it was \(results)")
        },
        Promise("exitSignal", "a signal that ends the program is reported") { trial in
            let exit = try await trial.facts(["abort"]).exit
            try require(exit == .signaled(signal: SIGSEGV), "it was \(exit)")
        },
        Promise("terminate", "a program that ignores every signal is ended, and ending twice is harmless") { trial in
            let running = try await trial.start(["ignore", "wait"])
            try require(await running.output.line() == "ignoring ok", "it did not start")
            await running.sandbox.terminate()
            await running.sandbox.terminate()
            let exit = await running.sandbox.waitForExit()
            try require(exit == .signaled(signal: SIGKILL), "it was \(exit)")
        },
        Promise(
            "descendantsEnd", "daemons go when the sandbox is terminated", [.completeTermination],
            harmsWhereBroken: true
        ) { trial in
            let running = try await trial.start(["descendants", "ignore", "wait"])
            _ = await running.output.line()
            await running.sandbox.terminate()
            try await running.requireNobodyLeft()
        },
        Promise(
            "descendantsEndWithFirst", "daemons go when the first process exits", [.completeTermination],
            harmsWhereBroken: true
        ) { trial in
            let running = try await trial.start(["descendants", "exit", "0"])
            try await running.requireNobodyLeft()
            let exit = await running.sandbox.waitForExit()
            try require(exit == .exited(status: 0), "it was \(exit)")
        },
        Promise(
            "runawaysEnd", "processes that start others and end, without a pause, go with the sandbox",
            [.completeTermination], harmsWhereBroken: true
        ) { trial in
            let running = try await trial.start(["runaways", "4", "wait"])
            _ = await running.output.line()
            await running.sandbox.terminate()
            try await running.requireNobodyLeft()
            let leaving = try await trial.start(["runaways", "4", "exit", "0"])
            try await leaving.requireNobodyLeft()
            let exit = await leaving.sandbox.waitForExit()
            try require(exit == .exited(status: 0), "it was \(exit)")
        },
    ]

    // MARK: Others

    private static let neighbourChecks = [
        Promise(
            "othersStart", "whatever descriptors one sandbox has under way, another starts",
            harmsWhereBroken: true
        ) { trial in
            let first = try await trial.start(["hold", "descriptors", "wait"])
            let held = await first.output.line() ?? "nothing"
            let second: Result<ProbeFacts, any Error>
            do { second = .success(try await trial.facts(["start"])) } catch { second = .failure(error) }
            await first.sandbox.terminate()
            let isFull = held == "held all" || Int(held.dropFirst(5)).map { $0 > 1000 } == true
            try require(isFull, "it said '\(held)'")
            try second.get().require("umask", "7")
        }
    ]

    // MARK: What is refused

    private static let refusalChecks = [
        Promise("missingProgram", "a missing program is an error that names it") { trial in
            let error = try await trial.refusal(of: trial.specification(["/missing"]))
            try require(error.code == .invalidArgument && error.message.contains("/missing"), "\(error)")
        },
        Promise("noSearch", "the program is not searched for") { trial in
            let error = try await trial.refusal(of: trial.specification(["true"], environment: ["PATH=/bin"]))
            try require(error.code == .invalidArgument, "\(error)")
        },
        Promise("notExecutable", "a file that is no program is an error") { trial in
            for (name, bytes, mode) in [("data", "x", mode_t(0o644)), ("text", "no program", 0o755)] {
                try TemporaryTree.write(Array(bytes.utf8), to: "\(trial.package)/\(name)", mode: mode)
                let error = try await trial.refusal(of: trial.specification(["/\(name)"]))
                try require(error.code == .invalidArgument, "\(error)")
            }
        },
        Promise("noNUL", "a NUL or an empty command is an error") { trial in
            for specification in [
                trial.specification(["/probe", "a\0b"]), trial.specification(["/probe"], environment: ["A=\0"]),
                trial.specification([]), trial.specification([""]),
            ] {
                let error = try await trial.refusal(of: specification)
                try require(error.code == .invalidArgument, "\(error)")
            }
        },
    ]
}
