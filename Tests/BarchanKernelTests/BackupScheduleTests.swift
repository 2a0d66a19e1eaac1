import Barchan
import Glibc
import Testing

@testable import BarchanKernel

/// The backups that the host makes by itself.
@Suite(.timeLimit(.minutes(10))) struct BackupScheduleTests {
    private final class Folder {
        let path: String
        init() throws {
            var template = Array("/tmp/barchan-backups-XXXXXX\0".utf8CString)
            path = String(cString: try #require(mkdtemp(&template)))
        }
        deinit { system("rm -rf '\(path)'") }
    }

    private func names(_ folder: String) throws -> [String] {
        let stream = try #require(opendir(folder))
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            names.append(String(decoding: bytes, as: UTF8.self))
        }
        return names.filter { !$0.hasPrefix(".") }.sorted()
    }

    private func host(_ folder: Folder, keep: Int = 3) async throws -> (TestHost, BackupSchedule) {
        let test = try await TestHost {
            $0.backups.directory = "\(folder.path)/a/b"
            $0.backups.interval = .seconds(3600)
            $0.backups.keep = keep
        }
        return (test, try #require(test.host.backupSchedule))
    }

    /// Afterwards the grain runs.
    private func use(_ grain: GrainID, of test: TestHost) async throws {
        let session = try await test.host.sessions.open(grain, by: test.person)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
    }

    @Test func aGrainIsBackedUpWhenItIsDueAndWasUsed() async throws {
        let folder = try Folder(), (test, schedule) = try await host(folder)
        let grain = try await test.makeGrain(), place = "\(folder.path)/a/b/\(grain)"
        await schedule.backUpWhatIsDue()
        #expect(try names(place) == [BackupSchedule.name(of: test.clock.wallSeconds())])
        await schedule.backUpWhatIsDue()
        test.clock.advance(by: .seconds(3599))
        await schedule.backUpWhatIsDue()
        #expect(try names(place).count == 1, "it is not due yet")
        // By now nobody has used it since.
        try await test.host.grains.stop(grain, by: test.person)
        test.clock.advance(by: .seconds(1))
        await schedule.backUpWhatIsDue()
        let count = try names(place).count
        test.clock.advance(by: .seconds(3600))
        await schedule.backUpWhatIsDue()
        #expect(try names(place).count == count, "nothing is new")
        try await use(grain, of: test)
        await schedule.backUpWhatIsDue()
        #expect(try names(place).count == count + 1)
    }

    @Test func theNewestAreKeptAndNothingElseIsTouched() async throws {
        let folder = try Folder(), (test, schedule) = try await host(folder)
        let grain = try await test.makeGrain(), place = "\(folder.path)/a/b/\(grain)"
        var made: [String] = []
        for round in 0..<6 {
            try await use(grain, of: test)
            await schedule.backUpWhatIsDue()
            made.append(BackupSchedule.name(of: test.clock.wallSeconds()))
            if round == 0 {
                for name in ["notes.txt", "1999.zip", "x.zip.partial"] { close(creat("\(place)/\(name)", 0o600)) }
            }
            test.clock.advance(by: .seconds(3600))
        }
        #expect(try names(place) == (made.suffix(3) + ["notes.txt", "1999.zip"]).sorted())
    }

    @Test func oneThatCannotBeReadIsNotKeptAndTheOldOnesStay() async throws {
        let folder = try Folder(), (test, schedule) = try await host(folder, keep: 1)
        let grain = try await test.makeGrain(), other = try await test.makeGrain()
        await schedule.backUpWhatIsDue()
        let before = try names("\(folder.path)/a/b/\(grain)")
        test.clock.advance(by: .seconds(3600))
        for grain in [grain, other] { try await use(grain, of: test) }
        test.storage.whileSnapshot.withLock {
            $0 = { () throws(HostError) in throw HostError(.resourceExhausted, "full") }
        }
        await schedule.backUpWhatIsDue()
        #expect(try names("\(folder.path)/a/b/\(grain)") == before)
        test.storage.whileSnapshot.withLock { $0 = {} }
        await schedule.backUpWhatIsDue()
        #expect(try names("\(folder.path)/a/b/\(grain)") != before)
        #expect(try names("\(folder.path)/a/b/\(other)").count == 1)
    }

    @Test func failuresAndTheLastOneAreCounted() async throws {
        let folder = try Folder(), (test, schedule) = try await host(folder)
        func value(_ name: String) async throws -> Double? {
            try await test.host.figures().first { $0.name == "barchan_backup_\(name)" }?.samples.first?.value
        }
        let grain = try await test.makeGrain()
        #expect(try await value("failures_total") == 0)
        #expect(try await value("last_success_timestamp_seconds") == 0)
        await schedule.backUpWhatIsDue()
        let made = Double(test.clock.wallSeconds())
        #expect(try await value("last_success_timestamp_seconds") == made)
        test.clock.advance(by: .seconds(3600))
        try await use(grain, of: test)
        test.storage.whileSnapshot.withLock {
            $0 = { () throws(HostError) in throw HostError(.resourceExhausted, "full") }
        }
        for failures in 1...2 {
            await schedule.backUpWhatIsDue()
            #expect(try await value("failures_total") == Double(failures))
        }
        #expect(try await value("last_success_timestamp_seconds") == made)
        // A host that is started again finds it.
        let next = try await TestHost(storage: test.storage) { $0.backups.directory = "\(folder.path)/a/b" }
        await next.host.backupSchedule?.backUpWhatIsDue()
        let figures = try await next.host.figures()
        #expect(figures.first { $0.name.hasSuffix("last_success_timestamp_seconds") }?.samples.first?.value == made)
        let without = try await TestHost()
        #expect(try await !without.host.figures().contains { $0.name.hasPrefix("barchan_backup") })
    }

    @Test func thoseOfARemovedGrainStayForAWhile() async throws {
        let folder = try Folder(), (test, schedule) = try await host(folder)
        let grain = try await test.makeGrain(), other = try await test.makeGrain()
        await schedule.backUpWhatIsDue()
        let place = "\(folder.path)/a/b/\(grain)", backup = try names(place)
        close(creat("\(folder.path)/a/b/notes.txt", 0o600))
        // However old they are: the time runs from the removal.
        test.clock.advance(by: .seconds(400 * 86_400))
        try await test.host.grains.remove(grain, by: test.person)
        await schedule.backUpWhatIsDue()
        #expect(try names(place) == backup + ["removed"])
        test.clock.advance(by: .seconds(30 * 86_400 - 1))
        await schedule.backUpWhatIsDue()
        #expect(try names(place) == backup + ["removed"])
        test.clock.advance(by: .seconds(1))
        await schedule.backUpWhatIsDue()
        #expect(try names("\(folder.path)/a/b") == [other.text, "notes.txt"].sorted())
    }

    @Test func aGrainThatIsThereAgainIsNotTakenForRemoved() async throws {
        let folder = try Folder(), (test, schedule) = try await host(folder)
        let grain = try await test.makeGrain(), place = "\(folder.path)/a/b/\(grain)"
        await schedule.backUpWhatIsDue()
        let count = try names(place).count
        let mark = try #require(fopen("\(place)/removed", "we"))
        fputs("1\n", mark)
        fclose(mark)
        await schedule.backUpWhatIsDue()
        #expect(try names(place).count == count && !names(place).contains("removed"))
    }

    @Test func thoseOfAGrainInTheTrashStay() async throws {
        let folder = try Folder(), (test, schedule) = try await host(folder)
        let grain = try await test.makeGrain(), place = "\(folder.path)/a/b/\(grain)"
        await schedule.backUpWhatIsDue()
        let backup = try names(place)
        try await test.host.trash.discard(grain, by: test.person)
        test.clock.advance(by: .seconds(10 * 86_400))
        await schedule.backUpWhatIsDue()
        #expect(try names(place) == backup, "none more, none less, and not taken for removed")
    }

    @Test func zeroDaysKeepsThemForEver() async throws {
        let folder = try Folder(),
            test = try await TestHost {
                $0.backups.directory = folder.path
                $0.backups.keepRemoved = .zero
            }
        let schedule = try #require(test.host.backupSchedule), grain = try await test.makeGrain()
        await schedule.backUpWhatIsDue()
        try await test.host.grains.remove(grain, by: test.person)
        for _ in 0..<2 {
            test.clock.advance(by: .seconds(10_000 * 86_400))
            await schedule.backUpWhatIsDue()
        }
        #expect(try names("\(folder.path)/\(grain)").count == 1)
    }

    @Test func namesAreTimes() {
        #expect(BackupSchedule.name(of: 1_795_831_200) == "2026-11-28T02-00-00Z.zip")
        #expect(BackupSchedule.seconds("2026-11-28T02-00-00Z.zip") == 1_795_831_200)
        for name in ["", "x.zip", "2026-11-28T02-00-00Z.zip.partial", "2026-11-28T02-00-00Z"] {
            #expect(BackupSchedule.seconds(name) == nil)
        }
    }
}
