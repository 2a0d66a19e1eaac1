import CLinux
import Glibc
import SandboxProtocol

/// The control groups of one sandbox: the same name in every hierarchy of a ``GroupTree``. Holds no descriptor.
public struct SandboxGroup {
    let tree: GroupTree
    let name: String

    /// Nil, with `errno`, when a group cannot be made; nothing is left then.
    public init?(in tree: GroupTree, name: String) {
        self.tree = tree
        self.name = name
        for base in tree.bases {
            let group = base.group(name)
            guard mkdirat(group.directory, group.path, 0o755) < 0 else { continue }
            let error = errno
            _ = remove()
            errno = error
            return nil
        }
    }

    init(existing name: String, in tree: GroupTree) {
        self.tree = tree
        self.name = name
    }

    /// Removes the groups; false when a process is still in one: try again later.
    public func remove() -> Bool {
        var isGone = true
        for base in tree.bases {
            let group = base.group(name)
            if unlinkat(group.directory, group.path, AT_REMOVEDIR) < 0 && errno == EBUSY { isGone = false }
        }
        return isGone
    }

    private func files(_ base: GroupTree.Base?) -> GroupFiles? { base?.files(of: name) }
    private var unified: GroupFiles? { files(tree.unified) }

    // MARK: Joining

    /// As ``GroupEntrance/clone(_:)``.
    public func clone(_ signal: CInt) -> Int { GroupEntrance(self)?.clone(signal) ?? -1 }

    /// As ``GroupEntrance/joinLegacy()``.
    public func joinLegacy() -> CInt { GroupEntrance(self)?.joinLegacy() ?? errno }

    // MARK: Limits

    /// Sets what `order` bounds; 0 or an error number. What no group controls here is left to others.
    public func apply(_ order: LaunchOrder) -> CInt {
        var error: CInt = 0
        if order.memoryBytes > 0, let base = tree.base(of: .memory) { error = limitMemory(order.memoryBytes, base) }
        if error == 0, order.processes > 0, let pids = files(tree.base(of: .pids)) {
            error = pids.set("pids.max", "\(order.processes)")
        }
        // A weight that cannot be set harms nobody.
        if order.processorWeight > 0 { setProcessorWeight(order.processorWeight) }
        if order.ioWeight > 0 { setIOWeight(order.ioWeight) }
        return error
    }

    /// As much swap again as memory. Version 2 also slows the sandbox down and reclaims shortly before the limit.
    private func limitMemory(_ bytes: UInt64, _ base: GroupTree.Base) -> CInt {
        let memory = base.files(of: name)
        guard base.version == .v2 else {
            let error = memory.set("memory.limit_in_bytes", "\(bytes)")
            // Absent where swap is not accounted for. Memory and swap together.
            memory.set("memory.memsw.limit_in_bytes", "\(bytes.multipliedReportingOverflow(by: 2).partialValue)")
            // Buffers of TCP sockets are counted apart in version 1; unbounded they would be the machine's. The kernel lets
            // senders go on to about twice as much.
            memory.set("memory.kmem.tcp.limit_in_bytes", "\(bytes / 4)")
            return error
        }
        memory.set("memory.high", "\(bytes - bytes / 16)")
        memory.set("memory.swap.max", "\(bytes)")
        return memory.set("memory.max", "\(bytes)")
    }

    /// 1 to 10000, 100 being what everybody has; in version 1 that is 1024.
    private func setProcessorWeight(_ weight: UInt64) {
        guard let base = tree.base(of: .cpu), let processor = files(base) else { return }
        switch base.version {
        case .v2: processor.set("cpu.weight", "\(weight)")
        case .v1: processor.set("cpu.shares", "\(max(2, weight * 1024 / 100))")
        }
    }

    // MARK: Yielding

    /// How a sandbox stands to others that want a processor.
    public enum Standing: Sendable {
        /// By its weight.
        case ordinary
        /// It gets what others leave, whatever its weight, and gives way to them at once (`cpu.idle`, Linux 5.15). What yields
        /// shares evenly.
        case idle
        /// A sixty-fourth of its weight, where weights are to count among those that yield, and where there is no `cpu.idle`.
        case reduced
    }

    /// - Parameter weight: That of ``LaunchOrder/processorWeight``.
    public func setStanding(_ standing: Standing, weight: UInt64) {
        guard let base = tree.base(of: .cpu), let processor = files(base) else { return }
        let weight = weight > 0 ? weight : 100
        let isIdle = processor.set("cpu.idle", standing == .idle ? "1" : "0") == 0 && standing == .idle
        // The kernel takes no weight of what is idle, and forgets the one it had.
        if !isIdle { setProcessorWeight(standing == .ordinary ? weight : max(1, weight / 64)) }
        setTurns(nanoseconds: standing == .ordinary ? 0 : SandboxGroup.longTurn)
    }

    /// Who has longer turns is interrupted by whoever wakes up and has shorter ones: also by those that are in no group of
    /// ours (EEVDF, Linux 6.12; ignored before). What the processes start has the same. The longest that the kernel takes.
    static let longTurn: UInt64 = 100_000_000

