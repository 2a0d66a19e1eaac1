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

    /// All of it.
    /// - Parameter virtualizing: Whether a supervisor answers the calls that ask about the machine.
    /// - Parameter isShared: Without namespaces around: see ``SharedKernelRules``.
    static func build(virtualizing: Bool = false, isShared: Bool = false) throws(LaunchFailure) -> SyscallFilter {
        try SyscallFilter(leaves(virtualizing, isShared), hasVirtualCalls: virtualizing)
    }

    private init(_ leaves: [UInt32: BPFAssembler.Leaf], hasVirtualCalls: Bool) throws(LaunchFailure) {
        self.hasVirtualCalls = hasVirtualCalls
        let program = BPFAssembler.program(leaves, architecture: seccomp_arch_native(), otherwise: .error(ENOSYS))
        guard program.count <= 4096 else { throw LaunchFailure(.filter, E2BIG) }
        instructions = UnsafeMutableBufferPointer<BPFInstruction>.allocate(capacity: program.count)
        _ = instructions.initialize(from: program)
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

    /// The same, to be loaded ahead of time: loading it takes as long as half a plain process start.
    ///
    /// What a sandbox still has to call before its program runs is let through when it carries `pass` (``clinux_pass``), and
    /// answered as by ``build(virtualizing:isShared:)`` when it does not. Executing the program takes the number away with the
    /// memory and the registers; it is 64 random bits, of which an answer tells nothing. A program that knew it would still
    /// meet the other walls: these calls need a capability that it does not have, and Landlock refuses changes of mounts.
    static func buildAhead(virtualizing: Bool, pass: UInt64) throws(LaunchFailure) -> SyscallFilter {
        var leaves = leaves(virtualizing, false)
        for name in SyscallTable.preparing {
            let number = seccomp_syscall_resolve_name(name)
            guard number >= 0, leaves[UInt32(number)] == nil else { throw LaunchFailure(.filter, EINVAL) }
            leaves[UInt32(number)] = .pass(pass, otherwise: .error(ENOSYS))
        }
        return try SyscallFilter(leaves, hasVirtualCalls: virtualizing)
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
        for rules in ArgumentRules.all { set(rules.call, .rules(virtualizing ? rules : rules.withoutSupervisor)) }
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
