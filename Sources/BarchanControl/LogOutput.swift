import Barchan
import BarchanKernel
import Glibc

/// The host's log as it leaves the process.
public enum LogOutput {
    /// The host's log, from `level` on.
    /// - Parameter queue: Does the writing, which may wait for whoever reads; nil writes at once.
    /// - Throws: ``HostError`` when `journal` is asked for and there is none.
    public static func log(
        from level: HostLog.Level, format: LogFormat, through queue: LogQueue? = nil
    ) throws(HostError) -> HostLog {
        switch format {
        case .text: return log(from: level, through: queue) { write(textLine($0)) }
        case .json: return log(from: level, through: queue) { write(jsonLine($0)) }
        case .journal: return journal(try JournalSocket(), from: level, through: queue)
        case .auto:
            guard JournalSocket.isStandardError, let socket = try? JournalSocket() else {
                return log(from: level, through: queue) { write(textLine($0)) }
            }
            return journal(socket, from: level, through: queue)
        }
    }

    /// A log for one command, for people.
    public static func text(from level: HostLog.Level) -> HostLog { log(from: level) { write(textLine($0)) } }

    static func log(
        from level: HostLog.Level, through queue: LogQueue? = nil, write: @escaping @Sendable (LogMessage) -> Void
    ) -> HostLog {
        HostLog { messageLevel, text, fields in
            guard messageLevel >= level else { return }
            let message = LogMessage(level: messageLevel, text: text, fields: fields)
            if let queue { queue.add(message, write) } else { write(message) }
        }
    }

    /// What the journal does not take goes to standard error: a message must not be lost.
    private static func journal(
        _ socket: JournalSocket, from level: HostLog.Level, through queue: LogQueue?
    ) -> HostLog {
        log(from: level, through: queue) { if !socket.send($0) { write(textLine($0)) } }
    }

    private static func write(_ line: String) {
        var rest = Array("\(line)\n".utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }

    /// `2026-01-02T03:04:05Z info: text`, and the trace when there is one.
    static func textLine(_ message: LogMessage) -> String {
        let trace = message.fields.first { $0.name == "trace" }.map { " (trace \($0.value))" } ?? ""
        return "\(UTC.text(message.time)) \(message.level.name): \(printable(message.text))\(trace)"
    }

    static func jsonLine(_ message: LogMessage) -> String {
        let members: [JSONValue.Member] = [
            .init(name: "time", value: .string(UTC.text(message.time))),
            .init(name: "level", value: .string(message.level.name)),
            .init(name: "message", value: .string(message.text)),
        ]
        return JSONValue.object(members + message.fields.map { .init(name: $0.name, value: .string($0.value)) }).line
    }

    /// A message may quote what an app or a file said; control characters must not reach a terminal.
    private static func printable(_ text: String) -> String {
        text.unicodeScalars.map { $0.value < 0x20 && $0 != "\t" || 0x7f...0x9f ~= $0.value ? " " : String($0) }.joined()
    }
}

/// One message on its way out.
struct LogMessage: Sendable {
    /// Seconds since 1970-01-01T00:00:00Z.
    var time = Int64(Glibc.time(nil))
    var level: HostLog.Level
    var text: String
    var fields: [KeyValue]
}

extension HostLog.Level {
    fileprivate var name: String {
        switch self {
        case .debug: "debug"
        case .info: "info"
        case .warning: "warning"
        case .error: "error"
        @unknown default: "note"
        }
    }
}

/// Times for people and for other programs.
public enum UTC {
    /// `2026-01-02T03:04:05Z`; seconds since 1970.
    public static func text(_ seconds: Int64) -> String {
        var moment = time_t(min(max(seconds, 0), 253_402_300_799))
        var parts = tm()
        gmtime_r(&moment, &parts)
        var text = [CChar](repeating: 0, count: 32)
        let length = strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
        return String(decoding: text.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
