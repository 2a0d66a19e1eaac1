import Glibc

/// Tells when memory is short: the kernel's pressure stall information, see Documentation/accounting/psi.rst.
///
/// `descriptor` has an event (EPOLLPRI) each time processes waited for memory for a tenth of a second within one second.
struct MemoryPressure {
    let descriptor: CInt
    private let information: CInt

    /// Nil where the kernel has no such information, or keeps it from this user.
    init?() {
        let file = open("/proc/pressure/memory", O_RDWR | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return nil }
        let trigger = Array("some 100000 1000000\0".utf8)
        guard trigger.withUnsafeBytes({ write(file, $0.baseAddress, $0.count) }) > 0 else {
            close(file)
            return nil
        }
        descriptor = file
        information = open("/proc/meminfo", O_RDONLY | O_CLOEXEC)
    }

    /// Whether less than a tenth of the machine's memory is available (proc_meminfo(5)). The stalls that bring an event
    /// can also be those of one process group at its own limit.
    var isReal: Bool {
        var text = [UInt8](repeating: 0, count: 4096)
        let count = pread(information, &text, text.count, 0)
        guard count > 0 else { return true }
        let lines = text.prefix(count).split(separator: UInt8(ascii: "\n"))
        guard let total = MemoryPressure.number("MemTotal:", lines),
            let available = MemoryPressure.number("MemAvailable:", lines)
        else { return true }
        return available * 10 < total
    }

    private static func number(_ name: StaticString, _ lines: [ArraySlice<UInt8>]) -> Int? {
        let key = name.withUTF8Buffer { Array($0) }
        guard let line = lines.first(where: { $0.starts(with: key) }) else { return nil }
        let digits = line.dropFirst(key.count).drop { $0 == 0x20 }.prefix { $0 >= 0x30 && $0 <= 0x39 }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
