import Glibc

/// The sockets of one network namespace, counted by protocol, by files of proc_pid_net(5) in which the kernel sums up.
///
/// For memory that counts for no group: what waits in a netlink socket, and connections that nobody has accepted.
struct NetworkSockets {
    /// Of netlink, in one sandbox. Programs open one for a question about interfaces and close it.
    static let netlinkMaximum: UInt64 = 32
    /// What the kernel keeps of a TCP connection, without what was sent through it.
    static let connectionBytes: UInt64 = 4096

    /// One in the namespace.
    let process: pid_t
    /// A procfs; lent.
    let processes: CInt

    /// How many netlink sockets there are; nil when that cannot be known.
    var netlink: UInt64? {
        // The name, the size of one, and how many there are.
        lines("protocols").first { $0.first?.elementsEqual("NETLINK".utf8) == true }.flatMap { number($0, 2) }
    }

    /// How many TCP sockets there are, accepted or not.
    var tcp: UInt64 {
        [("sockstat", "TCP:"), ("sockstat6", "TCP6:")].reduce(0) { sum, place in
            // The name, the word `inuse`, and how many there are.
            let line = lines(place.0).first { $0.first?.elementsEqual(place.1.utf8) == true }
            return sum + (line.flatMap { number($0, 2) } ?? 0)
        }
    }

    /// The words of each line.
    private func lines(_ name: String) -> [[ArraySlice<UInt8>]] {
        let file = openat(processes, "\(process)/net/\(name)", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return [] }
        defer { close(file) }
        var text: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 8192)
        while case let count = read(file, &buffer, buffer.count), count > 0, text.count < 1 << 16 {
            text += buffer[..<count]
        }
        return text.split(separator: 0x0a).map { $0.split(separator: 0x20, maxSplits: 3) }
    }

    private func number(_ words: [ArraySlice<UInt8>], _ index: Int) -> UInt64? {
        words.count > index ? UInt64(String(decoding: words[index], as: UTF8.self)) : nil
    }
}
