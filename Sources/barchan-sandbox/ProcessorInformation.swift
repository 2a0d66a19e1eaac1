import CLinux
import Glibc
import SandboxProtocol

/// /proc/cpuinfo as sandboxes see it: no more processors than they are told.
enum ProcessorInformation {
    /// The file with the first processors only, as a mount that is attached nowhere. Nil where there are no more, or no such
    /// file.
    /// - Parameter mayAttach: Whether this process's mount namespace is its own.
    static func limited(to count: Int, mayAttach: Bool) throws(LaunchFailure) -> CInt? {
        let parts = try text().split(separator: "\n\n")
        guard count > 0, parts.count > count else { return nil }
        return try makeFile(parts.prefix(count).map { "\($0)\n\n" }.joined(), mayAttach)
    }

    /// Covers the file in this process's mount namespace, from which sandboxes copy it.
    static func cover(with file: CInt) throws(LaunchFailure) {
        try check(
            clinux_move_mount(file, "", AT_FDCWD, "/proc/cpuinfo", CLINUX_MOVE_FROM_DESCRIPTOR), .processorInformation)
    }

    private static func text() throws(LaunchFailure) -> String {
        guard access("/proc/cpuinfo", R_OK) == 0 else { return "" }
        let file = try opened(open("/proc/cpuinfo", O_RDONLY | O_CLOEXEC), .processorInformation)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = read(file.number, &buffer, 1 << 16), count > 0 { bytes += buffer.prefix(count) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Before Linux 6.15 a mount can be copied only while it is attached; /proc is not needed meanwhile.
    private static func makeFile(_ text: String, _ mayAttach: Bool) throws(LaunchFailure) -> CInt {
        let bytes = Array(text.utf8)
        let directory = Descriptor(
            try DetachedMounts.memory(
                bytes: UInt64(bytes.count) + 1 << 20, inodes: 4, mode: "755", [], .processorInformation))
        let file = try opened(
            openat(directory.number, "cpuinfo", O_CREAT | O_WRONLY | O_CLOEXEC, 0o444), .processorInformation)
        guard write(file.number, bytes, bytes.count) == bytes.count else {
            throw LaunchFailure(.processorInformation, errno)
        }
        try check(fchmod(file.number, 0o444), .processorInformation)
        let detached = clinux_open_tree(directory.number, "cpuinfo", CLINUX_OPEN_TREE_CLONE)
        guard detached < 0 else { return detached }
        guard mayAttach else { throw LaunchFailure(.processorInformation, errno) }
        try check(
            clinux_move_mount(directory.number, "", AT_FDCWD, "/proc", CLINUX_MOVE_FROM_DESCRIPTOR),
            .processorInformation)
        let copy = clinux_open_tree(AT_FDCWD, "/proc/cpuinfo", CLINUX_OPEN_TREE_CLONE)
        let reason = errno
        try check(clinux_detach_mount("/proc"), .processorInformation)
        guard copy >= 0 else { throw LaunchFailure(.processorInformation, reason) }
        return copy
    }
}
