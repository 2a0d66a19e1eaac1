/// What of the table of ``TopReport`` fits a terminal's width.
public enum TopScreen {
    /// The columns whose text may be cut, the longest first, and what stays of it at least.
    private static let shortest = ["GRAIN": 8, "OWNER": 8, "APP": 8, "TITLE": 8]
    /// The columns that are left out when that is not enough, in this order.
    private static let dispensable = [
        "OWNER", "REQ", "WRITE/s", "READ/s", "APP", "REQ/s", "DISK", "PROC", "STATE", "TITLE", "MEMORY",
    ]
    private static let gap = "  "

    /// - Parameters:
    ///   - rows: ``TopReport/heading``, and as many cells in each row below it.
    ///   - columns: How many characters a line may have.
    /// - Returns: A line for each row.
    public static func lines(of rows: [[String]], columns: Int) -> [String] {
        let heading = rows.first ?? []
        let wanted = heading.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        var widths = zip(heading, wanted).map { min($1, shortest[$0] ?? $1) }
        var shown = Array(heading.indices)
        func spare() -> Int { columns - shown.reduce(-gap.count) { $0 + widths[$1] + gap.count } }
        for name in dispensable where spare() < 0 { shown.removeAll { heading[$0] == name } }
        // What is left over makes the cut ones longer, each by one in turn.
        while spare() > 0, case let cut = shown.filter({ widths[$0] < wanted[$0] }), !cut.isEmpty {
            for column in cut.prefix(spare()) { widths[column] += 1 }
        }
        return rows.map { row in
            let line = shown.map { fitted(row[$0], widths[$0], isLast: $0 == shown.last) }.joined(separator: gap)
            return String(line.prefix(columns))
        }
    }

    private static func fitted(_ text: String, _ width: Int, isLast: Bool) -> String {
        if text.count > width { return text.prefix(width - 1) + "…" }
        return isLast ? text : text + String(repeating: " ", count: width - text.count)
    }
}
