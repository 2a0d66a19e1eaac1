import Barchan
import Synchronization

/// A started grain: its sandbox, the conversation with it, and what it said of itself.
final class RunningGrain: Sendable {
    let grain: GrainID
    let sandbox: any Sandbox
    let connection: any GrainConnection
    let viewInfo: ViewInfo
    let volume: any Volume
    let limits: SandboxLimits
    private let output: GrainOutput
    private let services: GrainServices
    private let hold: PackageHold
    /// Requests and web sockets so far.
    let requests = Atomic<Int>(0)
    /// It is known that no request should be sent to it any more.
    let isEnding = Atomic<Bool>(false)

    init(
        grain: GrainID, sandbox: any Sandbox, connection: any GrainConnection, viewInfo: ViewInfo, volume: any Volume,
        limits: SandboxLimits, output: GrainOutput, services: GrainServices, package: PackageHold
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
    }

    /// What it runs, whatever its record says by now.
    var package: PackageID { hold.package }

    /// What keeps the grain awake.
    var wakeLocks: WakeLocks { services.wakeLocks }

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
