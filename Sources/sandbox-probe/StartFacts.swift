import CLinux
import Glibc

/// What a program starts with.
enum StartFacts {
    /// CLOCK_MONOTONIC in nanoseconds as eight bytes, little-endian: what `barchan bench start` reads.
    static func writeMoment() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        var moment = (UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)).littleEndian
        _ = write(1, &moment, 8)
    }

    static func report() {
        for argument in SandboxProbe.allArguments { say("argument", argument) }
        var entry = environ
        while let text = entry.pointee {
            say("environment", String(cString: text))
            entry += 1
        }
        var directory = [CChar](repeating: 0, count: 4096)
        say("directory", getcwd(&directory, directory.count) == nil ? "?" : text(directory))
        let mask = umask(0)
        umask(mask)
        say("umask", String(mask, radix: 8))
        say("process", getpid())
        say("parent", getppid())
        var names = utsname()
        uname(&names)
        say("host", withUnsafeBytes(of: &names.nodename) { text($0.bindMemory(to: CChar.self).map { $0 }) })
        reportSignals()
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func reportSignals() {
        var blocked = sigset_t(), number = 0, ignored = 0
        sigprocmask(SIG_BLOCK, nil, &blocked)
        for signal in CInt(1)..<65 {
            if sigismember(&blocked, signal) == 1 { number += 1 }
            var action: (UInt, UInt, UInt, UInt) = (0, 0, 0, 0)
            let result = withUnsafeMutableBytes(of: &action) {
                clinux_syscall(13 /* rt_sigaction */, Int(signal), 0, Int(bitPattern: $0.baseAddress), 8, 0, 0)
            }
            if result == 0 && action.0 == 1 { ignored += 1 }
        }
        say("signals.blocked", number)
        say("signals.ignored", ignored)
    }

    static func reportDescriptors() {
        for number in CInt(0)..<4096 {
            var status = stat()
            guard fstat(number, &status) == 0 else { continue }
            let kind =
                [S_IFIFO: "pipe", S_IFCHR: "device", S_IFREG: "file", S_IFSOCK: "socket", S_IFDIR: "directory"][
                    status.st_mode & S_IFMT] ?? "other"
            let access = ["read", "write", "both", "?"][Int(fcntl(number, F_GETFL) & 3)]
            say("descriptor", "\(number) \(kind) \(access)")
        }
    }
}
