import Glibc

/// TCP connections that no process has accepted. What was sent through them counts for no control group until one does, and the kernel
/// bounds it only for the whole machine (`tcp_mem` in tcp(7)): who has enough of them leaves none to the host and to all others.
struct UnacceptedConnections {
    /// A procfs; lent.
    private let processes: CInt
    /// So much in all TCP sockets of the machine, in pages, is worth a look.
    private let worthwhilePages: UInt64
    /// Counting goes no further; a process that accepts has none, or a few.
    static let countMaximum = 1000, suspicious = 32

    /// Nil where the kernel does not tell its bounds.
    init?(_ processes: CInt) {
        var buffer = [UInt8](repeating: 0, count: 128)
        guard let count = ProcessTable.read(processes, "sys/net/ipv4/tcp_mem", &buffer),
            let pages = buffer[..<count].split(whereSeparator: { $0 < 0x30 || $0 > 0x39 }).first.map(number), pages > 0
        else { return nil }
        self.processes = processes
        // The first of three: below that the kernel lets everybody have what they want.
        worthwhilePages = pages / 2
    }

    /// Whether all TCP sockets of the machine together hold much.
    var areWorthALook: Bool {
        var buffer = [UInt8](repeating: 0, count: 1024)
        guard let count = ProcessTable.read(processes, "self/net/sockstat", &buffer),
            let line = buffer[..<count].split(separator: 0x0a).first(where: { $0.starts(with: "TCP: ".utf8) }),
            // The number behind the word `mem`, which is the last.
            let pages = line.split(separator: 0x20).last.map(number)
        else { return false }
        return pages >= worthwhilePages
    }

    /// How many there are in the network namespace of a process, at most ``countMaximum``.
    func count(in process: pid_t) -> Int {
        ["tcp", "tcp6"].reduce(0) {
            min($0 + count("\(process)/net/\($1)", most: Self.countMaximum - $0), Self.countMaximum)
        }
    }

    private func count(_ name: String, most: Int) -> Int {
        let file = openat(processes, name, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        var found = 0, rest: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 1 << 16)
        while found < most, case let count = read(file, &buffer, buffer.count), count > 0 {
            rest += buffer[..<count]
            let end = rest.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
            found += rest[..<end].split(separator: 0x0a).count(where: isUnaccepted)
            rest.removeFirst(end)
        }
        return found
    }

    /// A line of proc_pid_net(5)'s `tcp`: the state is ESTABLISHED or CLOSE_WAIT, and there is no inode. What a process has closed has
    /// none either, but another state.
    private func isUnaccepted(_ line: ArraySlice<UInt8>) -> Bool {
        let words = line.split(separator: 0x20, maxSplits: 10)
        guard words.count > 9 else { return false }
        return words[9].elementsEqual("0".utf8)
            && (words[3].elementsEqual("01".utf8) || words[3].elementsEqual("08".utf8))
    }
}

private func number(_ digits: ArraySlice<UInt8>) -> UInt64 {
    digits.reduce(0) { $0 &* 10 &+ UInt64($1 &- 0x30) }
}
