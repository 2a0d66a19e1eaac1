import Barchan
import BarchanConformance
import Glibc
import NamespaceIsolation
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

    /// A fresh provider, made as the host makes it.
    static func provider(_ given: [String: SettingValue] = [:]) async throws -> any IsolationProvider {
        let settings = try PluginSettings(given, definitions: Plugin.namespace.settings)
        guard case .isolation(let make) = Plugin.namespace.factory else {
            throw ConformanceFailure("not an isolation plugin")
        }
        do {
            return try await make(settings, context)
        } catch let error where error.code == .unsupported {
            throw ConformanceSkip(error.message)
        }
    }
}

extension Machine {
    /// A provider without a pool whose launcher's processes can be told from others by a name of its own, which is in the
    /// directory.
    static func watchedProvider(
        _ given: [String: SettingValue]
    ) async throws -> (any IsolationProvider, LauncherProcesses, TemporaryDirectory) {
        let directory = try TemporaryDirectory()
        let launcher = "\(directory.path)/barchan-sandbox"
        try require(symlink(Programs.path("barchan-sandbox"), launcher) == 0, "no link")
        let settings: [String: SettingValue] = [
            "launcher": .string(launcher), "poolSize": .integer(0), "networks": .integer(0),
        ]
        let provider = try await provider(settings.merging(given) { $1 })
        return (provider, try LauncherProcesses(program: launcher), directory)
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
