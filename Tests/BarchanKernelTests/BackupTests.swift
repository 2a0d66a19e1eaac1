import Barchan
import Foundation
import Synchronization
import Testing

@testable import BarchanKernel

/// Grains as files: what is still meanwhile, and what a restored grain is.
@Suite struct BackupTests {
    private func opened(_ test: TestHost) async throws -> GrainID {
        let grain = try await test.makeGrain(title: "Notes")
        let session = try await test.host.sessions.open(grain, by: test.person)
        #expect(try await session.send(TestHost.get(), from: TestHost.client).text == "hello")
        return grain
    }

    private func backUp(_ test: TestHost, _ grain: GrainID) async throws -> [UInt8] {
        try await test.host.backups.backUp(grain, by: test.person).bytes.readAll(maximumBytes: 1 << 20)
    }

    @Test func aRunningGrainIsFrozenForTheCopyAndGoesOn() async throws {
        let test = try await TestHost()
        test.grains.allowFreezing()
        let grain = try await opened(test), app = await test.grains.app(1)
        let seen = Mutex<Bool?>(nil)
        test.storage.whileSnapshot.withLock { $0 = { seen.withLock { $0 = app.freezing.withLock { $0.isFrozen } } } }
        _ = try await backUp(test, grain)
        #expect(seen.withLock { $0 } == true)
        #expect(app.freezing.withLock { $0 } == (1, false))
        #expect(try await test.state(of: grain) == .running)
        #expect(test.grains.apps.count == 1)
    }

    @Test func aGrainThatCannotBeFrozenIsStoppedForTheCopy() async throws {
        let test = try await TestHost(), grain = try await opened(test), app = await test.grains.app(1)
        let seen = Mutex<Bool?>(nil)
        test.storage.whileSnapshot.withLock { $0 = { seen.withLock { $0 = app.exit.isSet } } }
        _ = try await backUp(test, grain)
        #expect(seen.withLock { $0 } == true)
        #expect(try await test.state(of: grain) == .stopped)
    }

    @Test(.timeLimit(.minutes(10))) func whoNeedsTheGrainMeanwhileWaitsAndOthersDoNot() async throws {
        let test = try await TestHost()
        test.grains.allowFreezing()
        let grain = try await opened(test), other = try await opened(test)
        let session = try await test.host.sessions.open(grain, by: test.person)
        let begun = Later<Bool>(), goOn = Later<Bool>()
        test.storage.whileSnapshot.withLock {
            $0 = {
                begun.set(true)
                _ = await goOn.get()
            }
        }
        async let backup = backUp(test, grain)
        _ = await begun.get()
        // A frozen app that is asked fails the test.
        async let answer = session.send(TestHost.get(), from: TestHost.client)
        let neighbour = try await test.host.sessions.open(other, by: test.person)
        #expect(try await neighbour.send(TestHost.get(), from: TestHost.client).text == "hello")
        goOn.set(true)
        #expect(try await answer.text == "hello")
        _ = try await backup
    }

    @Test func aFrozenGrainStaysFrozen() async throws {
        let test = try await TestHost()
        test.grains.allowFreezing()
        let grain = try await test.makeGrain(), app = await test.grains.app(1)
        await test.clock.pass(.seconds(60))
        await test.clock.whenSomebodySleeps(for: .seconds(300))
        _ = try await backUp(test, grain)
        #expect(app.freezing.withLock { $0 } == (1, true))
        await test.clock.whenSomebodySleeps(for: .seconds(300))
        await test.clock.pass(.seconds(300))
        #expect(await app.waitForExit() == .signaled(signal: 9))
    }

    @Test func whenTheCopyFailsTheGrainGoesOn() async throws {
        let test = try await TestHost()
        test.grains.allowFreezing()
        let grain = try await opened(test)
        test.storage.whileSnapshot.withLock {
            $0 = { () throws(HostError) in throw HostError(.resourceExhausted, "full") }
        }
        // More often than backups may be under way at once.
        for _ in 0..<6 { await expectError(.resourceExhausted) { _ = try await backUp(test, grain) } }
        #expect(try await test.state(of: grain) == .running)
        test.storage.whileSnapshot.withLock { $0 = {} }
        _ = try await backUp(test, grain)
    }

