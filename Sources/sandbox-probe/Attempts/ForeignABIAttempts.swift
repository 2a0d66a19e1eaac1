import CLinux
import Glibc

/// Ways to the kernel that have other numbers: i386 through int 0x80, and x32 through a bit. A filter that looks at numbers only
/// takes one call for another.
enum ForeignABIAttempts {
    static let all = i386 + x32

    private static let i386 = [
        ("getpid", 20, 0), ("mount", 21, 0), ("ptrace", 26, 0), ("reboot", 88, 1), ("socketcall", 102, 99),
        ("clone.user", 120, Int(CLINUX_CLONE_NEWUSER) | Int(SIGCHLD)), ("personality", 136, -1), ("keyctl", 288, 0),
        ("unshare", 310, 0), ("bpf", 357, 0), ("socket.vsock", 359, 40), ("io_uring", 425, 0), ("clone3", 435, 0),
    ].map { (name: String, number: Int, argument: Int) in
        absent("i386.\(name)") { _ in i386(number, argument) }
    }

    /// In a process of its own: without the interface the instruction ends it, and whatever it did it did there.
    private static func i386(_ number: Int, _ argument: Int) -> Int {
        let process = clinux_fork()
        if process == 0 {
            let result = clinux_call_int80(number, argument, 0)
            _exit(result < 0 && result > -256 ? CInt(-result) : 0)
        }
        guard process > 0 else { return untried }
        var status: CInt = 0
        waitpid(process, &status, 0)
        if clinux_wifsignaled(status) != 0 { return -Int(ENOSYS) }
        return -Int(clinux_wexitstatus(status))
    }

    private static let x32 = [
        ("getpid", 39), ("mount", 165), ("unshare", 272), ("keyctl", 250), ("bpf", 321), ("ptrace", 521),
        ("execve", 520), ("process_vm_readv", 539), ("io_uring", 425),
    ].map { name, number in
        absent("x32.\(name)") { _ in kernel(0x4000_0000 | number) }
    }
}
