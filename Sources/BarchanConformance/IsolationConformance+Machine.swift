import Barchan

extension IsolationConformance {
    static let machineChecks = [
        Promise("machineMemory", "the memory that a program is told is its bound", [.virtualizedCalls]) { trial in
            var limits = SandboxLimits()
            limits.memoryBytes = 192 << 20
            let facts = try await trial.facts(["machine"], limits: limits)
            try facts.require("memory.total", "\(192 << 20)")
            try facts.require("memory.free", "ok")
            try facts.require("swap", "0")
        },
        Promise(
            "machineMemoryLeft", "the free memory that a program is told is what is left of its bound",
            [.virtualizedCalls, .memoryLimit]
        ) { trial in
            var limits = SandboxLimits()
            limits.memoryBytes = 192 << 20
            try await trial.facts(["machine"], limits: limits).require("memory.free.falls", "ok")
        },
        Promise("machineHidden", "uptime, load and kernel build of the machine are not told", [.virtualizedCalls]) {
            trial in
            let facts = try await trial.facts(["machine"])
            try require(facts["uptime"].flatMap { Int($0) }.map { $0 < 30 } == true, "up \(facts["uptime"] ?? "?") s")
            try facts.require("loads", "0,0,0")
            try facts.require("names.system", "Linux")
            for name in ["node", "domain"] { try facts.require("names.\(name)", "sandbox") }
            try facts.require("names.version", "#1 SMP")
            let release = facts["names.release"]?.split(separator: ".").map(String.init) ?? []
            try require(release.count == 3 && release[2] == "0" && Int(release[1]) != nil, "release \(release)")
        },
        Promise("machineProcessors", "everybody is told the same processors, and can choose among them") { trial in
            let facts = try await trial.facts(["machine"])
            let count = facts["processors"] ?? "?"
            try require(Int(count).map { $0 > 0 } == true, "processors \(count)")
            for name in ["processors.self", "processors.child"] { try facts.require(name, count) }
            try facts.require("processors.nobody", "ESRCH")
            try facts.require("affinity.set", "ok")
            try facts.require("affinity.found", "ok")
        },
        Promise("machineErrors", "questions about the machine fail as the kernel would let them fail") { trial in
            let facts = try await trial.facts(["machine"])
            for name in ["processors.nowhere", "names.nowhere", "names.end", "information.nowhere"] {
                try facts.require(name, "EFAULT")
            }
            try facts.require("processors.short", "EINVAL")
            for name in ["information.end", "names.end.byte"] { try facts.require(name, "ok") }
            // A process that hides its memory from an ordinary user's host cannot be answered.
            try facts.require("names.undumpable", "ok", "ENOSYS")
        },
    ]
}