    /// Who reads slowly holds copies on the disk, and delays nobody else.
    @Test func noMoreThanSomeAreUnderWay() async throws {
        let test = try await TestHost(), grain = try await test.makeGrain()
        func backUp() async throws -> GrainBackup { try await test.host.backups.backUp(grain, by: test.person) }
        var backups = [try await backUp(), try await backUp()]
        await expectError(.resourceExhausted) { _ = try await backUp() }
        for name in ["anna", "ben", "carl"] {
            let person = try await test.makePerson(name)
            let own = try await test.host.grains.create(
                package: test.package.identifier, action: 0, title: nil, by: person)
            for _ in 0..<2 { backups.append(try await test.host.backups.backUp(own.identifier, by: person)) }
        }
        let late = try await test.makePerson("dora")
        let own = try await test.host.grains.create(
            package: test.package.identifier, action: 0, title: nil, by: late)
        await expectError(.resourceExhausted) { _ = try await test.host.backups.backUp(own.identifier, by: late) }
        // Neither waits for people: what the host and what an operator makes.
        let record = try #require(try await test.host.records.grain(grain))
        for actor in [AuditActor.host, .commandLine] {
            backups.append(try await test.host.backupBook.backUp(record, by: actor))
        }
        backups.removeFirst().bytes.cancel()
        backups.append(try await test.host.backups.backUp(own.identifier, by: late))
        await expectError(.resourceExhausted) { _ = try await backUp() }
    }

    @Test func aRestoredGrainIsItsOwnersAndKnowsPeopleAsBefore() async throws {
        let test = try await TestHost(), grain = try await opened(test)
        let bytes = try await backUp(test, grain)
        let copy = try await test.host.backups.restore(BufferedBytes(bytes), by: test.person)
        #expect(copy.title == "Notes" && copy.identifier != grain && copy.package == test.package.identifier)
        let records = test.host.records.store
        let before = try await records.read(.identity(of: test.person, in: grain))?.value
        #expect(before != nil)
        #expect(try await records.read(.identity(of: test.person, in: copy.identifier))?.value == before)
        // Its app made its data long ago.
        let session = try await test.host.sessions.open(copy.identifier, by: test.person)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        #expect(test.grains.apps.last?.specification.command == test.package.manifest.continueCommand)
        #expect(!test.storage.recordKeys.contains { $0.contains("restoring") })
    }

