import CLinux
import Glibc

/// The answers to virtual calls, in the kernel's structures.
struct VirtualMachine {
    /// How many processors a sandbox is told; 0 for all.
    private let processors: Int
    /// struct new_utsname.
    private let names: [UInt8]

    init(processors: Int) {
        self.processors = processors
        names = VirtualMachine.names()
    }

    /// The kernel's version without its patch level and its builder, which tell whether a hole is still open.
    private static func names() -> [UInt8] {
        var machine = utsname()
        _ = Glibc.uname(&machine)
        let release = withUnsafeBytes(of: machine.release, text).split(separator: ".")
        let numbers = release.prefix(2).map { $0.prefix { $0.isNumber } }.joined(separator: ".")
        let fields = [
            "Linux", "sandbox", "\(numbers).0", "#1 SMP", withUnsafeBytes(of: machine.machine, text), "sandbox",
        ]
        return fields.flatMap { Array($0.utf8.prefix(64)) + [UInt8](repeating: 0, count: 65 - min(64, $0.utf8.count)) }
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    func uname(address: UInt64) -> VirtualAnswer { .value(0, bytes: names, address: address) }

    /// struct sysinfo. Load and swap are the host's business, and so is when it was started.
    /// - Parameters:
    ///   - memory: The machine's memory and what is free of it, in bytes.
    ///   - used: What the sandbox uses, page cache included as in the kernel's own answer; nil where nobody counts it.
    func sysinfo(
        _ view: SandboxView, upSeconds: Int64, memory: (total: UInt64, free: UInt64), used: UInt64?,
        address: UInt64
    ) -> VirtualAnswer {
        let total = view.memoryBytes > 0 ? min(view.memoryBytes, memory.total) : memory.total
        let free = used.map { total > $0 ? total - $0 : 0 } ?? min(memory.free, total)
        let words: [UInt64] = [
            UInt64(max(0, upSeconds)), 0, 0, 0, total, free, 0, 0, 0, 0, 1 /* process */, 0, 0,
            1 /* byte is the unit */,
        ]
        return .value(0, bytes: words.flatMap { withUnsafeBytes(of: $0, Array.init) }, address: address)
    }

    /// The first of the processors that the caller may run on.
    /// - Parameter mask: What the kernel would have said.
    func affinity(_ mask: [UInt64], capacity: UInt64, address: UInt64) -> VirtualAnswer {
        var rest = processors > 0 ? processors : Int.max
        var answer: [UInt64] = mask.map { word in
            var kept: UInt64 = 0
            for bit in 0..<UInt64(64) where rest > 0 && word >> bit & 1 == 1 {
                kept |= 1 << bit
                rest -= 1
            }
            return kept
        }
        while answer.count > 1 && answer[answer.count - 1] == 0 { answer.removeLast() }
        let bytes = answer.flatMap { withUnsafeBytes(of: $0, Array.init) }
        guard capacity >= UInt64(bytes.count) else { return .error(EINVAL) }
        return .value(Int64(bytes.count), bytes: bytes, address: address)
    }
}
