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
    private let hasVirtualCalls: Bool

    /// Built once; every sandbox only loads it.
    /// - Parameter virtualizing: Whether a supervisor answers the calls that ask about the machine.
    /// - Parameter isShared: Without namespaces around: see ``SharedKernelRules``.
    static func build(virtualizing: Bool = false, isShared: Bool = false) throws(LaunchFailure) -> SyscallFilter {
        let program = BPFAssembler.program(
            leaves(virtualizing, isShared), architecture: seccomp_arch_native(), otherwise: .error(ENOSYS))
        guard program.count <= 4096 else { throw LaunchFailure(.filter, E2BIG) }
        let instructions = UnsafeMutableBufferPointer<BPFInstruction>.allocate(capacity: program.count)
        _ = instructions.initialize(from: program)
        return SyscallFilter(instructions: instructions, hasVirtualCalls: virtualizing)
    }

    /// Binds this process and all it starts, for good.
    /// - Parameter announce: Gets the descriptor through which virtual calls are answered, when there are any. It goes away
    ///   with the execution of the program.
    func load(announce: (CInt) -> Bool = { _ in false }) throws(LaunchFailure) {
        let count = UInt16(truncatingIfNeeded: instructions.count)
        guard hasVirtualCalls else {
            try check(clinux_seccomp_load(instructions.baseAddress, count), .filter)
            return
        }
        let listener = try check(clinux_seccomp_listen(instructions.baseAddress, count), .filter)
        guard announce(listener) else { throw LaunchFailure(.filter, errno) }
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

    private static func leaves(_ virtualizing: Bool, _ isShared: Bool) -> [UInt32: BPFAssembler.Leaf] {
        var leaves: [UInt32: BPFAssembler.Leaf] = [:]
        func set(_ name: String, _ leaf: BPFAssembler.Leaf) {
            // Negative: this architecture does not have the call.
            let number = seccomp_syscall_resolve_name(name)
            if number >= 0 { leaves[UInt32(number)] = leaf }
        }
        for name in SyscallTable.allowed { set(name, .verdict(.allow)) }
        for number in SyscallTable.allowedNumbers { leaves[number] = .verdict(.allow) }
        for name in SyscallTable.refused { set(name, .verdict(.error(EPERM))) }
        for name in SyscallTable.virtual { set(name, .verdict(virtualizing ? .ask : .allow)) }
        for rules in ArgumentRules.all { set(rules.call, .rules(rules)) }
        guard isShared else { return leaves }
        for name in SharedKernelRules.absent { set(name, .verdict(.error(ENOSYS))) }
        for rules in SharedKernelRules.all { set(rules.call, .rules(rules)) }
        return leaves
    }
}

/// What happens to a call.
enum Verdict: Equatable {
    case allow
    /// The supervisor answers; ENOSYS where there is none.
    case ask
    case error(CInt)

    /// The kernel's number for it.
    var value: UInt32 {
        switch self {
        case .allow: 0x7fff_0000
        case .ask: 0x7fc0_0000
        case .error(let number): 0x0005_0000 | UInt32(number & 0xffff)
        }
    }
}
