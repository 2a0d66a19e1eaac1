import CLinux
import Glibc

/// The processes that the launcher can see, at one moment.
struct ProcessTable {
    /// One process, as proc_pid_status(5) shows it.
    struct Entry {
        var parent: pid_t = 0
        var threads: UInt64 = 0
        /// Its own pages and shared ones that are not of files, in memory or in swap. Pages that it shares with the process
        /// it was forked from count in both.
        var memoryBytes: UInt64 = 0
    }

    private let entries: [pid_t: Entry]
    private let children: [pid_t: [pid_t]]

    /// - Parameter processes: A procfs; lent.
    init(_ processes: CInt) {
        var entries: [pid_t: Entry] = [:], children: [pid_t: [pid_t]] = [:]
        var buffer = [UInt8](repeating: 0, count: 4096)
        for process in ProcessTable.numbers(in: processes, ".") {
            guard let entry = ProcessTable.entry(of: process, processes, &buffer) else { continue }
            entries[process] = entry
            children[entry.parent, default: []].append(process)
        }
        self.entries = entries
        self.children = children
    }

    subscript(process: pid_t) -> Entry? { entries[process] }

    /// A process and everything below it. Orphans go to the first process of their pid namespace, or to whoever stands above
    /// a sandbox that has none, so that nothing of a sandbox is anywhere else.
    func tree(of root: pid_t) -> [pid_t] {
        var found = [root], next = 0
        while next < found.count {
            found += children[found[next]] ?? []
            next += 1
        }
        return found.filter { entries[$0] != nil }
    }

    /// The names in a directory that are numbers. Also 0, a descriptor; other names give that, too, and lead nowhere.
    static func numbers(in directory: CInt, _ name: String) -> [pid_t] {
        names(in: directory, name).map { pid_t(truncatingIfNeeded: strtol($0, nil, 10)) }
    }

    static func names(in directory: CInt, _ name: String) -> [String] {
        let own = openat(directory, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard own >= 0 else { return [] }
        guard let stream = fdopendir(own) else {
            close(own)
            return []
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        return names
    }

    /// Processor time that the kernel took for processes and for those they waited for, by proc_pid_stat(5).
    static func kernelMicroseconds(of members: [pid_t], _ processes: CInt) -> UInt64 {
        let ticksPerSecond = UInt64(max(1, sysconf(CInt(_SC_CLK_TCK))))
        var buffer = [UInt8](repeating: 0, count: 1024), ticks: UInt64 = 0
        for process in members {
            // It may have ended just now. The name may hold anything, but is the last thing in parentheses.
            guard let count = read(processes, "\(process)/stat", &buffer),
                let end = buffer[..<count].lastIndex(of: 0x29)
            else { continue }
            let fields = buffer[(end + 1)..<count].split(separator: 0x20)
            // stime and cstime.
            for field in [12, 14] where fields.count > field {
                ticks += UInt64(String(decoding: fields[field], as: UTF8.self)) ?? 0
            }
        }
        return ticks * 1_000_000 / ticksPerSecond
    }

    private static func entry(of process: pid_t, _ processes: CInt, _ buffer: inout [UInt8]) -> Entry? {
        guard process > 0, let count = read(processes, "\(process)/status", &buffer) else { return nil }
        var entry = Entry()
        forEachNumber(in: buffer.prefix(count)) { name, number in
            if name.elementsEqual("PPid".utf8) { entry.parent = pid_t(truncatingIfNeeded: number) }
            if name.elementsEqual("Threads".utf8) { entry.threads = number }
            let isMemory = ["RssAnon", "RssShmem", "VmSwap"].contains { name.elementsEqual($0.utf8) }
            if isMemory { entry.memoryBytes += number << 10 }
        }
        return entry
    }

    /// The first bytes of a file; nil when it cannot be read.
    static func read(_ directory: CInt, _ name: String, _ buffer: inout [UInt8]) -> Int? {
        let file = openat(directory, name, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let count = Glibc.read(file, &buffer, buffer.count)
        return count > 0 ? count : nil
    }

    /// Lines `Name:   number` with whatever behind it.
    static func forEachNumber(in text: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>, UInt64) -> Void) {
        for line in text.split(separator: 0x0a) {
            guard let colon = line.firstIndex(of: 0x3a) else { continue }
            let digits = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }.prefix { $0 >= 0x30 && $0 <= 0x39 }
            guard !digits.isEmpty else { continue }
            body(line[..<colon], digits.reduce(0) { $0 &* 10 &+ UInt64($1 - 0x30) })
        }
    }
}
