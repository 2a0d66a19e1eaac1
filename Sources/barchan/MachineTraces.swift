import Barchan
import Glibc

/// What sandboxes leave on a machine while they are there, for whoever counts what is left when they have gone.
struct MachineTraces {
    /// This process's descendants.
    private(set) var processes: Set<pid_t>
    /// Namespaces that one of them is in and this process is not: the texts of the links in /proc/PID/ns.
    private(set) var namespaces: Set<String>
    /// Their control groups' common parents, below every hierarchy's mount point, and the groups that are beside these.
    private(set) var groups: Set<String>

    private static let namespaceKinds = ["cgroup", "ipc", "mnt", "net", "pid", "user", "uts"]
    /// Of the common parents, and of groups beside them: `barchan.XXXX.N` of `barchan-XXXX`.
    private static let groupPrefix = "barchan-", siblingPrefix = "barchan."

    /// Those of now.
    init() throws(HostError) {
        processes = try MachineTraces.descendants()
        var namespaces: Set<String> = [], groups: Set<String> = []
        for process in processes {
            namespaces.formUnion(MachineTraces.namespaces(of: process))
            groups.formUnion(MachineTraces.groups(of: process))
        }
        self.namespaces = namespaces.subtracting(MachineTraces.namespaces(of: getpid()))
        self.groups = groups
    }

    func namespaces(_ kind: String) -> Int { namespaces.filter { $0.hasPrefix(kind + ":") }.count }

    /// How many of each are still there, whoever has them now.
    func left() throws(HostError) -> [(what: String, count: Int)] {
        var present: Set<pid_t> = [], held: Set<String> = []
        for process in try SourceTree.names(of: "/proc").compactMap({ pid_t($0) }) {
            if processes.contains(process) { present.insert(process) }
            held.formUnion(MachineTraces.namespaces(of: process))
        }
        return [
            ("processes", present.count), ("namespaces", namespaces.intersection(held).count),
            ("control groups", groups.filter { access($0, F_OK) == 0 }.count),
        ]
    }

    /// Mounts that this process sees, and descriptors that it has.
    static func ofThisProcess() throws(HostError) -> [(what: String, count: Int)] {
        [
            ("mounts", lines("/proc/self/mountinfo").count),
            ("descriptors", try SourceTree.names(of: "/proc/self/fd").count),
        ]
    }

    // MARK: Details

    private static func descendants() throws(HostError) -> Set<pid_t> {
        var children: [pid_t: [pid_t]] = [:]
        for process in try SourceTree.names(of: "/proc").compactMap({ pid_t($0) }) {
            // After the name, which may hold anything, come the state and the parent: proc_pid_stat(5).
            guard let rest = lines("/proc/\(process)/stat").first?.split(separator: ")").last?.split(separator: " "),
                rest.count > 1, let parent = pid_t(rest[1])
            else { continue }
            children[parent, default: []].append(process)
        }
        var found: Set<pid_t> = [], pending = [getpid()]
        while let process = pending.popLast() {
            for child in children[process] ?? [] where found.insert(child).inserted { pending.append(child) }
        }
        return found
    }

    private static func namespaces(of process: pid_t) -> [String] {
        namespaceKinds.compactMap { kind in
            var text = [CChar](repeating: 0, count: 64)
            let length = readlink("/proc/\(process)/ns/\(kind)", &text, text.count)
            return length > 0 ? String(decoding: text.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
        }
    }

    /// As cgroups(7) has it: `number:controllers:path`, in every hierarchy that is mounted.
    private static func groups(of process: pid_t) -> [String] {
        let mounts = lines("/proc/self/mountinfo").compactMap { line -> (point: String, options: [Substring])? in
            let fields = line.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), fields.count > dash + 3,
                fields[dash + 1].hasPrefix("cgroup")
            else { return nil }
            return (String(fields[4]), fields[dash + 3].split(separator: ","))
        }
        return lines("/proc/\(process)/cgroup").flatMap { line -> [String] in
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return [] }
            let parts = fields[2].split(separator: "/")
            guard
                let base = parts.firstIndex(where: { $0.hasPrefix(groupPrefix) || $0.hasPrefix(siblingPrefix) })
            else { return [] }
            var names = [String(parts[base])]
            if let sibling = names.first, sibling.hasPrefix(siblingPrefix) {
                names.append(groupPrefix + sibling.dropFirst(siblingPrefix.utf8.count).prefix { $0 != "." })
            }
            let paths = names.map { (parts[..<base] + [$0[...]]).joined(separator: "/") }
            let controllers = fields[1].split(separator: ",")
            return mounts.filter { mount in
                controllers.isEmpty ? true : controllers.allSatisfy { mount.options.contains($0) }
            }.flatMap { mount in paths.map { "\(mount.point)/\($0)" } }.filter { access($0, F_OK) == 0 }
        }
    }

    private static func lines(_ path: String) -> [String] {
        guard let bytes = try? readFile(path, maximumBytes: 64 << 20) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

/// What the kernel and all processes hold, by kind, in KiB: proc_meminfo(5).
struct MachineMemory {
    let parts: [(name: String, kibibytes: Int64)]

    private static let fields = [
        ("SUnreclaim", "slab, not reclaimable"), ("SReclaimable", "slab, reclaimable"),
        ("KernelStack", "kernel stacks"),
        ("PageTables", "page tables"), ("Percpu", "per processor"), ("AnonPages", "memory of processes"),
        ("Shmem", "files in memory"),
    ]

    init() throws(HostError) {
        let text = String(decoding: try readFile("/proc/meminfo", maximumBytes: 1 << 20), as: UTF8.self)
        var values: [Substring: Int64] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count > 1 { values[words[0].dropLast()] = Int64(words[1]) }
        }
        parts = MachineMemory.fields.map { ($0.1, values[$0.0[...]] ?? 0) }
    }

    /// What each of `count` things took since `before`.
    func each(of count: Int, since before: MachineMemory) -> [(name: String, kibibytes: Int64)] {
        zip(parts, before.parts).map { ($0.name, ($0.kibibytes - $1.kibibytes) / Int64(max(1, count))) }
    }
}
