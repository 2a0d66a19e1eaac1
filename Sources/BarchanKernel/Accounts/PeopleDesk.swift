import Barchan

/// What people do about themselves, and administrators about others.
struct PeopleDesk: PeopleDirectory {
    static let maximumPictureBytes = 64 << 10
    static let maximumInvitations = 500
    static let maximumNoteCharacters = 200

    let accounts: AccountBook
    let logins: LoginBook
    let mail: (any MailSender)?
    let audit: AuditBook

    private var records: RecordBook { accounts.records }
    private var now: Int64 { accounts.clock.wallSeconds() }

    // MARK: One's own account

    func changeProfile(of account: AccountID, _ profile: Profile) async throws(HostError) {
        let before = try await accounts.account(account)
        try await accounts.change(account, profile)
        if let before, before.handle != profile.handle || before.displayName != profile.displayName {
            await audit.note(
                .changeProfile, by: .account(account), on: account.auditText,
                "was @\(before.handle), \(before.displayName)")
        }
    }

    func setPicture(_ bytes: [UInt8]?, of account: AccountID) async throws(HostError) {
        if let bytes {
            guard bytes.count <= PeopleDesk.maximumPictureBytes, PeopleDesk.format(of: bytes) != nil else {
                throw HostError(
                    .invalidArgument,
                    "set a picture: a PNG or JPEG file of at most \(PeopleDesk.maximumPictureBytes >> 10) KiB is needed"
                )
            }
        }
        // A new name each time: pictures are kept by browsers for good.
        let name = bytes.map { _ in GrantID.random().text }
        while let (fields, version) = try await records.read(.account(account)) {
            var changed = fields
            changed["picture"] = name
            var batch = RecordBatch(
                conditions: [.version(.account(account), version)], writes: [.put(.account(account), changed.encoded)])
            if let old = fields["picture"] { batch.writes.append(.delete(.picture(old))) }
            if let name, let bytes { batch.writes.append(.put(.picture(name), bytes)) }
            if try await records.store.commit(batch) { return }
        }
    }

    func picture(_ name: String) async throws(HostError) -> Picture? {
        guard name.utf8.count <= 64, let record = try await records.store.read(.picture(name)),
            let format = PeopleDesk.format(of: record.value)
        else { return nil }
        return Picture(format: format, bytes: record.value)
    }

