/// Faces the people: serves pages, or whatever else they use to reach their grains.
public protocol FrontendProvider: Sendable {
    /// What holds for every page; fixed for the provider's life.
    var guarantees: Set<Guarantee> { get }

    /// Serves until the task is cancelled, then lets requests under way finish for a few seconds.
    /// - Parameter ready: Called once, when people can connect.
    /// - Throws: ``HostError`` when serving is impossible, for instance because the port is taken.
    func run(for host: any FrontendHost, ready: @escaping @Sendable (FrontendAddress) -> Void) async throws(HostError)
}

/// Where a frontend listens.
public struct FrontendAddress: Sendable, Equatable {
    /// What people open, without a trailing slash: `http://localhost:6080`.
    public var baseURL: String

    public init(baseURL: String) { self.baseURL = baseURL }

    /// The link that logs somebody in once.
    public func loginLink(token: Secret) -> String { "\(baseURL)/login/\(token.text)" }
    public func invitationLink(_ secret: Secret) -> String { "\(baseURL)/invite/\(secret.text)" }
    /// The link that opens a shared grain (specification, section 10.1).
    public func sharingLink(_ secret: Secret) -> String { "\(baseURL)/shared/\(secret.text)" }
}

/// What the core offers to a frontend.
///
/// Calls on behalf of a person take that person's ``AccountID`` and throw `.permissionDenied` when the person may not,
/// `.notFound` when the thing does not exist or the person may not know of it.
public protocol FrontendHost: Sendable {
    var accounts: any AccountDirectory { get }
    var apps: any AppDirectory { get }
    var grains: any GrainDirectory { get }
    var upgrades: any UpgradeDirectory { get }
    var sessions: any SessionDirectory { get }
    var operations: any OperationDirectory { get }
    var sharing: any SharingDirectory { get }
    var people: any PeopleDirectory { get }
    var api: any APIDirectory { get }
    var backups: any BackupDirectory { get }
    var tags: any TagDirectory { get }
    var trash: any TrashDirectory { get }
}

/// Who is who.
public protocol AccountDirectory: Sendable {
    /// Exchanges a one-time login token for a login. The token is used up, also when two try at once.
    /// - Throws: `.permissionDenied` when the token is unknown, used or expired.
    func logIn(withToken token: Secret) async throws(HostError) -> Login

    /// The account a login belongs to, or nil when the login is unknown, expired or logged out.
    func account(forLogin secret: Secret) async throws(HostError) -> Account?

    /// Ends a login. Ending an unknown one does nothing.
    func logOut(_ secret: Secret) async throws(HostError)

    /// The ways to log in besides one-time links, by name: `email`.
    var loginMethods: [String] { get }

    /// Begins to log somebody in: with `email` by sending them a code.
    ///
    /// Answers alike for people who are known and who are not.
    /// - Parameters:
    ///   - claim: Who somebody says they are; an e-mail address.
    ///   - address: Where a link that is sent leads to.
    /// - Returns: What the answer has to come with; for the browser that asked and nobody else.
    /// - Throws: ``HostError`` `.invalidArgument` for an impossible claim, `.resourceExhausted` when this was asked too often.
    func beginLogin(by method: String, as claim: String, at address: FrontendAddress) async throws(HostError) -> Secret

    /// Logs somebody in who has the answer.
    /// - Throws: ``HostError`` `.permissionDenied` when it is wrong or late, or nobody is known by what was claimed.
    func logIn(by method: String, challenge: Secret, answer: String) async throws(HostError) -> Login
}

/// A person.
public struct Account: Sendable, Equatable {
    public enum Role: String, Sendable, CaseIterable {
        case administrator
        case user
        /// Uses what others share and has no grains of their own.
        case guest
    }

    public var identifier: AccountID
    public var displayName: String
    public var handle: String
    public var role: Role
    public var pronouns = UserInfo.Pronouns.neutral
    /// The name under which ``PeopleDirectory/picture(_:)`` has their picture; nil when they have none.
    public var picture: String?
    public var emailAddress: String?
    /// Nothing works for them until an administrator changes that.
    public var isSuspended = false
    /// Seconds since 1970-01-01T00:00:00Z.
    public var created: Int64 = 0

