import Barchan
import Testing

/// Whether `barchan doctor --records` sees each way in which records, volumes and packages can disagree.
@Suite struct RecordInspectionTests {
    private func inspect(
        _ test: TestHost, repair: Bool = false, owner: FileOwner = FileOwner(user: 1, group: 2)
    ) async throws -> [RecordInspection.Finding] {
        try await RecordInspection(storage: test.storage, owner: owner).run(repair: repair)
    }

    /// A host with a grain that was used and moved, all of it in order.
    private func usedHost() async throws -> (TestHost, GrainID) {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let session = try await test.host.sessions.open(grain, by: test.person)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        await session.close()
        let second = try await test.host.apps.install(BufferedBytes(Array("Wiki/2".utf8)), by: test.person) { _ in }
        _ = try await test.host.upgrades.accept(second.identifier, force: false, by: test.person)
        await test.host.stop()
        return (test, grain)
    }

    private func write(_ test: TestHost, _ writes: RecordBatch.Write...) async throws {
        _ = try await test.storage.commit(RecordBatch(writes: writes))
    }

    @Test func aHostInUseHasNothingToReport() async throws {
        let (test, _) = try await usedHost()
        #expect(try await inspect(test).map(\.problem).isEmpty)
    }

    @Test func whatIsSafeIsRepairedAndThenGone() async throws {
        let (test, grain) = try await usedHost()
        let other = GrainID.random(), app = test.package.app
        try await write(
            test, .delete(RecordKey("owned/\(test.person)/\(grain)")), .delete(RecordKey("app-use/\(app)/\(grain)")),
            .put(RecordKey("owned/\(test.person)/\(other)"), RecordFields().encoded),
            .put(RecordKey("app-use/\(app)/\(other)"), RecordFields().encoded),
            .put(RecordKey("identity/\(other)/\(test.person)"), [1]),
            .put(RecordKey("token/\(other)/x"), RecordFields().encoded),
            .put(RecordKey("app/\(InstalledPackage.example(title: "Gone").app)"), RecordFields().encoded))
        let found = try await inspect(test)
        #expect(found.count == 7, "\(found)")
        #expect(found.allSatisfy { $0.isRepairable && !$0.isRepaired })
        #expect(try await inspect(test, repair: true).allSatisfy(\.isRepaired))
        #expect(try await inspect(test).isEmpty)
        #expect(try await test.storage.read(RecordKey("owned/\(test.person)/\(grain)")) != nil)
    }

    @Test func anAppWhoseVersionIsGoneTakesTheNewest() async throws {
        let (test, grain) = try await usedHost()
        try await test.storage.uninstall(test.package.identifier)
        // That a grain was moved from it is no mistake: it is kept for a while only.
        #expect(try await inspect(test).isEmpty)
        // The app's record names a package that is not there.
        var fields = RecordFields()
        fields["package"] = test.package.identifier.text
        try await write(test, .put(RecordKey("app/\(test.package.app)"), fields.encoded))
        #expect(try await inspect(test, repair: true).map(\.isRepaired) == [true])
        let after = try await TestHost(storage: test.storage)
        #expect(try await after.host.grains.grain(grain, for: after.person).version == "2.0")
    }

    @Test func whatCouldLoseSomethingIsReportedAndLeftAlone() async throws {
        let (test, grain) = try await usedHost()
        let orphan = GrainID.random()
        _ = try await test.storage.create(for: orphan, owner: FileOwner(user: 1, group: 1)) as any Volume
        try await test.storage.remove(for: grain)
        let package = try await test.host.grains.grain(grain, for: test.person).package
        try await test.storage.uninstall(package)
        try await write(test, .delete(RecordKey("app/\(test.package.app)")))
        for repair in [true, false] {
            let found = try await inspect(test, repair: repair).filter { !$0.isRepairable }
            #expect(
                found.map(\.subject) == ["grain/\(grain)", "grain/\(grain)", "volume \(orphan)"], "\(found)")
            #expect(found.contains { $0.problem.contains("no volume") })
            #expect(found.contains { $0.problem.contains("is not installed") })
        }
        #expect(try await test.storage.volume(for: orphan) != nil)
    }

    @Test func aPackageThatIsThereAndCannotBeReadIsReportedAndCostsNoDecision() async throws {
        let (test, grain) = try await usedHost()
        let used = try await test.host.grains.grain(grain, for: test.person).package
        let decision = RecordKey("app/\(test.package.app)")
        let before = try await test.storage.read(decision)
        #expect(before != nil)
        // With the other version, and without any that can be read.
        for package in [used, test.package.identifier] {
            test.storage.damage(package)
            let found = try await inspect(test, repair: true)
            #expect(found.allSatisfy { $0.subject.hasPrefix("package ") && !$0.isRepairable }, "\(found)")
            #expect(found.contains { $0.subject == "package \(package)" })
            #expect(try await test.storage.read(decision)?.value == before?.value)
        }
    }

    @Test func dataOfAnotherUserIsReported() async throws {
        let (test, grain) = try await usedHost()
        let found = try await inspect(test, repair: true, owner: FileOwner(user: 7, group: 8))
        #expect(found.map(\.subject) == ["grain/\(grain)"])
        #expect(found.first?.remedy == "chown -R 7:8 '/volumes/\(grain)'" && found.first?.isRepaired == false)
    }

    @Test func aRecordThatCannotBeReadIsReported() async throws {
        let (test, grain) = try await usedHost()
        try await write(test, .put(RecordKey("grain/\(grain)"), Array("9\n".utf8)))
        let found = try await inspect(test, repair: true)
        #expect(found.map(\.subject) == ["grain/\(grain)"] && found.first?.isRepaired == false)
        // The record may come back, and what belongs to it is there then.
        #expect(try await test.storage.read(RecordKey("identity/\(grain)/\(test.person)")) != nil)
        #expect(try await test.storage.read(RecordKey("owned/\(test.person)/\(grain)")) != nil)
    }
}
