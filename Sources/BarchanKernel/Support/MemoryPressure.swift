import Barchan
import CLinux
import Glibc

/// Tells when memory is short: the kernel's pressure stall information, see Documentation/accounting/psi.rst.
final class MemoryPressure: Sendable {
    private let file: OwnedDescriptor
    private let wake: OwnedDescriptor

    /// Calls `body` on a thread of its own each time processes waited for memory for a tenth of two seconds while less than a
    /// tenth of the machine's is available, until ``close()``: such stalls can also be those of one grain at its own limit,
    /// which is no reason to end others. Nil where the kernel has no such information, or keeps it from this user.
    init?(_ body: @escaping @Sendable () -> Void) {
        let number = open("/proc/pressure/memory", O_RDWR | O_NONBLOCK | O_CLOEXEC)
        guard number >= 0 else { return nil }
        file = OwnedDescriptor(takingOwnershipOf: number)
        wake = OwnedDescriptor(takingOwnershipOf: eventfd(0, CInt(O_CLOEXEC | O_NONBLOCK)))
        // Windows of whole two seconds are open to every user.
        let trigger = Array("some 200000 2000000\0".utf8)
        guard wake.rawValue >= 0, trigger.withUnsafeBytes({ write(number, $0.baseAddress, $0.count) }) > 0 else {
            return nil
        }
        guard start(body) else { return nil }
    }

    /// Nothing is called after this but what has begun.
    func close() {
        var one: UInt64 = 1
        _ = write(wake.rawValue, &one, 8)
    }

    private func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        OwnThread.start { [self] in run(body) } == 0
    }

    private func run(_ body: () -> Void) {
        while true {
            var entries = [
                pollfd(fd: file.rawValue, events: Int16(POLLPRI), revents: 0),
                pollfd(fd: wake.rawValue, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&entries, 2, -1)
            if entries[1].revents != 0 || entries[0].revents & Int16(POLLERR) != 0 { return }
            if count > 0, entries[0].revents & Int16(POLLPRI) != 0, Self.isShort() { body() }
        }
    }

    private static func isShort() -> Bool {
        guard let total = bytes(of: "MemTotal:"), let available = availableBytes() else { return true }
        return isShort(availableBytes: available, of: total)
    }

    static func isShort(availableBytes: Int64, of total: Int64) -> Bool { availableBytes < total / 10 }

    /// What programs may still take without swapping (proc_meminfo(5), MemAvailable).
    static func availableBytes() -> Int64? { bytes(of: "MemAvailable:") }

    private static func bytes(of entry: String) -> Int64? {
        for line in text(of: "/proc/meminfo").split(separator: "\n") where line.hasPrefix(entry) {
            return line.split(separator: " ").dropFirst().first.flatMap { Int64($0) }.map { $0 << 10 }
        }
        return nil
    }

    /// The first page of a file of the kernel; empty when it cannot be read.
    static func text(of path: String) -> String {
        guard let file = fopen(path, "re") else { return "" }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
