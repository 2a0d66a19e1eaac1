import Barchan
import BarchanConformance
import BarchanControl

/// Back ends by guarantees, from what was found.
struct MatrixReport {
    private let columns: [(name: String, cells: [String: String])]
    private let rows: [String]
    private let unusable: [(name: String, message: String)]

    init(_ verdicts: [BackEndVerdict]) {
        var columns: [(name: String, cells: [String: String])] = []
        var unusable: [(name: String, message: String)] = []
        var rows: [String] = []
        for entry in verdicts {
            switch entry.result {
            case .failure(let error): unusable.append((entry.name, error.message))
            case .success(let verdict):
                // Of shares of processor and disk the suite finds nothing: such claims have no row.
                let cells = verdict.findings.filter { !$0.trials.isEmpty }.map { ($0.promise, MatrixReport.cell($0)) }
                columns.append((entry.name, Dictionary(cells) { first, _ in first }))
                for (promise, _) in cells where !rows.contains(promise) { rows.append(promise) }
            }
        }
        self.columns = columns
        self.unusable = unusable
        self.rows = rows
    }

    private static func cell(_ finding: IsolationVerdict.Finding) -> String {
        if finding.isUntried { return "untried" }
        if finding.isKept { return "yes" }
        // A claim that does not hold stands out.
        return finding.isClaimed ? "CLAIMED, BROKEN" : "no"
    }

    private func cells(_ row: String) -> [String] { columns.map { $0.cells[row] ?? "untried" } }

    var text: String {
        var table = Table(["PROMISE"] + columns.map(\.name))
        for row in rows { table.add([row] + cells(row)) }
        return ([table.text] + unusable.map { "isolation '\($0.name)' cannot be used here: \($0.message)" })
            .joined(separator: "\n")
    }

    var markdown: String {
        let heading = ["promise"] + (columns.map(\.name) + unusable.map(\.name)).map { "`\($0)`" }
        let rest = unusable.map { _ in "not usable here" }
        let lines = [heading, heading.map { _ in "---" }] + rows.map { ["`\($0)`"] + cells($0) + rest }
        return lines.map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
    }

    var json: JSONValue {
        .members([
            "backEnds": .array(
                columns.map { column in
                    .members([
                        "name": .string(column.name),
                        "promises": .object(
                            rows.map { JSONValue.Member(name: $0, value: .string(column.cells[$0] ?? "untried")) }),
                    ])
                }),
            "unusable": .array(
                unusable.map { .members(["name": .string($0.name), "reason": .string($0.message)]) }),
        ])
    }
}
