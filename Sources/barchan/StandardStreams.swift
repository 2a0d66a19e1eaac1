import Barchan
import Glibc

/// Writes a line to standard output at once, also into a pipe.
func printLine(_ line: String) { write(Array("\(line)\n".utf8), to: 1) }

func write(_ bytes: [UInt8], to descriptor: CInt) {
    var rest = bytes[...]
    while !rest.isEmpty {
        let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else { return }
        rest = rest.dropFirst(written)
    }
}

/// The host's log: one line per message on standard error, from `level` on.
func standardErrorLog(from level: HostLog.Level) -> HostLog {
    HostLog { messageLevel, message in
        guard messageLevel >= level else { return }
        // A message may quote what an app or a file said; control characters must not reach a terminal.
        let text = message.unicodeScalars.map { $0.value < 0x20 && $0 != "\t" || $0.value == 0x7f ? " " : String($0) }
            .joined()
        write(Array("\(timestamp()) \(name(of: messageLevel)): \(text)\n".utf8), to: 2)
    }
}

private func name(of level: HostLog.Level) -> String {
    switch level {
    case .debug: "debug"
    case .info: "info"
    case .warning: "warning"
    case .error: "error"
    @unknown default: "note"
    }
}

private func timestamp() -> String {
    var now = time(nil), parts = tm()
    gmtime_r(&now, &parts)
    var text = [CChar](repeating: 0, count: 32)
    let length = strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
    return String(decoding: text.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Relative to the current directory.
func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/") else { return path }
    guard let directory = getcwd(nil, 0) else { return path }
    defer { free(directory) }
    return "\(String(cString: directory))/\(path)"
}
