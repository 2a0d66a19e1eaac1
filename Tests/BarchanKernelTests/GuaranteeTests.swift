import Barchan
import BarchanKernel
import Testing

/// What a person learns of what an isolation back end does not keep.
@Suite struct GuaranteeTests {
    @Test("what the back end does not guarantee is marked among a grain's limits")
    func limits() async throws {
        let app = InstalledPackage.example().app
        let grains = ScriptedGrains(guarantees: [.privateFileSystem, .processLimit])
        let test = try await TestHost(grains: grains) { $0.limits.apps[app] = [.processorWeight: 200] }
        let grain = try await test.makeGrain()
        func marked() async throws -> Set<GrainLimit> {
            Set(try await test.host.operatorLimits(of: grain).filter { !$0.isGuaranteed }.map(\.limit))
        }
        #expect(try await marked() == [.memoryMiB, .processorWeight])
        // What asks for nothing cannot be broken.
        try await test.host.operatorSetLimits(of: grain, [.memoryMiB: 0, .processorWeight: 100, .ioWeight: 50])
        #expect(try await marked() == [.ioWeight])
        let shown = try await test.host.limits(for: test.person)
        #expect(shown.first { $0.name == "memoryMiB" }?.value == "1024 (the isolation back end does not guarantee it)")
        #expect(shown.first { $0.name == "processes" }?.value == "512")
    }

    @Test("an app behind the HTTP bridge is refused where it has no loopback, before anything is made")
    func loopback() async throws {
        let test = try await TestHost(grains: ScriptedGrains(guarantees: [.unixSocketsOnly]))
        var bridged = InstalledPackage.example(title: "Bridged")
        bridged.manifest.actions[0].command = Command(arguments: ["/sandstorm-http-bridge", "8000", "--", "/server"])
        test.storage.add(bridged)
        let message = await expectError(.failed) {
            _ = try await test.host.grains.create(package: bridged.identifier, action: 0, title: nil, by: test.person)
        }
        #expect(
            message
                == "make a grain: app 'Bridged' runs behind the HTTP bridge, which needs a loopback, and its isolation back end on this host gives it none. Whoever runs the host can give the app another one: isolation = NAME in [apps.\(bridged.app)]"
        )
        #expect(try await test.host.grains.list(for: test.person).grains.isEmpty && test.grains.apps.isEmpty)
    }

    @Test("a grain that was made with another back end says why it does not start")
    func changedBackEnd() async throws {
        var bridged = InstalledPackage.example(title: "Bridged")
        bridged.manifest.continueCommand = Command(arguments: ["/sandstorm-http-bridge", "8000", "--", "/server"])
        let storage = MemoryStorage()
        storage.add(bridged)
        let test = try await TestHost(storage: storage)
        let grain = try await test.host.grains.create(
            package: bridged.identifier, action: 0, title: nil, by: test.person
        ).identifier
        let first = try await test.host.sessions.open(grain, by: test.person)
        _ = try await first.send(TestHost.get(), from: TestHost.client)
        await test.host.stop()
        let later = try await TestHost(storage: storage, grains: ScriptedGrains(guarantees: [.unixSocketsOnly]))
        let session = try await later.host.sessions.open(grain, by: later.person)
        let message = await expectError(.failed) {
            _ = try await session.send(TestHost.get(), from: TestHost.client)
        }
        #expect(message.contains("start grain '\(grain)': app 'Bridged' runs behind the HTTP bridge"), "\(message)")
        #expect(later.grains.apps.isEmpty)
        // An app that speaks with its host itself needs no loopback.
        _ = try await later.makeGrain()
        #expect(later.grains.apps.count == 1)
    }
}
