import CLinux
import CSeccomp
import Glibc
import SandboxProtocol

/// The system calls a grain may make, as one program for the kernel.
///
/// An allow list: what is not named does not exist (ENOSYS), which is what programs that probe for a call expect. libseccomp
/// makes the list into a balanced tree and shuts foreign ABIs. Calls whose arguments decide come before it, in order, with
/// the error an app should see (``ArgumentRules``).
struct SyscallFilter {
    private let instructions: UnsafeMutableBufferPointer<BPFInstruction>

    /// Built once; every sandbox only loads it.
    static func build() throws(LaunchFailure) -> SyscallFilter {
        var assembler = BPFAssembler()
        assembler.emitArguments(ArgumentRules.all)
        let program = assembler.instructions + (try compileAllowList())
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

    private static func compileAllowList() throws(LaunchFailure) -> [BPFInstruction] {
        guard let context = seccomp_init(Verdict.error(ENOSYS).value) else { throw LaunchFailure(.filter, ENOMEM) }
        defer { seccomp_release(context) }
        try accept(seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, Verdict.error(ENOSYS).value))
        try accept(seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2))
        for name in SyscallTable.allowed { try add(name, .allow, to: context) }
        for name in SyscallTable.refused { try add(name, .error(EPERM), to: context) }
        for number in SyscallTable.allowedNumbers {
            try accept(seccomp_rule_add_array(context, Verdict.allow.value, number, 0, nil))
        }
        return try export(context)
    }

    private static func add(_ name: String, _ verdict: Verdict, to context: scmp_filter_ctx) throws(LaunchFailure) {
        // Negative: this architecture does not have the call.
        let number = seccomp_syscall_resolve_name(name)
        guard number >= 0 else { return }
        try accept(seccomp_rule_add_array(context, verdict.value, number, 0, nil))
    }

    private static func accept(_ result: CInt) throws(LaunchFailure) {
        guard result == 0 else { throw LaunchFailure(.filter, -result) }
    }

    private static func export(_ context: scmp_filter_ctx) throws(LaunchFailure) -> [BPFInstruction] {
        let file = try opened(clinux_memfd_create("filter", 1), .filter)
        try accept(seccomp_export_bpf(context, file.number))
        let length = Int(lseek(file.number, 0, SEEK_CUR))
        let size = MemoryLayout<BPFInstruction>.size
        var complete = false
        let program = [BPFInstruction](unsafeUninitializedCapacity: length / size) { buffer, count in
            complete = pread(file.number, buffer.baseAddress, length, 0) == length
            count = complete ? length / size : 0
        }
        guard complete, !program.isEmpty else { throw LaunchFailure(.filter, EIO) }
        return program
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
