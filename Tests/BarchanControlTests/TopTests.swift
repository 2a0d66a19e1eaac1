import BarchanControl
import Testing

@Suite struct TopTests {
    private func answer(_ microseconds: Int64, _ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
        .members(["ok": .boolean(true), "microseconds": .integer(microseconds), "grains": .array([.members(members)])])
    }

    @Test func ratesComeFromTwoAnswers() throws {
        let before = answer(
            1_000_000,
            [
                "grain": .string("a"), "processorMicroseconds": .integer(500_000), "requests": .integer(10),
                "readBytes": .integer(0), "writtenBytes": .null,
            ])
        let now = answer(
            3_000_000,
            [
                "grain": .string("a"), "state": .string("running"), "processorMicroseconds": .integer(1_500_000),
                "requests": .integer(13), "readBytes": .integer(8192), "writtenBytes": .null,
                "memoryBytes": .integer(20 << 20), "processes": .integer(3), "diskBytes": .integer(1536),
                "owner": .string("o"), "appTitle": .string("App"), "title": .string("x\u{1b}[2Jy"),
            ])
        let report = TopReport(now, since: before)
        let row = try #require(report.rows.first)
        #expect(row.processorPercent == 50 && row.requestsPerSecond == 1.5)
        #expect(row.readBytesPerSecond == 4096 && row.writtenBytesPerSecond == nil)
        #expect(
            report.cells == [
                ["a", "running", "50.0", "20M", "3", "4.0K", "-", "1.5K", "13", "1.5", "o", "App", "x[2Jy"]
            ])
        #expect(report.json.elements?.first?["processorPercent"] == .number(50))
        #expect(report.json.elements?.first?["writtenBytesPerSecond"] == .null)
    }

    /// A grain started again counts from nothing; one that is new has no rate yet.
    @Test func restartedAndNewGrains() {
        let before = answer(0, ["grain": .string("a"), "requests": .integer(100)])
        let again = TopReport(answer(1_000_000, ["grain": .string("a"), "requests": .integer(4)]), since: before)
        #expect(again.rows.first?.requestsPerSecond == 4)
        let other = TopReport(answer(1_000_000, ["grain": .string("b"), "requests": .integer(4)]), since: before)
        #expect(other.rows.first?.requestsPerSecond == nil)
        #expect(TopReport(answer(1, ["grain": .string("b")]), since: nil).cells.first?[2] == "-")
    }
}
