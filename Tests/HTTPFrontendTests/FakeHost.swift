import Barchan
import Glibc
import Synchronization

/// A host in memory, with one person, one app and grains that answer as a test says.
final class FakeHost: FrontendHost, Sendable {
    typealias Handler = @Sendable (WebRequest, WebClient) async throws(HostError) -> WebResponse
    typealias SocketHandler = @Sendable (WebSocketRequest, any ByteReader) async throws(HostError) -> WebSocketResponse

    let directory = Mutex(Directory())
    let handler = Mutex<Handler>(FakeHost.echo)
    /// A session that is on a loop, before all others.
    let moving = Mutex<MovingSession?>(nil)
    let socketHandler = Mutex<SocketHandler>({ (_, _) throws(HostError) in throw HostError(.unsupported, "no sockets") }
    )

    struct Directory {
        var tokens: Set<String> = ["open-sesame"]
        var logins: [String: Account] = [:]
        var packages: [InstalledPackage] = [FakeHost.wiki]
        var grains: [GrainSummary] = []
        var trash: [GrainSummary] = []
        var auditCount = 1
        var sessions: [String: FakeSession] = [:]
        var installed: [UInt8] = []
        var installError: HostError?
        var upgrades: [AppUpgrade] = []
        var decisions: [String] = []
        var uninstalled: [UninstalledApp] = []
        /// The only question once something was installed.
        var offeredAfterInstalling: AppUpgrade?
        var calls: [String] = []
        var loginMethods: [String] = []
        var people: [Account] = [FakeHost.person, FakeHost.guest]
        var browsers: [LoginSummary] = []
        var invitations: [String: InvitationOffer] = [:]
        var sharing: GrainSharing?
        /// What giving something to a person makes of that.
        var given: GrainSharing?
        var links: [String: SharedLink] = [:]
        /// What somebody has by a link.
        var kept: [String: GrainID] = [:]
        /// Where grains were opened.
        var places: [TabPlace] = []
        var areTokensDead = false
        var refusal: HostError?
        var resources: [String: PublicResources] = [:]
        var restored: [UInt8] = []
        var log = "Hello from the app\n<b>not bold</b>\n"
    }

    static let person = account("Ada Lovelace", .administrator)
    static let guest = account("Grace Hopper", .user)

    private static func account(_ name: String, _ role: Account.Role) -> Account {
        Account(identifier: AccountID.random(), displayName: name, handle: "someone", role: role)
    }

    static let wiki = package("DokuWiki", id: "0123456789abcdef0123456789abcdef", app: "q", noun: "wiki")

    static func package(_ title: String, id: String, app: Character, noun: String) -> InstalledPackage {
        let command = Command(arguments: ["/bin/wiki"], environment: [])
        var manifest = AppManifest(
            title: title, version: 3, marketingVersion: "2022-07-31",
            actions: [AppAction(title: "New \(noun)", nounPhrase: noun, description: "", command: command)],
            continueCommand: command)
        manifest.shortDescription = "Pages anybody can edit"
        manifest.author = "Mae & Co"
        manifest.website = "http://example.com/?a=1&b=2"
        guard let identifier = PackageID(id), let app = AppID(String(repeating: app, count: 52)) else {
            fatalError("identifiers are well-formed")
        }
        return InstalledPackage(
            identifier: identifier, app: app, manifest: manifest, tree: PackageTree(layers: ["/nowhere"]),
            sizeBytes: 23_400_000)
    }

    var accounts: any AccountDirectory { FakeAccounts(host: self) }
    var apps: any AppDirectory { FakeApps(host: self) }
    var grains: any GrainDirectory { FakeGrains(host: self) }
    var sessions: any SessionDirectory { FakeSessions(host: self) }
    var operations: any OperationDirectory { FakeOperations(host: self) }
    var upgrades: any UpgradeDirectory { FakeUpgrades(host: self) }
    var people: any PeopleDirectory { FakePeople(host: self) }
    var api: any APIDirectory { FakeAPI(host: self) }
    var sharing: any SharingDirectory { FakeSharing(host: self) }

    func note(_ call: String) { directory.withLock { $0.calls.append(call) } }
    /// What was asked of people and sharing, in order.
    var calls: [String] { directory.withLock { $0.calls } }
    var backups: any BackupDirectory { FakeBackups(host: self) }
    var tags: any TagDirectory { FakeOrder(host: self) }
    var trash: any TrashDirectory { FakeOrder(host: self) }

    /// Answers with what arrived.
    static let echo: Handler = { (request, client) throws(HostError) in
        var content = WebContent(.bytes(Array("\(request.method) /\(request.path)".utf8)))
        content.mimeType = "text/plain"
        return WebResponse(.content(status: 200, content))
    }

