import Barchan
import Sharing

/// What people do about sharing (specification, section 12.2).
struct SharingDesk: SharingDirectory {
    let book: SharingBook
    let grains: GrainBook
    let audit: AuditBook

    private var records: RecordBook { book.records }
    private var accounts: AccountBook { book.accounts }
    private var now: Int64 { book.clock.wallSeconds() }

    // MARK: Looking

    func sharing(of grain: GrainID, for account: AccountID) async throws(HostError) -> GrainSharing {
        let info = try await records.viewInfo(of: grain)
        guard let record = try await records.grain(grain), let graph = try await book.graph(of: record),
            let permissions = try await book.permissions(of: .account(account), in: grain, info)
        else { throw SharingDesk.missing("look at the sharing of", grain) }
        let holdings = graph.holdings(at: now, info)
        let branches = holdings.tree(from: account)
        var people: [AccountID: PersonName] = [:]
        for person in SharingDesk.people(in: branches).union([graph.owner, account]) {
            people[person] = try await accounts.account(person).map {
                PersonName(displayName: $0.displayName, handle: $0.handle)
            }
        }
        return GrainSharing(
            owner: graph.owner, isOwner: graph.owner == account, viewInfo: info, permissions: permissions,
            roles: holdings.roles(givenBy: account), branches: branches, people: people)
    }

    private static func people(in branches: [SharingBranch]) -> Set<AccountID> {
        var found: Set<AccountID> = [], pending = branches
        while let branch = pending.popLast() {
            if case .account(let account) = branch.grant.recipient { found.insert(account) }
            pending += branch.branches
        }
        return found
    }

    // MARK: Giving

    func share(
        _ grain: GrainID, with handle: String, _ offer: ShareOffer, by account: AccountID
    ) async throws(HostError) -> GrantID {
        let recipient = try await person(handle, for: "share the grain")
        guard recipient.identifier != account else {
            throw HostError(.invalidArgument, "share the grain: you have it already")
        }
        try await checkRoom(for: recipient.identifier)
        return try await give(grain, to: .account(recipient.identifier), offer, by: account) {
            [.put(.shared(grain, with: recipient.identifier), RecordFields().encoded)]
        }
    }

    func makeLink(
        to grain: GrainID, _ offer: ShareOffer, by account: AccountID
    ) async throws(HostError) -> (grant: GrantID, secret: Secret) {
        let secret = Secret.token(), identifier = GrantID.random()
        _ = try await give(grain, to: .link, offer, by: account, as: identifier) {
            SharingDesk.tokenWrites(secret, for: identifier, in: grain)
        }
        return (identifier, secret)
    }

    /// A grant by its secret, and the secret's record by its grant.
    static func tokenWrites(_ secret: Secret, for grant: GrantID, in grain: GrainID) -> [RecordBatch.Write] {
        var pointer = RecordFields()
        pointer["grain"] = grain.text
        pointer["grant"] = grant.text
        let key = RecordKey.grantToken(secret)
        return [.put(key, pointer.encoded), .put(.grantTokenIndex(grant, in: grain), key.bytes)]
    }

    private func give(
        _ grain: GrainID, to recipient: Grant.Recipient, _ offer: ShareOffer, by account: AccountID,
        as identifier: GrantID = .random(), _ writes: () -> [RecordBatch.Write]
    ) async throws(HostError) -> GrantID {
        let grant = Grant(
            identifier: identifier, giver: .account(account), recipient: recipient, offer: offer, created: now)
        try await give(grant, in: grain, by: account, writes)
        return identifier
    }

