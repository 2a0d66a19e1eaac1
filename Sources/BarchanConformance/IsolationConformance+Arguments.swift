import Barchan

extension IsolationConformance {
    static let argumentChecks = [
        Promise("shutArguments", "ordinary calls do nothing extraordinary", [.syscallFilter]) { trial in
            let facts = try await trial.facts(["arguments", "/var"])
            try require(!facts.lines.contains { $0.hasPrefix("shut number.") }, "an unknown call does something")
            for (name, answer) in shutArguments {
                // Where there are no System V objects at all, the call does not exist.
                try facts.require("shut \(name)", answer, name.hasPrefix("segment.") ? "ENOSYS" : answer)
            }
        },
        Promise("foreignEntries", "the kernel's entries for other binary interfaces are shut", [.syscallFilter]) {
            trial in
            let facts = try await trial.facts(["arguments", "/var"])
            let entries = facts.all("shut").filter { $0.hasPrefix("int80.") || $0.hasPrefix("x32 ") }
            try require(entries.count == 5, "the probe said too little")
            // A kernel without the 32-bit entry ends the program.
            for line in entries where !line.hasSuffix(" ENOSYS") && !line.hasSuffix(" signal") {
                throw ConformanceFailure("entry \(line)")
            }
        },
        Promise("openArguments", "what databases, web servers and just-in-time compilers ask for is there") { trial in
            let facts = try await trial.facts(["arguments", "/var"])
            let open = facts.all("open")
            try require(open.count > 20, "the probe said too little: \(facts.exit)")
            // Without System V objects there are no segments; who promises them is asked in "ordinaryIPC".
            for line in open
            where !line.hasSuffix(" ok") && line != "segment ENOSYS" && !line.hasPrefix("socket.") {
                throw ConformanceFailure("open \(line)")
            }
        },
        Promise("openSocketOptions", "what web servers set on IP sockets is there", [.noNetwork]) { trial in
            let open = try await trial.facts(["arguments", "/var"]).all("open").filter { $0.hasPrefix("socket.") }
            try require(open.count >= 8, "the probe said too little")
            for line in open where !line.hasSuffix(" ok") { throw ConformanceFailure("open \(line)") }
        },
    ]

    /// What the probe tries, and what the kernel has to answer: the error of a kernel that lacks the feature.
    public static let shutArguments: [(name: String, answer: String)] =
        [
            "lease", "lease.read", "notify", "signal", "huge.map", "huge.file", "merge", "segment.huge",
            "segment.large", "segment.larger", "architecture", "node.whiteout",
        ].map { ($0, "EINVAL") }
        + ["node.character", "nodeat.character", "node.block", "nodeat.block"].map { ($0, "EPERM") }
        + [
            "filter", "zeroCopy", "encapsulation", "options", "group", "repair", "upperLayer", "signature", "key",
            "tables", "family",
        ].map { ("socket.\($0)", "ENOPROTOOPT") }
        + [("personality", "ENOSYS")]
}
