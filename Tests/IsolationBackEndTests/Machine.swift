import Barchan
import BarchanConformance
import Glibc
import Testing

/// The programs that were built beside the tests.
enum Programs {
    static let directory: String = {
        if let given = getenv("BARCHAN_PROGRAMS") { return String(cString: given) }
        var path = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &path, path.count)
        var parts = String(decoding: path.prefix(max(0, length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
            .split(separator: "/")
        while !parts.isEmpty {
            parts.removeLast()
            let candidate = "/" + parts.joined(separator: "/")
            if access("\(candidate)/barchan-sandbox", X_OK) == 0 { return candidate }
        }
        return #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" } + "/.build/debug"
    }()

    static func path(_ name: String) -> String { "\(directory)/\(name)" }
}

/// What this machine lets the tests do.
enum Machine {
    static let context = PluginContext(
        dataDirectory: "/tmp", programDirectory: Programs.directory,
        log: HostLog { _, message in print("log: \(message)") })

    /// The processes with such a command line, its parts joined by spaces.
    static func processes(where isWanted: (String) -> Bool) -> [pid_t] {
        guard let stream = opendir("/proc") else { return [] }
        defer { closedir(stream) }
        var found: [pid_t] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard let process = pid_t(name), let file = fopen("/proc/\(name)/cmdline", "re") else { continue }
            defer { fclose(file) }
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = fread(&bytes, 1, bytes.count, file)
            let command = bytes.prefix(count).map { $0 == 0 ? 0x20 : $0 }
            if isWanted(String(decoding: command, as: UTF8.self)) { found.append(process) }
        }
        return found
    }

    /// Nil when the process has ended.
    static func parent(of process: pid_t) -> pid_t? {
        guard let file = fopen("/proc/\(process)/status", "re") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, CInt(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            let words = text.split { $0.isWhitespace }
            if words.first == "PPid:" { return words.last.flatMap { pid_t($0) } }
        }
        return nil
    }

    /// A fresh provider, made as the host makes it.
    static func provider(
        of plugin: Plugin, _ given: [String: SettingValue] = [:]
    ) async throws -> any IsolationProvider {
        let settings = try PluginSettings(given, definitions: plugin.settings)
        guard case .isolation(let make) = plugin.factory else { throw ConformanceFailure("not an isolation plugin") }
        return try await make(settings, context)
    }
}

/// Runs a test; one that this machine cannot run says so, and fails where everything has to be there.
func skipping(_ body: () async throws -> Void) async throws {
    func skip(_ reason: String) {
        print("skipped: \(reason)")
        if getenv("CI").map({ String(cString: $0) }) == "true" { Issue.record("skipped in CI: \(reason)") }
    }
    do {
        try await body()
    } catch let error as ConformanceSkip {
        skip(error.reason)
    } catch let error as HostError where error.code == .unsupported {
        skip(error.message)
    }
}
