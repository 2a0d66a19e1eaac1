import BarchanControl

/// What was measured, for people and for programs.
struct StartReport {
    let program: String
    let rounds: Int
    /// The first is plain vfork and exec.
    let starts: [StartTimes]
    let apps: [StartTimes]

    var text: String {
        var parts = [Self.totals(starts), "", "medians of the parts, µs:", Self.phases(starts)]
        if !apps.isEmpty { parts += ["", "an app, medians of the parts, µs:", Self.phases(apps)] }
        return parts.joined(separator: "\n")
    }

    private var base: Int64 { starts.first?.median ?? 1 }

    private static func totals(_ starts: [StartTimes]) -> String {
        let base = starts.first?.median ?? 1
        var table = Table(["START", "MEDIAN µs", "P10", "P90", "PLAIN = 1"])
        for times in starts {
            table.add([
                times.name, microseconds(times.median), microseconds(times.percentile(10)),
                microseconds(times.percentile(90)), ratio(times.median, base),
            ])
        }
        return table.text
    }

    private static func phases(_ starts: [StartTimes]) -> String {
        var names: [String] = []
        for name in starts.flatMap({ $0.phases.map(\.name) }) where !names.contains(name) { names.append(name) }
        // As they follow each other in the way that has most of them.
        let longest = starts.max { $0.phases.count < $1.phases.count }?.phases.map(\.name) ?? []
        names = longest + names.filter { !longest.contains($0) }
        var table = Table(["START"] + names)
        for times in starts {
            table.add(
                [times.name]
                    + names.map { name in times.phases.first { $0.name == name }.map { microseconds($0.median) } ?? "-"
                    })
        }
        return table.text
    }

    var json: JSONValue {
        .members([
            "program": .string(program), "rounds": .integer(Int64(rounds)),
            "starts": .array(starts.map { $0.json(relativeTo: base) }),
            "apps": .array(apps.map { $0.json(relativeTo: base) }),
        ])
    }

    static func microseconds(_ nanoseconds: Int64) -> String { String((nanoseconds + 500) / 1000) }

    static func ratio(_ value: Int64, _ base: Int64) -> String {
        let hundredths = base == 0 ? 0 : (value * 100 + base / 2) / base
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}

/// What was measured of one way to start.
struct StartTimes {
    let name: String
    private let sorted: [Int64]
    /// The medians of the parts, in order.
    let phases: [(name: String, median: Int64)]

    init(name: String, samples: [StartSample]) {
        self.name = name
        sorted = samples.map(\.total).sorted()
        let names = samples.max { $0.phases.count < $1.phases.count }?.phases.map(\.name) ?? []
        phases = names.map { name in
            let values = samples.compactMap { $0.phases.first { $0.name == name }?.nanoseconds }.sorted()
            return (name, values[values.count / 2])
        }
    }

    var median: Int64 { percentile(50) }

    func percentile(_ percent: Int) -> Int64 {
        sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * percent / 100)]
    }

    func json(relativeTo base: Int64) -> JSONValue {
        .members([
            "name": .string(name), "runs": .integer(Int64(sorted.count)), "medianNanoseconds": .integer(median),
            "p10Nanoseconds": .integer(percentile(10)), "p90Nanoseconds": .integer(percentile(90)),
            "ratio": .number(base == 0 ? 0 : Double(median) / Double(base)),
            "phases": .array(
                phases.map { .members(["name": .string($0.name), "medianNanoseconds": .integer($0.median)]) }),
        ])
    }
}
