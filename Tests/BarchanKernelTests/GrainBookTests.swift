import Barchan
import Testing

@Suite struct GrainBookTests {
    @Test func aGrainHasTheDefaultTitle() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let summary = try await test.host.grains.grain(grain, for: test.person)
        #expect(summary.title == "Untitled Wiki wiki")
        #expect(
            summary.appTitle == "Wiki" && summary.app == test.package.app && summary.package == test.package.identifier)
        #expect(summary.usedBytes == 4_096)
    }

    @Test func grainsAreListedLastUsedFirst() async throws {
        let test = try await TestHost()
        var grains: [GrainID] = []
        for _ in 0..<3 {
            grains.append(try await test.makeGrain())
            test.clock.advance(by: .seconds(1))
        }
        _ = try await test.host.sessions.open(grains[0], by: test.person)
        #expect(
            try await test.host.grains.grains(for: test.person).map(\.identifier) == [grains[0], grains[2], grains[1]])
    }

    @Test(arguments: [
        ("", "can be seen"), (" \n ", "can be seen"), ("\u{200b}\u{feff}", "can be seen"),
        (String(repeating: "x", count: 201), "at most 200 characters, and this one 201"),
        ("e" + String(repeating: "\u{301}", count: 1_600), "at most 3200 bytes, and this one 3201"),
        ("a\tb", "one line"), ("a\nb", "one line"), ("a\u{2028}b", "one line"), ("a\u{85}b", "one line"),
        ("a\u{202e}b", "U+202A"), ("a\u{2066}b", "U+202A"),
    ])
    func titlesHaveRules(_ title: String, _ words: String) async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let renaming = await expectError(.invalidArgument) {
            try await test.host.grains.rename(grain, to: title, by: test.person)
        }
        let making = await expectError(.invalidArgument) { _ = try await test.makeGrain(title: title) }
        #expect(renaming.contains(words) && making.contains(words))
    }

    @Test func anAppsOwnTextIsStripped() async throws {
        let test = try await TestHost()
        let package = InstalledPackage.example(title: "Wi\u{202e}ki\n")
        test.storage.add(package)
        let grain = try await test.host.grains.create(
            package: package.identifier, action: 0, title: nil, by: test.person)
        #expect(grain.title == "Untitled Wi ki  wiki")
    }

    @Test(arguments: [
        " Notes ", "a=b\\nc", "\u{5e9}\u{5dc}\u{5d5}\u{5dd}\u{200e} a", String(repeating: "ä", count: 200),
    ])
    func aTitleIsKeptAsItIs(_ title: String) async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        try await test.host.grains.rename(grain, to: title, by: test.person)
        #expect(
            try await test.host.grains.grain(grain, for: test.person).title == (title == " Notes " ? "Notes" : title))
    }

    @Test func nobodyElseMayKnowOfAGrain() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain(), stranger = AccountID.random()
        await expectError(.notFound) { _ = try await test.host.grains.grain(grain, for: stranger) }
        await expectError(.notFound) { _ = try await test.host.sessions.open(grain, by: stranger) }
        await expectError(.notFound) { try await test.host.grains.rename(grain, to: "x", by: stranger) }
        await expectError(.notFound) { try await test.host.grains.stop(grain, by: stranger) }
        await expectError(.notFound) { try await test.host.grains.remove(grain, by: stranger) }
        await expectError(.notFound) { _ = try await test.host.grains.log(of: grain, by: stranger, maximumBytes: 1) }
        #expect(try await test.host.grains.grains(for: stranger).isEmpty)
    }

    @Test func unknownPackagesAndActionsAreNotFound() async throws {
        let test = try await TestHost()
        let unknown = InstalledPackage.example(title: "Other").identifier
        await expectError(.notFound) {
            _ = try await test.host.grains.create(package: unknown, action: 0, title: nil, by: test.person)
        }
        for action in [-1, 1, Int.max] {
            await expectError(.notFound) {
                _ = try await test.host.grains.create(
                    package: test.package.identifier, action: action, title: nil, by: test.person)
            }
        }
        #expect(test.storage.recordKeys.filter { $0.hasPrefix("grain/") }.isEmpty)
    }

    @Test func removingAGrainLeavesNothing() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let session = try await test.host.sessions.open(grain, by: test.person)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        try await test.host.grains.remove(grain, by: test.person)
        #expect(await test.grains.app(1).waitForExit() == .signaled(signal: 9))
        #expect(try await test.storage.volume(for: grain) == nil)
        #expect(test.storage.recordKeys.filter { $0.contains(grain.text) }.isEmpty)
        await expectError(.notFound) { _ = try await session.send(TestHost.get(), from: TestHost.client) }
        await expectError(.notFound) { _ = try await test.host.sessions.open(grain, by: test.person) }
    }

    @Test func theLogIsThere() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        await test.grains.app(1).print("started\n")
        try await test.host.grains.stop(grain, by: test.person)
        let log = try await test.host.grains.log(of: grain, by: test.person, maximumBytes: 4)
        #expect(String(decoding: log, as: UTF8.self) == "ted\n")
    }

    @Test func aPersonHasALimitedNumberOfGrains() async throws {
        let test = try await TestHost { $0.limits.grainsPerAccount = 2 }
        let first = try await test.makeGrain()
        _ = try await test.makeGrain()
        await expectError(.resourceExhausted) { _ = try await test.makeGrain() }
        try await test.host.grains.remove(first, by: test.person)
        _ = try await test.makeGrain()
    }

    // MARK: Apps

    @Test func theNewestVersionOfEachAppIsOffered() async throws {
        let test = try await TestHost()
        test.storage.add(.example(title: "Wiki", version: 3))
        test.storage.add(.example(title: "Wiki", version: 2))
        test.storage.add(.example(title: "Chat"))
        let apps = try await test.host.apps.apps(for: test.person)
        #expect(apps.map { "\($0.manifest.title) \($0.manifest.version)" } == ["Chat 1", "Wiki 3"])
    }

    @Test func onlyAdministratorsInstallAndRemove() async throws {
        let test = try await TestHost()
        await expectError(.permissionDenied) {
            _ = try await test.host.apps.install(BufferedBytes([1]), by: .random()) { _ in }
        }
        await expectError(.permissionDenied) { try await test.host.apps.uninstall(test.package.app, by: .random()) }
        let ann = try await test.makePerson("ann")
        await expectError(.permissionDenied) { _ = try await test.host.apps.uninstalled(for: ann) }
        let installed = try await test.host.apps.install(BufferedBytes(Array("Chat".utf8)), by: test.person) { _ in }
        #expect(installed.manifest.title == "Chat")
    }

    @Test func theGrainsOfAnUninstalledAppGoOn() async throws {
        let test = try await TestHost(), app = test.package.app
        let grain = try await test.makeGrain(), discarded = try await test.makeGrain()
        try await test.host.trash.discard(discarded, by: test.person)
        try await test.host.apps.uninstall(app, by: test.person)
        #expect(try await test.host.apps.apps(for: test.person).isEmpty)
        await expectError(.notFound) { _ = try await test.makeGrain() }
        await expectError(.notFound) { try await test.host.apps.uninstall(app, by: test.person) }
        #expect(
            try await test.host.apps.uninstalled(for: test.person).map(\.text) == ["uninstalled; 2 grains use it still"]
        )
        #expect(try await test.host.packages(for: test.person).map(\.state) == [.uninstalled])
        let entry = try #require(try await test.host.operatorAudit(olderThan: nil, limit: 1).first)
        #expect(entry.act == "app.remove" && entry.detail == "Wiki; uninstalled; 2 grains use it still")
        try await test.host.grains.stop(grain, by: test.person)
        let session = try await test.host.sessions.open(grain, by: test.person)
        #expect(try await session.send(TestHost.get(), from: TestHost.client).text == "hello")
        try await test.host.grains.remove(grain, by: test.person)
        #expect(test.grains.released.isEmpty)
        // The package goes with the last grain, and what was said about the app.
        try await test.host.grains.remove(discarded, by: test.person)
        _ = await test.host.operatorCollect()
        #expect(test.grains.released == [test.package.tree])
        #expect(try await test.host.apps.uninstalled(for: test.person).isEmpty)
        #expect(!test.storage.recordKeys.contains { $0.hasPrefix("app/") })
        await expectError(.notFound) { try await test.host.apps.uninstall(app, by: test.person) }
    }

    @Test func anInstalledPackageTakesAnUninstalledAppBack() async throws {
        let test = try await TestHost()
        _ = try await test.makeGrain()
        #expect(try await test.host.operatorUninstall(test.package.app).grains == 1)
        let next = try await test.host.apps.install(BufferedBytes(Array("Wiki/2".utf8)), by: test.person) { _ in }
        #expect(try await test.host.apps.apps(for: test.person).map(\.identifier) == [next.identifier])
        #expect(try await test.host.apps.uninstalled(for: test.person).isEmpty)
        #expect(try await test.host.upgrades.upgrades(for: test.person).map(\.grains.count) == [1])
    }

    @Test func noGrainIsMadeWithoutThePackageOfAnAppThatIsUninstalled() async throws {
        for _ in 0..<50 {
            let test = try await TestHost()
            async let making: GrainID? = try? await test.makeGrain()
            async let removing: Void = test.host.apps.uninstall(test.package.app, by: test.person)
            let grain = await making
            try await removing
            _ = await test.host.operatorCollect()
            #expect((try await test.storage.package(test.package.identifier) != nil) == (grain != nil))
        }
    }
}
