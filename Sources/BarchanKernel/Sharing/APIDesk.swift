import Barchan
import Sealing
import Sharing

/// Tokens for programs: grants whose recipient is whoever presents the token.
struct APIDesk: APIDirectory {
    static let maximumResourceBytes = 4_096

    let desk: SharingDesk
    let sessions: SessionBook

    private var book: SharingBook { desk.book }
    private var records: RecordBook { desk.book.records }
    private var now: Int64 { desk.book.clock.wallSeconds() }

    // MARK: Making

    func makeToken(_ offer: TokenOffer, for maker: TokenMaker) async throws(HostError) -> APIToken {
        let (grain, giver) = try await giver(maker)
        let token = APIToken(grant: .random(), secret: .token(), host: "")
        let host = APIDesk.host(of: token.secret)
        let resources = try APIDesk.fields(offer.resources, grain: grain)
        var grant = Grant(
            identifier: token.grant, giver: giver, recipient: .program(isAnonymous: offer.isAnonymous),
            offer: offer.offer, created: now)
        grant.expiresUnused = offer.expiresUnused
        try await desk.give(grant, in: grain, by: maker.actor) {
            var writes = SharingDesk.tokenWrites(token.secret, for: token.grant, in: grain)
            writes.append(.put(.apiHost(host), resources.encoded))
            writes.append(.put(.apiHostIndex(token.grant, in: grain), RecordKey.apiHost(host).bytes))
            return writes
        }
        return APIToken(grant: token.grant, secret: token.secret, host: host)
    }

    private func giver(_ maker: TokenMaker) async throws(HostError) -> (GrainID, Grant.Giver) {
        switch maker {
        case .account(let account, let grain): return (grain, .account(account))
        case .session(let identifier):
            guard let session = await sessions.openSession(identifier) else {
                throw HostError(.notFound, "make a token: the page is not open any more")
            }
            switch session.holder {
            case .account(let account): return (session.grain, .account(account))
            case .bearer(let grant): return (session.grain, .grant(grant))
            }
        @unknown default: throw HostError(.unsupported, "make a token: this host does not know its maker")
        }
    }

    /// The first 32 hexadecimal digits of SHA-256("x" + token) (specification, section 10.1).
    static func host(of secret: Secret) -> String {
        String(SHA256.hexadecimal(Array("x\(secret.text)".utf8)).prefix(32))
    }

    private static func fields(_ resources: PublicResources, grain: GrainID) throws(HostError) -> RecordFields {
        var fields = RecordFields(), count = 0
        fields["grain"] = grain.text
        for (index, name) in resources.dav.enumerated() {
            fields["dav-\(index)"] = name
            count += name.utf8.count
        }
        for (index, resource) in resources.resources.enumerated() {
            let texts = [
                ("path", resource.path), ("type", resource.type), ("language", resource.language),
                ("encoding", resource.encoding), ("body", resource.body),
            ]
            for (name, text) in texts {
                fields["\(name)-\(index)"] = text
                count += text.utf8.count + 16
            }
        }
        guard count <= maximumResourceBytes else {
            throw HostError(
                .invalidArgument, "make a token: its resources have \(count) bytes, \(maximumResourceBytes) are allowed"
            )
        }
        return fields
    }

    func publicResources(ofHost host: String) async throws(HostError) -> PublicResources? {
        guard let (fields, _) = try await records.read(.apiHost(host)) else { return nil }
        var resources = PublicResources()
        while let name = fields["dav-\(resources.dav.count)"] { resources.dav.append(name) }
        while let path = fields["path-\(resources.resources.count)"] {
            let index = resources.resources.count
            resources.resources.append(
                PublicResources.Resource(
                    path: path, type: fields["type-\(index)"] ?? "", language: fields["language-\(index)"] ?? "",
                    encoding: fields["encoding-\(index)"] ?? "", body: fields["body-\(index)"] ?? ""))
        }
        return resources
    }

    // MARK: Using

    func open(
        _ secret: Secret, host: String?, remoteAddress: [UInt8]?
    ) async throws(HostError) -> any GrainSession {
        let (grain, grant, person) = try await grant(of: secret, host)
        if grant.expiresUnused != nil { try await setExpiresUnused(nil, of: grant.identifier, in: grain) }
        return try await sessions.openForProgram(
            grant.identifier, in: grain, as: person, remoteAddress: remoteAddress)
    }

    func keepAlive(_ secret: Secret, host: String?, for duration: Duration) async throws(HostError) {
        let (grain, grant, _) = try await grant(of: secret, host)
        // At most an hour: whoever wants it for longer uses it.
        let seconds = min(max(duration.components.seconds, 1), 3_600)
        try await setExpiresUnused(now + seconds, of: grant.identifier, in: grain)
    }

    /// What a token stands for at the moment, and in whose name it acts, nil for nobody's. Only who holds one that is still good
    /// learns that its grain is in the trash.
    private func grant(
        of secret: Secret, _ host: String?
    ) async throws(HostError) -> (grain: GrainID, grant: Grant, person: AccountID?) {
        guard host == nil || host == APIDesk.host(of: secret),
            let (grain, identifier) = try await desk.grant(of: secret),
            let record = try await records.keptGrain(grain), let graph = try await book.graph(of: record),
            let grant = graph.grants[identifier], case .program(let isAnonymous) = grant.recipient,
            graph.holdings(at: now, try await records.viewInfo(of: grain)).permissions(by: grant) != nil
        else { throw APIDesk.refused }
        guard record.discarded == nil else {
            throw HostError(.gone, "use a token: its grain is in the trash, where its owner can take it out")
        }
        guard !isAnonymous, case .account(let account) = grant.giver else { return (grain, grant, nil) }
        guard let person = try await book.accounts.account(account) else { throw APIDesk.refused }
        guard !person.isSuspended else {
            throw HostError(.gone, "use a token: the account of who made it is suspended")
        }
        return (grain, grant, account)
    }

    private func setExpiresUnused(_ end: Int64?, of grant: GrantID, in grain: GrainID) async throws(HostError) {
        try await book.change(grain, to: "use a token") { (_, graph) throws(HostError) in
            guard var found = graph.grants[grant], let until = found.expiresUnused else { return SharingBook.Change() }
            guard until > now, !found.isRevoked else { throw APIDesk.refused }
            found.expiresUnused = end
            return SharingBook.Change(grants: [found])
        }
    }

    private static let refused = HostError(
        .permissionDenied, "use a token: it is unknown, was taken back, has expired, or belongs to another host name")
}

extension TokenMaker {
    /// Nil for somebody anonymous.
    var actor: AccountID? {
        if case .account(let account, _) = self { return account }
        return nil
    }
}

extension RecordKey {
    static func apiHost(_ host: String) -> RecordKey { RecordKey("api-host/\(host)") }
    /// Removed with the grant's token.
    static func apiHostIndex(_ grant: GrantID, in grain: GrainID) -> RecordKey {
        RecordKey("grant-token-of/\(grain)/\(grant)/host")
    }
}
