import Testing

/// What must be there after a fault, from what was acknowledged before it.
struct FaultModel {
    private struct Grain {
        /// Nil once a move to another package was under way.
        var package: String?
        var title: String
        var files: Set<String> = []
    }

    private struct Backup {
        var title: String
        var files: Set<String>
    }

    private var grains: [String: Grain] = [:]
    private var backups: [String: Backup] = [:]
    private var trash: Set<String> = []
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
            pending = words[4] == "-" ? nil : words[4]
        case "accept":
            current = words[2]
            pending = nil
            for grain in grains.keys { grains[grain]?.package = words[2] }
        case "create": grains[words[3]] = Grain(package: current, title: words[2])
        case "rename": grains[words[2]]?.title = words[3]
        case "remove": grains[words[2]] = nil
        case "write": grains[words[2]]?.files.insert(words[3])
        case "backup": backups[words[2]] = backup(of: words[3])
        case "forget": backups[words[2]] = nil
        case "restore":
            if let backup = backups[words[2]] {
                // Of a version that waits or is kept, when the backup is newer than the one in use.
                grains[words[3]] = Grain(package: words[4], title: backup.title, files: backup.files)
            } else {
                Issue.record("a backup that nobody made: \(line)")
            }
        case "refuse": break
        case "discard": trash.insert(words[2])
        case "recover": trash.remove(words[2])
        default: Issue.record("an act that nobody knows: \(line)")
        }
    }

    private func backup(of grain: String) -> Backup? {
        grains[grain].map { Backup(title: $0.title, files: $0.files) }
    }

    /// Compares with what a host found afterwards, and takes that over: what was under way may have happened or not.
    /// - Parameter entries: How many files and directories a package has.
    mutating func check(_ lines: [String], entries: Int, _ comment: Comment) {
        var found = FaultModel(), backups: [String: [String]] = [:]
        for line in lines {
            let words = line.split(separator: " ").map(String.init)
            switch words.first {
            case "problem": Issue.record("\(line), \(comment)")
            case "current": found.current = words[1]
            case "pending": found.pending = words[1]
            case "package": #expect(words[2] == "\(entries)", "package \(words[1]) is not whole, \(comment)")
            case "trash": found.trash.insert(words[1])
            case "grain": found.grains[words[1]] = Grain(package: words[2], title: words[3])
            case "file":
                #expect(words.count == 4 && words[2] == words[3], "\(line), \(comment)")
                found.grains[words[1]]?.files.insert(words[2])
            case "backup": backups[words[1]] = Array(words.dropFirst(2))
            default: continue
            }
        }
        compareApps(found, comment)
        compareGrains(found, comment)
        compareBackups(backups, comment)
        let isMoving = open.first == "discard" || open.first == "recover"
        let trashes = [trash, isMoving ? trash.symmetricDifference([open[1]]) : trash]
        #expect(trashes.contains(found.trash), "the trash, \(comment)")
        (grains, current, pending, trash, open) = (found.grains, found.current, found.pending, found.trash, [])
    }

    /// - Parameter found: Title and number of files of each, all of it compared with the file already.
    private mutating func compareBackups(_ found: [String: [String]], _ comment: Comment) {
        if let act = open.first, act == "backup" || act == "forget" {
            // Done or not: there or not, and never by half.
            let before = act == "forget" ? backups[open[1]] : backup(of: open[2])
            backups[open[1]] = found[open[1]] == nil ? nil : before
        }
        let expected = backups.mapValues { [$0.title, "\($0.files.count)"] }
        #expect(found == expected, "the backups, \(comment)")
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
        guard let one = extra.values.first else { return }
        var isExpected = open.first == "create" && one.title == open[1]
        if open.first == "restore", let backup = backups[open[1]] {
            isExpected = one.title == backup.title && one.files == backup.files
        }
        #expect(extra.count == 1 && isExpected, "grains nobody made: \(extra), \(comment)")
    }
}