    private func setTurns(nanoseconds: UInt64) {
        for thread in threads { _ = clinux_set_turn(thread, nanoseconds) }
    }

    private var threads: [pid_t] {
        unified?.words("cgroup.threads", maximumBytes: 1 << 20).compactMap { pid_t($0) } ?? []
    }

    /// Keeps all threads off the first of several processors; call it again for those that come later or that went back.
    /// - Parameter all: What threads may run on otherwise.
    public func leaveFirstProcessor(of all: ProcessorSet) {
        guard let rest = all.leavingFirst(of: all) else { return }
        for thread in threads {
            guard let own = ProcessorSet(of: thread) else { continue }
            let left = own.leavingFirst(of: all) ?? rest
            if left != own { left.bind(thread) }
        }
    }

    /// Undoes ``leaveFirstProcessor(of:)``. A thread that has chosen among the others keeps to its choice.
    public func takeFirstProcessor(of all: ProcessorSet) {
        guard let rest = all.leavingFirst(of: all) else { return }
        for thread in threads where ProcessorSet(of: thread) == rest { all.bind(thread) }
    }

    /// 1 to 1000, which BFQ takes in either version, `io.weight` in version 2.
    private func setIOWeight(_ weight: UInt64) {
        guard let base = tree.base(of: .io), let io = files(base) else { return }
        guard base.version == .v2 else {
            _ = io.set("blkio.bfq.weight", "\(weight)")
            return
        }
        io.set("io.weight", "default \(weight)")
        io.set("io.bfq.weight", "\(weight)")
    }

    // MARK: Measuring

    /// What the sandbox uses now, as far as groups count it here.
    public func measure() -> SandboxMeasure {
        var measure = SandboxMeasure()
        if unified != nil {
            // Counted in every group of version 2, with or without the controller.
            measure.processorMicroseconds = processorMicroseconds
            measure.isFrozen = isFrozen
        }
        if let base = tree.base(of: .memory) { measureMemory(base, &measure) }
        if let pids = files(tree.base(of: .pids)) {
            measure.processes = pids.number("pids.current")
            measure.refusedProcesses = pids.number("pids.events", "max")
        }
        return measure
    }

    /// Processor time so far; nil where nobody counts it.
    public var processorMicroseconds: UInt64? { unified?.number("cpu.stat", "usage_usec") }

    /// Processor time so far, for ``BusyUse``; nil where nobody counts it.
    /// - Parameter time: That of now.
    public func sample(at time: UInt64) -> BusyUse.Sample? {
        guard let numbers = unified?.numbers("cpu.stat"), let used = numbers["usage_usec"] else { return nil }
        return BusyUse.Sample(time: time, used: used, inKernel: numbers["system_usec"] ?? 0)
    }

    /// How often it met a limit so far, 0 where nobody counts: processes ended for want of memory, and processes not made.
    public var encounters: (memory: UInt64, processes: UInt64) {
        var measure = SandboxMeasure()
        if let base = tree.base(of: .memory) { measureMemory(base, &measure) }
        let refused = files(tree.base(of: .pids))?.number("pids.events", "max")
        return (measure.memoryKills ?? 0, refused ?? 0)
    }

    /// The processes in it, by the caller's pid namespace; at most some hundred of them.
    public var processes: [pid_t] { unified?.words("cgroup.procs").compactMap { pid_t($0) } ?? [] }

    private func measureMemory(_ base: GroupTree.Base, _ measure: inout SandboxMeasure) {
        let memory = base.files(of: name)
        switch base.version {
        case .v2:
            measure.memoryBytes = memory.number("memory.current")
            measure.memoryPeakBytes = memory.number("memory.peak")
            measure.memoryKills = memory.number("memory.events", "oom_kill")
        case .v1:
            measure.memoryBytes = memory.number("memory.usage_in_bytes")
            measure.memoryPeakBytes = memory.number("memory.max_usage_in_bytes")
            measure.memoryKills = memory.number("memory.oom_control", "oom_kill")
        }
    }

    /// The directory of the group that counts memory, for a ``MemoryGroup``; -1 where none does.
    public func openMemory() -> CInt {
        guard let base = tree.base(of: .memory) else { return -1 }
        return openat(base.directory.descriptor, name, CLINUX_O_PATH | O_DIRECTORY | O_CLOEXEC)
    }

    // MARK: Ending

    /// What ends every process of the group when "1" is written to it, close-on-exec; -1 where the kernel has no such thing.
    public func openKill() -> CInt {
        guard let base = tree.unified else { return -1 }
        return openat(base.directory.descriptor, "\(name)/cgroup.kill", O_WRONLY | O_CLOEXEC)
    }

    // MARK: Freezing

    /// Begins to stop every process where it is, or lets all go on; 0 or an error number.
    public func setFrozen(_ isFrozen: Bool) -> CInt { unified?.set("cgroup.freeze", isFrozen ? "1" : "0") ?? ENOTSUP }

    /// Whether every process has stopped.
    public var isFrozen: Bool { unified?.number("cgroup.events", "frozen") == 1 }
}