    public init(identifier: AccountID, displayName: String, handle: String, role: Role) {
        self.identifier = identifier
        self.displayName = displayName
        self.handle = handle
        self.role = role
    }
}

/// A fresh login of one browser.
public struct Login: Sendable {
    public var account: Account
    public var secret: Secret
    /// How long the login lasts.
    public var lifetime: Duration

    public init(account: Account, secret: Secret, lifetime: Duration) {
        self.account = account
        self.secret = secret
        self.lifetime = lifetime
    }
}

/// The apps there are.
public protocol AppDirectory: Sendable {
    /// Each app of which grains can be made, in the version that is in use, ordered by title.
    func apps(for account: AccountID) async throws(HostError) -> [InstalledPackage]

    /// Installs a package file; administrators only, because everybody sees the app. The first package of an app is in use at
    /// once, another version after ``UpgradeDirectory/accept(_:force:by:)``. Of several that wait the newest is offered.
    /// - Parameter progress: Bytes of the file consumed so far.
    /// - Throws: as ``PackageStore/install(_:expecting:progress:)``.
    func install(
        _ file: any ByteReader, by account: AccountID, progress: @escaping @Sendable (Int64) -> Void
    ) async throws(HostError) -> InstalledPackage

    /// Uninstalls an app; administrators only. Nobody can make grains of it any more. Those there are go on, and its packages go
    /// with the last of them. Installing a package of it again takes it back.
    /// - Throws: `.permissionDenied` for others; `.notFound` for an app that is not installed.
    func uninstall(_ app: AppID, by account: AccountID) async throws(HostError)

    /// Apps that were uninstalled and of which there still are packages, ordered by title; administrators only.
    func uninstalled(for account: AccountID) async throws(HostError) -> [UninstalledApp]
}

/// An app of which nobody can make grains any more.
public struct UninstalledApp: Sendable {
    /// Its newest package.
    public var package: InstalledPackage
    /// How many grains of it there are, those in the trash included.
    public var grains: Int

    public init(package: InstalledPackage, grains: Int) {
        self.package = package
        self.grains = grains
    }

    /// `uninstalled; 2 grains use it still`
    public var text: String {
        switch grains {
        case 0: "uninstalled; no grain uses it"
        case 1: "uninstalled; 1 grain uses it still"
        default: "uninstalled; \(grains) grains use it still"
        }
    }
}

/// The grains a person has, and those that were shared with them: these they may look at and nothing more.
public protocol GrainDirectory: Sendable {
    func list(for account: AccountID) async throws(HostError) -> GrainList

    func grain(_ grain: GrainID, for account: AccountID) async throws(HostError) -> GrainSummary

    /// Makes a grain and starts it for the first time.
    /// - Parameter action: Position in the manifest's actions.
    /// - Parameter title: Nil for the default title.
    /// - Throws: `.notFound` for an unknown package or action. An app that does not start is no error here: the grain
    ///   exists, and opening it says what is wrong.
    func create(
        package: PackageID, action: Int, title: String?, by account: AccountID
    ) async throws(HostError) -> GrainSummary

    /// Changes the title of one's own grain for everybody, and of one that was shared for oneself alone, which an empty
    /// title undoes.
    /// - Throws: `.invalidArgument` for a title over 200 characters or without any that can be seen, and for one with
    ///   characters that control something or turn the direction of text.
    func rename(_ grain: GrainID, to title: String, by account: AccountID) async throws(HostError)

    /// Stops the grain; the next request starts it again.
    func stop(_ grain: GrainID, by account: AccountID) async throws(HostError)

    /// Removes the grain with all its data, also from the trash.
    func remove(_ grain: GrainID, by account: AccountID) async throws(HostError)

    /// The newest part of what the app printed, at most `maximumBytes`.
    func log(of grain: GrainID, by account: AccountID, maximumBytes: Int) async throws(HostError) -> [UInt8]
}

extension GrainDirectory {
    /// The person's grains, last used first, without those in the trash.
    public func grains(for account: AccountID) async throws(HostError) -> [GrainSummary] {
        try await list(for: account).grains
    }
}

/// All that a person has.
public struct GrainList: Sendable, Equatable {
    /// Those that may be used, last used first.
    public var grains: [GrainSummary]
    /// What the person has thrown away, as ``TrashDirectory/trash(for:)`` gives it.
    public var discarded: [GrainSummary]

