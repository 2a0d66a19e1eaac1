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

    @Test(arguments: [20, 40, 80, 200])
    func theScreenIsAsWideAsTheTerminal(_ columns: Int) {
        let grain = String(repeating: "g", count: 22), owner = String(repeating: "o", count: 22)
        let title = String(repeating: "long ", count: 8) + "title"
        let numbers = ["12.5", "123M", "17", "1.5K", "1.5K", "1.2G", "1234", "12.5"]
        let rows = [TopReport.heading] + (1...8).map { [grain, "running"] + numbers + [owner, "App \($0)", title] }
        let lines = TopScreen.lines(of: rows, columns: columns)
        #expect(lines.count == 9 && lines.allSatisfy { $0.count <= columns }, "\(lines)")
        let names = lines[0].split(separator: " ").map(String.init)
        switch columns {
        case 20: #expect(names == ["GRAIN", "CPU", "%"])
        case 40: #expect(names == ["GRAIN", "CPU", "%", "MEMORY", "TITLE"])
        case 80:
            let left = ["STATE", "CPU", "%", "MEMORY", "PROC", "READ/s", "DISK", "REQ/s", "APP", "TITLE"]
            #expect(names == ["GRAIN"] + left)
            #expect(lines[8].contains("  App 8  ") && lines[8].hasPrefix("gggggggg"), "\(lines)")
        default: #expect(lines[8].hasSuffix("  \(owner)  App 8  \(title)") && lines[8].hasPrefix("\(grain)  running"))
        }
    }

    /// Nothing is left out as long as cut names are enough, and what is cut shows it.
    @Test func namesAreCutBeforeColumnsAreLeftOut() {
        let numbers = ["1.0", "1M", "1", "1B", "1B", "1B", "1", "1.0"]
        let rows = [TopReport.heading, ["1234567890", "running"] + numbers + ["me", "App", "A short title"]]
        let whole = TopScreen.lines(of: rows, columns: 200)
        let cut = TopScreen.lines(of: rows, columns: whole[1].count - 3)
        #expect(cut[1].count == whole[1].count - 3 && cut[1].hasSuffix("  A short t…"), "\(cut)")
        #expect(cut[0].split(separator: " ") == whole[0].split(separator: " "))
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
