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
    private let output: GrainOutput
    private let services: GrainServices
    private let hold: PackageHold
    /// Nil for a record that names no owner.
    let use: AppUse?
    private let notices = Mutex(Notices())
    /// Requests and web sockets so far.
    let requests = Atomic<Int>(0)
    /// It is known that no request should be sent to it any more.
    let isEnding = Atomic<Bool>(false)

    init(
        grain: GrainID, sandbox: any Sandbox, connection: any GrainConnection, viewInfo: ViewInfo, volume: any Volume,
        limits: GrainLimits, output: GrainOutput, services: GrainServices, package: PackageHold, use: AppUse?
    ) {
        self.grain = grain
        self.sandbox = sandbox
        self.connection = connection
        self.viewInfo = viewInfo
        self.volume = volume
        self.limits = limits
        self.output = output
        self.services = services
        hold = package
        self.use = use
    }

    /// What it runs, whatever its record says by now.
    var package: PackageID { hold.package }

    /// What keeps the grain awake.
    var wakeLocks: WakeLocks { services.wakeLocks }

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
        let texts = LimitNotice.all(usage, limits, hasDroppedOutput: output.log.hasDropped)
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

    static func text(_ cause: String, volume: any Volume) async -> String {
        let bytes = (try? await volume.readLog(maximumBytes: maximumLogBytes)) ?? []
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").suffix(maximumLogLines)
        return lines.isEmpty
            ? "\(cause); its log is empty" : "\(cause); the end of its log:\n\(lines.joined(separator: "\n"))"
    }
}
