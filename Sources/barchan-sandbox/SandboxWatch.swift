import CLinux
import ControlGroups
import Glibc
import SandboxProtocol

/// Bounds memory and processes of sandboxes where no control group does: looks again and again, and a sandbox that has more
/// than it may is ended.
///
/// Weaker than a group: between two looks a sandbox can go over its limit, and what it holds without any process having it
/// mapped (System V shared memory, full pipes and sockets) is not seen. Meanwhile RLIMIT_DATA bounds what one process
/// gets, see ``LaunchOrder/dataBytes``, and RLIMIT_NPROC refuses processes. Who goes on trying is ended, too.
final class SandboxWatch {
    private let processes: CInt
    private let boundsMemory: Bool
    private let boundsProcesses: Bool
    private var nextLook: UInt64 = 0
    /// Shared memory of the machine when files in memory were last looked for.
    private var knownSharedBytes: UInt64 = 0

    /// Memory can be filled about so fast: zeroing pages, two processors.
    private static let bytesPerSecond: UInt64 = 4 << 30
    private static let shortestPause: UInt64 = 50_000_000, longestPause: UInt64 = 1_000_000_000
    /// New files in memory of less than this are not looked for.
    private static let grainOfSharedBytes: UInt64 = 16 << 20

    /// Nil where groups bound everything, and where processes cannot be seen.
    init?(_ abilities: GroupAbilities, _ accounts: ProcessAccounts?) {
        guard let accounts else { return nil }
        boundsMemory = abilities.mechanisms[.memory] == nil
        boundsProcesses = abilities.mechanisms[.pids] == nil
        processes = accounts.processes
        guard boundsMemory || boundsProcesses else { return nil }
    }

    /// A sandbox is about to run its program.
    func begin(_ sandbox: LaunchedSandbox, _ order: LaunchOrder) {
        sandbox.watched = WatchedUse(
            memoryLimit: boundsMemory ? order.memoryBytes : 0, processLimit: boundsProcesses ? order.processes : 0)
        nextLook = 0
    }

    /// How long until the next look; nil when there is nothing to look at.
    func quietMilliseconds(_ isNeeded: Bool) -> CInt? {
        guard isNeeded else { return nil }
        let now = StartSlot.now()
        return now >= nextLook ? 0 : CInt(clamping: (nextLook - now) / 1_000_000 + 1)
    }

    /// Looks at every sandbox when it is time.
    /// - Returns: Those that have more than they may.
    func look(at sandboxes: some Collection<LaunchedSandbox>) -> [LaunchedSandbox] {
        guard StartSlot.now() >= nextLook else { return [] }
        let table = ProcessTable(processes)
        let isThorough = sharedMemoryHasGrown()
        var pause = SandboxWatch.longestPause
        var ended: [LaunchedSandbox] = []
        for sandbox in sandboxes {
            guard var use = sandbox.watched else { continue }
            measure(&use, table, table.tree(of: sandbox.processID), isThorough)
            if use.isOver { ended.append(sandbox) }
            sandbox.watched = use
            pause = min(pause, use.room.map { $0 / (SandboxWatch.bytesPerSecond / 1_000_000_000) } ?? pause)
        }
        nextLook = StartSlot.now() + max(pause, SandboxWatch.shortestPause)
        return ended
    }

    private func measure(_ use: inout WatchedUse, _ table: ProcessTable, _ members: [pid_t], _ isThorough: Bool) {
        let entries = members.compactMap { table[$0] }
        use.members = members
        use.processes = entries.reduce(0) { $0 + $1.threads }
        let most = entries.reduce(0) { $0 + $1.memoryBytes }
        if isThorough { use.fileBytes = ProcessMemory.files(of: members, processes) }
        use.memoryBytes = max(most, use.fileBytes)
        // What processes share was counted for each of them: worth a closer look only when it matters.
        if use.memoryLimit > 0 && use.memoryBytes > use.memoryLimit {
            use.memoryBytes = ProcessMemory.proportional(of: members, table, processes, files: use.fileBytes)
        }
        use.note()
        let now = StartSlot.now()
        guard use.processLimit > 0, now >= use.nextRefusalLook else { return }
        use.noteRefusals(use.isAtProcessLimit ? ProcessTable.kernelMicroseconds(of: members, processes) : nil, at: now)
    }

    private func sharedMemoryHasGrown() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096), shared: UInt64 = 0
        guard let count = ProcessTable.read(processes, "meminfo", &buffer) else { return true }
        ProcessTable.forEachNumber(in: buffer.prefix(count)) { name, number in
            if name.elementsEqual("Shmem".utf8) { shared = number << 10 }
        }
        defer { if shared < knownSharedBytes { knownSharedBytes = shared } }
        guard shared > knownSharedBytes + SandboxWatch.grainOfSharedBytes else { return false }
        knownSharedBytes = shared
        return true
    }
}