    func answer(_ handler: @escaping Handler) { self.handler.withLock { $0 = handler } }
    func answerSockets(_ handler: @escaping SocketHandler) { socketHandler.withLock { $0 = handler } }

    /// A login that is there already.
    func logIn(_ account: Account = FakeHost.person) -> Secret {
        let secret = Secret.random()
        directory.withLock { $0.logins[secret.text] = account }
        return secret
    }

    @discardableResult
    func addGrain(
        _ title: String = "My wiki", state: GrainState = .stopped, usedBytes: Int64 = 52_300, lastUsed: Int64 = 0
    ) -> GrainSummary {
        let wiki = FakeHost.wiki
        let grain = GrainSummary(
            identifier: GrainID.random(), title: title, app: wiki.app, appTitle: wiki.manifest.title,
            package: wiki.identifier, state: state, usedBytes: usedBytes, lastUsed: lastUsed)
        directory.withLock { $0.grains.append(grain) }
        return grain
    }

    func openSession() -> FakeSession {
        let session = FakeSession(host: self, grain: addGrain().identifier)
        directory.withLock { $0.sessions[session.identifier.text] = session }
        return session
    }
}

final class FakeSession: GrainSession {
    let host: FakeHost
    let identifier = SessionID.random()
    let secret = Secret.random()
    let grain: GrainID
    let base: String
    let current = Mutex(GrainState.running)
    let keptAlive = Mutex(0)
    let isClosed = Mutex(false)
    /// What the frontend wrote into the grain's log.
    let notes = Mutex<[String]>([])

    init(host: FakeHost, grain: GrainID, base: String? = nil) {
        self.host = host
        self.grain = grain
        self.base = base ?? "/grain/\(grain)"
    }

    var state: GrainState { get async { current.withLock { $0 } } }

    func send(_ request: WebRequest, from client: WebClient) async throws(HostError) -> WebResponse {
        try checkOpen()
        return try await host.handler.withLock { $0 }(request, client)
    }

    func openWebSocket(
        _ request: WebSocketRequest, from client: WebClient, incoming: any ByteReader
    ) async throws(HostError) -> WebSocketResponse {
        try checkOpen()
        return try await host.socketHandler.withLock { $0 }(request, incoming)
    }

    func keepAlive() async throws(HostError) {
        try checkOpen()
        keptAlive.withLock { $0 += 1 }
    }

    func note(_ line: String) async { notes.withLock { $0.append(line) } }

    func close() async { isClosed.withLock { $0 = true } }

    private func checkOpen() throws(HostError) {
        if isClosed.withLock({ $0 }) { throw HostError(.notFound, "use a session: it is closed") }
    }
}

struct FakeAccounts: AccountDirectory {
    let host: FakeHost

    func logIn(withToken token: Secret) async throws(HostError) -> Login {
        guard host.directory.withLock({ $0.tokens.remove(token.text) }) != nil else {
            throw HostError(.permissionDenied, "log in: this link was used already, or is too old; ask for a new one")
        }
        return Login(account: FakeHost.person, secret: host.logIn(), lifetime: .seconds(3600))
    }

    func account(forLogin secret: Secret) async throws(HostError) -> Account? {
        host.directory.withLock { $0.logins[secret.text] }
    }
    func logOut(_ secret: Secret) async throws(HostError) { host.directory.withLock { $0.logins[secret.text] = nil } }

    var loginMethods: [String] { host.directory.withLock { $0.loginMethods } }

    func beginLogin(by method: String, as claim: String, at address: FrontendAddress) async throws(HostError) -> Secret
    {
        try host.call("begin \(method) as \(claim) at \(address.baseURL)")
        return Secret("challenge")
    }

    func logIn(by method: String, challenge: Secret, answer: String) async throws(HostError) -> Login {
        try host.call("log in by \(method) with \(challenge.text) and \(answer)")
        return Login(account: FakeHost.person, secret: host.logIn(), lifetime: .seconds(3600))
    }
}

struct FakeApps: AppDirectory {
    let host: FakeHost

    func apps(for account: AccountID) async throws(HostError) -> [InstalledPackage] {
        host.directory.withLock { $0.packages }
    }

    func install(
        _ file: any ByteReader, by account: AccountID, progress: @escaping @Sendable (Int64) -> Void
    ) async throws(HostError) -> InstalledPackage {
        var bytes: [UInt8] = []
        while let piece = try await file.next() { bytes += piece }
        return try host.directory.withLock { [bytes] directory throws(HostError) in
            directory.installed = bytes
            if let error = directory.installError { throw error }
            if let offer = directory.offeredAfterInstalling { directory.upgrades = [offer] }
            return FakeHost.wiki
        }
    }