    public init(grains: [GrainSummary] = [], discarded: [GrainSummary] = []) {
        self.grains = grains
        self.discarded = discarded
    }
}

/// Grains as files.
public protocol BackupDirectory: Sendable {
    /// A grain as a file, consistent also while the grain runs. Owners only.
    /// - Throws: `.resourceExhausted` when too many backups are being made, or for want of room; `.unsupported` when the
    ///   storage makes none.
    func backUp(_ grain: GrainID, by account: AccountID) async throws(HostError) -> GrainBackup

    /// Makes a new grain from a file.
    /// - Parameter file: Cancelled on error.
    /// - Throws: `.notFound` when the app is not installed in the backup's version or a later one; as
    ///   ``BackupStore/restore(_:for:owner:check:)``.
    func restore(_ file: any ByteReader, by account: AccountID) async throws(HostError) -> GrainSummary
}

/// A backup on its way out.
public struct GrainBackup: Sendable {
    /// Of the grain; a file name is made of it.
    public var title: String
    /// Read it to its end or cancel it: the host keeps a copy of the grain's data until then.
    public var bytes: any ByteReader

    public init(title: String, bytes: any ByteReader) {
        self.title = title
        self.bytes = bytes
    }
}

/// A grain as its owner sees it in a list.
public struct GrainSummary: Sendable, Equatable {
    public var identifier: GrainID
    /// What the one who asked calls it.
    public var title: String
    public var app: AppID
    public var appTitle: String
    public var package: PackageID
    public var state: GrainState
    public var usedBytes: Int64
    /// Seconds since 1970-01-01T00:00:00Z.
    public var lastUsed: Int64
    /// The version of its app that it starts with the next time, as people read it; empty when the package is gone.
    public var version = ""
    /// Why its package, which is there, cannot be used, in a few words for lists; opening the grain says more. Nil otherwise.
    public var packageProblem: String?
    /// The version it came from, as long as it may be moved back to that.
    public var previous: PreviousVersion?
    /// Whether it belongs to the one who asked; otherwise it was shared with them.
    public var isOwned = true
    /// What its owner should know while it runs: a limit that it has met. Nil when there is nothing to say.
    public var notice: String?
    /// What its owner calls it, when that is not ``title``.
    public var givenTitle: String?
    /// What the app may know: it does not learn what others than the owner call the grain.
    public var titleForApp: String { givenTitle ?? title }
    /// What the one who asked calls it besides its title.
    public var tags: [String] = []
    /// When a grain in the trash is removed for good, in seconds since 1970-01-01T00:00:00Z; nil for one that is not there.
    public var expires: Int64?

    public init(
        identifier: GrainID, title: String, app: AppID, appTitle: String, package: PackageID, state: GrainState,
        usedBytes: Int64, lastUsed: Int64
    ) {
        self.identifier = identifier
        self.title = title
        self.app = app
        self.appTitle = appTitle
        self.package = package
        self.state = state
        self.usedBytes = usedBytes
        self.lastUsed = lastUsed
    }
}

/// What a grain was moved from.
public struct PreviousVersion: Sendable, Equatable {
    public var package: PackageID
    /// As people read it.
    public var version: String
    /// The newer version has run on the grain's data, so going back has to be forced.
    public var needsForce: Bool

    public init(package: PackageID, version: String, needsForce: Bool) {
        self.package = package
        self.version = version
        self.needsForce = needsForce
    }
}

/// What a grain is doing.
public enum GrainState: Sendable, Equatable {
    case stopped
    case starting
    case running
    /// It ended without anybody's wish; the text says why, for its owner. The next request starts it again.
    case crashed(reason: String)
}

/// Open tabs.
public protocol SessionDirectory: Sendable {
    /// Opens a grain in a tab. A link that is for one use is used up by it.
    /// - Throws: ``HostError`` `.notFound` when the visitor may not use the grain, `.resourceExhausted` when as many tabs
    ///   as may be are open and in use.
    func open(_ grain: GrainID, as visitor: Visitor, at place: TabPlace) async throws(HostError) -> any GrainSession

