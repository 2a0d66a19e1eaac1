/// Speaks with a grain over one socket.
public protocol TransportProvider: Sendable {
    /// What holds for every connection; fixed for the provider's life.
    var guarantees: Set<Guarantee> { get }

    /// Starts a conversation on the host's end of a grain's socket.
    ///
    /// Called before the program is executed, so that what the host has to say first already waits in the socket.
    /// The provider owns `socket` from this call on, also when it throws.
    /// - Parameters:
    ///   - socket: A connected stream socket. The grain holds the other end as descriptor 3.
    ///   - host: What the grain may call; let go of when the conversation is over.
    /// - Returns: A connection that has not received anything yet.
    /// - Throws: ``HostError`` `.disconnected` when the grain is gone already.
    func connect(
        over socket: consuming OwnedDescriptor, offering host: any GrainHost
    ) async throws(HostError) -> any GrainConnection
}

/// A conversation with one running grain.
public protocol GrainConnection: Sendable {
    /// What the app says of its permissions and roles. Empty for an app that does not know the call.
    /// - Throws: ``HostError`` `.disconnected` when the grain is gone before it answers.
    func viewInfo() async throws(HostError) -> ViewInfo

    /// Opens a session for one person in one tab. May return before the app has answered; the first request waits then.
    func openWebSession(_ parameters: WebSessionParameters) async throws(HostError) -> any WebSession

    /// Returns when the conversation is over, for whatever reason; at once when it is already.
    func waitForClose() async

    /// Ends the conversation; every call under way fails as disconnected. A second call does nothing.
    func close() async
}

/// What an app says of itself when asked (specification, section 5.5). Positions in the lists are identities.
public struct ViewInfo: Sendable, Equatable {
    public var permissions: [PermissionDefinition] = []
    public var roles: [RoleDefinition] = []
    /// Permissions nobody gets unless they are asked for, by position.
    public var deniedPermissions: [Bool] = []
    /// What may happen in a grain of the app.
    public var activityTypes: [ActivityTypeDefinition] = []

    /// Position of the role that is given where none is named; nil when the app marks none that is in use (specification,
    /// section 12.1).
    public var defaultRole: Int? { roles.firstIndex { $0.isDefault && !$0.isObsolete } }

    public init() {}
}

/// One permission of an app.
public struct PermissionDefinition: Sendable, Equatable {
    /// As in X-Sandstorm-Permissions.
    public var name: String
    public var title: String
    /// No longer given to anybody.
    public var isObsolete: Bool

    public init(name: String, title: String, isObsolete: Bool = false) {
        self.name = name
        self.title = title
        self.isObsolete = isObsolete
    }
}

/// A kind of activity (specification, section 16).
public struct ActivityTypeDefinition: Sendable, Equatable {
    public var name: String
    /// "edited the page".
    public var verbPhrase: String
    public var isObsolete: Bool

    public init(name: String, verbPhrase: String, isObsolete: Bool = false) {
        self.name = name
        self.verbPhrase = verbPhrase
        self.isObsolete = isObsolete
    }
}

/// A named set of permissions.
public struct RoleDefinition: Sendable, Equatable {
    public var title: String
    /// "can edit".
    public var verbPhrase: String
    /// By position in ``ViewInfo/permissions``; missing ones are false.
    public var permissions: [Bool]
    public var isDefault: Bool
    public var isObsolete: Bool

    public init(title: String, verbPhrase: String, permissions: [Bool], isDefault: Bool, isObsolete: Bool = false) {
        self.title = title
        self.verbPhrase = verbPhrase
        self.permissions = permissions
        self.isDefault = isDefault
        self.isObsolete = isObsolete
    }
}

/// Who opens a session, and how it is reached; fixed for the session's life (specification, section 6.5).
public struct WebSessionParameters: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// A person in a tab.
        case web
        /// A program that uses the app's API. An app that knows no such sessions gets a web session with the base path
        /// `https://sandbox` (specification, section 10.3).
        /// - Parameter remoteAddress: 4 or 16 bytes when the app is to learn it.
        case api(remoteAddress: [UInt8]?)
        /// A person in a tab who picks something that answers one of the descriptors, each the bytes of a
        /// PowerboxDescriptor, one segment without a table (specification, section 7.7).
        case request(descriptors: [[UInt8]])
    }

    public var kind = Kind.web
    public var user: UserInfo
    /// Scheme and host without a trailing slash.
    public var basePath: String
    public var userAgent: String
    public var acceptableLanguages: [String]
    /// 16 bytes, the same for every session of one tab.
    public var tabID: [UInt8]

    public init(user: UserInfo, basePath: String, userAgent: String, acceptableLanguages: [String], tabID: [UInt8]) {
        self.user = user
        self.basePath = basePath
        self.userAgent = userAgent
        self.acceptableLanguages = acceptableLanguages
        self.tabID = tabID
    }
}

/// A person as an app sees them (specification, section 6.6).
public struct UserInfo: Sendable, Equatable {
    public enum Pronouns: UInt16, Sendable { case neutral = 0, male, female, robot }

    public var displayName: String
    public var preferredHandle: String
    /// Exactly 32 bytes, different in every grain; empty for somebody anonymous.
    public var identityID: [UInt8]
    public var pictureURL: String
    public var pronouns: Pronouns
    /// By position in ``ViewInfo/permissions``.
    public var permissions: [Bool]

    public init(
        displayName: String, preferredHandle: String, identityID: [UInt8], pictureURL: String = "",
        pronouns: Pronouns = .neutral, permissions: [Bool]
    ) {
        self.displayName = displayName
        self.preferredHandle = preferredHandle
        self.identityID = identityID
        self.pictureURL = pictureURL
        self.pronouns = pronouns
        self.permissions = permissions
    }
}