    func uninstall(_ app: AppID, by account: AccountID) async throws(HostError) {
        host.directory.withLock { directory in
            let grains = directory.grains.count { $0.app == app }
            directory.uninstalled += directory.packages.filter { $0.app == app }.map {
                UninstalledApp(package: $0, grains: grains)
            }
            directory.packages.removeAll { $0.app == app }
        }
    }

    func uninstalled(for account: AccountID) async throws(HostError) -> [UninstalledApp] {
        host.directory.withLock { $0.uninstalled }
    }
}

struct FakeGrains: GrainDirectory {
    let host: FakeHost

    func list(for account: AccountID) async throws(HostError) -> GrainList {
        host.directory.withLock { GrainList(grains: $0.grains, discarded: $0.trash) }
    }

    func grain(_ grain: GrainID, for account: AccountID) async throws(HostError) -> GrainSummary {
        if host.directory.withLock({ $0.trash.contains { $0.identifier == grain } }) {
            throw HostError(.gone, "The grain is put away.")
        }
        guard let found = host.directory.withLock({ $0.grains.first { $0.identifier == grain } }) else {
            throw HostError(.notFound, "There is no such grain.")
        }
        return found
    }

    func create(package: PackageID, action: Int, title: String?, by account: AccountID) async throws(HostError)
        -> GrainSummary
    {
        guard package == FakeHost.wiki.identifier else { throw HostError(.notFound, "There is no such package.") }
        if let refusal = host.directory.withLock({ $0.refusal }) { throw refusal }
        return host.addGrain(title ?? "Untitled wiki")
    }

    func rename(_ grain: GrainID, to title: String, by account: AccountID) async throws(HostError) {
        guard !title.isEmpty else {
            throw HostError(.invalidArgument, "rename the grain: a title has from 1 to 200 characters")
        }
        host.directory.withLock { directory in
            for index in directory.grains.indices where directory.grains[index].identifier == grain {
                directory.grains[index].title = title
            }
        }
    }

    func stop(_ grain: GrainID, by account: AccountID) async throws(HostError) {}

    func remove(_ grain: GrainID, by account: AccountID) async throws(HostError) {
        host.directory.withLock { directory in
            directory.grains.removeAll { $0.identifier == grain }
            directory.trash.removeAll { $0.identifier == grain }
        }
    }

    func log(of grain: GrainID, by account: AccountID, maximumBytes: Int) async throws(HostError) -> [UInt8] {
        host.directory.withLock { Array($0.log.utf8) }
    }
}

struct FakeUpgrades: UpgradeDirectory {
    let host: FakeHost

    func upgrades(for account: AccountID) async throws(HostError) -> [AppUpgrade] {
        host.directory.withLock { $0.upgrades }
    }

    func upgrades(for account: AccountID, among grains: [GrainSummary]) async throws(HostError) -> [AppUpgrade] {
        try await upgrades(for: account)
    }

    func accept(_ package: PackageID, force: Bool, by account: AccountID) async throws(HostError) -> Int {
        try host.directory.withLock { directory throws(HostError) in
            let upgrade = directory.upgrades.first { $0.offered.identifier == package }
            if upgrade?.isDowngrade == true, !force { throw HostError(.invalidArgument, "upgrade: it is older") }
            directory.decisions.append("accept \(package)\(force ? " by force" : "")")
            return upgrade?.grains.count ?? 0
        }
    }

    func decline(_ app: AppID, by account: AccountID) async throws(HostError) {
        host.directory.withLock { $0.decisions.append("decline \(app)") }
    }

    func move(_ grain: GrainID, to package: PackageID, force: Bool, by account: AccountID) async throws(HostError) {
        host.directory.withLock { $0.decisions.append("move \(grain) to \(package)\(force ? " by force" : "")") }
    }
}

struct FakeSessions: SessionDirectory {
    let host: FakeHost

    func open(_ grain: GrainID, as visitor: Visitor, at place: TabPlace) async throws(HostError) -> any GrainSession {
        let session = FakeSession(host: host, grain: grain, base: place.base)
        host.directory.withLock { $0.places.append(place) }
        try host.call("open as \(visitor == .account(FakeHost.person.identifier) ? "a person" : "\(visitor)")")
        host.directory.withLock { $0.sessions[session.identifier.text] = session }
        return session
    }

    func grain(of session: SessionID) async throws(HostError) -> GrainSummary {
        guard let open = host.directory.withLock({ $0.sessions[session.text] }) else {
            throw HostError(.notFound, "The page is not open.")
        }
        return try await host.grains.grain(open.grain, for: FakeHost.person.identifier)
    }

    func session(_ identifier: SessionID) async -> (any GrainSession)? {
        if let moving = host.moving.withLock({ $0 }), moving.identifier == identifier { return moving }
        guard let session = host.directory.withLock({ $0.sessions[identifier.text] }),
            !session.isClosed.withLock({ $0 })
        else { return nil }
        return session
    }
}

