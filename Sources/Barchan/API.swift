/// Grains for programs, by tokens (specification, sections 8.3 and 10).
public protocol APIDirectory: Sendable {
    /// Makes a token. It is listed with the grain's sharing and taken back like a link.
    /// - Throws: as ``SharingDirectory/share(_:with:_:by:)``, and `.invalidArgument` for resources of more than 4 KiB.
    func makeToken(_ offer: TokenOffer, for maker: TokenMaker) async throws(HostError) -> APIToken

    /// The session of whoever presents a token: the same one for the same address until two minutes pass without a request.
    /// - Parameters:
    ///   - host: The random part of the host name that was asked, nil for the one that all tokens share.
    ///   - remoteAddress: 4 or 16 bytes when the app is to learn it.
    /// - Throws: ``HostError`` `.permissionDenied` when the token is unknown, revoked, expired or another host's, `.gone` when its grain is
    ///   in the trash or the account of who made it is suspended.
    func open(_ secret: Secret, host: String?, remoteAddress: [UInt8]?) async throws(HostError) -> any GrainSession

    /// Lets a token that ends unless it is used wait for so long from now on. Does nothing to others.
    /// - Throws: as ``open(_:host:remoteAddress:)``.
    func keepAlive(_ secret: Secret, host: String?, for duration: Duration) async throws(HostError)

    /// What a token's host says to those who present none, or nil.
    func publicResources(ofHost host: String) async throws(HostError) -> PublicResources?
}

/// In whose name a token is made.
public enum TokenMaker: Sendable, Equatable {
    case account(AccountID, of: GrainID)
    /// Whoever has the grain open there: of somebody who came by a link, the token hangs on that link.
    case session(SessionID)
}

/// What a token is for.
public struct TokenOffer: Sendable, Equatable {
    public var offer: ShareOffer
    /// Whether the app sees somebody anonymous instead of the person who made the token.
    public var isAnonymous: Bool
    /// Seconds since 1970-01-01T00:00:00Z when the token ends unless it was used before, or nil.
    public var expiresUnused: Int64?
    public var resources: PublicResources

    public init(
        _ offer: ShareOffer, isAnonymous: Bool = false, expiresUnused: Int64? = nil,
        resources: PublicResources = PublicResources()
    ) {
        self.offer = offer
        self.isAnonymous = isAnonymous
        self.expiresUnused = expiresUnused
        self.resources = resources
    }
}

/// What anybody gets from a token's host (specification, section 10.4).
public struct PublicResources: Sendable, Equatable {
    public struct Resource: Sendable, Equatable {
        public var path: String
        public var type: String
        public var language: String
        public var encoding: String
        public var body: String

        public init(path: String, type: String, language: String = "", encoding: String = "", body: String) {
            self.path = path
            self.type = type
            self.language = language
            self.encoding = encoding
            self.body = body
        }
    }

    /// For the DAV field of an answer to OPTIONS.
    public var dav: [String] = []
    public var resources: [Resource] = []

    public init() {}
}

/// A token, known to whoever it is given to only.
public struct APIToken: Sendable {
    public var grant: GrantID
    public var secret: Secret
    /// The random part of the token's own host name: 32 hexadecimal digits.
    public var host: String

    public init(grant: GrantID, secret: Secret, host: String) {
        self.grant = grant
        self.secret = secret
        self.host = host
    }
}
