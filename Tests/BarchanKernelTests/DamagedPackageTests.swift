import Barchan
import BarchanKernel
import Testing

/// A package that cannot be read costs its own grains something, and nobody else.
@Suite(.timeLimit(.minutes(10))) struct DamagedPackageTests {
    @Test func listsGoOnAndSayWhichGrainsAreConcerned() async throws {
        let test = try await TestHost(), grain = try await test.makeGrain()
        try await test.host.grains.stop(grain, by: test.person)
        let other = InstalledPackage.example(title: "Notes")
        test.storage.add(other)
        let healthy = try await test.host.grains.create(
            package: other.identifier, action: 0, title: nil, by: test.person)
        test.storage.damage(test.package.identifier)
        let expected = [grain: "its package is damaged", healthy.identifier: nil]
        func problems(_ grains: [GrainSummary]) -> [GrainID: String?] {
            Dictionary(uniqueKeysWithValues: grains.map { ($0.identifier, $0.packageProblem) })
        }
        #expect(try await problems(test.host.grains.list(for: test.person).grains) == expected)
        #expect(try await problems(test.host.allGrains().map(\.summary)) == expected)
        #expect(try await problems(test.host.usage(for: test.person).map(\.grain)) == expected)
        #expect(try await test.host.apps.apps(for: test.person).map(\.identifier) == [other.identifier])
        // The grain itself says what is the matter, and can be backed up.
        let session = try await test.host.sessions.open(grain, by: test.person)
        await expectError(.corrupt) { _ = try await session.send(TestHost.get(), from: TestHost.client) }
        _ = try await test.host.backups.backUp(grain, by: test.person).bytes.readAll(maximumBytes: 1 << 20)
    }

    @Test func aGrainWhoseVersionLacksItsActionSaysSo() async throws {
        let test = try await TestHost(), grain = try await test.makeGrain()
        try await test.host.grains.stop(grain, by: test.person)
        var package = test.package
        package.manifest.actions = []
        test.storage.add(package)
        let session = try await test.host.sessions.open(grain, by: test.person)
        let message = await expectError(.failed) { _ = try await session.send(TestHost.get(), from: TestHost.client) }
        #expect(message.contains("has no action 0"))
    }

    @Test func aGrainCanBeMovedAwayFromADamagedPackage() async throws {
        let test = try await TestHost(), grain = try await test.makeGrain()
        try await test.host.grains.stop(grain, by: test.person)
        let second = try await test.host.apps.install(BufferedBytes(Array("Wiki/2".utf8)), by: test.person) { _ in }
        test.storage.damage(test.package.identifier)
        #expect(try await test.host.upgrades.accept(second.identifier, force: false, by: test.person) == 1)
        #expect(try await test.host.grains.grain(grain, for: test.person).packageProblem == nil)
    }
}