/// As a host is to administrators, and to nobody else.
struct FakeOperations: OperationDirectory {
    let host: FakeHost

    func figures() async throws(HostError) -> [HostFigure] {
        [
            HostFigure(
                "barchan_grains", "Grains", .gauge, [.init(3, labels: [KeyValue("state", "running \"now\"\n\\")])]),
            HostFigure("last_timestamp_seconds", "Last backup by the host", .gauge, [.init(1_795_867_200)]),
        ]
    }

    func audit(
        olderThan older: String?, limit: Int, for account: AccountID
    ) async throws(HostError) -> [AuditEntry] {
        try requireAdministrator(account)
        let newest = older.flatMap { Int($0) }.map { $0 - 1 } ?? host.directory.withLock { $0.auditCount }
        return (0..<newest).reversed().prefix(limit).map { number in
            AuditEntry(
                identifier: "\(number + 1)", time: 1_700_000_000, actor: "ada", act: "app.install",
                object: "q\(number + 1)", detail: "<b>Wiki</b>")
        }
    }

    func noteExceptions(_ exceptions: [AppID: [String]]) async {
        for (app, texts) in exceptions { for text in texts { host.note("exception for \(app): \(text)") } }
    }

    func recentLog(for account: AccountID) async throws(HostError) -> [HostLogLine] {
        try requireAdministrator(account)
        return [HostLogLine(time: 1_700_000_000, level: .warning, message: "grain <x> did not start")]
    }

    func usage(for account: AccountID) async throws(HostError) -> [GrainUsage] {
        try requireAdministrator(account)
        return host.directory.withLock { $0.grains }.map {
            GrainUsage(
                grain: $0, owner: "ada", isFrozen: false, memoryBytes: 40 << 20, processes: 7,
                processorTime: .seconds(2))
        }
    }

    func packages(for account: AccountID) async throws(HostError) -> [PackageUsage] {
        try requireAdministrator(account)
        let waiting = FakeHost.package("DokuWiki", id: String(repeating: "d", count: 32), app: "q", noun: "wiki")
        return [
            PackageUsage(package: FakeHost.wiki, state: .inUse, grains: 12),
            PackageUsage(package: waiting, state: .waiting, grains: 0),
        ]
    }

    func limits(for account: AccountID) async throws(HostError) -> [KeyValue] {
        try requireAdministrator(account)
        return [KeyValue("runningGrains", "1000")]
    }

    private func requireAdministrator(_ account: AccountID) throws(HostError) {
        guard account == FakeHost.person.identifier else {
            throw HostError(.permissionDenied, "look: only an administrator may do that")
        }
    }
}

/// Tags and the trash.
private struct FakeOrder: TagDirectory, TrashDirectory {
    let host: FakeHost

    func setTags(_ tags: [String], of grain: GrainID, by account: AccountID) async throws(HostError) {
        if tags.contains("bad") { throw HostError(.invalidArgument, "tag a grain: no such tags") }
        host.directory.withLock { directory in
            for index in directory.grains.indices where directory.grains[index].identifier == grain {
                directory.grains[index].tags = tags
            }
        }
    }

    func trash(for account: AccountID) async throws(HostError) -> [GrainSummary] {
        host.directory.withLock { $0.trash }
    }

    func empty(by account: AccountID) async throws(HostError) { host.directory.withLock { $0.trash = [] } }

    func discard(_ grain: GrainID, by account: AccountID) async throws(HostError) {
        host.directory.withLock { directory in
            guard let index = directory.grains.firstIndex(where: { $0.identifier == grain }) else { return }
            var discarded = directory.grains.remove(at: index)
            discarded.expires = Int64(time(nil)) + 30 * 86_400
            directory.trash.append(discarded)
        }
    }

    func recover(_ grain: GrainID, by account: AccountID) async throws(HostError) {
        host.directory.withLock { directory in
            guard let index = directory.trash.firstIndex(where: { $0.identifier == grain }) else { return }
            directory.grains.append(directory.trash.remove(at: index))
        }
    }
}

private struct FakeBackups: BackupDirectory {
    let host: FakeHost

    func backUp(_ grain: GrainID, by account: AccountID) async throws(HostError) -> GrainBackup {
        let summary = try await host.grains.grain(grain, for: account)
        return GrainBackup(title: summary.title, bytes: BufferedBytes(Array("a backup".utf8)))
    }

    func restore(_ file: any ByteReader, by account: AccountID) async throws(HostError) -> GrainSummary {
        let bytes = try await file.readAll(maximumBytes: 1 << 20)
        guard bytes.starts(with: Array("PK".utf8)) else { throw HostError(.invalidArgument, "no zip file") }
        host.directory.withLock { $0.restored = bytes }
        return host.addGrain("Restored")
    }
}
