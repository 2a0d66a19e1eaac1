import Barchan
import Synchronization

/// A host in memory: one person, one app, one grain that answers with the path it was asked for.
final class MemoryFrontendHost: FrontendHost, AccountDirectory, AppDirectory, GrainDirectory, SessionDirectory,
    UpgradeDirectory, BackupDirectory, TagDirectory, TrashDirectory
{
    let token = Secret.random()
    let grain: GrainSummary
    let person = Account(
        identifier: .random(), displayName: "Somebody", handle: "somebody", role: .administrator)
    private let package: InstalledPackage
    private let state = Mutex(State())

    private struct State {
        var isTokenUsed = false
        var logins: Set<String> = []
        var sessions: [SessionID: MemorySession] = [:]
    }

    init() {
        let command = Command(arguments: ["/app"])
        guard let identifier = PackageID(String(repeating: "0", count: 32)),
            let app = AppID(String(repeating: "0", count: 52))
        else {
            preconditionFailure("both identifiers are well-formed")
        }
        package = InstalledPackage(
            identifier: identifier, app: app,
            manifest: AppManifest(
                title: "An app", version: 1, marketingVersion: "1",
                actions: [AppAction(title: "New thing", nounPhrase: "thing", description: "", command: command)],
                continueCommand: command),
            tree: PackageTree(layers: ["/"]), sizeBytes: 0)
        grain = GrainSummary(
            identifier: .random(), title: "The only grain here", app: app, appTitle: "An app", package: identifier,
            state: .stopped,
            usedBytes: 0, lastUsed: 0)
    }

    var accounts: any AccountDirectory { self }
    var apps: any AppDirectory { self }
    var grains: any GrainDirectory { self }
    var sessions: any SessionDirectory { self }
    var operations: any OperationDirectory { QuietOperations() }
    var upgrades: any UpgradeDirectory { self }
    var backups: any BackupDirectory { self }
    var tags: any TagDirectory { self }
    var trash: any TrashDirectory { self }

    func backUp(_ grain: GrainID, by account: AccountID) async throws(HostError) -> GrainBackup {
        throw HostError(.unsupported, "back up grain '\(grain)': this host makes no backups")
    }

    func restore(_ file: any ByteReader, by account: AccountID) async throws(HostError) -> GrainSummary {
        file.cancel()
        throw HostError(.unsupported, "restore a backup: this host makes no backups")
    }

    func logIn(withToken token: Secret) async throws(HostError) -> Login {
        let login = Secret.random()
        let isGood = state.withLock { state in
            defer { state.isTokenUsed = true }
            guard !state.isTokenUsed, token == self.token else { return false }
            state.logins.insert(login.text)
            return true
        }
        guard isGood else { throw HostError(.permissionDenied, "log in: the token is unknown or used") }
        return Login(account: person, secret: login, lifetime: .seconds(600))
    }

    func account(forLogin secret: Secret) async throws(HostError) -> Account? {
        state.withLock { $0.logins.contains(secret.text) } ? person : nil
    }

    func logOut(_ secret: Secret) async throws(HostError) { _ = state.withLock { $0.logins.remove(secret.text) } }

    func apps(for account: AccountID) async throws(HostError) -> [InstalledPackage] { [package] }

    func install(
        _ file: any ByteReader, by account: AccountID, progress: @escaping @Sendable (Int64) -> Void
    ) async throws(HostError) -> InstalledPackage {
        while try await file.next() != nil {}
        return package
    }

    func uninstall(_ app: AppID, by account: AccountID) async throws(HostError) {}
    func uninstalled(for account: AccountID) async throws(HostError) -> [UninstalledApp] { [] }

    func list(for account: AccountID) async throws(HostError) -> GrainList { GrainList(grains: [grain]) }

    func grain(_ grain: GrainID, for account: AccountID) async throws(HostError) -> GrainSummary {
        guard grain == self.grain.identifier, account == person.identifier else {
            throw HostError(.notFound, "find a grain: none here")
        }
        return self.grain
    }

    func create(package: PackageID, action: Int, title: String?, by account: AccountID) async throws(HostError)
        -> GrainSummary
    { grain }
    func rename(_ grain: GrainID, to title: String, by account: AccountID) async throws(HostError) {}
    func stop(_ grain: GrainID, by account: AccountID) async throws(HostError) {}
    func remove(_ grain: GrainID, by account: AccountID) async throws(HostError) {}
    func log(of grain: GrainID, by account: AccountID, maximumBytes: Int) async throws(HostError) -> [UInt8] { [] }

    func setTags(_ tags: [String], of grain: GrainID, by account: AccountID) async throws(HostError) {}
    func trash(for account: AccountID) async throws(HostError) -> [GrainSummary] { [] }
    func empty(by account: AccountID) async throws(HostError) {}
    func discard(_ grain: GrainID, by account: AccountID) async throws(HostError) {}
    func recover(_ grain: GrainID, by account: AccountID) async throws(HostError) {}

    func upgrades(for account: AccountID) async throws(HostError) -> [AppUpgrade] { [] }
    func upgrades(for account: AccountID, among grains: [GrainSummary]) async throws(HostError) -> [AppUpgrade] { [] }
    func accept(_ package: PackageID, force: Bool, by account: AccountID) async throws(HostError) -> Int { 0 }
    func decline(_ app: AppID, by account: AccountID) async throws(HostError) {}
    func move(_ grain: GrainID, to package: PackageID, force: Bool, by account: AccountID) async throws(HostError) {}

    func open(_ grain: GrainID, as visitor: Visitor, at place: TabPlace) async throws(HostError) -> any GrainSession {
        let session = MemorySession(grain: grain, base: place.base)
        state.withLock { $0.sessions[session.identifier] = session }
        return session
    }

    func session(_ identifier: SessionID) async -> (any GrainSession)? { state.withLock { $0.sessions[identifier] } }

    func grain(of session: SessionID) async throws(HostError) -> GrainSummary { grain }
}

