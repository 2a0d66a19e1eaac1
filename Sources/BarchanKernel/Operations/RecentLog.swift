import Barchan
import Synchronization

/// The newest lines of the host's log, for the administrators' page.
public final class RecentLog: Sendable {
    static let maximumLines = 500
    static let maximumLineBytes = 2_000

    private let lines = Mutex<[HostLogLine]>([])
    private let clock: any HostClock

    public init(clock: any HostClock = SystemHostClock()) { self.clock = clock }

    /// A log that keeps a copy of what passes from `level` on.
    public func keeping(from level: HostLog.Level, of log: HostLog) -> HostLog {
        HostLog { [self] messageLevel, message, fields in
            if messageLevel >= level { keep(messageLevel, message, fields) }
            log(messageLevel, message, fields)
        }
    }

    private func keep(_ level: HostLog.Level, _ message: String, _ fields: [KeyValue]) {
        let trace = fields.first { $0.name == "trace" }.map { " (trace \($0.value))" } ?? ""
        let text = String(decoding: message.utf8.prefix(RecentLog.maximumLineBytes), as: UTF8.self) + trace
        let line = HostLogLine(time: clock.wallSeconds(), level: level, message: text)
        lines.withLock { lines in
            if lines.count >= RecentLog.maximumLines { lines.removeFirst(lines.count - RecentLog.maximumLines + 1) }
            lines.append(line)
        }
    }

    /// The newest last.
    public var newest: [HostLogLine] { lines.withLock { $0 } }
}
