import Testing

/// What must be there after a fault, from what was acknowledged before it.
struct FaultModel {
    private struct Grain {
        /// Nil once a move to another package was under way.
        var package: String?
        var title: String
        var files: Set<String> = []
    }

    private var grains: [String: Grain] = [:]
    private var current: String?
    private var pending: String?
    /// The act that was begun and not acknowledged.
    private(set) var open: [String] = []
    private(set) var acknowledged = 0

    mutating func note(_ line: String) {
        let words = line.split(separator: " ").map(String.init)
        guard words.count > 2 else { return }
        if words[0] == "begin" { open = Array(words.dropFirst()) }
        guard words[0] == "end" else { return }
        open = []
        acknowledged += 1
        switch words[1] {
        case "install":
            if current == nil { current = words[3] }
            pending = words[3] == current ? nil : words[3]
        case "accept":
            current = words[2]
            pending = nil
            for grain in grains.keys { grains[grain]?.package = words[2] }
        case "create": grains[words[3]] = Grain(package: current, title: words[2])
        case "rename": grains[words[2]]?.title = words[3]
        case "remove": grains[words[2]] = nil
        case "write": grains[words[2]]?.files.insert(words[3])
        default: Issue.record("an act that nobody knows: \(line)")
        }
    }

    /// Compares with what a host found afterwards, and takes that over: what was under way may have happened or not.
    /// - Parameter entries: How many files and directories a package has.
    mutating func check(_ lines: [String], entries: Int, _ comment: Comment) {
        var found = FaultModel()
        for line in lines {
            let words = line.split(separator: " ").map(String.init)
            switch words.first {
            case "problem": Issue.record("\(line), \(comment)")
            case "current": found.current = words[1]
            case "pending": found.pending = words[1]
            case "package": #expect(words[2] == "\(entries)", "package \(words[1]) is not whole, \(comment)")
            case "grain": found.grains[words[1]] = Grain(package: words[2], title: words[3])
            case "file":
                #expect(words.count == 4 && words[2] == words[3], "\(line), \(comment)")
                found.grains[words[1]]?.files.insert(words[2])
            default: continue
            }
        }
        compareApps(found, comment)
        compareGrains(found, comment)
        (grains, current, pending, open) = (found.grains, found.current, found.pending, [])
    }

    private func compareApps(_ found: FaultModel, _ comment: Comment) {
        let act = open.first
        var currents = [current]
        if act == "accept" { currents.append(open[1]) }
        #expect(
            currents.contains(found.current) || act == "install" && current == nil, "the version in use, \(comment)")
        if act != "install", act != "accept" { #expect(found.pending == pending, "the version that waits, \(comment)") }
    }

    private func compareGrains(_ found: FaultModel, _ comment: Comment) {
        for (grain, expected) in grains {
            let isOpen = open.count > 1 && open[1] == grain
            guard let there = found.grains[grain] else {
                #expect(isOpen && open[0] == "remove", "grain \(grain) is gone, \(comment)")
                continue
            }
            if open.first != "accept" { #expect(there.package == expected.package, "package of \(grain), \(comment)") }
            let titles = [expected.title] + (isOpen && open[0] == "rename" ? [open[2]] : [])
            #expect(titles.contains(there.title), "title of \(grain), \(comment)")
            #expect(expected.files.isSubset(of: there.files), "files of \(grain), \(comment)")
            let extra = there.files.subtracting(expected.files)
            #expect(
                extra.isEmpty || isOpen && open[0] == "write" && extra == [open[2]], "files of \(grain), \(comment)")
        }
        let extra = found.grains.filter { grains[$0.key] == nil }
        #expect(
            extra.isEmpty || open.first == "create" && extra.count == 1 && extra.values.first?.title == open[1],
            "grains nobody made: \(extra.keys), \(comment)")
    }
}
