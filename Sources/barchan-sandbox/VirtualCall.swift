import CLinux
import CSeccomp
import Glibc

/// Calls that ask about the machine and are told about the sandbox.
enum VirtualCall: String, CaseIterable {
    case sysinfo, uname
    case affinity = "sched_getaffinity"
    /// Only the requests of ``LoopbackInterface``.
    case control = "ioctl"
    /// Only netlink sockets, whose number is bounded (``NetworkSockets``).
    case socket
    /// Only where it takes room on a disk, which goes no faster than writing.
    case allocate = "fallocate"

    /// By the kernel's number.
    static let byNumber: [CInt: VirtualCall] = allCases.reduce(into: [:]) {
        $0[seccomp_syscall_resolve_name($1.rawValue)] = $1
    }
}

/// What a virtual call returns.
enum VirtualAnswer {
    /// `bytes` are written to the caller's memory at `address` first, and what is to be written elsewhere before that.
    case value(Int64, bytes: [UInt8], address: UInt64, also: (bytes: [UInt8], address: UInt64)? = nil)
    case error(CInt)
    /// The kernel does what was called for. Only where registers alone say what that is.
    case proceed
}

/// What one sandbox is told.
struct SandboxView: Equatable {
    /// 0 for no bound.
    var memoryBytes: UInt64
    private static let kind: UInt8 = 2

    /// As a message beside the listener.
    var encoded: [UInt8] { [SandboxView.kind] + withUnsafeBytes(of: memoryBytes.littleEndian, Array.init) }

    init(memoryBytes: UInt64) { self.memoryBytes = memoryBytes }

    init?(decoding bytes: [UInt8]) {
        guard bytes.count == 9, bytes[0] == SandboxView.kind else { return nil }
        self.init(memoryBytes: bytes.dropFirst().reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }
}
