import Barchan
import BarchanConformance
import Glibc
import OCIIsolation
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

    static let program = "/usr/bin/crun"

    /// The processes whose command line starts with this program, by the names in /proc.
    static func processes(running program: String) -> [String] {
        guard let stream = opendir("/proc") else { return ["/proc cannot be read"] }
        defer { closedir(stream) }
        var found: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard let file = fopen("/proc/\(name)/cmdline", "re") else { continue }
            defer { fclose(file) }
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = fread(&bytes, 1, bytes.count, file)
            let command = bytes.prefix(count).prefix { $0 != 0 }
            if String(decoding: command, as: UTF8.self) == program { found.append(name) }
        }
        return found
    }

    /// A fresh provider, made as the host makes it.
    static func provider(_ given: [String: SettingValue] = [:]) async throws -> any IsolationProvider {
        let settings = try PluginSettings(given, definitions: Plugin.oci.settings)
        guard case .isolation(let make) = Plugin.oci.factory else {
            throw ConformanceFailure("not an isolation plugin")
        }
        do {
            return try await make(settings, context)
        } catch let error where error.code == .unsupported {
            throw ConformanceSkip(error.message)
        }
    }
}

/// Runs a test; one that this machine cannot run says so, and fails where everything has to be there.
func skipping(_ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let skip as ConformanceSkip {
        print("skipped: \(skip.reason)")
        if getenv("CI").map({ String(cString: $0) }) == "true" { Issue.record("skipped in CI: \(skip.reason)") }
    }
}
