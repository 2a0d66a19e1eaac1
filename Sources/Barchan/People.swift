/// The people there are: what they say of themselves, where they are logged in, who invites and who is invited.
///
/// Calls on behalf of a person take that person's ``AccountID``; what only administrators may do throws
/// `.permissionDenied` for others.
public protocol PeopleDirectory: Sendable {
    // MARK: One's own account

    /// - Throws: ``HostError`` `.invalidArgument` for a name or handle that will not do, `.alreadyExists` for somebody else's
    ///   handle.
    func changeProfile(of account: AccountID, _ profile: Profile) async throws(HostError)

    /// - Parameter bytes: A PNG or JPEG file of at most 64 KiB; nil for no picture.
    /// - Throws: ``HostError`` `.invalidArgument` for anything else.
    func setPicture(_ bytes: [UInt8]?, of account: AccountID) async throws(HostError)

    /// A picture by its name, or nil.
    func picture(_ name: String) async throws(HostError) -> Picture?

    /// Where the account is logged in, newest first.
    /// - Parameter current: The login of the browser that asks.
    func logins(of account: AccountID, seenFrom current: Secret) async throws(HostError) -> [LoginSummary]

    /// Ends a login of the account, and closes the grains it has open. Ending an unknown one does nothing.
    func endLogin(_ login: LoginSummary.ID, of account: AccountID) async throws(HostError)

    /// Ends every login of the account but one.
    func endLogins(of account: AccountID, except current: Secret) async throws(HostError)

    /// Makes a token that logs the account in once, within an hour: for another browser.
    func issueLoginToken(for account: AccountID) async throws(HostError) -> Secret

    // MARK: Invitations

    /// Makes an invitation, for administrators. With an address the secret is sent there, too.
    func invite(
        _ offer: InvitationOffer, by account: AccountID, at address: FrontendAddress
    ) async throws(HostError) -> Secret

    /// The invitations that were not accepted yet, for administrators.
    func invitations(for account: AccountID) async throws(HostError) -> [Invitation]

    func withdraw(_ invitation: Invitation.ID, by account: AccountID) async throws(HostError)

    /// What a secret invites to, or nil when it is unknown, accepted, withdrawn or expired.
    func invitation(_ secret: Secret) async throws(HostError) -> InvitationOffer?

    /// Makes an account of an invitation and logs it in; the invitation is used up.
    func accept(_ secret: Secret, as profile: Profile) async throws(HostError) -> Login

    // MARK: Administration

    /// Everybody, by handle; for administrators.
    func people(for account: AccountID) async throws(HostError) -> [Account]

    /// - Throws: ``HostError`` `.permissionDenied` also for one's own role: there is always an administrator.
    func setRole(_ role: Account.Role, of person: AccountID, by account: AccountID) async throws(HostError)

    /// A person who is suspended is logged out, and their open grains are closed. What they shared stays shared.
    func setSuspended(_ isSuspended: Bool, _ person: AccountID, by account: AccountID) async throws(HostError)
}

/// What people say of themselves (specification, section 6.6).
public struct Profile: Sendable, Equatable {
    /// 1 to 100 characters of one line, none of which controls anything or turns the direction of text.
    public var displayName: String
    /// 1 to 30 characters: `[a-z_][a-z0-9_]*`.
    public var handle: String
    public var pronouns: UserInfo.Pronouns

    public init(displayName: String, handle: String, pronouns: UserInfo.Pronouns = .neutral) {
        self.displayName = displayName
        self.handle = handle
        self.pronouns = pronouns
    }
}

public struct Picture: Sendable, Equatable {
    public enum Format: String, Sendable { case png, jpeg }

    public var format: Format
    public var bytes: [UInt8]

    public init(format: Format, bytes: [UInt8]) {
        self.format = format
        self.bytes = bytes
    }
}

/// One browser that is logged in.
public struct LoginSummary: Sendable, Equatable, Identifiable {
    /// Tells logins apart and lets nobody in: 64 hexadecimal digits.
    public struct ID: Hashable, Sendable {
        public let text: String
        public init?(_ text: String) {
            guard text.utf8.count == 64,
                text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
            else { return nil }
            self.text = text
        }
    }

    public var id: ID
    /// Seconds since 1970-01-01T00:00:00Z, as are the others.
    public var created: Int64
    public var expires: Int64
    /// To the hour.
    public var lastUsed: Int64
    /// How the person logged in: `link`, `email`, `invitation`.
    public var method: String
    /// Whether it is the one that asks.
    public var isCurrent = false

    public init(id: ID, created: Int64, expires: Int64, lastUsed: Int64, method: String) {
        self.id = id
        self.created = created
        self.expires = expires
        self.lastUsed = lastUsed
        self.method = method
    }
}

/// What somebody is invited to.
public struct InvitationOffer: Sendable, Equatable {
    public var role: Account.Role
    /// For the administrators' list.
    public var note: String
    /// Where the invitation is sent, and how the person may log in later; nil for a link that is handed over.
    public var emailAddress: String?

    public init(role: Account.Role, note: String = "", emailAddress: String? = nil) {
        self.role = role
        self.note = note
        self.emailAddress = emailAddress
    }
}

public struct Invitation: Sendable, Equatable, Identifiable {
    public typealias ID = LoginSummary.ID

    public var id: ID
    public var offer: InvitationOffer
    /// Seconds since 1970-01-01T00:00:00Z.
    public var expires: Int64

    public init(id: ID, offer: InvitationOffer, expires: Int64) {
        self.id = id
        self.offer = offer
        self.expires = expires
    }
}
