import ControlGroups
import Glibc

/// Keeps sandboxes that take whatever they can get from being felt by others: looks again and again who uses the processors.
///
/// - Who kept one busy for a moment, and no less than half as much as any other, yields to all (``SandboxGroup/Standing``) until it
///   rests. Yielding costs nothing while nobody else wants anything.
/// - Who does so in the kernel, where nobody can be interrupted at once, leaves the first processor to those that do not; where there
///   are none, as beside one app under load, it keeps all.
/// - Who has connections without end that nobody accepts is ended, too: no group counts them.
/// - Who goes on running into its limit of memory or of processes is ended: the kernel's work for that is what others feel.
final class BusyWatch {
    private let groups: GroupStock
    /// What everybody may run on; nil where that cannot be known.
    private let processors = ProcessorSet(of: 0)
    private var nextSample: UInt64 = 0, nextLook: UInt64 = 0, earliestLook: UInt64 = 0
    private var lastSample: BusyUse.Sample?
    private var isAnybodyYielding = false
    private var wasQuiet = true

    /// How often it is asked what all sandboxes together use, which takes about 5 microseconds: seldom while that is next to
    /// nothing, often otherwise, so that others feel only for some tens of milliseconds that somebody begins to take everything.
    private static let idleShare = 0.01
    private static let idlePause: UInt64 = 250_000_000, samplePause: UInt64 = 50_000_000
    /// How often each is looked at: seldom while all together use less than a tenth of a processor, at once when they begin to
    /// use more, and again soon after that.
    private static let quietShare = 0.1
    private static let quietPause: UInt64 = 250_000_000, busyPause: UInt64 = 100_000_000
    /// Looking at one takes about 10 microseconds: a hundredth of a processor at most, and a twentieth when they are busy.
    private static let quietPausePerSandbox: UInt64 = 1_000_000, pausePerSandbox: UInt64 = 200_000
    /// For how long room is kept for one that did something: people ask for the next page after some seconds.
    private static let companySpan: UInt64 = 10_000_000_000

    /// A procfs to count connections by; nil where sandboxes share a network or it cannot be had.
    private let processes: CInt?
    private let unaccepted: UnacceptedConnections?
    /// Who had most connections that nobody accepts at the last look, when all TCP sockets held much.
    private var suspect: UInt64?
    private var nextSearch: UInt64 = 0

    /// Nil where no group tells who uses how much.
    init?(_ groups: GroupStock, processes: CInt?) {
        guard groups.processorMicroseconds != nil else { return nil }
        self.groups = groups
        self.processes = processes
        unaccepted = processes.flatMap { UnacceptedConnections($0) }
    }

    /// How long until there is something to do; nil when there is nothing to look at.
    func quietMilliseconds(_ isNeeded: Bool) -> CInt? {
        guard isNeeded else { return nil }
        let now = StartSlot.now()
        return now >= nextSample ? 0 : CInt(clamping: (nextSample - now) / 1_000_000 + 1)
    }

    /// Looks at every sandbox that runs a program, when it is time.
    /// - Returns: Those that have to be ended.
    func look(at sandboxes: some Collection<LaunchedSandbox>) -> [LaunchedSandbox] {
        let now = StartSlot.now()
        guard now >= nextSample, let used = groups.processorMicroseconds else { return [] }
        let sample = BusyUse.Sample(time: now, used: used)
        let share = lastSample.map(sample.share(since:)) ?? 0
        lastSample = sample
        nextSample = now + (share < BusyWatch.idleShare ? BusyWatch.idlePause : BusyWatch.samplePause)
        let isQuiet = share < BusyWatch.quietShare && !isAnybodyYielding
        let begins = wasQuiet && !isQuiet
        wasQuiet = isQuiet
        guard now >= (begins ? earliestLook : nextLook) else { return [] }
        let running = sandboxes.filter(\.isRunning)
        let pause = begins ? BusyWatch.samplePause : isQuiet ? BusyWatch.quietPause : BusyWatch.busyPause
        earliestLook = now + UInt64(running.count) * BusyWatch.pausePerSandbox
        let pausePerSandbox = isQuiet ? BusyWatch.quietPausePerSandbox : BusyWatch.pausePerSandbox
        nextLook = now + max(pause, UInt64(running.count) * pausePerSandbox)
        note(running, now)
        leaveRoom(running, now)
        searchConnections(running, now)
        isAnybodyYielding = running.contains { $0.busyUse.standing != .ordinary }
        return running.filter { $0.busyUse.isStuck || $0.hasTooManyConnections }
    }

