import CLinux
import Glibc

/// A system call by number, with the kernel's own convention: a negative result is an error.
func kernel(
    _ number: Int32, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, _ d: Int = 0, _ e: Int = 0, _ f: Int = 0
) -> Int { kernel(Int(number), a, b, c, d, e, f) }

func kernel(
    _ number: Int, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, _ d: Int = 0, _ e: Int = 0, _ f: Int = 0
) -> Int { negated(clinux_syscall(number, a, b, c, d, e, f)) }

/// The result of a C function as the kernel would return it.
func negated(_ result: some BinaryInteger) -> Int { result < 0 ? -Int(errno) : Int(result) }

/// Strings and buffers stay where they are: every attempt has a process of its own, which ends.
func address(_ text: String) -> Int { Int(bitPattern: strdup(text)) }

func address(_ words: [UInt64]) -> Int {
    let buffer = UnsafeMutablePointer<UInt64>.allocate(capacity: max(1, words.count))
    buffer.initialize(from: words, count: words.count)
    return Int(bitPattern: buffer)
}

func address(bytes: [UInt8]) -> Int {
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, bytes.count))
    buffer.initialize(from: bytes, count: bytes.count)
    return Int(bitPattern: buffer)
}

/// Zeros.
func buffer(_ count: Int) -> Int { address(bytes: [UInt8](repeating: 0, count: count)) }

/// The word that lies at an address made above.
func word(at address: Int, _ index: Int = 0) -> UInt64 {
    UnsafePointer<UInt64>(bitPattern: address)?[index] ?? 0
}

/// Opens and closes again.
func tryOpen(_ path: String, _ flags: CInt = O_RDONLY) -> Int {
    let file = open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0o600)
    guard file >= 0 else { return -Int(errno) }
    close(file)
    return 0
}

/// A process that runs `body` and ends with what it returns, 0 to 255, or nil when that cannot be had.
func child(_ body: () -> CInt) -> CInt? {
    let process = clinux_fork()
    if process == 0 { _exit(body()) }
    guard process > 0 else { return nil }
    var status: CInt = 0
    guard waitpid(process, &status, 0) == process, clinux_wifexited(status) != 0 else { return nil }
    return clinux_wexitstatus(status)
}

/// Where nothing stops it (outside of a sandbox, as root), what is tried next changes a copy and not the machine.
func apart(_ namespace: UInt = CLINUX_CLONE_NEWNS) {
    guard clinux_unshare(namespace) == 0, namespace == CLINUX_CLONE_NEWNS else { return }
    _ = kernel(SYS_mount, address("none"), address("/"), 0, 1 << 14 | 1 << 18 /* recursive, private */, 0)
}

/// A 4-byte option.
func setOption(_ socket: CInt, _ level: Int, _ name: Int, _ value: [UInt32]) -> Int {
    let bytes = value.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
    return kernel(SYS_setsockopt, Int(socket), level, name, address(bytes: bytes), bytes.count)
}