/// Answers with the path it was asked for.
final class MemorySession: GrainSession {
    let identifier = SessionID.random()
    let secret = Secret.random()
    let grain: GrainID
    let base: String

    init(grain: GrainID, base: String) {
        self.grain = grain
        self.base = base
    }

    var state: GrainState { get async { .running } }

    func send(_ request: WebRequest, from client: WebClient) async throws(HostError) -> WebResponse {
        if request.path == "fail" { throw HostError(.failed, "ask the app: it fails when it is asked to") }
        var content = WebContent(.bytes(Array(request.path.utf8)))
        content.mimeType = request.path == "split" ? "text/plain\r\nX-Split: yes" : "text/plain"
        return WebResponse(.content(status: 200, content))
    }

    func openWebSocket(
        _ request: WebSocketRequest, from client: WebClient, incoming: any ByteReader
    ) async throws(HostError) -> WebSocketResponse {
        throw HostError(.unsupported, "open a web socket: the app has none")
    }

    func keepAlive() async throws(HostError) {}
    func note(_ line: String) async {}
    func close() async {}
}

/// A host that nothing is known of.
private struct QuietOperations: OperationDirectory {
    func figures() async throws(HostError) -> [HostFigure] { [] }
    func audit(olderThan: String?, limit: Int, for: AccountID) async throws(HostError) -> [AuditEntry] { [] }
    func noteExceptions(_ exceptions: [AppID: [String]]) async {}
    func recentLog(for: AccountID) async throws(HostError) -> [HostLogLine] { [] }
    func usage(for: AccountID) async throws(HostError) -> [GrainUsage] { [] }
    func packages(for: AccountID) async throws(HostError) -> [PackageUsage] { [] }
    func limits(for: AccountID) async throws(HostError) -> [KeyValue] { [] }
}
