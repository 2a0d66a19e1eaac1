import CLinux
import Glibc

/// What the program sees of files.
enum FileFacts {
    static func report() {
        for directory in ["/", "/dev", "/dev/shm", "/tmp", "/var"] { say("list \(directory)", list(directory)) }
        for path in ["/x", "/dev/x", "/tmp/x", "/var/x", "/dev/shm/x", "/proc/x"] {
            say("create \(path)", create(path))
        }
        for path in [
            "/proc/self/status", "/proc/1", "/proc/mounts", "/proc/cpuinfo", "/sys", "/sys/kernel", "/dev/tty",
            "/dev/pts",
            "/dev/kmsg", "/dev/mem", "/dev/full", "/dev/fd", "/etc/passwd", "/run", "/home", "/root",
        ] { say("open \(path)", tryOpen(path, O_RDONLY)) }
        for path in ["/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"] {
            say("use \(path)", tryOpen(path, O_RDWR))
        }
        var bytes = [UInt8](repeating: 0, count: 16)
        let random = open("/dev/random", O_RDONLY)
        say("random", read(random, &bytes, 16) == 16 && bytes != [UInt8](repeating: 0, count: 16) ? "ok" : "bad")
        close(random)
        reportWays()
    }

    /// Ways to more than there should be, and some that programs need.
    private static func reportWays() {
        say("node.character", outcome(mknod("/var/c", S_IFCHR | 0o600, 0x103)))
        say("node.block", outcome(mknod("/var/b", S_IFBLK | 0o600, 0x800)))
        say("node.pipe", outcome(mkfifo("/var/pipe", 0o600)))
        say("chmod.package", outcome(chmod("/probe", 0o777)))
        say("unlink.package", outcome(unlink("/probe")))
        say("parent", list("/..") == list("/") ? "root" : "elsewhere")
        say("link.package", outcome(link("/probe", "/var/linked")))
        say("sysfs", outcome(clinux_syscall(165, address("none"), address("/tmp"), address("sysfs"), 0, 0, 0)))
        for directory in ["/var", "/tmp", "/dev/shm"] { say("execute \(directory)", execute(in: directory)) }
    }

    /// A string that stays where it is.
    private static func address(_ text: String) -> Int { Int(bitPattern: strdup(text)) }

    private static func execute(in directory: String) -> String {
        let path = "\(directory)/script"
        let file = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0o700)
        _ = write(file, "#!/probe exit\n", 14)
        close(file)
        return run([path]) == 0 ? "ok" : "refused"
    }

    static func list(_ directory: String) -> String {
        guard let stream = opendir(directory) else { return errorName(errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.isEmpty ? "empty" : names.sorted().joined(separator: ",")
    }

    private static func create(_ path: String) -> String { tryOpen(path, O_RDWR | O_CREAT) }

    private static func tryOpen(_ path: String, _ flags: CInt) -> String {
        let file = open(path, flags | O_CLOEXEC, 0o600)
        defer { if file >= 0 { close(file) } }
        return outcome(file)
    }

    /// Writes until the file system is full: bytes first, then files.
    static func fill(_ directory: String) {
        let block = [UInt8](repeating: 1, count: 1 << 16)
        let file = open("\(directory)/big", O_CREAT | O_WRONLY | O_TRUNC, 0o600)
        var total = 0
        while total < 1 << 28, case let count = write(file, block, block.count), count > 0 { total += count }
        say("filled.bytes", total)
        close(file)
        unlink("\(directory)/big")
        var files = 0
        while files < 100_000, case let file = open("\(directory)/\(files)", O_CREAT | O_WRONLY, 0o600), file >= 0 {
            close(file)
            files += 1
        }
        say("filled.files", files)
    }

    /// Watches a file until a byte comes on descriptor 3, and says how many bytes of events there were.
    static func watchWhenTold(_ path: String) {
        let events = inotify_init1(CInt(O_NONBLOCK))
        say("watching", outcome(inotify_add_watch(events, path, 0xfff)))
        fflush(nil)
        var buffer = [UInt8](repeating: 0, count: 4096)
        _ = read(3, &buffer, 1)
        say("watched", max(0, read(events, &buffer, buffer.count)))
    }
}
