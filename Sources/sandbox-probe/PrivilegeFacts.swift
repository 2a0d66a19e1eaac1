import CLinux
import Glibc

/// What the program may do.
enum PrivilegeFacts {
    static func report() {
        say("user", getuid())
        say("user.effective", geteuid())
        say("group", getgid())
        say("groups", getgroups(0, nil))
        say("groups.others", otherGroups())
        say("noNewPrivileges", clinux_prctl(39, 0, 0, 0, 0))
        say("dumpable", clinux_prctl(3, 0, 0, 0, 0))
        say("seccomp", clinux_prctl(21, 0, 0, 0, 0))
        reportCapabilities()
        say("become.root", outcome(setuid(0)))
        say("become.other", outcome(setgid(65534)))
        say("chown", outcome(chown("/var", 0, 0)))
    }

    private static func reportCapabilities() {
        var header: (UInt32, CInt) = (0x2008_0522, 0)
        var sets: (UInt64, UInt64, UInt64) = (0, 0, 0)
        let result = withUnsafeMutableBytes(of: &header) { header in
            withUnsafeMutableBytes(of: &sets) {
                clinux_syscall(
                    125 /* capget */, Int(bitPattern: header.baseAddress), Int(bitPattern: $0.baseAddress), 0, 0, 0, 0)
            }
        }
        say("capabilities", result < 0 ? outcome(result) : (sets.0 | sets.1 | sets.2) == 0 ? "none" : "some")
        let bounding = (UInt(0)..<64).filter { clinux_prctl(23, $0, 0, 0, 0) == 1 }.count
        say("capabilities.bounding", bounding)
        say("secureBits", String(clinux_prctl(27, 0, 0, 0, 0), radix: 16))
    }

    /// In how many groups the process is besides its own; -1 when the kernel does not say.
    static func otherGroups() -> Int {
        // As many as a process can be in.
        var groups = [gid_t](repeating: 0, count: 65536)
        let count = Int(getgroups(CInt(groups.count), &groups)), own = getgid()
        return count < 0 ? count : groups.prefix(count).filter { $0 != own }.count
    }

    static func reportLimits() {
        let limits: [(String, CInt)] = [
            ("core", CLINUX_RLIMIT_CORE), ("files", CLINUX_RLIMIT_NOFILE), ("processes", CLINUX_RLIMIT_NPROC),
            ("lockedMemory", CLINUX_RLIMIT_MEMLOCK), ("messageQueues", CLINUX_RLIMIT_MSGQUEUE),
            ("realTime", CLINUX_RLIMIT_RTPRIO),
        ]
        for (name, resource) in limits {
            var hard: UInt64 = 0
            say("limit.\(name)", clinux_hard_limit(resource, &hard) < 0 ? "?" : String(hard))
        }
        var opened = 0
        while open("/dev/null", O_RDONLY) >= 0 { opened += 1 }
        say("limit.files.opened", opened)
        for number in CInt(4)..<4096 { close(number) }
    }
}