    /// - Parameter account: Who does it, nil for somebody anonymous who has the grant's giver.
    func give(
        _ wanted: Grant, in grain: GrainID, by account: AccountID?, _ writes: () -> [RecordBatch.Write]
    ) async throws(HostError) {
        let grant = try checked(wanted)
        let info = try await records.viewInfo(of: grain)
        if let account {
            guard try await book.admits(account, to: grain) else { throw SharingDesk.missing("share", grain) }
        }
        let description = try await text(grant, in: info)
        try await book.change(grain, to: "share the grain") { (_, graph) throws(HostError) in
            let holdings = graph.holdings(at: now, info)
            guard holdings.permissions(by: grant) != nil else { throw SharingDesk.missing("share", grain) }
            guard grant.recipient != .account(graph.owner) else {
                throw HostError(.invalidArgument, "share the grain: it is theirs; its owner has everything already")
            }
            guard holdings.mayGive(grant.offer.assignment, grant.giver) else {
                throw HostError(.permissionDenied, "share the grain: you cannot give more than you have yourself")
            }
            let entry = audit.entry(
                .share, by: account.map { .account($0) } ?? .somebody, on: grain.text, description)
            return SharingBook.Change(grants: [grant], writes: writes() + [entry])
        }
    }

    /// What is given to whom, as the audit log has it.
    private func text(_ grant: Grant, in info: ViewInfo) async throws(HostError) -> String {
        let what =
            switch grant.offer.assignment {
            case .everything: "everything"
            case .defaultRole: "the default role"
            case .role(let role):
                info.roles.indices.contains(role) ? "role '\(info.roles[role].title)'" : "role \(role)"
            @unknown default: "something"
            }
        var handle = ""
        if case .account(let account) = grant.recipient { handle = try await self.handle(of: account) }
        let whom =
            switch grant.recipient {
            case .account: "to @\(handle)"
            case .link: "by link '\(grant.offer.label)'" + (grant.offer.isSingleUse ? ", for one use" : "")
            case .program(let isAnonymous): "by token '\(grant.offer.label)'" + (isAnonymous ? ", anonymous" : "")
            @unknown default: "to somebody"
            }
        let end = grant.offer.expires.map { ", until \($0)" } ?? ""
        return "\(what) \(whom)\(end) (\(grant.identifier))"
    }

    private func handle(of account: AccountID) async throws(HostError) -> String {
        try await accounts.account(account)?.handle ?? account.text
    }

    private func checked(_ grant: Grant) throws(HostError) -> Grant {
        guard grant.offer.expires ?? .max > now else {
            throw HostError(.invalidArgument, "share the grain: the end lies in the past")
        }
        var checked = grant
        checked.offer.label = try SharingDesk.checked(label: grant.offer.label, for: "share the grain")
        return checked
    }

    private static func checked(label: String, for attempt: String) throws(HostError) -> String {
        guard label.count <= SharingBook.maximumLabelCharacters, label.utf8.count <= 2_000 else {
            throw HostError(
                .invalidArgument, "\(attempt): a label has at most \(SharingBook.maximumLabelCharacters) characters")
        }
        return TextLine.stripped(label, maximumCharacters: SharingBook.maximumLabelCharacters)
    }

    func relabel(
        _ grant: GrantID, in grain: GrainID, to label: String, by account: AccountID
    ) async throws(HostError) {
        let label = try SharingDesk.checked(label: label, for: "label a link")
        try await book.change(grain, to: "label a link") { (_, graph) throws(HostError) in
            guard var found = graph.grants[grant], found.giver == .account(account), !found.isRevoked else {
                throw HostError(.notFound, "label a link: there is none of yours")
            }
            found.offer.label = label
            return SharingBook.Change(
                grants: [found],
                writes: [audit.entry(.relabel, by: .account(account), on: grain.text, "'\(label)' (\(grant))")])
        }
    }

    // MARK: Taking back

    func revoke(_ grant: GrantID, in grain: GrainID, by account: AccountID) async throws(HostError) {
        try await book.change(grain, to: "take a grant back") { (_, graph) throws(HostError) in
            guard let found = graph.grants[grant], graph.mayRevoke(grant, account) else {
                throw HostError(.notFound, "take a grant back: there is none of yours")
            }
            guard !found.isRevoked else { return SharingBook.Change() }
            return SharingBook.Change(
                grants: [SharingDesk.revoked(found, by: account)],
                writes: [audit.entry(.revoke, by: .account(account), on: grain.text, "\(grant)")])
        }
    }

