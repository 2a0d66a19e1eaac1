/// The host as one running grain may use it (specification, sections 4.4, 11 and 18.1).
///
/// The kernel makes one for each start of a grain; the transport offers it to the grain as objects it can call. What is
/// allowed and what is remembered is decided here; which object on the wire stands for what is the transport's matter.
public protocol GrainHost: Sendable {
    /// Makes a token that ``restore(_:)`` turns back into the object: in this grain only, also after a restart.
    ///
    /// The token is the only key to what was saved. A second call for the same object makes a second token.
    /// - Throws: ``HostError`` `.resourceExhausted` when the grain has as many tokens as it may, `.invalidArgument` when
    ///   the object's identifier is too long.
    func save(_ object: SavedObject, label: String) async throws(HostError) -> Secret

    /// What a token stands for.
    /// - Throws: ``HostError`` `.notFound` when this grain has no such token, `.disconnected` when one of the object's
    ///   requirements does not hold.
    func restore(_ token: Secret) async throws(HostError) -> SavedObject

    /// Gives a token up. Does nothing when there is none.
    func drop(_ token: Secret) async throws(HostError)

    /// Gives up every token of one of the app's own objects.
    func dropAll(ofObject objectID: [UInt8]) async throws(HostError)

    /// Keeps the grain running while the lock is held.
    /// - Parameter caption: Why, for the person who looks.
    /// - Throws: ``HostError`` `.resourceExhausted` when the grain holds as many as it may.
    func stayAwake(_ caption: String) async throws(HostError) -> any WakeLock

    /// Remembers that something happened in the grain.
    /// - Parameter identityID: Who did it, or nil for nobody in particular.
    /// - Throws: ``HostError`` `.invalidArgument` when the app has not declared that kind of activity.
    func note(_ activity: Activity, by identityID: [UInt8]?) async throws(HostError)

    /// Somebody whom the grain knows, or nil when they may not use it any more.
    func person(_ identityID: [UInt8]) async throws(HostError) -> PersonProfile?

    /// Where the grain's owner gets mail, for a session of theirs (specification, section 13.3).
    /// - Parameter identityID: The session's user.
    /// - Throws: ``HostError`` `.permissionDenied` when that is not the owner, `.notFound` when the owner has no address.
    func mailAddress(of identityID: [UInt8]) async throws(HostError) -> MailAddress

    /// What somebody may do in the grain, by position in the view info: first as it is, then after each change. Nil when
    /// they may not use it any more. The stream ends when the task that reads it is cancelled.
    func permissions(of identityID: [UInt8]) -> AsyncStream<[Bool]?>

    /// 20 characters of `a-z0-9` by which the grain may be known in public (specification, section 17); always the same.
    func publicID() async throws(HostError) -> String
}

/// A reason for a grain to run while nobody looks at it.
public protocol WakeLock: Sendable {
    /// Returns when a person ended the lock, or the grain ends.
    func waitForEnd() async

    /// Gives the lock up. A second call does nothing.
    func release()
}

/// An object that outlives the connection it came over.
public struct SavedObject: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// One of the app's own, by what the app calls it: the bytes are the transport's and nobody else reads them.
        case app(objectID: [UInt8])
        /// A person, as the grain knows them.
        case identity([UInt8])
        /// What a person may do, as it changes.
        case permissions(identityID: [UInt8])
    }

    public var kind: Kind
    /// All of them must hold for the object to work.
    public var requirements: [Requirement]

    public init(_ kind: Kind, requirements: [Requirement] = []) {
        self.kind = kind
        self.requirements = requirements
    }
}

/// A condition of an object: a person holds these permissions, by position in the view info. Without any it says that
/// the person may use the grain.
public struct Requirement: Sendable, Equatable {
    public var identityID: [UInt8]
    public var permissions: [Bool]

    public init(identityID: [UInt8], permissions: [Bool] = []) {
        self.identityID = identityID
        self.permissions = permissions
    }

    /// Whether somebody who holds these permissions, nil for no access, fulfils the condition.
    public func isMet(by held: [Bool]?) -> Bool {
        guard let held else { return false }
        return permissions.indices.allSatisfy { !permissions[$0] || ($0 < held.count && held[$0]) }
    }
}

/// Something that happened in a grain (specification, section 16).
public struct Activity: Sendable, Equatable {
    /// Position in ``ViewInfo/activityTypes``.
    public var type: Int
    /// Where in the grain, as a path of the web session.
    public var path: String
    /// What it belongs to, when that is not the path itself.
    public var threadPath: String?
    public var threadTitle: String
    /// What a person is told, or nil when nobody needs to be.
    public var caption: String?
    /// Whom it concerns; at most ``maximumUsers``, of more the first.
    public var users: [ActivityUser] = []

    /// Of how many people an activity may tell.
    public static let maximumUsers = 50

    public init(type: Int, path: String, threadPath: String? = nil, threadTitle: String = "", caption: String? = nil) {
        self.type = type
        self.path = path
        self.threadPath = threadPath
        self.threadTitle = threadTitle
        self.caption = caption
    }
}

/// Somebody whom an activity concerns.
public struct ActivityUser: Sendable, Equatable {
    public var identityID: [UInt8]
    /// Whether the activity speaks of them.
    public var isMentioned: Bool
    /// Whether they asked to hear of what happens there.
    public var isSubscribed: Bool

    public init(identityID: [UInt8], isMentioned: Bool = false, isSubscribed: Bool = false) {
        self.identityID = identityID
        self.isMentioned = isMentioned
        self.isSubscribed = isSubscribed
    }
}

/// Where somebody gets mail, and how they are called there.
public struct MailAddress: Sendable, Equatable {
    /// `local@domain`.
    public var address: String
    public var name: String

    public init(address: String, name: String) {
        self.address = address
        self.name = name
    }
}

/// What a grain may know of a person beyond their identity.
public struct PersonProfile: Sendable, Equatable {
    public var displayName: String
    public var preferredHandle: String
    public var pronouns: UserInfo.Pronouns

    public init(displayName: String, preferredHandle: String, pronouns: UserInfo.Pronouns = .neutral) {
        self.displayName = displayName
        self.preferredHandle = preferredHandle
        self.pronouns = pronouns
    }
}
