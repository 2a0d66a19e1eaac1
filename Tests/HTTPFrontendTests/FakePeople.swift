import Barchan

extension FakeHost {
    /// Notes a call, and refuses it when the test says so.
    func call(_ text: String) throws(HostError) {
        note(text)
        if let refusal = directory.withLock({ $0.refusal }) { throw refusal }
    }
}

struct FakePeople: PeopleDirectory {
    let host: FakeHost

    func changeProfile(of account: AccountID, _ profile: Profile) async throws(HostError) {
        try host.call("profile \(profile.displayName), \(profile.handle), \(profile.pronouns)")
    }
    func setPicture(_ bytes: [UInt8]?, of account: AccountID) async throws(HostError) {
        try host.call("picture of \(bytes.map { "\($0.count) bytes" } ?? "nothing")")
    }
    func picture(_ name: String) async throws(HostError) -> Picture? {
        name == "0123" ? Picture(format: .png, bytes: [0x89, 0x50]) : nil
    }
    func logins(of account: AccountID, seenFrom current: Secret) async throws(HostError) -> [LoginSummary] {
        host.directory.withLock { $0.browsers }
    }
    func endLogin(_ login: LoginSummary.ID, of account: AccountID) async throws(HostError) {
        try host.call("end login \(login.text.prefix(4))")
    }
    func endLogins(of account: AccountID, except current: Secret) async throws(HostError) {
        try host.call("end all others")
    }
    func issueLoginToken(for account: AccountID) async throws(HostError) -> Secret {
        try host.call("login link")
        return Secret("another-browser")
    }
    func invite(_ offer: InvitationOffer, by account: AccountID, at address: FrontendAddress) async throws(HostError)
        -> Secret
    {
        try host.call("invite \(offer.role) \(offer.note) \(offer.emailAddress ?? "-")")
        return Secret("come-in")
    }
    func invitations(for account: AccountID) async throws(HostError) -> [Invitation] { [] }
    func withdraw(_ invitation: Invitation.ID, by account: AccountID) async throws(HostError) {
        try host.call("withdraw \(invitation.text.prefix(4))")
    }
    func invitation(_ secret: Secret) async throws(HostError) -> InvitationOffer? {
        host.directory.withLock { $0.invitations[secret.text] }
    }
    func accept(_ secret: Secret, as profile: Profile) async throws(HostError) -> Login {
        try host.call("accept \(secret.text) as \(profile.displayName), \(profile.handle)")
        return Login(account: FakeHost.guest, secret: host.logIn(FakeHost.guest), lifetime: .seconds(3600))
    }
    func people(for account: AccountID) async throws(HostError) -> [Account] {
        guard account == FakeHost.person.identifier else {
            throw HostError(.permissionDenied, "list people: only an administrator may do that")
        }
        return host.directory.withLock { $0.people }
    }
    func setRole(_ role: Account.Role, of person: AccountID, by account: AccountID) async throws(HostError) {
        try host.call("role \(role) of \(person)")
    }
    func setSuspended(_ isSuspended: Bool, _ person: AccountID, by account: AccountID) async throws(HostError) {
        try host.call("suspended \(isSuspended) \(person)")
    }
}

struct FakeSharing: SharingDirectory {
    let host: FakeHost

    func sharing(of grain: GrainID, for account: AccountID) async throws(HostError) -> GrainSharing {
        guard let sharing = host.directory.withLock({ $0.sharing }) else {
            throw HostError(.notFound, "There is no such grain.")
        }
        return sharing
    }
    func share(_ grain: GrainID, with handle: String, _ offer: ShareOffer, by account: AccountID)
        async throws(HostError)
        -> GrantID
    {
        try host.call("share with \(handle): \(FakeSharing.text(offer))")
        return host.directory.withLock { directory in
            if let given = directory.given { directory.sharing = given }
            return directory.sharing?.branches.first?.grant.identifier ?? .random()
        }
    }
    func makeLink(to grain: GrainID, _ offer: ShareOffer, by account: AccountID) async throws(HostError) -> (
        grant: GrantID, secret: Secret
    ) {
        try host.call("link: \(FakeSharing.text(offer))")
        return (.random(), Secret("the-link"))
    }
    func relabel(
        _ grant: GrantID, in grain: GrainID, to label: String, by account: AccountID
    ) async throws(HostError) {
        try host.call("label \(grant) '\(label)'")
    }
    func revoke(_ grant: GrantID, in grain: GrainID, by account: AccountID) async throws(HostError) {
        try host.call("revoke \(grant)")
    }
    func remove(_ person: AccountID, from grain: GrainID, by account: AccountID) async throws(HostError) {
        try host.call("remove \(person)")
    }
    func link(_ secret: Secret) async throws(HostError) -> SharedLink? {
        host.directory.withLock { $0.links[secret.text] }
    }
    func keptGrain(by secret: Secret, of account: AccountID) async throws(HostError) -> GrainID? {
        host.directory.withLock { $0.kept[secret.text] }
    }
    func redeem(_ secret: Secret, by account: AccountID) async throws(HostError) -> GrainID {
        try host.call("redeem \(secret.text)")
        guard let link = try await link(secret) else { throw HostError(.notFound, "The link is of no use.") }
        return link.grain.identifier
    }
    func transfer(_ grain: GrainID, to handle: String, by account: AccountID) async throws(HostError) {
        try host.call("transfer to \(handle)")
    }

    private static func text(_ offer: ShareOffer) -> String {
        "\(offer.assignment) '\(offer.label)'\(offer.expires == nil ? "" : " expires")\(offer.isSingleUse ? " once" : "")"
    }
}

/// The token `key` opens a grain, on the host that is all `a` and on the shared one.
struct FakeAPI: APIDirectory {
    static let hostName = String(repeating: "a", count: 32)
    let host: FakeHost

    func makeToken(_ offer: TokenOffer, for maker: TokenMaker) async throws(HostError) -> APIToken {
        try host.call(
            "token \(offer.offer.assignment) '\(offer.offer.label)'\(offer.isAnonymous ? " anonymous" : "") \(offer.resources.dav) \(offer.resources.resources.map(\.path))"
        )
        return APIToken(grant: .random(), secret: Secret("key"), host: FakeAPI.hostName)
    }
    func open(_ secret: Secret, host name: String?, remoteAddress: [UInt8]?) async throws(HostError) -> any GrainSession
    {
        try host.call("open \(secret.text) at \(name ?? "api") from \(remoteAddress.map { "\($0)" } ?? "nowhere")")
        if secret.text == "put-away" { throw HostError(.gone, "use a token: its grain is in the trash") }
        guard secret.text == "key", name == nil || name == FakeAPI.hostName else {
            throw HostError(.permissionDenied, "use a token: it is unknown")
        }
        return host.openSession()
    }
    func keepAlive(_ secret: Secret, host name: String?, for duration: Duration) async throws(HostError) {
        try host.call("keep \(secret.text) at \(name ?? "api") for \(duration.components.seconds)")
        guard secret.text == "key", !host.directory.withLock({ $0.areTokensDead }) else {
            throw HostError(.permissionDenied, "use a token: it is unknown")
        }
    }
    func publicResources(ofHost name: String) async throws(HostError) -> PublicResources? {
        host.directory.withLock { $0.resources[name] }
    }
}
