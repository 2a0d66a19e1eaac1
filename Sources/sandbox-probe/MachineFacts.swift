import CLinux
import Glibc

/// What the program is told about the machine. Numbers of calls are those of x86-64.
enum MachineFacts {
    static func report() {
        var total: UInt64 = 0, available: UInt64 = 0
        say("machine.memory", outcome(clinux_machine_memory(&total, &available)))
        say("memory.total", total)
        say("memory.free", available <= total ? "ok" : "more than there is")
        say("memory.free.falls", fallsWithUse())
        reportInformation()
        reportNames()
        say("processors", processors(0))
        say("processors.listed", listed())
        say("processors.self", processors(Int(getpid())))
        say("processors.child", ofChild())
        say("processors.nobody", affinity(1 << 30 /* above any process's number */, 1024))
        say("processors.short", affinity(0, 4))
        say("processors.nowhere", outcome(clinux_syscall(204, 0, 1024, 8, 0, 0, 0)))
        say("names.nowhere", outcome(clinux_syscall(63, 8, 0, 0, 0, 0, 0)))
        say("names.end", outcome(clinux_syscall(63, -1, 0, 0, 0, 0, 0)))
        say("information.nowhere", outcome(clinux_syscall(99, 8, 0, 0, 0, 0, 0)))
        reportChanges()
    }

    /// Whether what is free becomes less by what the program takes.
    private static func fallsWithUse() -> String {
        let bytes = 32 << 20
        var total: UInt64 = 0, before: UInt64 = 0, after: UInt64 = 0
        _ = clinux_machine_memory(&total, &before)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 4096)
        defer { memory.deallocate() }
        memset(memory, 1, bytes)
        _ = clinux_machine_memory(&total, &after)
        let fall = Int64(before) - Int64(after)
        // The kernel counts in batches for each processor, 256 KiB at most.
        return fall > bytes - (4 << 20) && fall < bytes + (4 << 20) ? "ok" : "by \(fall)"
    }

    private static func reportInformation() {
        var words = [UInt64](repeating: 0x5555, count: 16)
        _ = words.withUnsafeMutableBytes { clinux_syscall(99, Int(bitPattern: $0.baseAddress), 0, 0, 0, 0, 0) }
        say("uptime", words[0])
        say("loads", words[1...3].map(String.init).joined(separator: ","))
        say("swap", words[8])
        say("information.end", words[14] == 0x5555 ? "ok" : "written over")
    }

    private static func reportNames() {
        var bytes = [UInt8](repeating: 0x55, count: 391)
        let result = bytes.withUnsafeMutableBytes {
            clinux_syscall(63, Int(bitPattern: $0.baseAddress), 0, 0, 0, 0, 0)
        }
        say("names", outcome(result))
        for (index, name) in ["system", "node", "release", "version", "processor", "domain"].enumerated() {
            let field = bytes[(index * 65)..<(index * 65 + 65)].prefix { $0 != 0 }
            say("names.\(name)", String(decoding: field, as: UTF8.self))
        }
        say("names.end.byte", bytes[390] == 0x55 ? "ok" : "written over")
    }

    private static func affinity(_ process: Int, _ capacity: Int) -> String {
        var mask = [UInt64](repeating: 0, count: 128)
        return mask.withUnsafeMutableBytes {
            outcome(clinux_syscall(204, process, capacity, Int(bitPattern: $0.baseAddress), 0, 0, 0))
        }
    }

    private static func mask(_ process: Int) -> UInt64? {
        var mask = [UInt64](repeating: 0, count: 128)
        let result = mask.withUnsafeMutableBytes {
            clinux_syscall(204, process, 1024, Int(bitPattern: $0.baseAddress), 0, 0, 0)
        }
        return result > 0 ? mask[0] : nil
    }

    private static func processors(_ process: Int) -> Int { mask(process)?.nonzeroBitCount ?? -1 }

    /// In /proc/cpuinfo.
    private static func listed() -> Int {
        let file = open("/proc/cpuinfo", O_RDONLY)
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        var used = 0
        while used < bytes.count {
            let count = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress?.advanced(by: used), $0.count - used) }
            guard count > 0 else { break }
            used += count
        }
        return String(decoding: bytes.prefix(used), as: UTF8.self).split(separator: "\n").count {
            $0.hasPrefix("processor\t")
        }
    }

    private static func ofChild() -> Int {
        let child = clinux_clone(UInt(SIGCHLD))
        if child == 0 { ProcessActions.waitForever() }
        defer {
            kill(pid_t(child), SIGKILL)
            waitpid(pid_t(child), nil, 0)
        }
        return processors(child)
    }

    /// What a program changes about itself is what it finds.
    private static func reportChanges() {
        guard let all = mask(0) else { return say("affinity.set", "unknown") }
        var one = all & (~all + 1)
        let result = withUnsafeBytes(of: &one) {
            clinux_syscall(203, 0, 8, Int(bitPattern: $0.baseAddress), 0, 0, 0)
        }
        say("affinity.set", outcome(result))
        say("affinity.found", mask(0) == one ? "ok" : "another")
        _ = clinux_prctl(4 /* dumpable */, 0, 0, 0, 0)
        say("names.undumpable", outcome(ask()))
        _ = clinux_prctl(4, 1, 0, 0, 0)
    }

    private static func ask() -> CInt {
        var names = utsname()
        return uname(&names)
    }

    /// Asks as often, and stops at the first error.
    static func ask(times: Int) {
        for _ in 0..<times where ask() < 0 { return say("asked", errorName(errno)) }
        say("asked", "ok")
    }

    /// Asks as often while signals come that break off what can be broken off, and counts how often that was a question.
    static func askThroughSignals(times: Int) {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in }
        sigaction(SIGALRM, &action, nil)
        let interval = timeval(tv_sec: 0, tv_usec: 20_000)
        var timer = itimerval(it_interval: interval, it_value: interval)
        setitimer(0 /* ITIMER_REAL */, &timer, nil)
        say("interrupted", "\((0..<times).filter { _ in ask() < 0 && errno == EINTR }.count)")
    }

    /// Asks once for every byte that comes on descriptor 3.
    static func askWhenTold() {
        var byte: UInt8 = 0
        while read(3, &byte, 1) == 1 {
            ask(times: 1)
            fflush(nil)
        }
    }

    /// As many processes that ask for ever.
    static func flood(_ processes: Int) {
        for _ in 0..<processes where clinux_clone(UInt(SIGCHLD)) == 0 { while true { _ = ask() } }
        say("flooding", "ok")
    }
}