    /// An open session, or nil when it is unknown, closed or expired. Does not keep it open.
    func session(_ identifier: SessionID) async -> (any GrainSession)?

    /// The grain of an open session as whoever opened it may see it: by a link, too.
    /// - Throws: ``HostError`` `.notFound` when the session is closed or they may not use the grain any more.
    func grain(of session: SessionID) async throws(HostError) -> GrainSummary
}

extension SessionDirectory {
    public func open(_ grain: GrainID, as visitor: Visitor) async throws(HostError) -> any GrainSession {
        try await open(grain, as: visitor, at: TabPlace(base: "/grain/\(grain)"))
    }

    public func open(_ grain: GrainID, by account: AccountID) async throws(HostError) -> any GrainSession {
        try await open(grain, as: .account(account))
    }
}

/// Where a tab is.
public struct TabPlace: Sendable, Equatable {
    /// The path of the frontend's page around the grain, behind which the app's own path stands.
    public var base: String
    /// 4 or 16 bytes: whose tabs count together when nobody is logged in. Nil when the client has no address.
    public var clientAddress: [UInt8]?

    public init(base: String, clientAddress: [UInt8]? = nil) {
        self.base = base
        self.clientAddress = clientAddress
    }
}

/// One grain open in one tab, on a host name of its own.
///
/// It is closed when what its visitor may do changes, so that nothing of it is used any longer than it holds. A session lives while the tab keeps it alive; its grain lives at least as long as one of its sessions. A request to
/// a stopped grain starts it. All methods throw `.notFound` once the session is closed or expired.
public protocol GrainSession: Sendable {
    /// The random part of the session's host name. Not a secret by itself.
    var identifier: SessionID { get }
    /// What the browser must present besides the host name.
    var secret: Secret { get }
    var grain: GrainID { get }
    /// ``TabPlace/base`` as it was when the session was opened; empty for a program's, which has no page.
    var base: String { get }

    var state: GrainState { get async }

    /// Sends a request, starting the grain when it is not running.
    /// - Parameter client: The browser as of this request; an app learns it at its first.
    /// - Throws: as ``WebSession/send(_:)``; `.failed` with the reason when the app does not start.
    func send(_ request: WebRequest, from client: WebClient) async throws(HostError) -> WebResponse

    /// Opens a web socket, starting the grain when it is not running.
    func openWebSocket(
        _ request: WebSocketRequest, from client: WebClient, incoming: any ByteReader
    ) async throws(HostError) -> WebSocketResponse

    /// The tab is still there; call at least every 60 seconds.
    func keepAlive() async throws(HostError)

    /// Writes a line of the host's own into the grain's log: where its owner looks when a request failed.
    func note(_ line: String) async

    /// The tab is gone. A second call does nothing.
    func close() async
}

/// A grain session that takes requests without a task of their own, while its grain runs.
public protocol DirectGrainSession: GrainSession {
    /// As ``DirectWebSession/loop``; nil while the grain does not run. Another start may be on another loop.
    var loop: (any HostLoop)? { get }

    /// Begins what ``GrainSession/send(_:from:)`` does.
    /// - Parameters:
    ///   - client: Asked for only when the app has to learn of the browser once more.
    ///   - completion: As for ``DirectWebSession/begin(_:_:)``.
    /// - Returns: Nil, having done nothing, when the grain or the session with it has to be started first, and as
    ///   ``DirectWebSession/begin(_:_:)``; `send(_:from:)` does it then, and says what is wrong.
    func begin(
        _ request: WebRequest, from client: @escaping @Sendable () -> WebClient,
        _ completion: @escaping @Sendable (Result<WebResponse, HostError>) -> Void
    ) -> (any PendingRequest)?
}

/// What an app learns about a browser (specification, section 9.1).
public struct WebClient: Sendable, Equatable {
    /// Scheme and host of the session, without a trailing slash.
    public var basePath: String
    public var userAgent: String
    public var acceptableLanguages: [String]
    /// Below this address, without a trailing slash, are the pictures of people by their names.
    public var pictureBase = ""

    public init(basePath: String, userAgent: String, acceptableLanguages: [String]) {
        self.basePath = basePath
        self.userAgent = userAgent
        self.acceptableLanguages = acceptableLanguages
    }
}
