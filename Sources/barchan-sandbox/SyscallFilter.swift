import CLinux
import CSeccomp
import Glibc
import SandboxProtocol

/// The system calls a grain may make, as one program for the kernel.
///
/// An allow list: what is not named does not exist (ENOSYS), which is what programs that probe for a call expect. Some calls
/// depend on their arguments (``ArgumentRules``) and fail with the error an app should see.
struct SyscallFilter {
    private let instructions: UnsafeMutableBufferPointer<BPFInstruction>

    /// Built once; every sandbox only loads it.
    static func build() throws(LaunchFailure) -> SyscallFilter {
        let program = BPFAssembler.program(
            leaves(), architecture: seccomp_arch_native(), otherwise: .error(ENOSYS))
        guard program.count <= 4096 else { throw LaunchFailure(.filter, E2BIG) }
        let instructions = UnsafeMutableBufferPointer<BPFInstruction>.allocate(capacity: program.count)
        _ = instructions.initialize(from: program)
        return SyscallFilter(instructions: instructions)
    }

    /// Binds this process and all it starts, for good.
    func load() throws(LaunchFailure) {
        let count = UInt16(truncatingIfNeeded: instructions.count)
        try check(clinux_seccomp_load(instructions.baseAddress, count), .filter)
    }

    /// False when not all of it could be written.
    func write(to descriptor: CInt) -> Bool {
        let bytes = UnsafeRawBufferPointer(instructions)
        var written = 0
        while written < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
            guard count > 0 else { return false }
            written += count
        }
        return true
    }

    private static func leaves() -> [UInt32: BPFAssembler.Leaf] {
        var leaves: [UInt32: BPFAssembler.Leaf] = [:]
        func set(_ name: String, _ leaf: BPFAssembler.Leaf) {
            // Negative: this architecture does not have the call.
            let number = seccomp_syscall_resolve_name(name)
            if number >= 0 { leaves[UInt32(number)] = leaf }
        }
        for name in SyscallTable.allowed { set(name, .verdict(.allow)) }
        for number in SyscallTable.allowedNumbers { leaves[number] = .verdict(.allow) }
        for name in SyscallTable.refused { set(name, .verdict(.error(EPERM))) }
        for rules in ArgumentRules.all { set(rules.call, .rules(rules)) }
        return leaves
    }
}

/// What happens to a call.
enum Verdict: Equatable {
    case allow
    case error(CInt)

    /// The kernel's number for it.
    var value: UInt32 {
        switch self {
        case .allow: 0x7fff_0000
        case .error(let number): 0x0005_0000 | UInt32(number & 0xffff)
        }
    }
}