    private func note(_ running: [LaunchedSandbox], _ now: UInt64) {
        // Weights count among those that yield, too, as soon as one was given; and who is idle would wait for all who are only
        // reduced, whatever they do.
        let yielding: SandboxGroup.Standing =
            running.contains { $0.processorWeight > 0 || $0.busyUse.isBusyInKernel } ? .reduced : .idle
        let hasPeers = running.count(where: { $0.busyUse.standing != .ordinary }) > 1
        let samples = running.compactMap { sandbox in sandbox.group.sample(at: now).map { (sandbox, $0) } }
        let most = samples.map { sandbox, sample in sandbox.busyUse.share(until: sample) }.max() ?? 0
        for (sandbox, sample) in samples {
            let before = sandbox.busyUse.standing
            sandbox.busyUse.note(sample, yielding: yielding, most: most, hasPeers: hasPeers)
            if sandbox.busyUse.standing != before {
                sandbox.group.setStanding(sandbox.busyUse.standing, weight: sandbox.processorWeight)
            }
            // Who uses nothing harms nobody, whatever limit it meets.
            guard sandbox.busyUse.isActive else { continue }
            sandbox.busyUse.note(encounters: sandbox.group.encounters)
            if let processes { sandbox.lookAtConnections(processes) }
        }
    }

    /// While TCP sockets hold much of what the machine has for all of them: who has most connections that nobody accepts, in two looks
    /// in a row, is ended. Looking takes milliseconds, of which it takes a twentieth at most.
    private func searchConnections(_ running: [LaunchedSandbox], _ now: UInt64) {
        guard let unaccepted, now >= nextSearch, unaccepted.areWorthALook else { return }
        let counts = mostConnected(of: running).map { (sandbox: $0, count: unaccepted.count(in: $0.processID)) }
        let worst = counts.max { $0.count < $1.count }.flatMap {
            $0.count >= UnacceptedConnections.suspicious ? $0.sandbox : nil
        }
        if let worst, worst.token == suspect { worst.hasTooManyConnections = true }
        suspect = worst?.token
        nextSearch = StartSlot.now() + (StartSlot.now() - now) * 20
    }

    /// Looking for connections goes through those of the whole machine, counting them does not.
    private func mostConnected(of running: [LaunchedSandbox]) -> [LaunchedSandbox] {
        guard let processes else { return [] }
        let counts = running.map { (sandbox: $0, tcp: NetworkSockets(process: $0.processID, processes: processes).tcp) }
        let many = counts.filter { $0.tcp >= UInt64(UnacceptedConnections.suspicious) }
        return many.sorted { $0.tcp > $1.tcp }.prefix(8).map(\.sandbox)
    }

    private func leaveRoom(_ running: [LaunchedSandbox], _ now: UInt64) {
        guard let processors else { return }
        let others = running.filter { sandbox in
            sandbox.busyUse.standing == .ordinary
                && sandbox.busyUse.lastStirring.map { now - $0 < BusyWatch.companySpan } ?? false
        }
        for sandbox in running {
            if sandbox.busyUse.isBusyInKernel && !others.isEmpty {
                sandbox.group.leaveFirstProcessor(of: processors)
                sandbox.hasLeftProcessor = true
            } else if sandbox.hasLeftProcessor {
                sandbox.group.takeFirstProcessor(of: processors)
                sandbox.hasLeftProcessor = false
            }
        }
    }
}
