import Barchan

/// A host of one person who shares nothing: what a frontend's promises do not ask for is refused.
extension MemoryFrontendHost: PeopleDirectory, SharingDirectory, APIDirectory {
    var people: any PeopleDirectory { self }
    var sharing: any SharingDirectory { self }
    var api: any APIDirectory { self }

    private static func refused(_ attempt: String) -> HostError {
        HostError(.permissionDenied, "\(attempt): there is one person here, who shares nothing")
    }

    // MARK: Logging in

    var loginMethods: [String] { [] }

    func beginLogin(by method: String, as claim: String, at address: FrontendAddress) async throws(HostError) -> Secret
    { throw MemoryFrontendHost.refused("log in") }
    func logIn(by method: String, challenge: Secret, answer: String) async throws(HostError) -> Login {
        throw MemoryFrontendHost.refused("log in")
    }

    // MARK: People

    func changeProfile(of account: AccountID, _ profile: Profile) async throws(HostError) {}
    func setPicture(_ bytes: [UInt8]?, of account: AccountID) async throws(HostError) {}
    func picture(_ name: String) async throws(HostError) -> Picture? { nil }
    func logins(of account: AccountID, seenFrom current: Secret) async throws(HostError) -> [LoginSummary] { [] }
    func endLogin(_ login: LoginSummary.ID, of account: AccountID) async throws(HostError) {}
    func endLogins(of account: AccountID, except current: Secret) async throws(HostError) {}
    func issueLoginToken(for account: AccountID) async throws(HostError) -> Secret {
        throw MemoryFrontendHost.refused("make a login link")
    }
    func invite(_ offer: InvitationOffer, by account: AccountID, at address: FrontendAddress) async throws(HostError)
        -> Secret
    { throw MemoryFrontendHost.refused("invite somebody") }
    func invitations(for account: AccountID) async throws(HostError) -> [Invitation] { [] }
    func withdraw(_ invitation: Invitation.ID, by account: AccountID) async throws(HostError) {}
    func invitation(_ secret: Secret) async throws(HostError) -> InvitationOffer? { nil }
    func accept(_ secret: Secret, as profile: Profile) async throws(HostError) -> Login {
        throw MemoryFrontendHost.refused("accept an invitation")
    }
    func people(for account: AccountID) async throws(HostError) -> [Account] { [person] }
    func setRole(_ role: Account.Role, of person: AccountID, by account: AccountID) async throws(HostError) {}
    func setSuspended(_ isSuspended: Bool, _ person: AccountID, by account: AccountID) async throws(HostError) {}

    // MARK: Programs

    func makeToken(_ offer: TokenOffer, for maker: TokenMaker) async throws(HostError) -> APIToken {
        throw MemoryFrontendHost.refused("make a token")
    }
    func open(_ secret: Secret, host: String?, remoteAddress: [UInt8]?) async throws(HostError) -> any GrainSession {
        throw MemoryFrontendHost.refused("use a token")
    }
    func keepAlive(_ secret: Secret, host: String?, for duration: Duration) async throws(HostError) {}
    func publicResources(ofHost host: String) async throws(HostError) -> PublicResources? { nil }

    // MARK: Sharing

    func sharing(of grain: GrainID, for account: AccountID) async throws(HostError) -> GrainSharing {
        GrainSharing(
            owner: person.identifier, isOwner: true, viewInfo: ViewInfo(), permissions: [], roles: [], branches: [],
            people: [person.identifier: PersonName(displayName: person.displayName, handle: person.handle)])
    }
    func share(_ grain: GrainID, with handle: String, _ offer: ShareOffer, by account: AccountID)
        async throws(HostError)
        -> GrantID
    { throw MemoryFrontendHost.refused("share a grain") }
    func makeLink(to grain: GrainID, _ offer: ShareOffer, by account: AccountID) async throws(HostError) -> (
        grant: GrantID, secret: Secret
    ) { throw MemoryFrontendHost.refused("share a grain") }
    func relabel(
        _ grant: GrantID, in grain: GrainID, to label: String, by account: AccountID
    ) async throws(HostError) {}
    func revoke(_ grant: GrantID, in grain: GrainID, by account: AccountID) async throws(HostError) {}
    func remove(_ person: AccountID, from grain: GrainID, by account: AccountID) async throws(HostError) {}
    func link(_ secret: Secret) async throws(HostError) -> SharedLink? { nil }
    func keptGrain(by secret: Secret, of account: AccountID) async throws(HostError) -> GrainID? { nil }
    func redeem(_ secret: Secret, by account: AccountID) async throws(HostError) -> GrainID {
        throw MemoryFrontendHost.refused("keep a shared grain")
    }
    func transfer(_ grain: GrainID, to handle: String, by account: AccountID) async throws(HostError) {
        throw MemoryFrontendHost.refused("hand a grain over")
    }
}
