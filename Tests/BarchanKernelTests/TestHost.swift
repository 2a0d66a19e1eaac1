import Barchan
@_exported import BarchanKernel
import Testing

/// A host over fakes, with an administrator who has one app.
struct TestHost {
    let host: Host
    let storage: MemoryStorage
    let grains: ScriptedGrains
    let clock: ManualClock
    let person: AccountID
    let package = InstalledPackage.example()

    init(
        storage: MemoryStorage = MemoryStorage(), configure: (inout HostConfiguration) -> Void = { _ in }
    ) async throws {
        var configuration = HostConfiguration(
            dataDirectory: "/data", paths: HostPaths(plugins: "/plugins", programs: "/programs"))
        configure(&configuration)
        self.storage = storage
        grains = ScriptedGrains()
        clock = ManualClock()
        storage.add(package)
        host = try await Host(
            isolation: grains, storage: storage, transport: grains, configuration: configuration, clock: clock)
        person = try await host.accountBook.administrator()
    }

    func makeGrain(title: String? = nil) async throws -> GrainID {
        try await host.grains.create(package: package.identifier, action: 0, title: title, by: person).identifier
    }

    func state(of grain: GrainID) async throws -> GrainState { try await host.grains.grain(grain, for: person).state }

    static let client = WebClient(basePath: "http://x.localhost", userAgent: "test", acceptableLanguages: ["en"])
    static func get(_ path: String = "") -> WebRequest { WebRequest(method: .get, path: path) }
}

/// Expects `body` to fail with `code`, and gives the message.
@discardableResult
func expectError(
    _ code: HostError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async -> String {
    do {
        try await body()
        Issue.record("no error where \(code) was expected", sourceLocation: sourceLocation)
        return ""
    } catch let error as HostError {
        #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
        return error.message
    } catch {
        Issue.record("\(error)", sourceLocation: sourceLocation)
        return ""
    }
}