    func remove(_ person: AccountID, from grain: GrainID, by account: AccountID) async throws(HostError) {
        let name = "@" + (try await handle(of: person))
        try await book.change(grain, to: "remove a person") { (_, graph) throws(HostError) in
            guard person != graph.owner else {
                throw HostError(.permissionDenied, "remove a person: the owner cannot be removed")
            }
            return SharingBook.Change(
                grants: graph.revocable(from: person, by: account).map { SharingDesk.revoked($0, by: account) },
                writes: [audit.entry(.removePerson, by: .account(account), on: grain.text, name)])
        }
    }

    private static func revoked(_ grant: Grant, by account: AccountID) -> Grant {
        var grant = grant
        grant.isRevoked = true
        grant.isGivenUp = grant.recipient == .account(account)
        return grant
    }

    // MARK: Links

    func link(_ secret: Secret) async throws(HostError) -> SharedLink? {
        guard let (grain, grant) = try await grant(of: secret), let record = try await records.grain(grain),
            let graph = try await book.graph(of: record), let found = graph.grants[grant], found.recipient == .link
        else { return nil }
        let holdings = graph.holdings(at: now, try await records.viewInfo(of: grain))
        guard holdings.permissions(ofBearerOf: grant) != nil, var summary = try await grains.summary(of: record) else {
            return nil
        }
        summary.isOwned = false
        return SharedLink(grain: summary, grant: found)
    }

    func grant(of secret: Secret) async throws(HostError) -> (grain: GrainID, grant: GrantID)? {
        guard let (fields, _) = try await records.read(.grantToken(secret)),
            let grain = fields["grain"].flatMap({ GrainID($0) }), let grant = fields["grant"].flatMap({ GrantID($0) })
        else { return nil }
        return (grain, grant)
    }

    /// Lets somebody anonymous in by a link; uses up one that is for one use.
    func admit(by secret: Secret) async throws(HostError) -> (grain: GrainID, grant: GrantID) {
        guard let (grain, grant) = try await grant(of: secret) else { throw SharingDesk.useless }
        let info = try await records.viewInfo(of: grain)
        try await book.change(grain, to: "open a link") { (_, graph) throws(HostError) in
            guard var found = graph.grants[grant], found.recipient == .link,
                graph.holdings(at: now, info).permissions(ofBearerOf: grant) != nil
            else { throw SharingDesk.useless }
            guard found.offer.isSingleUse else { return SharingBook.Change() }
            found.isUsedUp = true
            return SharingBook.Change(
                grants: [found], writes: [audit.entry(.useLink, by: .somebody, on: grain.text, "\(grant)")])
        }
        return (grain, grant)
    }

    func keptGrain(by secret: Secret, of account: AccountID) async throws(HostError) -> GrainID? {
        guard let (grain, link) = try await grant(of: secret), let record = try await records.grain(grain),
            record.isUsable, let graph = try await book.graph(of: record), graph.grants[link]?.recipient == .link,
            graph.owner == account || graph.isKept(link, by: account), try await book.admits(account, to: grain)
        else { return nil }
        return grain
    }

    /// A grain as somebody may see it.
    func grain(_ grain: GrainID, for holder: SharingBook.Holder) async throws(HostError) -> GrainSummary {
        if case .account(let account) = holder { return try await grains.grain(grain, for: account) }
        guard let record = try await records.grain(grain),
            try await book.permissions(of: holder, in: grain, records.viewInfo(of: grain)) != nil,
            var summary = try await grains.summary(of: record)
        else { throw SharingDesk.missing("look at", grain) }
        summary.isOwned = false
        return summary
    }

