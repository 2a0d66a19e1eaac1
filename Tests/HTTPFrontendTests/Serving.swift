import Barchan
import HTTPFrontend

/// A frontend on a free port, for the length of one test.
struct Serving: Sendable {
    let host: FakeHost
    let baseURL: String
    let port: UInt16

    var shellHost: String { String(baseURL.dropFirst("http://".count)) }
    func grainHost(_ session: FakeSession) -> String { "ui-\(session.identifier).\(shellHost)" }
    func cookie(_ session: FakeSession) -> String { "__Host-sandstorm-sid=\(session.secret.text)" }

    /// Serves while `body` runs.
    static func run<Result: Sendable>(
        _ host: FakeHost = FakeHost(), settings: [String: SettingValue] = [:], log: HostLog = .none,
        listeners: [Int32] = [], lending loops: [any HostLoop] = [],
        _ body: @escaping @Sendable (Serving) async throws -> Result
    ) async throws -> Result {
        guard case .frontend(let make) = Plugin.http.factory else { fatalError("the module is a frontend") }
        let count: Int64 = loops.isEmpty ? 2 : 0
        // Nobody loses patience with a test on a busy machine, unless that is what it tests.
        let usual: [String: SettingValue] = [
            "port": .integer(0), "event_loops": .integer(count), "head_timeout": .integer(300),
            "idle_timeout": .integer(300), "stall_timeout": .integer(300),
        ]
        let given = usual.merging(settings) { $1 }
        var context = PluginContext(dataDirectory: "/nowhere", programDirectory: "/nowhere", log: log)
        context.listeners = listeners
        context.loops = loops
        let frontend = try await make(try PluginSettings(given, definitions: Plugin.http.settings), context)
        let (addresses, ready) = AsyncStream.makeStream(of: FrontendAddress.self)
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                defer { ready.finish() }
                try await frontend.run(for: host) { ready.yield($0) }
                return nil
            }
            group.addTask {
                for await address in addresses {
                    var port = address.baseURL.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
                    if case .integer(let wanted) = given["port"], wanted > 0 { port = UInt16(wanted) }
                    return try await body(Serving(host: host, baseURL: address.baseURL, port: port))
                }
                return nil
            }
            var result: Result?
            while let next = try await group.next() {
                if let next {
                    result = next
                    group.cancelAll()
                }
            }
            guard let result else { throw HostError(.failed, "serve: the frontend ended by itself") }
            return result
        }
    }
}
