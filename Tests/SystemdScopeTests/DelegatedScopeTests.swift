import Barchan
import SystemdScope
import Testing

/// What is said to systemd and what becomes of it, on a bus of the test's own.
@Suite(.timeLimit(.minutes(10))) struct DelegatedScopeTests {
    private static let patience = Duration.seconds(300)

    /// org.freedesktop.systemd1(5), StartTransientUnit; each variant holds exactly the type that the property has.
    @Test(arguments: ["done", "early"]) func theMessageIsTheOneThatSystemdWants(way: String) throws {
        let manager = try FakeManager(way)
        try DelegatedScope(of: 4242).start(on: .other(manager.address), limit: Self.patience)
        let properties = """
            ["a(sv)", ["r", ["s", "Description"], ["vs", "Barchan and its grains"]], ["r", ["s", "Slice"], ["vs", "barchan.slice"]], \
            ["r", ["s", "Delegate"], ["vb", true]], ["r", ["s", "PIDs"], ["au", ["u", 4242]]]]
            """
        let expected = """
            {"destination": "org.freedesktop.systemd1", "levels": [1, 1, 1, 1], "signature": "ssa(sv)a(sa(sv))", \
            "values": [["s", "barchan-4242.scope"], ["s", "fail"], \(properties), ["a(sa(sv))"]]}
            """
        #expect(try manager.call() == expected)
    }

    @Test func aRefusalIsToldInSystemdsWords() throws {
        let manager = try FakeManager("error")
        let error = #expect(throws: HostError.self) {
            try DelegatedScope(of: 7).start(on: .other(manager.address), limit: Self.patience)
        }
        #expect(error?.message.contains("StartTransientUnit") == true)
        #expect(error?.message.contains("UnitExists: Unit barchan-7.scope was already loaded.") == true)
    }

    @Test func aJobThatFailsIsAnError() throws {
        let manager = try FakeManager("failed")
        let error = #expect(throws: HostError.self) {
            try DelegatedScope(of: 7).start(on: .other(manager.address), limit: Self.patience)
        }
        #expect(error?.message == "start barchan-7.scope: systemd says 'failed'")
    }

    @Test func aBusWithoutSystemdIsAnError() throws {
        let manager = try FakeManager("absent")
        for attempt in [
            { try DelegatedScope(of: 7).start(on: .other(manager.address), limit: Self.patience) },
            { try DelegatedScope.probe(on: .other(manager.address), limit: Self.patience) },
        ] {
            let error = #expect(throws: HostError.self, performing: attempt)
            #expect(error?.message.contains("org.freedesktop.DBus.Error.ServiceUnknown") == true)
        }
    }

    /// However slow this machine is, the limit comes first: nothing else ever does.
    @Test(arguments: ["silent", "endless"]) func nobodyIsWaitedForForever(way: String) throws {
        let manager = try FakeManager(way)
        let error = #expect(throws: HostError.self) {
            try DelegatedScope(of: 7).start(on: .other(manager.address), limit: .seconds(1))
        }
        #expect(error?.message.contains("timed out") == true, "\(String(describing: error))")
    }

    @Test func aBusThatIsNotThereIsAnError() {
        let error = #expect(throws: HostError.self) {
            try DelegatedScope.probe(on: .other("unix:path=/nonexistent/bus"), limit: Self.patience)
        }
        #expect(error?.message == "connect to the bus of systemd: No such file or directory")
    }

    @Test func aManagerThatIsThereAnswers() throws {
        let manager = try FakeManager("done")
        try DelegatedScope.probe(on: .other(manager.address), limit: Self.patience)
    }
}
