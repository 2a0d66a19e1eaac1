import Glibc

/// Tells when memory is short: the kernel's pressure stall information, see Documentation/accounting/psi.rst.
///
/// `descriptor` has an event (EPOLLPRI) each time processes waited for memory for a tenth of a second within one second.
struct MemoryPressure {
    let descriptor: CInt

    /// Nil where the kernel has no such information, or keeps it from this user.
    init?() {
        let file = open("/proc/pressure/memory", O_RDWR | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return nil }
        let trigger = Array("some 100000 1000000\0".utf8)
        guard trigger.withUnsafeBytes({ write(file, $0.baseAddress, $0.count) }) > 0 else {
            close(file)
            return nil
        }
        descriptor = file
    }
}