    /// By the first bytes (specification, section 8.6).
    private static func format(of bytes: [UInt8]) -> Picture.Format? {
        if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) { return .png }
        return bytes.starts(with: [0xff, 0xd8, 0xff]) ? .jpeg : nil
    }

    func logins(of account: AccountID, seenFrom current: Secret) async throws(HostError) -> [LoginSummary] {
        let id = LoginSummary.ID(of: current)
        return try await logins.logins(of: account).map { login in
            var login = login
            login.isCurrent = login.id == id
            return login
        }
    }

    func endLogin(_ login: LoginSummary.ID, of account: AccountID) async throws(HostError) {
        try await logins.end(login, of: account)
        await audit.note(.logOut, by: .account(account), on: account.auditText, "another browser")
    }

    func endLogins(of account: AccountID, except current: Secret) async throws(HostError) {
        for login in try await logins(of: account, seenFrom: current) where !login.isCurrent {
            try await logins.end(login.id, of: account)
        }
        await audit.note(.logOut, by: .account(account), on: account.auditText, "all other browsers")
    }

    func issueLoginToken(for account: AccountID) async throws(HostError) -> Secret {
        let token = try await logins.issueLoginToken(for: account)
        await audit.note(.loginLink, by: .account(account), on: account.auditText)
        return token
    }

    // MARK: Invitations

    func invite(
        _ offer: InvitationOffer, by account: AccountID, at address: FrontendAddress
    ) async throws(HostError) -> Secret {
        try await accounts.requireAdministrator(account, to: "invite somebody")
        let secret = try await invite(offer)
        await audit.note(.invite, by: .account(account), on: offer.emailAddress ?? "", offer.role.rawValue)
        if let recipient = offer.emailAddress {
            try await send(secret, to: recipient, at: address)
        }
        return secret
    }

    func invite(_ offer: InvitationOffer) async throws(HostError) -> Secret {
        guard offer.note.count <= PeopleDesk.maximumNoteCharacters, offer.note.utf8.count <= 2_000 else {
            throw HostError(.invalidArgument, "invite somebody: a note has at most 200 characters")
        }
        let limit = PeopleDesk.maximumInvitations
        guard try await pending().count < limit else {
            throw HostError(.resourceExhausted, "invite somebody: \(limit) invitations are open; withdraw some")
        }
        var fields = RecordFields()
        fields["role"] = offer.role.rawValue
        fields["note"] = offer.note
        fields["expires"] = String(now + accounts.settings.invitationLifetime.components.seconds)
        if let address = offer.emailAddress {
            let address = try EmailAddress.checked(address)
            guard try await accounts.account(named: address) == nil else {
                throw HostError(.alreadyExists, "invite somebody: '\(address)' belongs to somebody here already")
            }
            fields["email"] = address
        }
        let secret = Secret.token()
        _ = try await records.store.commit(RecordBatch(writes: [.put(.invitation(secret), fields.encoded)]))
        return secret
    }

    private func send(_ secret: Secret, to recipient: String, at address: FrontendAddress) async throws(HostError) {
        guard let mail else {
            throw HostError(
                .unsupported,
                "send an invitation: no mail server is configured, see [mail]; the invitation is made, hand its link over"
            )
        }
        let text =
            "You are invited to \(address.baseURL).\n\nOpen this link, which works once:\n"
            + "\(address.invitationLink(secret))\n"
        try await mail.send(
            MailMessage(to: try EmailAddress.checked(recipient), subject: "An invitation to Barchan", text: text))
    }

    func invitations(for account: AccountID) async throws(HostError) -> [Invitation] {
        try await accounts.requireAdministrator(account, to: "look at invitations")
        return try await pending()
    }

    private func pending() async throws(HostError) -> [Invitation] {
        var found: [Invitation] = [], expired: [RecordBatch.Write] = []
        try await records.forEach(prefix: .invitationPrefix) { (entry) throws(HostError) in
            let text = entry.key.text(after: RecordKey.invitationPrefix)
            let fields = try RecordFields(decoding: entry.value)
            guard let id = Invitation.ID(text), let offer = InvitationOffer(fields),
                let expires = fields.integer("expires"),
                expires > now
            else {
                expired.append(.delete(entry.key))
                return
            }
            found.append(Invitation(id: id, offer: offer, expires: expires))
        }
        if !expired.isEmpty { _ = try await records.store.commit(RecordBatch(writes: expired)) }
        return found.sorted { ($0.expires, $0.id.text) < ($1.expires, $1.id.text) }
    }

    func withdraw(_ invitation: Invitation.ID, by account: AccountID) async throws(HostError) {
        try await accounts.requireAdministrator(account, to: "withdraw an invitation")
        _ = try await records.store.commit(RecordBatch(writes: [.delete(.invitation(invitation))]))
        await audit.note(.withdrawInvitation, by: .account(account), on: "invitation \(invitation.text.prefix(8))")
    }

    func invitation(_ secret: Secret) async throws(HostError) -> InvitationOffer? {
        guard let (fields, _) = try await records.read(.invitation(secret)), fields.integer("expires") ?? 0 > now else {
            return nil
        }
        return InvitationOffer(fields)
    }

    func accept(_ secret: Secret, as profile: Profile) async throws(HostError) -> Login {
        try await logins.attempt(by: "invitation") { () throws(HostError) in try await use(secret, as: profile) }
    }

    private func use(_ secret: Secret, as profile: Profile) async throws(HostError) -> Login {
        let refused = HostError(
            .permissionDenied, "accept an invitation: it is unknown, used, withdrawn or too old; ask for a new one")
        let key = RecordKey.invitation(secret)
        guard let (fields, version) = try await records.read(key), fields.integer("expires") ?? 0 > now,
            let offer = InvitationOffer(fields)
        else { throw refused }
        let account: AccountID
        do throws(HostError) {
            account = try await accounts.create(
                profile, role: offer.role, credential: offer.emailAddress.map { .email($0) },
                conditions: [.version(key, version)], writes: [.delete(key)])
        } catch {
            // The handle is taken, or somebody else was faster with the invitation.
            if error.code == .alreadyExists, try await records.read(key) == nil { throw refused }
            throw error
        }
        await audit.note(.accept, by: .account(account), on: account.auditText, offer.role.rawValue)
        guard let login = try await logins.begin(account, by: "invitation", RecordBatch()) else { throw refused }
        return login
    }

    // MARK: Administration

    func people(for account: AccountID) async throws(HostError) -> [Account] {
        try await accounts.requireAdministrator(account, to: "list people")
        return try await accounts.accounts()
    }

    func setRole(_ role: Account.Role, of person: AccountID, by account: AccountID) async throws(HostError) {
        try await accounts.requireAdministrator(account, to: "change a role")
        guard person != account else {
            throw HostError(.permissionDenied, "change a role: nobody changes their own; ask another administrator")
        }
        try await accounts.setRole(role, of: person)
        await audit.note(.setRole, by: .account(account), on: person.auditText, role.rawValue)
    }

    func setSuspended(_ isSuspended: Bool, _ person: AccountID, by account: AccountID) async throws(HostError) {
        try await accounts.requireAdministrator(account, to: "suspend somebody")
        guard person != account else {
            throw HostError(.permissionDenied, "suspend somebody: nobody suspends themselves")
        }
        try await setSuspended(isSuspended, person)
        await audit.note(isSuspended ? .suspend : .readmit, by: .account(account), on: person.auditText)
    }

    func setSuspended(_ isSuspended: Bool, _ person: AccountID) async throws(HostError) {
        try await accounts.setSuspended(isSuspended, person)
        guard isSuspended else { return }
        for login in try await logins.logins(of: person) { try await logins.end(login.id, of: person) }
        await logins.whenLoggedOut.tell(person)
    }
}

extension InvitationOffer {
    fileprivate init?(_ fields: RecordFields) {
        guard let role = fields["role"].flatMap({ Account.Role(rawValue: $0) }) else { return nil }
        self.init(role: role, note: fields["note"] ?? "", emailAddress: fields["email"])
    }
}

extension RecordKey {
    static let invitationPrefix = RecordKey("invitation/")
    /// By SHA-256, so that reading the records invites nobody.
    static func invitation(_ secret: Secret) -> RecordKey { .invitation(LoginSummary.ID(of: secret)) }
    static func invitation(_ invitation: Invitation.ID) -> RecordKey { RecordKey("invitation/\(invitation.text)") }
    static func picture(_ name: String) -> RecordKey { RecordKey("picture/\(name)") }
}
