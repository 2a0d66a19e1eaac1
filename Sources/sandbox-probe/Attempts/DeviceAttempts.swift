import CLinux
import Glibc

/// Devices beyond the five.
enum DeviceAttempts {
    static let all =
        hidden.map { name in refused(name, .privateFileSystem) { _ in tryOpen("/dev/\(name)") } }
        + [
            works("null.read") { _ in transfer("/dev/null", O_RDONLY) { kernel(SYS_read, $0, buffer(16), 16) } },
            works("null.write") { _ in transfer("/dev/null", O_WRONLY) { kernel(SYS_write, $0, buffer(16), 16) - 16 } },
            works("zero.read") { _ in transfer("/dev/zero", O_RDONLY) { kernel(SYS_read, $0, buffer(16), 16) - 16 } },
            works("zero.map") { _ in
                transfer("/dev/zero", O_RDWR) {
                    mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, CInt($0), 0) == MAP_FAILED ? -Int(errno) : 0
                }
            },
            works("random") { _ in transfer("/dev/random", O_RDONLY, randomBytes) },
            works("urandom") { _ in transfer("/dev/urandom", O_RDONLY, randomBytes) },
            refused("null.replace", .privateFileSystem) { _ in
                // A file beside it, first; where that can be made it is removed again.
                let result = tryOpen("/dev/attempt", O_CREAT | O_WRONLY)
                if result >= 0 { unlink("/dev/attempt") }
                return result
            },
        ]

    private static let hidden = [
        "mem", "kmem", "port", "kmsg", "tty", "console", "tty0", "ttyS0", "ptmx", "pts", "full", "fd", "stdin",
        "stdout", "stderr", "fuse", "kvm", "net/tun", "loop-control", "loop0", "vda", "sda", "zram0", "userfaultfd",
        "vsock", "vhost-net", "autofs", "btrfs-control", "mapper/control", "hwrng", "cpu_dma_latency", "vga_arbiter",
        "cpu", "input", "dri", "snd", "rtc0", "hpet", "mqueue", "hugepages", "uinput", "uhid", "log",
        "initctl", "core", "vcs", "vcsu", "block", "char", "disk", "bus", "bsg",
    ]

    private static func transfer(_ path: String, _ flags: CInt, _ body: (Int) -> Int) -> Int {
        let file = open(path, flags | O_CLOEXEC)
        return file < 0 ? -Int(errno) : body(Int(file))
    }

    /// Two reads that differ.
    private static func randomBytes(_ file: Int) -> Int {
        let one = buffer(8), two = buffer(8)
        guard kernel(SYS_read, file, one, 8) == 8, kernel(SYS_read, file, two, 8) == 8 else { return -Int(EIO) }
        return word(at: one) != word(at: two) ? 0 : -Int(EIO)
    }
}