/// What the watch knows of one sandbox.
struct WatchedUse {
    /// 0 for what nobody has to bound.
    let memoryLimit: UInt64
    let processLimit: UInt64
    var members: [pid_t] = []
    var memoryBytes: UInt64 = 0
    /// Files in memory that its processes have open.
    var fileBytes: UInt64 = 0
    /// Processes and threads.
    var processes: UInt64 = 0
    private var peakBytes: UInt64 = 0
    private var memoryKills: UInt64 = 0
    private var refusedProcesses: UInt64 = 0
    /// Looks closer together than so would take a moment of load for more.
    private static let refusalPause: UInt64 = 500_000_000
    fileprivate private(set) var nextRefusalLook: UInt64 = 0
    /// Its use of the kernel's time while it has as many processes as it may, and how many looks found it so.
    private var refusals = BusyUse()
    private var looksAtLimit: UInt64 = 0

    init(memoryLimit: UInt64, processLimit: UInt64) {
        self.memoryLimit = memoryLimit
        self.processLimit = processLimit
    }

    /// How much memory it may still take.
    var room: UInt64? { memoryLimit == 0 ? nil : memoryLimit - min(memoryLimit, memoryBytes) }

    /// Whether it has to be ended.
    private(set) var isOver = false

    /// As many as RLIMIT_NPROC lets it have: the next one is refused, and nobody would hear of it.
    fileprivate var isAtProcessLimit: Bool { processLimit > 0 && processes >= processLimit }

    /// Nobody counts refusals, but they are the kernel's work: who is at the limit and keeps a quarter of a processor busy there
    /// is taken for one that is refused processes, and ended as where a group counts them.
    /// - Parameter kernelMicroseconds: What the kernel took for its processes so far; nil when it is not at the limit.
    fileprivate mutating func noteRefusals(_ kernelMicroseconds: UInt64?, at time: UInt64) {
        if let used = kernelMicroseconds {
            refusals.note(BusyUse.Sample(time: time, used: used, inKernel: used), yielding: .reduced)
            looksAtLimit += 1
        }
        nextRefusalLook = time + WatchedUse.refusalPause
        refusals.note(encounters: (memory: 0, processes: looksAtLimit))
        if refusals.isStuck { isOver = true }
    }

    fileprivate mutating func note() {
        peakBytes = max(peakBytes, memoryBytes)
        let hasMuch = memoryLimit > 0 && memoryBytes > memoryLimit
        // More than that only where RLIMIT_NPROC cannot be set.
        if isAtProcessLimit { refusedProcesses = 1 }
        guard !isOver, hasMuch || (processLimit > 0 && processes > processLimit) else { return }
        isOver = true
        if hasMuch { memoryKills = 1 }
    }

    /// Fills in what groups have not counted.
    func add(to measure: inout SandboxMeasure) {
        if memoryLimit > 0 || measure.memoryBytes == nil {
            measure.memoryBytes = memoryBytes
            measure.memoryPeakBytes = peakBytes
            measure.memoryKills = memoryKills
        }
        if processLimit > 0 || measure.processes == nil {
            measure.processes = processes
            measure.refusedProcesses = refusedProcesses
        }
    }
}

/// The memory of some processes, more exactly and with more work.
enum ProcessMemory {
    /// Each page divided by the number of processes that share it (smaps_rollup in proc_pid_smaps(5)).
    static func proportional(
        of members: [pid_t], _ table: ProcessTable, _ processes: CInt, files: UInt64
    ) -> UInt64 {
        var own: UInt64 = 0, shared: UInt64 = 0
        var buffer = [UInt8](repeating: 0, count: 4096)
        for process in members {
            guard let count = ProcessTable.read(processes, "\(process)/smaps_rollup", &buffer) else {
                // It has ended, or nobody may look into it.
                own += table[process]?.memoryBytes ?? 0
                continue
            }
            ProcessTable.forEachNumber(in: buffer.prefix(count)) { name, number in
                if name.elementsEqual("Pss_Anon".utf8) || name.elementsEqual("SwapPss".utf8) { own += number << 10 }
                if name.elementsEqual("Pss_Shmem".utf8) { shared += number << 10 }
            }
        }
        // A file may be mapped and open: nothing counts twice.
        return own + max(shared, files)
    }

    /// Files that are nowhere but in memory and in the hands of these processes (memfd_create(2)).
    static func files(of members: [pid_t], _ processes: CInt) -> UInt64 {
        var sizes: [UInt64: UInt64] = [:]
        for process in members {
            for number in ProcessTable.numbers(in: processes, "\(process)/fd") {
                let name = "\(process)/fd/\(number)"
                guard isInMemory(name, processes) else { continue }
                var status = stat()
                guard fstatat(processes, name, &status, 0) == 0 else { continue }
                sizes[UInt64(status.st_ino)] = UInt64(status.st_blocks) * 512
            }
        }
        return sizes.values.reduce(0, +)
    }

    private static func isInMemory(_ link: String, _ processes: CInt) -> Bool {
        var target = [CChar](repeating: 0, count: 16)
        let length = readlinkat(processes, link, &target, target.count)
        return length > 7 && target.prefix(7).elementsEqual("/memfd:".utf8.map(CChar.init))
    }
}
