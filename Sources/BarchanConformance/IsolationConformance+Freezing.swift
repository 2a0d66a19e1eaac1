import Barchan
import Glibc

extension IsolationConformance {
    static let freezeChecks = [
        Promise("freeze", "a frozen sandbox runs nothing and goes on where it was", [.freezing]) { trial in
            let running = try await trial.start(["tick"])
            let sandbox = try freezable(running)
            _ = await running.output.line()
            try await sandbox.freeze()
            try await sandbox.freeze()
            _ = drain(running.output)
            let before = await usage(of: running)
            // As long as another sandbox takes to start, run and end.
            _ = try await trial.facts(["exit", "0"])
            try require(drain(running.output) == 0, "a timer ran")
            let after = await usage(of: running)
            try require(before?.isFrozen != false && before?.processorTime == after?.processorTime, "something ran")
            try await sandbox.thaw()
            try await sandbox.thaw()
            try require(await running.output.line() != nil, "it does not go on")
            await running.sandbox.terminate()
        },
        Promise("freezeAnswers", "nothing is answered while a sandbox is frozen, and nothing is lost", [.freezing]) {
            trial in
            let running = try await trial.start(["echo"])
            let sandbox = try freezable(running)
            let sent = Array("to and fro".utf8)
            try require(write(running.socket.descriptor, sent, sent.count) == sent.count, "nothing can be sent")
            try require(await running.socket.readSome() == sent, "it does not answer")
            try await sandbox.freeze()
            try require(write(running.socket.descriptor, sent, sent.count) == sent.count, "nothing can be sent")
            _ = try await trial.facts(["exit", "0"])
            try require(drain(running.socket) == 0, "it answers")
            try await sandbox.thaw()
            try require(await running.socket.readSome() == sent, "what came meanwhile is lost")
            await running.sandbox.terminate()
        },
        Promise("freezeEnds", "a frozen sandbox can be ended, with everything in it", [.freezing]) { trial in
            let running = try await trial.start(["descendants", "ignore", "wait"])
            _ = await running.output.line()
            let sandbox = try freezable(running)
            try await sandbox.freeze()
            await running.sandbox.terminate()
            let exit = await running.sandbox.waitForExit()
            try require(exit == .signaled(signal: SIGKILL), "it was \(exit)")
            try await running.requireNobodyLeft()
            do {
                try await sandbox.thaw()
            } catch { return }
            throw ConformanceFailure("what has ended could be thawed")
        },
    ]

    private static func freezable(_ running: RunningTrial) throws -> any FreezableSandbox {
        try require(running.sandbox as? any FreezableSandbox, "it cannot be frozen")
    }

    private static func usage(of running: RunningTrial) async -> SandboxUsage? {
        await (running.sandbox as? any MeasuredSandbox)?.usage()
    }

    /// How many bytes are there, without waiting; they are taken.
    private static func drain(_ output: TrialOutput) -> Int {
        _ = fcntl(output.descriptor, F_SETFL, O_NONBLOCK)
        defer { _ = fcntl(output.descriptor, F_SETFL, 0) }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var total = 0
        while case let count = read(output.descriptor, &buffer, buffer.count), count > 0 { total += count }
        return total
    }
}
