/// What `barchan top` shows, from two answers of the host, the earlier of which may be missing.
public struct TopReport: Sendable {
    /// One grain: totals as the host says them, and what happened per second between the two answers.
    public struct Row: Sendable, Equatable {
        public let grain: JSONValue
        /// Share of one processor, in percent.
        public let processorPercent: Double?
        public let requestsPerSecond: Double?
        public let readBytesPerSecond: Double?
        public let writtenBytesPerSecond: Double?
    }

    public let rows: [Row]

    public init(_ answer: JSONValue, since earlier: JSONValue?) {
        let seconds =
            Double((answer["microseconds"]?.number ?? 0) - (earlier?["microseconds"]?.number ?? 0)) / 1_000_000
        var before: [String: JSONValue] = [:]
        for grain in earlier?["grains"]?.elements ?? [] { before[grain["grain"]?.text ?? ""] = grain }
        rows = (answer["grains"]?.elements ?? []).map { grain in
            let old = before[grain["grain"]?.text ?? ""]
            func rate(_ name: String) -> Double? {
                guard seconds > 0, let now = grain[name]?.number, let then = old?[name]?.number else { return nil }
                // A grain that was started again counts from nothing.
                return Double(now >= then ? now - then : now) / seconds
            }
            return Row(
                grain: grain, processorPercent: rate("processorMicroseconds").map { $0 / 10_000 },
                requestsPerSecond: rate("requests"), readBytesPerSecond: rate("readBytes"),
                writtenBytesPerSecond: rate("writtenBytes"))
        }
    }

    public var json: JSONValue {
        .array(
            rows.map { row in
                guard case .object(let members) = row.grain else { return row.grain }
                let rates: [(String, Double?)] = [
                    ("processorPercent", row.processorPercent), ("requestsPerSecond", row.requestsPerSecond),
                    ("readBytesPerSecond", row.readBytesPerSecond),
                    ("writtenBytesPerSecond", row.writtenBytesPerSecond),
                ]
                return .object(
                    members
                        + rates.map { JSONValue.Member(name: $0.0, value: $0.1.map { .number($0) } ?? .null) })
            })
    }

    public static let heading = [
        "GRAIN", "STATE", "CPU %", "MEMORY", "PROC", "READ/s", "WRITE/s", "DISK", "REQ", "REQ/s", "OWNER", "APP",
        "TITLE",
    ]

    /// The cells below ``heading``; a dash for what nobody counts.
    public var cells: [[String]] {
        rows.map { row in
            func text(_ name: String) -> String { row.grain[name]?.text ?? "" }
            func size(_ bytes: Double?) -> String { bytes.map(TopReport.size) ?? "-" }
            func number(_ name: String) -> Double? { row.grain[name]?.number.map { Double($0) } }
            return [
                text("grain"), text("state"), row.processorPercent.map(TopReport.decimal) ?? "-",
                size(number("memoryBytes")), row.grain["processes"]?.number.map { String($0) } ?? "-",
                size(row.readBytesPerSecond), size(row.writtenBytesPerSecond), size(number("diskBytes")),
                String(row.grain["requests"]?.number ?? 0), row.requestsPerSecond.map(TopReport.decimal) ?? "-",
                text("owner"), text("appTitle"), TopReport.printable(text("title")),
            ]
        }
    }

    /// Binary units, three digits or so.
    static func size(_ bytes: Double) -> String {
        var rest = bytes
        for unit in ["B", "K", "M", "G"] {
            if rest < 1_000 { return unit == "B" || rest >= 10 ? "\(Int(rest))\(unit)" : "\(decimal(rest))\(unit)" }
            rest /= 1_024
        }
        return "\(decimal(rest))T"
    }

    static func decimal(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// A title is a person's, the terminal another's: no control characters.
    static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.filter { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) }))
    }
}
