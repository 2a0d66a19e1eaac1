/// Who gets into a grain besides its owner, and what they may do there (specification, section 12).
///
/// All calls are on behalf of a person and say `.notFound` for a grain that this person may not use.
public protocol SharingDirectory: Sendable {
    /// What the person may see and do about a grain's sharing.
    func sharing(of grain: GrainID, for account: AccountID) async throws(HostError) -> GrainSharing

    /// Gives a person access.
    /// - Parameter handle: The person's handle, with or without an @ before it, or e-mail address.
    /// - Throws: ``HostError`` `.notFound` when there is no such person, `.invalidArgument` when they own the grain,
    ///   `.permissionDenied` when the offer has more than the giver has, `.resourceExhausted` when the grain has as many
    ///   grants as it may.
    func share(
        _ grain: GrainID, with handle: String, _ offer: ShareOffer, by account: AccountID
    ) async throws(HostError) -> GrantID

    /// Makes a link; whoever holds its secret has access.
    /// - Throws: as ``share(_:with:_:by:)``.
    func makeLink(
        to grain: GrainID, _ offer: ShareOffer, by account: AccountID
    ) async throws(HostError) -> (grant: GrantID, secret: Secret)

    /// Gives a link, or a program's token, another label.
    /// - Throws: ``HostError`` `.notFound` unless the person made it and it is not revoked, `.invalidArgument` for a label
    ///   that is too long.
    func relabel(_ grant: GrantID, in grain: GrainID, to label: String, by account: AccountID) async throws(HostError)

    /// Takes one grant back: what was given by it, and what was given on from there and from nowhere else, is gone.
    /// - Throws: ``HostError`` `.permissionDenied` unless the person owns the grain, gave it, or got it.
    func revoke(_ grant: GrantID, in grain: GrainID, by account: AccountID) async throws(HostError)

    /// Takes back everything that was given to `person` and that `account` may take back. A link they came by stays for
    /// others; they cannot keep it again, unless it was they themselves who left.
    func remove(_ person: AccountID, from grain: GrainID, by account: AccountID) async throws(HostError)

    /// Where a link leads, or nil when it is unknown, revoked, expired or used up.
    func link(_ secret: Secret) async throws(HostError) -> SharedLink?

    /// The grain that a link, of use or not any more, leads to, when it is the account's own or was kept by this link;
    /// else nil.
    func keptGrain(by secret: Secret, of account: AccountID) async throws(HostError) -> GrainID?

    /// Keeps what a link gives for an account: the grain is among their grains from now on. A second call changes
    /// nothing. A link for one use is used up by it.
    /// - Throws: ``HostError`` `.notFound` when the link is of no use any more, `.permissionDenied` to somebody who was
    ///   removed from the grain.
    func redeem(_ secret: Secret, by account: AccountID) async throws(HostError) -> GrainID

    /// Makes another person the owner; the owner until now keeps full access, given by the new one.
    /// - Throws: ``HostError`` `.permissionDenied` unless `account` owns it, or when the person may have no grains.
    func transfer(_ grain: GrainID, to handle: String, by account: AccountID) async throws(HostError)
}

/// Who opens a grain.
public enum Visitor: Hashable, Sendable {
    case account(AccountID)
    /// Somebody anonymous who holds a link, logged in or not.
    case link(Secret)
}

/// One act of giving.
public struct Grant: Sendable, Equatable {
    public enum Giver: Hashable, Sendable {
        case account(AccountID)
        /// Got by means of a link.
        case grant(GrantID)
    }

    public enum Recipient: Hashable, Sendable {
        case account(AccountID)
        /// Whoever has the link.
        case link
        /// A program that has the token. It acts as the giver, or as nobody in particular.
        case program(isAnonymous: Bool)
    }

    public var identifier: GrantID
    public var giver: Giver
    public var recipient: Recipient
    public var offer: ShareOffer
    /// Seconds since 1970-01-01T00:00:00Z.
    public var created: Int64
    public var isRevoked = false
    /// Whether it was its own recipient who revoked it: they left, and may come back.
    public var isGivenUp = false
    /// Nobody new may use it; what was got by it stays.
    public var isUsedUp = false
    /// Seconds since 1970-01-01T00:00:00Z when a token ends that was not used before, or nil.
    public var expiresUnused: Int64?

    public init(identifier: GrantID, giver: Giver, recipient: Recipient, offer: ShareOffer, created: Int64) {
        self.identifier = identifier
        self.giver = giver
        self.recipient = recipient
        self.offer = offer
        self.created = created
    }
}

/// What is given.
public struct ShareOffer: Sendable, Equatable {
    /// Positions in the app's lists, not permissions: when an app redefines a role, what was given changes with it.
    public enum Assignment: Hashable, Sendable {
        /// All that the giver has.
        case everything
        /// The role that the app marks as default; everything when the app has no roles.
        case defaultRole
        /// By position in ``ViewInfo/roles``.
        case role(Int)
    }

    public var assignment: Assignment
    /// For the giver's own list.
    public var label: String
    /// Seconds since 1970-01-01T00:00:00Z from when on it is of no use, or nil.
    public var expires: Int64?
    /// Whether a link works for one person, once.
    public var isSingleUse: Bool

    public init(_ assignment: Assignment, label: String = "", expires: Int64? = nil, isSingleUse: Bool = false) {
        self.assignment = assignment
        self.label = label
        self.expires = expires
        self.isSingleUse = isSingleUse
    }
}

/// A grain's sharing as one person may know it.
public struct GrainSharing: Sendable {
    public var owner: AccountID
    public var isOwner: Bool
    /// What the app says of itself, as of its last start.
    public var viewInfo: ViewInfo
    /// What the person has, by position in the view info.
    public var permissions: [Bool]
    /// What the person may give: positions in the view info's roles. Empty when the app has none.
    public var roles: [Int]
    /// For the owner everything, for others what they gave and what follows from it.
    public var branches: [SharingBranch]
    /// Everybody who is named above.
    public var people: [AccountID: PersonName]

    public init(
        owner: AccountID, isOwner: Bool, viewInfo: ViewInfo, permissions: [Bool], roles: [Int],
        branches: [SharingBranch], people: [AccountID: PersonName]
    ) {
        self.owner = owner
        self.isOwner = isOwner
        self.viewInfo = viewInfo
        self.permissions = permissions
        self.roles = roles
        self.branches = branches
        self.people = people
    }
}

/// A grant, what it comes to, and what was given on by whoever got it.
public struct SharingBranch: Sendable, Equatable {
    public var grant: Grant
    /// What the recipient has by this grant alone; nil when it is expired, or nothing is left to give.
    public var permissions: [Bool]?
    /// Each grant stands once in a tree, below the first that reached its giver.
    public var branches: [SharingBranch]

    public init(grant: Grant, permissions: [Bool]?, branches: [SharingBranch]) {
        self.grant = grant
        self.permissions = permissions
        self.branches = branches
    }
}

public struct PersonName: Sendable, Equatable {
    public var displayName: String
    public var handle: String

    public init(displayName: String, handle: String) {
        self.displayName = displayName
        self.handle = handle
    }
}

/// Where a link leads.
public struct SharedLink: Sendable, Equatable {
    public var grain: GrainSummary
    public var grant: Grant

    public init(grain: GrainSummary, grant: Grant) {
        self.grain = grain
        self.grant = grant
    }
}
