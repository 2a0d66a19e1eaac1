import Barchan
@_exported import BarchanKernel
import Synchronization
import Testing

/// A host over fakes, with an administrator who has one app.
struct TestHost {
    let host: Host
    let storage: MemoryStorage
    let grains: ScriptedGrains
    let clock: ManualClock
    let mail = MailPile()
    let person: AccountID
    let package = InstalledPackage.example()

    init(
        storage: MemoryStorage = MemoryStorage(), grains: ScriptedGrains = ScriptedGrains(),
        log: HostLog = .none, configure: (inout HostConfiguration) -> Void = { _ in }
    ) async throws {
        var configuration = HostConfiguration(
            dataDirectory: "/data", paths: HostPaths(plugins: "/plugins", programs: "/programs"))
        configure(&configuration)
        self.storage = storage
        self.grains = grains
        clock = ManualClock()
        storage.add(package)
        host = try await Host(
            isolation: grains, storage: storage, transport: grains, configuration: configuration, clock: clock,
            mail: mail, log: log)
        person = try await host.accountBook.administrator()
    }

    func makeGrain(title: String? = nil) async throws -> GrainID {
        try await host.grains.create(package: package.identifier, action: 0, title: title, by: person).identifier
    }

    func state(of grain: GrainID) async throws -> GrainState { try await host.grains.grain(grain, for: person).state }

    /// Returns once all of the person's grains have crashed.
    func whenAllHaveCrashed() async throws {
        try await waitUntil {
            try await host.grains.grains(for: person).allSatisfy { if case .crashed = $0.state { true } else { false } }
        }
    }

    /// Somebody more, invited by the administrator.
    func makePerson(_ handle: String, role: Account.Role = .user, email: String? = nil) async throws -> AccountID {
        let secret = try await host.people.invite(
            InvitationOffer(role: role, emailAddress: email), by: person, at: TestHost.address)
        let profile = Profile(displayName: handle.capitalized, handle: handle)
        return try await host.people.accept(secret, as: profile).account.identifier
    }

    static let address = FrontendAddress(baseURL: "http://localhost:6080")
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

/// Mail that was sent, in order; a test waits for it as for an event.
final class MailPile: MailSender {
    private let stream: AsyncStream<MailMessage>
    private let continuation: AsyncStream<MailMessage>.Continuation
    let all = Mutex<[MailMessage]>([])

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func send(_ message: MailMessage) async throws(HostError) {
        all.withLock { $0.append(message) }
        continuation.yield(message)
    }

    /// The next one that nobody has asked for.
    func next() async -> MailMessage? {
        var iterator = stream.makeAsyncIterator()
        return await iterator.next()
    }
}
