import CCapnpRPC
import CapnProto
import Glibc
import GrainSchemas
import Testing

@testable import HTTPBridge

@Suite(.timeLimit(.minutes(10))) struct ProcessTests {
    @Test func theAppGetsTheRecordedEnvironment() async throws {
        try await onOwnThread {
            let app = try TestApp()
            let host = try GrainHost(port: app.port, command: app.command())
            defer { host.close() }
            _ = try host.get(try host.openSession(), "x")
            let recorded = Place.contents(Place.fixtures + "app-environment.txt").split(separator: "\n").map(
                String.init)
            // The recorded app's start delay was not set from within, and Python sets its own locale.
            #expect(app.environment.filter { !$0.hasPrefix("STARTDELAY") } == recorded)
        }
    }

    @Test func viewInfoAndSessionsAreThereBeforeTheApp() async throws {
        try await onOwnThread {
            let app = try ScriptedApp()
            let host = try GrainHost(port: app.port, command: try app.command(startDelay: 0.3))
            defer { host.close() }
            let permissions = try host.call(host.view, Wire.UiView.Methods.getViewInfo, { _, _ in }) { info, _ in
                try info.permissions.count
            }
            #expect(permissions == 3)
            let session = try host.openSession()
            #expect(app.log.isEmpty)
            #expect(try host.get(session, "x").first?.contains("bytes=\"ok\"") == true)
        }
    }

    @Test(arguments: [("exit 7", 7), ("kill -9 $$", 137), ("true", 0)] as [(String, Int32)])
    func theBridgeEndsAsTheProgramEnds(_ example: (String, Int32)) async throws {
        try await onOwnThread {
            let host = try GrainHost(port: try Place.freePort(), command: ["sh", "-c", example.0])
            #expect(host.waitForExit() == example.1)
        }
    }

    @Test(arguments: [("kill -11 $$", "signal 11 (Segmentation fault)"), ("kill -9 $$", "signal 9 (Killed)")])
    func theLogSaysWhichSignalEndedTheProgram(_ example: (String, String)) async throws {
        try await onOwnThread {
            let log = try Place.temporaryFolder() + "/log"
            let host = try GrainHost(
                port: try Place.freePort(), command: ["sh", "-c", example.0], errors: log)
            _ = host.waitForExit()
            #expect(Place.contents(log) == "barchan-http-bridge: the app was ended by \(example.1)\n")
        }
    }

    /// Whoever waits for a port that stays shut is told so in the end, whoever comes later at once, and nobody once it is open.
    @Test func aPortThatStaysShutFailsRequestsUntilItOpens() async throws {
        try await onOwnThread {
            let app = try ScriptedApp(), folder = try Place.temporaryFolder(), sign = folder + "/go",
                log = folder + "/log"
            let script = "until [ -e '\(sign)' ]; do sleep 0.01; done; exec \"$@\""
            let host = try GrainHost(
                options: ["--patience", "1"], port: app.port, command: ["sh", "-c", script, "sh"] + app.command(),
                errors: log)
            defer { host.close() }
            let early = try host.openSession()
            try expectShut(app.port, early, host)
            #expect(Place.contents(log).contains("has not opened port \(app.port) for 1 seconds"))
            let late = try host.openSession()
            for session in [early, late] { try expectShut(app.port, session, host) }
            Glibc.close(open(sign, O_WRONLY | O_CREAT, 0o600))
            #expect(becomesTrue { (try? host.get(late, "x").first?.contains("bytes=\"ok\"")) == true })
            #expect(try host.get(early, "x").first?.contains("bytes=\"ok\"") == true)
        }
    }

    private func expectShut(_ port: UInt16, _ session: Capability, _ host: GrainHost) throws {
        let failure = #expect(throws: CallFailure.self) { try host.get(session, "x") }
        #expect(failure?.kind == bcr_overloaded)
        #expect(failure?.text.contains("has not opened its port \(port)") == true, "\(failure?.text ?? "")")
    }

    /// Descriptor 3 is the bridge's alone (specification, section 7.1).
    @Test func theProgramDoesNotGetTheHost() async throws {
        try await onOwnThread {
            let host = try GrainHost(
                port: try Place.freePort(), command: ["sh", "-c", "test ! -e /proc/$$/fd/3 && test -e /proc/$$/fd/2"])
            #expect(host.waitForExit() == 0)
        }
    }

    @Test func onlyTheProgramsOwnEndCounts() async throws {
        try await onOwnThread {
            let host = try GrainHost(
                port: try Place.freePort(), command: ["sh", "-c", "(exit 3) & (sleep 0.05; exit 4) & wait; exit 5"])
            #expect(host.waitForExit() == 5)
        }
    }

    @Test func aProgramThatIsNotThereIsAnError() async throws {
        try await onOwnThread {
            let host = try GrainHost(port: 1, command: ["no-such-program-at-all"])
            #expect(host.waitForExit() == 1)
        }
    }

    @Test func theAppGoesWithTheHost() async throws {
        try await onOwnThread {
            let app = try ScriptedApp()
            let host = try GrainHost(port: app.port, command: try app.command())
            _ = try host.get(try host.openSession(), "x")
            #expect(host.close() == 1)
            let probe = AppServer(port: app.port, on: host.loop)
            #expect(becomesTrue { !probe.answers })
        }
    }

    @Test(arguments: ["", "x -- y", "0 -- y", "80 y z", "80 --", "70000 -- y", "--config", "--patience x 80 -- y"])
    func aWrongCommandLineIsRefused(_ line: String) {
        #expect(Invocation(line.split(separator: " ").map(String.init)) == nil)
    }

    @Test func aCommandLineIsRead() throws {
        let plain = try #require(Invocation(["8000", "--", "a", "--", "b"]))
        #expect(plain.port == 8_000)
        #expect(plain.command == ["a", "--", "b"])
        #expect(plain.configurationPath == "/sandstorm-http-bridge-config")
        #expect(plain.patienceSeconds == 120)
        #expect(try #require(Invocation(["--config", "/x", "1", "--", "a"])).configurationPath == "/x")
    }
}

extension AppServer {
    /// Whether somebody listens, asked with a blocking connect.
    fileprivate var answers: Bool {
        let descriptor = connect()
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        Glibc.poll(&poll, 1, 1_000)
        return poll.revents & Int16(POLLERR | POLLHUP) == 0
    }
}