    @Test(arguments: [
        (" No\u{202e}tes\t", "No tes"), ("\u{2066}", "Wiki"), (String(repeating: "x", count: 201), nil),
        (String(repeating: "e" + String(repeating: "\u{301}", count: 4_000), count: 2), nil),
    ])
    func theTitleOfABackupIsOneShortLine(_ title: String, _ wanted: String?) async throws {
        let test = try await TestHost(), grain = try await opened(test)
        var lines = String(decoding: try await backUp(test, grain), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        lines[2] = title
        let copy = try await test.host.backups.restore(
            BufferedBytes(Array(lines.joined(separator: "\n").utf8)), by: test.person)
        #expect(copy.title == wanted ?? copy.title)
        // As whoever sees it may have given it.
        try await test.host.grains.rename(copy.identifier, to: copy.title, by: test.person)
    }

    @Test func aBackupNeedsItsAppInItsVersionOrALaterOne() async throws {
        let test = try await TestHost(), grain = try await opened(test)
        let text = String(decoding: try await backUp(test, grain), as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        func changed(_ index: Int, _ value: String) -> BufferedBytes {
            var lines = lines.map(String.init)
            lines[index] = value
            return BufferedBytes(Array(lines.joined(separator: "\n").utf8))
        }
        let count = try await test.storage.grains().count
        let missing = await expectError(.notFound) {
            _ = try await test.host.backups.restore(changed(0, String(repeating: "z", count: 52)), by: test.person)
        }
        #expect(missing.contains("is not installed"))
        let newer = await expectError(.notFound) {
            _ = try await test.host.backups.restore(changed(1, "2"), by: test.person)
        }
        #expect(newer.contains("version 2"))
        await expectError(.invalidArgument) {
            _ = try await test.host.backups.restore(BufferedBytes([1]), by: test.person)
        }
        #expect(try await test.storage.grains().count == count)
        #expect(!test.storage.recordKeys.contains { $0.contains("restoring") })
        _ = try await test.host.backups.restore(changed(1, "0"), by: test.person)
    }

    @Test func noBackupBecomesAGrainOfAnUninstalledApp() async throws {
        let test = try await TestHost(), grain = try await opened(test), backup = try await backUp(test, grain)
        try await test.host.apps.uninstall(test.package.app, by: test.person)
        let message = await expectError(.notFound) {
            _ = try await test.host.backups.restore(BufferedBytes(backup), by: test.person)
        }
        #expect(message.contains("was uninstalled"))
        _ = try await test.host.apps.install(BufferedBytes(Array("Wiki/2".utf8)), by: test.person) { _ in }
        _ = try await test.host.backups.restore(BufferedBytes(backup), by: test.person)
    }

    /// The host has version 1 in use, and the backup is of version 3.
    @Test func aBackupOfAVersionThatWaitsBecomesAGrainOfThat() async throws {
        let test = try await TestHost(), grain = try await opened(test)
        var lines = String(decoding: try await backUp(test, grain), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        lines[1] = "3"
        let backup = Array(lines.joined(separator: "\n").utf8)
        let older = try await test.host.apps.install(BufferedBytes(Array("Wiki/2".utf8)), by: test.person) { _ in }
        await expectError(.notFound) {
            _ = try await test.host.backups.restore(BufferedBytes(backup), by: test.person)
        }
        let wanted = try await test.host.apps.install(BufferedBytes(Array("Wiki/3".utf8)), by: test.person) { _ in }
        let restored = try await test.host.backups.restore(BufferedBytes(backup), by: test.person)
        #expect(restored.package == wanted.identifier && restored.package != older.identifier)
        // One in use that will do comes first.
        _ = try await test.host.upgrades.accept(wanted.identifier, force: false, by: test.person)
        lines[1] = "1"
        let old = try await test.host.backups.restore(
            BufferedBytes(Array(lines.joined(separator: "\n").utf8)), by: test.person)
        #expect(old.package == wanted.identifier)
    }

    @Test func aRestoreMayTakeWhatAGrainOfItsAppMayAndNoMoreThanTheDiskHas() async throws {
        let app = InstalledPackage.example(title: "Wiki").app
        let test = try await TestHost { $0.limits.apps[app] = [.volumeMiB: 7] }
        let bytes = try await backUp(test, try await opened(test))
        test.storage.disk.withLock { $0 = DiskRoom(freeBytes: 9 << 30, totalBytes: 100 << 30) }
        _ = try await test.host.backups.restore(BufferedBytes(bytes), by: test.person)
        let limits = test.storage.restoreLimits.withLock { $0 }
        // A disk of 100 GiB keeps the gigabyte that diskReserveMiB says.
        #expect(limits.volume == 7 << 20 && limits.disk == 8 << 30)
    }

    @Test func whatACrashLeftOfARestoreIsRemoved() async throws {
        let storage = MemoryStorage(), grain = GrainID.random()
        _ = try await storage.create(for: grain, owner: FileOwner(user: 1, group: 1))
        _ = try await storage.commit(
            RecordBatch(writes: [.put(RecordKey("restoring/\(grain)"), RecordFields().encoded)]))
        let test = try await TestHost(storage: storage)
        #expect(try await test.storage.grains().isEmpty)
        #expect(!test.storage.recordKeys.contains { $0.contains("restoring") })
    }

    @Test func whatACrashLeftOfABackupFileIsRemovedUnlessSomebodyWritesIt() async throws {
        let storage = MemoryStorage(), folder = "/tmp/barchan-backup-\(GrainID.random())"
        try #require(mkdir(folder, 0o700) == 0)
        defer { _ = try? FileManager.default.removeItem(atPath: folder) }
        var writing: CInt = -1
        for name in ["left", "written"] {
            var fields = RecordFields()
            fields["path"] = "\(folder)/\(name).zip"
            _ = try await storage.commit(RecordBatch(writes: [.put(.newBackupMark(), fields.encoded)]))
            writing = open("\(folder)/\(name).zip.partial", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            if name == "left" { close(writing) }
        }
        defer { close(writing) }
        try #require(flock(writing, LOCK_EX | LOCK_NB) == 0)
        let test = try await TestHost(storage: storage)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["written.zip.partial"])
        #expect(!test.storage.recordKeys.contains { $0.contains("writing-backup") })
    }

    /// What is in a folder when each piece of a file there is about to be written.
    private final class WatchingBytes: ByteReader {
        let folder: String
        private let left = Mutex(2)
        let seen = Mutex<[[String]]>([])
        init(_ folder: String) { self.folder = folder }

        func next() async throws(HostError) -> [UInt8]? {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? ["?"]
            seen.withLock { $0.append(names) }
            return left.withLock { left in
                left -= 1
                return left < 0 ? nil : [1, 2, 3]
            }
        }

        func cancel() {}
    }

    /// A host that is killed meanwhile leaves what has a name.
    @Test(arguments: [false, true]) func aBackupFileHasItsNameOnceItIsWhole(_ isNamed: Bool) async throws {
        let folder = "/tmp/barchan-backup-\(GrainID.random())"
        try #require(mkdir(folder, 0o700) == 0)
        defer { _ = try? FileManager.default.removeItem(atPath: folder) }
        // File systems that know files without names are most of them (open(2), O_TMPFILE is 0o20200000).
        let unnamed = open(folder, 0o20_200_000 | O_RDWR | O_CLOEXEC, 0o600)
        if unnamed >= 0 { close(unnamed) }
        let expected = isNamed || unnamed < 0 ? ["a.zip.partial"] : []
        for attempt in 1...2 {
            let bytes = WatchingBytes(folder)
            let write = {
                try await BackupFile.write(bytes, to: "\(folder)/a.zip", isNamed: isNamed) { path throws(HostError) in
                    let content = try await FileBytes(path).readAll(maximumBytes: 100)
                    guard content == [1, 2, 3, 1, 2, 3] else { throw HostError(.corrupt, "\(content)") }
                }
            }
            if attempt == 1 {
                #expect(try await write() == 6)
                #expect(bytes.seen.withLock { $0 } == [expected, expected, expected])
            } else {
                await expectError(.alreadyExists) { _ = try await write() }
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.zip"])
        }
        // One that comes first to its end has the name, and nothing is left of the other.
        let late = WatchingBytes(folder)
        await expectError(.alreadyExists) {
            _ = try await BackupFile.write(late, to: "\(folder)/b.zip", isNamed: isNamed) { _ in
                close(creat("\(folder)/b.zip", 0o600))
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["a.zip", "b.zip"])
    }

    @Test func aBackupFileIsRememberedOnlyWhileItIsWritten() async throws {
        let test = try await TestHost(), grain = try await opened(test), path = "/tmp/barchan-\(GrainID.random()).zip"
        defer { unlink(path) }
        #expect(try await test.host.operatorBackUp(grain, to: path) > 0)
        await expectError(.alreadyExists) { _ = try await test.host.operatorBackUp(grain, to: path) }
        #expect(!test.storage.recordKeys.contains { $0.contains("writing-backup") })
    }

    @Test func somebodyElsesGrainIsNotThere() async throws {
        let test = try await TestHost(), grain = try await test.makeGrain()
        await expectError(.notFound) { _ = try await test.host.backups.backUp(grain, by: .random()) }
    }
}
