import CLinux
import Glibc

/// What the kernel answers where a call is ordinary and its arguments decide: `shut NAME OUTCOME` for what no app needs, and
/// `open NAME OUTCOME` for its ordinary neighbours. Numbers are those of x86-64.
enum ArgumentFacts {
    /// - Parameter directory: where files may be made; they are removed again.
    static func report(in directory: String) {
        let file = open("\(directory)/arguments", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        reportFiles(directory, Int(file))
        reportMemory()
        reportSockets()
        reportEntries()
        close(file)
        unlink("\(directory)/arguments")
    }

    private static func call(_ number: Int, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, _ d: Int = 0, _ e: Int = 0) -> Int
    {
        clinux_syscall(number, a, b, c, d, e, 0)
    }
    private static func shut(_ name: String, _ result: Int) { say("shut \(name)", outcome(result)) }
    private static func open(_ name: String, _ result: Int) { say("open \(name)", outcome(result)) }
    private static func open(_ path: String, _ flags: CInt, _ mode: mode_t) -> CInt { Glibc.open(path, flags, mode) }
    private static let buffer = Int(bitPattern: UnsafeMutableRawPointer.allocate(byteCount: 1 << 16, alignment: 4096))

    private static func reportFiles(_ directory: String, _ file: Int) {
        func control(_ command: Int, _ argument: Int) -> Int { call(72, file, command, argument) }
        shut("lease", control(1024 /* F_SETLEASE */, 1))
        shut("lease.read", control(1024, 0))
        _ = control(1024, 2)
        let folder = Int(Glibc.open(directory, O_RDONLY))
        shut("notify", call(72, folder, 1026 /* F_NOTIFY */, 1))
        shut("signal", control(10 /* F_SETSIG */, 34))
        for (name, kind) in [("character", 0x2000), ("block", 0x6000)] {
            let path = "\(directory)/\(name)"
            shut("node.\(name)", Int(mknod(path, mode_t(kind | 0o600), 0x103)))
            unlink(path)
            shut("nodeat.\(name)", Int(mknodat(-100, path, mode_t(kind | 0o600), 0x103)))
            unlink(path)
        }
        let from = "\(directory)/renamed", to = "\(directory)/renamed-to"
        shut("node.whiteout", whiteout(from, to))
        for path in [from, to] { unlink(path) }
        open("node.file", Int(mknod("\(directory)/regular", S_IFREG | 0o600, 0)))
        unlink("\(directory)/regular")
        open("duplicate", control(1030 /* F_DUPFD_CLOEXEC */, 100))
        open("flags", control(3 /* F_GETFL */, 0))
        open("owner", control(8 /* F_SETOWN */, Int(getpid())))
        open("lock", control(6 /* F_SETLK */, lock()))
        open("lock.file", control(37 /* F_OFD_SETLK */, lock()))
        let memory = Int(clinux_memfd_create("seals", 3))
        open("seals", call(72, memory, 1033 /* F_ADD_SEALS */, 1))
        var pipe: [CInt] = [0, 0]
        clinux_pipe2(&pipe, O_CLOEXEC)
        open("pipe", call(72, Int(pipe[0]), 1031 /* F_SETPIPE_SZ */, 4096))
        for descriptor in [CInt(memory), pipe[0], pipe[1], CInt(folder), 100] { close(descriptor) }
    }

    private static func whiteout(_ from: String, _ to: String) -> Int {
        close(open(from, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600))
        return from.withCString { from in
            to.withCString { to in
                call(316 /* renameat2 */, -100, Int(bitPattern: from), -100, Int(bitPattern: to), 4)
            }
        }
    }

    /// A read lock on everything: struct flock of zeros.
    private static func lock() -> Int {
        UnsafeMutableRawPointer(bitPattern: buffer)?.initializeMemory(as: UInt8.self, repeating: 0, count: 64)
        return buffer
    }

    private static func reportMemory() {
        let anonymous = 0x22 /* MAP_PRIVATE | MAP_ANONYMOUS */
        shut("huge.map", clinux_syscall(9, 0, 2 << 20, 3, anonymous | 0x40000, -1, 0))
        let huge = call(319, Int(bitPattern: strdup("huge")), 5 /* MFD_HUGETLB | MFD_CLOEXEC */)
        shut("huge.file", huge)
        if huge >= 0 { close(CInt(huge)) }
        shut("merge", call(28, buffer, 1 << 16, 12 /* MADV_MERGEABLE */))
        shut("segment.huge", segment(4096, 0o4000))
        shut("segment.large", segment(2 << 30, 0))
        shut("segment.larger", segment(1 << 33, 0))
        open("segment", segment(64 << 20, 0))
        open("advice", call(28, buffer, 1 << 16, 4 /* MADV_DONTNEED */))
        // What storage engines do: a large sparse reservation, of which parts are used, and guards around them.
        let reservation = clinux_syscall(9, 0, 64 << 30, 0, anonymous | 0x4000 /* MAP_NORESERVE */, -1, 0)
        open("reservation", reservation)
        open("reservation.use", call(10 /* mprotect */, reservation, 1 << 20, 3))
        open("code", clinux_syscall(9, 0, 4096, 7 /* a just-in-time compiler */, anonymous, -1, 0))
        open("move", call(25 /* mremap */, reservation, 1 << 20, 2 << 20, 1))
    }

    private static func segment(_ bytes: Int, _ flags: Int) -> Int {
        let identifier = call(29, 0, bytes, 0o1600 | flags)
        if identifier >= 0 { _ = call(31 /* shmctl */, identifier, 0) }
        return identifier
    }

    private static func reportSockets() {
        let stream = Int(socket(2, 1, 0)), datagram = Int(socket(2, 2, 0)), newer = Int(socket(10, 1, 0))
        func set(_ socket: Int, _ level: Int, _ option: Int, _ value: Int, _ length: Int = 4) -> Int {
            UnsafeMutablePointer<Int>(bitPattern: buffer)?.pointee = value
            return call(54, socket, level, option, buffer, length)
        }
        // struct sock_fprog with one instruction: take everything.
        let instruction = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
        instruction.pointee = 0xffff_ffff_0000_0006
        let program = UnsafeMutablePointer<(Int, UnsafeMutablePointer<UInt64>)>.allocate(capacity: 1)
        program.initialize(to: (1, instruction))
        shut("socket.filter", call(54, datagram, 1, 26, Int(bitPattern: program), 16))
        shut("socket.zeroCopy", set(stream, 1, 60, 1))
        shut("socket.encapsulation", set(datagram, 17, 100 /* UDP_ENCAP */, 2))
        shut("socket.options", set(stream, 0, 4 /* IP_OPTIONS */, 0x0101_0101))
        shut("socket.group", call(54, datagram, 0, 48 /* MCAST_MSFILTER */, lock(), 144))
        for (name, option) in [("repair", 19), ("upperLayer", 31), ("signature", 14), ("key", 38)] {
            shut("socket.\(name)", set(stream, 6, option, 0, 40))
        }
        shut("socket.tables", set(stream, 0, 64 /* IPT_SO_SET_REPLACE */, 0, 84))
        shut("socket.family", set(newer, 41, 1 /* IPV6_ADDRFORM */, 2))
        open("socket.reuse", set(stream, 1, 2, 1))
        open("socket.port", set(stream, 1, 15, 1))
        open("socket.buffer", set(stream, 1, 8, 1 << 16))
        open("socket.alive", set(stream, 1, 9, 1))
        open("socket.delay", set(stream, 6, 1, 1))
        open("socket.idle", set(stream, 6, 4, 60))
        open("socket.only", set(newer, 41, 26, 1))
        open("socket.errors", set(datagram, 0, 11, 1))
        for socket in [stream, datagram, newer] { close(CInt(socket)) }
    }

    /// Other ways into the kernel, and options of single calls.
    private static func reportEntries() {
        // A child each: where the kernel has no such entry the processor ends the program.
        for (name, number) in [("getpid", 20), ("mount", 21), ("clone", 120), ("socket", 359)] {
            say("shut int80.\(name)", inChild { CInt(truncatingIfNeeded: -clinux_call_int80(number, 0, 0)) })
        }
        say("shut x32", inChild { clinux_syscall(0x4000_0000 + 39, 0, 0, 0, 0, 0, 0) < 0 ? errno : 0 })
        // Numbers that no kernel of today has, and the one below all.
        for number in Array(470..<1024) + [-1] {
            let answer = call(number, -1, -1, -1, -1, -1)
            if answer >= 0 || errno != ENOSYS { say("shut number.\(number)", outcome(answer)) }
        }
        shut("architecture", call(158, 0x2003 /* ARCH_MAP_VDSO_64 */, 0))
        shut("personality", call(135, 0x40000 /* ADDR_NO_RANDOMIZE */))
        open("auxiliary", Int(clinux_prctl(0x4155_5856, UInt(bitPattern: buffer), 1024, 0, 0)))
        open("state", call(158, 0x1022 /* ARCH_GET_XCOMP_PERM */, buffer))
    }

    /// The error that `body` returns in a child, by name; `ok` for none.
    private static func inChild(_ body: () -> CInt) -> String {
        fflush(nil)
        let child = clinux_clone(UInt(SIGCHLD))
        if child == 0 {
            let error = body()
            _exit(error >= 0 && error < 255 ? error : 0)
        }
        var status: CInt = 0
        guard child > 0, waitpid(pid_t(child), &status, 0) == pid_t(child) else { return "?" }
        guard clinux_wifexited(status) != 0 else { return "signal" }
        return clinux_wexitstatus(status) == 0 ? "ok" : errorName(clinux_wexitstatus(status))
    }
}
