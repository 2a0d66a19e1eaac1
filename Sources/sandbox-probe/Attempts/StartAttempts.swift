import CLinux
import Glibc

/// What a program starts with (specification, section 3.2).
enum StartAttempts {
    static let all = [
        fact("directory", .everyBackEnd, is: "/") { _ in
            let path = UnsafeMutablePointer<CChar>.allocate(capacity: 4096)
            return getcwd(path, 4096) == nil ? errorName(errno) : String(cString: path)
        },
        fact("umask", .everyBackEnd, is: "7") { _ in
            let mask = umask(0)
            umask(mask)
            return String(mask, radix: 8)
        },
        // struct utsname: six fields of 65 bytes; the second is the host, the last the domain.
        fact("host", .ownIdentity, is: "sandbox") { _ in systemName(1) },
        fact("domain", .ownIdentity, is: "sandbox") { _ in systemName(5) },
        fact("user", .ownIdentity, is: "1000 1000 1000") { _ in
            "\(getuid()) \(geteuid()) \(UInt32(truncatingIfNeeded: kernel(SYS_setfsuid, -1)))"
        },
        fact("group", .ownIdentity, is: "1000 1000") { _ in "\(getgid()) \(getegid())" },
        // A host that is not root cannot take its own group from the list; see the check `ordinaryUser`.
        fact("groups", .everyBackEnd, is: "0") { targets in
            "\(targets.number("user") == 0 ? kernel(SYS_getgroups, 0, 0) : PrivilegeFacts.otherGroups())"
        },
        fact("signals.blocked", .everyBackEnd, is: "0") { _ in
            let mask = buffer(8)
            _ = kernel(SYS_rt_sigprocmask, 0, 0, mask, 8)
            return String(word(at: mask), radix: 16)
        },
        fact("signals.ignored", .everyBackEnd, is: "0") { _ in
            let ignored = (1..<65).filter { number in
                let action = buffer(32)
                return kernel(SYS_rt_sigaction, number, 0, action, 8) == 0 && word(at: action) == 1
            }
            return "\(ignored.count)"
        },
        fact("environment", .everyBackEnd, is: "ONE=1 TWO=two words") { _ in
            var entries: [String] = [], next = environ
            while let entry = next.pointee {
                entries.append(String(cString: entry))
                next += 1
            }
            return entries.joined(separator: " ")
        },
        fact("niceness", .everyBackEnd, is: "the host's") { targets in
            // The kernel's own answer is 20 less the niceness.
            let own = 20 - kernel(SYS_getpriority, 0, 0)
            return own == targets.number("niceness") ? "the host's" : "\(own)"
        },
        fact("alarm", .everyBackEnd, is: "0") { _ in "\(kernel(SYS_alarm, 0))" },
        fact("terminal", .everyBackEnd, is: "ENOTTY") { _ in
            errorName(CInt(-min(0, kernel(SYS_ioctl, 0, 0x5401, buffer(64)))))
        },
    ]

    private static func systemName(_ field: Int) -> String {
        let names = buffer(400)
        _ = kernel(SYS_uname, names)
        return UnsafePointer<CChar>(bitPattern: names + field * 65).map { String(cString: $0) } ?? ""
    }
}
