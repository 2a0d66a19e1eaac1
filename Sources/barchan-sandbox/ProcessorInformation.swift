import CLinux
import Glibc
import SandboxProtocol

/// /proc/cpuinfo as sandboxes see it: no more processors than they are told.
enum ProcessorInformation {
    /// Covers the file in this process's mount namespace, from which sandboxes copy it. Does nothing where there are no more
    /// processors, or no such file.
    static func limit(to count: Int) throws(LaunchFailure) {
        let parts = try text().split(separator: "\n\n")
        guard count > 0, parts.count > count else { return }
        let file = try makeFile(parts.prefix(count).map { "\($0)\n\n" }.joined())
        try check(
            clinux_move_mount(file.number, "", AT_FDCWD, "/proc/cpuinfo", CLINUX_MOVE_FROM_DESCRIPTOR),
            .processorInformation)
    }

    private static func text() throws(LaunchFailure) -> String {
        guard access("/proc/cpuinfo", R_OK) == 0 else { return "" }
        let file = try opened(open("/proc/cpuinfo", O_RDONLY | O_CLOEXEC), .processorInformation)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = read(file.number, &buffer, 1 << 16), count > 0 { bytes += buffer.prefix(count) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A file that is attached nowhere. A mount can be copied only while it is attached; /proc is not needed meanwhile.
    private static func makeFile(_ text: String) throws(LaunchFailure) -> Descriptor {
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
        try check(
            clinux_move_mount(directory.number, "", AT_FDCWD, "/proc", CLINUX_MOVE_FROM_DESCRIPTOR),
            .processorInformation)
        let copy = clinux_open_tree(AT_FDCWD, "/proc/cpuinfo", CLINUX_OPEN_TREE_CLONE)
        let reason = errno
        try check(clinux_detach_mount("/proc"), .processorInformation)
        guard copy >= 0 else { throw LaunchFailure(.processorInformation, reason) }
        return Descriptor(copy)
    }
}
