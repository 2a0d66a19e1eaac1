import Barchan
import Testing

@testable import BarchanKernel

@Suite struct AuditTests {
    @Test func actsAreThereNewestFirstWithWhoDidThem() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        try await test.host.operatorStop(grain)
        _ = try await test.host.operatorLoginToken()
        try await test.host.grains.remove(grain, by: test.person)
        let entries = try await test.host.operatorAudit(olderThan: nil, limit: 10)
        #expect(entries.map(\.act) == ["grain.remove", "login.link", "grain.stop", "grain.create"])
        #expect(entries.map(\.actor) == ["administrator", "operator", "operator", "administrator"])
        #expect(entries[0].object == grain.text)
    }

    @Test func aPageFollowsTheOther() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        for _ in 0..<5 { try await test.host.operatorStop(grain) }
        let all = try await test.host.operatorAudit(olderThan: nil, limit: 100)
        let first = try await test.host.operatorAudit(olderThan: nil, limit: 2)
        let rest = try await test.host.operatorAudit(olderThan: first[1].identifier, limit: 100)
        #expect(first + rest == all)
        #expect(all.count == 6)
        #expect(try await test.host.operatorAudit(olderThan: "no such entry", limit: 0).isEmpty)
    }

    @Test func onlyAdministratorsSeeIt() async throws {
        let test = try await TestHost()
        let stranger = AccountID.random()
        await expectError(.permissionDenied) {
            _ = try await test.host.audit(olderThan: nil, limit: 1, for: stranger)
        }
        await expectError(.permissionDenied) { _ = try await test.host.recentLog(for: stranger) }
        await expectError(.permissionDenied) { _ = try await test.host.usage(for: stranger) }
        await expectError(.permissionDenied) { _ = try await test.host.limits(for: stranger) }
    }

    @Test func itDoesNotGrowForEver() async throws {
        let test = try await TestHost()
        let book = AuditBook(
            records: RecordBook(store: test.storage.records), clock: test.clock, log: .none, maximumEntries: 20)
        for number in 0..<600 { await book.note(.stopGrain, by: .host, on: "grain \(number)") }
        let entries = try await book.entries(olderThan: nil, limit: 1_000)
        // The oldest go now and then: never more than what is written between two counts stays over.
        #expect(entries.count >= 20 && entries.count <= 20 + 257)
        #expect(entries[0].object == "grain 599")
    }

    @Test func longTextsAreCut() async throws {
        let test = try await TestHost()
        await test.host.audit.note(.recordGrain, by: .host, on: "x", String(repeating: "ä", count: 10_000))
        let entry = try await test.host.operatorAudit(olderThan: nil, limit: 1)[0]
        #expect(entry.detail.utf8.count <= 1_003)
    }
}

@Suite struct FigureTests {
    @Test func startsCrashesAndStatesAreCounted() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let session = try await test.host.sessions.open(grain, by: test.person)
        func value(_ name: String, _ label: String? = nil, _ suffix: String = "") async throws -> Double? {
            let figure = try await test.host.operations.figures().first { $0.name == name }
            return figure?.samples.first { ($0.labels.first?.value == label || label == nil) && $0.suffix == suffix }?
                .value
        }
        #expect(try await value("barchan_grain_starts_total") == 1)
        #expect(try await value("barchan_grains", "running") == 1)
        #expect(try await value("barchan_sessions") == 1)
        #expect(try await value("barchan_grain_start_seconds", nil, "_count") == 1)
        #expect(try await value("barchan_grain_start_seconds", "+Inf", "_bucket") == 1)
        #expect(try await value("process_resident_memory_bytes") ?? 0 > 1_000_000)
        #expect(try await value("process_open_fds") ?? 0 >= 3)
        await session.close()
        #expect(try await value("barchan_sessions") == 0)
    }

    @Test func theNewestLinesOfTheLogAreKept() {
        let recent = RecentLog(clock: ManualClock())
        let passed = Passed()
        let log = recent.keeping(from: .info, of: HostLog { _, text, fields in passed.add("\(text) \(fields.count)") })
        log(.debug, "not kept")
        for number in 0..<600 { log(.info, "line \(number)", [KeyValue("grain", "g")]) }
        #expect(recent.newest.count == 500)
        #expect(recent.newest.last?.message == "line 599")
        #expect(passed.texts.count == 601)
        #expect(passed.texts.last == "line 599 1")
    }
}

private final class Passed: @unchecked Sendable {
    private(set) var texts: [String] = []
    func add(_ text: String) { texts.append(text) }
}
