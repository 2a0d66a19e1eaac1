import Barchan
import Synchronization

/// A started grain: its sandbox, the conversation with it, and what it said of itself.
final class RunningGrain: Sendable {
    let grain: GrainID
    let sandbox: any Sandbox
    let connection: any GrainConnection
    let viewInfo: ViewInfo
    let volume: any Volume
    let limits: GrainLimits
    /// What its data may take, whatever the limit says, nil for any number.
    let allowedBytes: Int64?
    /// Whether the disk itself refuses what is beyond that.
    let isHeldByDisk: Bool
    /// What its data took when it was last measured.
    let diskBytes: Atomic<Int64>
    private let output: GrainOutput
    private let services: GrainServices
    private let hold: PackageHold
    /// Nil for a record that names no owner.
    let use: AppUse?
    private let notices = Mutex(Notices())
    private let lastMeasure = Mutex<Measure?>(nil)
    /// Requests and web sockets so far.
    let requests = Atomic<Int>(0)
    /// Those without an answer so far, and answers that are being read.
    let openRequests = OpenRequests()
    /// Whether one of them was answered.
    let hasAnswered = Atomic<Bool>(false)
    /// How it ended, once all of it is gone; nil, too, when somebody wished for that.
    let crash = Mutex<GrainCrash?>(nil)
    /// It is known that no request should be sent to it any more.
    let isEnding = Atomic<Bool>(false)

    init(
        grain: GrainID, sandbox: any Sandbox, connection: any GrainConnection, viewInfo: ViewInfo, volume: any Volume,
        limits: GrainLimits, allowance: VolumeAllowance, output: GrainOutput, services: GrainServices,
        package: PackageHold, use: AppUse?
    ) {
        self.grain = grain
        self.sandbox = sandbox
        self.connection = connection
        self.viewInfo = viewInfo
        self.volume = volume
        self.limits = limits
        allowedBytes = allowance.allowedBytes
        isHeldByDisk = allowance.isHeldByDisk
        diskBytes = Atomic(allowance.usedBytes)
        self.output = output
        self.services = services
        hold = package
        self.use = use
    }

    /// What it runs, whatever its record says by now.
    var package: PackageID { hold.package }

    /// What keeps the grain awake.
    var wakeLocks: WakeLocks { services.wakeLocks }

    // MARK: Use

    private struct Measure {
        let usage: SandboxUsage
        let time: Duration
        let isFrozen: Bool
    }

    /// What it uses; nil where nobody counts. One measure is a question to the launcher and some file reads for each process.
    ///
    /// A frozen grain is measured once: nothing runs in it, and what the kernel takes back of its memory meanwhile is the only
    /// difference.
    /// - Parameter age: Of a grain that is not frozen, a measure as old as this will do.
    func usage(now: Duration, isFrozen: Bool, noOlderThan age: Duration) async -> SandboxUsage? {
        if let last = lastMeasure.withLock({ $0 }), last.isFrozen == isFrozen, isFrozen || now - last.time < age {
            return last.usage
        }
        return await measure(now: now, isFrozen: isFrozen)
    }

    /// What it uses at this moment; nil where nobody counts.
    func measure(now: Duration, isFrozen: Bool) async -> SandboxUsage? {
        guard let usage = await (sandbox as? any MeasuredSandbox)?.usage() else { return nil }
        lastMeasure.withLock { $0 = Measure(usage: usage, time: now, isFrozen: isFrozen) }
        return usage
    }

    // MARK: Limits

    private struct Notices {
        var lastLook: Duration?
        var texts: [String] = []
    }

    /// Looking costs some file reads for each process of the grain.
    private static let pauseBetweenLooks = Duration.seconds(2)

    /// What its owner should know of its limits; each notice stands in the grain's log, too, once.
    func notice(now: Duration) async -> String? {
        let isDue = notices.withLock { notices in
            if let last = notices.lastLook, now - last < RunningGrain.pauseBetweenLooks { return false }
            notices.lastLook = now
            return true
        }
        if isDue { await lookAtLimits() }
        let texts = notices.withLock { $0.texts }
        return texts.isEmpty ? nil : texts.joined(separator: "; ") + "; \(LimitNotice.remedy)"
    }

    private func lookAtLimits() async {
        let usage = await (sandbox as? any MeasuredSandbox)?.usage() ?? SandboxUsage()
        let texts = LimitNotice.all(
            usage, limits, diskBytes: diskBytes.load(ordering: .relaxed), hasDroppedOutput: output.log.hasDropped)
        let new = notices.withLock { notices in
            defer { notices.texts = texts }
            return texts.filter { !notices.texts.contains($0) }
        }
        for text in new { output.log.note(text) }
    }

    /// Puts a line of the host's into the log, between what the app prints and under the same limits.
    func note(_ line: String) { output.log.receive(Array("\(line)\n".utf8)) }

    /// Ends everything; returns when all processes are gone and their output is in the log.
    func end() async {
        services.end()
        await connection.close()
        await sandbox.terminate()
        await output.end()
        hold.release()
    }
}

/// The pipe that a grain prints into, and the log it ends up in.
struct GrainOutput: Sendable {
    let reader: OutputReader
    let token: OutputReader.Token
    let log: GrainLog

    /// Returns when what was printed so far is in the log; nothing is read after this.
    func end() async {
        reader.stop(token)
        await log.waitUntilWritten()
    }
}

/// What a person is told about the end of a grain.
enum EndReport {
    static let maximumLogBytes = 2_048
    private static let maximumLogLines = 10

    /// Writes the end into the grain's log.
    static func note(_ cause: String, volume: any Volume) async {
        // That it cannot be written was said when the app's own output could not.
        try? await volume.appendToLog(GrainLog.line(cause))
    }

    static func text(_ cause: String, volume: any Volume) async -> String {
        let bytes = (try? await volume.readLog(maximumBytes: maximumLogBytes)) ?? []
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").suffix(maximumLogLines)
        return lines.isEmpty
            ? "\(cause); its log is empty" : "\(cause); the end of its log:\n\(lines.joined(separator: "\n"))"
    }
}