    func redeem(_ secret: Secret, by account: AccountID) async throws(HostError) -> GrainID {
        guard let (grain, link) = try await grant(of: secret) else { throw SharingDesk.useless }
        guard try await accounts.account(account)?.isSuspended == false else { throw SharingDesk.useless }
        try await checkRoom(for: account)
        let info = try await records.viewInfo(of: grain)
        try await book.change(grain, to: "keep a shared grain") { (_, graph) throws(HostError) in
            guard var found = graph.grants[link], found.recipient == .link else { throw SharingDesk.useless }
            if graph.owner == account || graph.isKept(link, by: account) { return SharingBook.Change() }
            guard !graph.wasRemoved(account, from: link) else {
                throw HostError(
                    .permissionDenied, "keep a shared grain: you were removed from it; ask its owner to share it again")
            }
            guard graph.holdings(at: now, info).permissions(ofBearerOf: link) != nil else {
                throw SharingDesk.useless
            }
            // The grant of somebody who left is used again: going and coming adds none.
            let kept = Grant(
                identifier: graph.kept(by: account, from: link).first?.identifier ?? .random(), giver: .grant(link),
                recipient: .account(account), offer: ShareOffer(.everything), created: now)
            found.isUsedUp = found.offer.isSingleUse
            return SharingBook.Change(
                grants: found.isUsedUp ? [kept, found] : [kept],
                writes: [
                    .put(.shared(grain, with: account), RecordFields().encoded),
                    audit.entry(.keepLink, by: .account(account), on: grain.text, "by link \(link)"),
                ])
        }
        return grain
    }

    // MARK: Ownership

    func transfer(_ grain: GrainID, to handle: String, by account: AccountID) async throws(HostError) {
        let heir = try await person(handle, for: "hand the grain over")
        guard heir.role != .guest else {
            throw HostError(.permissionDenied, "hand the grain over: \(heir.displayName) is a guest and has no grains")
        }
        guard heir.identifier != account else {
            throw HostError(.invalidArgument, "hand the grain over: it is yours already")
        }
        let count = try await records.count(prefix: .ownedPrefix(heir.identifier), limit: book.limits.grainsPerAccount)
        guard count < book.limits.grainsPerAccount else {
            throw HostError(.resourceExhausted, "hand the grain over: \(heir.displayName) has as many as possible")
        }
        try await book.change(grain, to: "hand the grain over") { (_, graph) throws(HostError) in
            guard graph.owner == account else { throw SharingDesk.missing("hand over", grain) }
            // What the owner until now gave to others stays: it hangs on this grant from now on.
            let back = Grant(
                identifier: .random(), giver: .account(heir.identifier), recipient: .account(account),
                offer: ShareOffer(.everything), created: now)
            return SharingBook.Change(
                grants: [back],
                writes: [
                    .delete(.owned(grain, by: account)), .put(.shared(grain, with: account), RecordFields().encoded),
                    .delete(.shared(grain, with: heir.identifier)),
                    .put(.owned(grain, by: heir.identifier), RecordFields().encoded),
                    audit.entry(.handOver, by: .account(account), on: grain.text, "to @\(heir.handle)"),
                ], owner: heir.identifier)
        }
    }

    // MARK: Details

    private func person(_ handle: String, for attempt: String) async throws(HostError) -> Account {
        guard let account = try await accounts.account(named: handle), !account.isSuspended else {
            throw HostError(.notFound, "\(attempt): nobody here has the handle or address '\(handle.prefix(100))'")
        }
        return account
    }

    private func checkRoom(for account: AccountID) async throws(HostError) {
        let limit = SharingBook.sharedGrainsPerAccount
        guard try await records.count(prefix: .sharedPrefix(account), limit: limit) < limit else {
            throw HostError(.resourceExhausted, "share a grain: the person has \(limit) shared grains, the limit")
        }
    }

    private static func missing(_ attempt: String, _ grain: GrainID) -> HostError {
        HostError(.notFound, "\(attempt) grain '\(grain)': there is none of yours")
    }

    private static let useless = HostError(
        .notFound, "open a link: it is unknown, used up, expired or was taken back; ask for a new one")
}
