import Glibc

/// The sockets of one network namespace, counted by protocol. The kernel keeps a list (`net/protocols` in proc(5)) and sums up for it
/// whatever their number.
///
/// For memory that counts for no group: what waits in a netlink socket, and connections that nobody has accepted.
struct NetworkSockets {
    /// Of netlink, in one sandbox. Programs open one for a question about interfaces and close it.
    static let netlinkMaximum: UInt64 = 32
    /// What the kernel keeps of a TCP connection, without what was sent through it.
    static let connectionBytes: UInt64 = 4096

    let netlink: UInt64
    let tcp: UInt64

    /// Nil when that cannot be known.
    /// - Parameters:
    ///   - process: One in the namespace.
    ///   - processes: A procfs; lent.
    init?(of process: pid_t, _ processes: CInt) {
        let file = openat(processes, "\(process)/net/protocols", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var text: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 8192)
        while case let count = read(file, &buffer, buffer.count), count > 0, text.count < 1 << 16 {
            text += buffer[..<count]
        }
        self.init(text)
    }

    init?(_ text: [UInt8]) {
        var netlink: UInt64?, tcp: UInt64 = 0
        for line in text.split(separator: 0x0a) {
            // The name, the size of one, and how many there are.
            let words = line.split(separator: 0x20, maxSplits: 3)
            guard words.count > 3, let count = UInt64(String(decoding: words[2], as: UTF8.self)) else { continue }
            if words[0].elementsEqual("NETLINK".utf8) { netlink = count }
            if words[0].elementsEqual("TCP".utf8) || words[0].elementsEqual("TCPv6".utf8) { tcp += count }
        }
        guard let netlink else { return nil }
        (self.netlink, self.tcp) = (netlink, tcp)
    }
}
