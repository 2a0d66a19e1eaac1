import CLinux
import Glibc

/// The four descriptors, and none beside them.
enum DescriptorAttempts {
    static let all = [
        fact("open", .everyBackEnd, is: "0 1 2 3") { _ in opened().map { "\($0)" }.joined(separator: " ") },
        fact("kinds", .everyBackEnd, is: "device pipe pipe socket") { _ in
            (CInt(0)..<4).map(kind).joined(separator: " ")
        },
        fact("access", .everyBackEnd, is: "read write write both") { _ in
            (CInt(0)..<4).map { ["read", "write", "both", "?"][Int(fcntl($0, F_GETFL) & 3)] }.joined(separator: " ")
        },
        fact("input", .everyBackEnd, is: "1:3") { _ in
            var status = stat()
            fstat(0, &status)
            return "\(status.st_rdev >> 8 & 255):\(status.st_rdev & 255)"
        },
        fact("socket", .everyBackEnd, is: "1 1") { _ in "\(option(39 /* domain */)) \(option(3 /* type */))" },
        // Whatever is open beyond, a directory would lead out of any root.
        fact("directories", .privateFileSystem, is: "0") { _ in
            "\((CInt(0)..<4096).filter { kind($0) == "directory" }.count)"
        },
        refused("directory.out", .privateFileSystem) { _ in
            guard let directory = (CInt(0)..<1000).first(where: { kind($0) == "directory" }) else { return -Int(EBADF) }
            return kernel(SYS_openat, Int(directory), address("../../../../../etc/passwd"), Int(O_RDONLY))
        },
        refused("input.write", .everyBackEnd) { _ in kernel(SYS_write, 0, address("x"), 1) },
        refused("output.truncate", .everyBackEnd) { _ in kernel(SYS_ftruncate, 1, 0) },
        refused("output.seek", .everyBackEnd) { _ in kernel(SYS_lseek, 1, 0, 0) },
        refused("output.read", .everyBackEnd) { _ in
            _ = fcntl(1, F_SETFL, O_NONBLOCK)
            let result = kernel(SYS_read, 1, buffer(16), 16)
            _ = fcntl(1, F_SETFL, 0)
            return result == -Int(EAGAIN) ? 0 : result
        },
        refused("output.packets", .syscallFilter) { _ in
            // O_DIRECT on a pipe: each write is read by itself.
            let result = kernel(SYS_fcntl, 1, Int(F_SETFL), 0x4000)
            if result >= 0 { _ = fcntl(1, F_SETFL, 0) }
            return result
        },
        refused("reopen", .noKernelFileSystems) { _ in tryOpen("/proc/self/fd/1", O_RDONLY) },
        refused("reopen.device", .privateFileSystem) { _ in tryOpen("/dev/fd/1", O_RDONLY) },
    ]

    private static func opened() -> [CInt] {
        (CInt(0)..<4096).filter { $0 != AttemptRun.resultDescriptor && fcntl($0, F_GETFD) >= 0 }
    }

    private static func kind(_ number: CInt) -> String {
        var status = stat()
        guard fstat(number, &status) == 0 else { return "none" }
        let kinds: [mode_t: String] = [
            0o010_000: "pipe", 0o020_000: "device", 0o100_000: "file", 0o140_000: "socket", 0o040_000: "directory",
        ]
        return kinds[status.st_mode & 0o170_000] ?? "other"
    }

    private static func option(_ name: Int) -> UInt32 {
        let value = buffer(8)
        _ = kernel(SYS_getsockopt, 3, 1, name, value, address([4]))
        return UInt32(truncatingIfNeeded: word(at: value))
    }
}
