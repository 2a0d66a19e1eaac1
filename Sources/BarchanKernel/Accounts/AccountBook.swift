import Barchan
import Sealing

/// Who is who, in records.
public struct AccountBook: Sendable {
    static let maximumAccounts = 100_000

    let records: RecordBook
    let clock: any HostClock
    let settings: PeopleSettings

    init(records: RecordBook, clock: any HostClock, settings: PeopleSettings = PeopleSettings()) {
        self.records = records
        self.clock = clock
        self.settings = settings
    }

    // MARK: Reading

    /// An account, or nil when there is none.
    public func account(_ identifier: AccountID) async throws(HostError) -> Account? {
        guard let (fields, _) = try await records.read(.account(identifier)) else { return nil }
        return Account(identifier, fields)
    }

    /// By handle, which may be written as lists show it, with an @ before it, or by e-mail address.
    public func account(named name: String) async throws(HostError) -> Account? {
        let isMarked = name.hasPrefix("@") && !name.dropFirst().contains("@")
        let name = (isMarked ? String(name.dropFirst()) : name).lowercased()
        let key = name.contains("@") ? RecordKey.credential(.email(name)) : RecordKey.handle(name)
        guard key.bytes.count <= 200, let (fields, _) = try await records.read(key) else { return nil }
        guard let identifier = fields["account"].flatMap({ AccountID($0) }) else { return nil }
        return try await account(identifier)
    }

    /// Everybody, by handle.
    public func accounts() async throws(HostError) -> [Account] {
        var found: [Account] = []
        try await records.forEach(prefix: .accountPrefix) { (entry) throws(HostError) in
            let text = entry.key.text(after: RecordKey.accountPrefix)
            guard let identifier = AccountID(text) else { return }
            found.append(Account(identifier, try RecordFields(decoding: entry.value)))
        }
        return found.sorted { ($0.handle, $0.identifier) < ($1.handle, $1.identifier) }
    }

    /// - Throws: ``HostError`` `.permissionDenied` when the account is not an administrator's.
    func requireAdministrator(_ identifier: AccountID, to attempt: String) async throws(HostError) {
        guard let account = try await account(identifier), account.role == .administrator, !account.isSuspended else {
            throw HostError(.permissionDenied, "\(attempt): only an administrator may do that")
        }
    }

    /// Whether the account has ever logged in.
    public func hasLoggedIn(_ identifier: AccountID) async throws(HostError) -> Bool {
        try await records.read(.account(identifier))?.fields["logged-in"] != nil
    }

    // MARK: Making

    /// The first administrator; made when there is none yet.
    public func administrator() async throws(HostError) -> AccountID {
        if let (fields, _) = try await records.read(.administrator),
            let identifier = fields["account"].flatMap({ AccountID($0) })
        {
            return identifier
        }
        let identifier = AccountID.random()
        let profile = Profile(displayName: "Administrator", handle: "administrator")
        let batch = RecordBatch(
            conditions: [.absent(.administrator), .absent(.handle(profile.handle))],
            writes: [.put(.administrator, RecordFields.pointer(to: identifier).encoded)]
                + creation(of: identifier, profile, role: .administrator))
        return try await records.store.commit(batch) ? identifier : try await administrator()
    }

    /// A new account.
    /// - Parameter conditions: What must hold besides; nothing is made when it does not.
    /// - Throws: ``HostError`` `.alreadyExists` when the handle, or the credential, is somebody else's.
    func create(
        _ profile: Profile, role: Account.Role, credential: Credential?, conditions: [RecordBatch.Condition] = [],
        writes: [RecordBatch.Write] = []
    ) async throws(HostError) -> AccountID {
        let profile = try profile.checked()
        let limit = AccountBook.maximumAccounts
        guard try await records.count(prefix: .accountPrefix, limit: limit) < limit else {
            throw HostError(.resourceExhausted, "make an account: there are \(limit), which is the limit")
        }
        let identifier = AccountID.random()
        var batch = RecordBatch(
            conditions: [.absent(.handle(profile.handle))] + conditions,
            writes: creation(of: identifier, profile, role: role, email: credential?.emailAddress) + writes)
        if let credential {
            batch.conditions.append(.absent(.credential(credential)))
            batch.writes.append(.put(.credential(credential), RecordFields.pointer(to: identifier).encoded))
        }
        guard try await records.store.commit(batch) else {
            throw HostError(
                .alreadyExists, "make an account: the handle '\(profile.handle)' is taken; choose another one")
        }
        return identifier
    }

    private func creation(
        of identifier: AccountID, _ profile: Profile, role: Account.Role, email: String? = nil
    ) -> [RecordBatch.Write] {
        var fields = RecordFields()
        fields.set(profile)
        fields["role"] = role.rawValue
        fields["email"] = email
        fields["created"] = String(clock.wallSeconds())
        return [
            .put(.account(identifier), fields.encoded),
            .put(.handle(profile.handle), RecordFields.pointer(to: identifier).encoded),
        ]
    }

    // MARK: Changing

    func change(_ account: AccountID, _ profile: Profile) async throws(HostError) {
        let profile = try profile.checked()
        while let (fields, version) = try await records.read(.account(account)) {
            var changed = fields
            changed.set(profile)
            var batch = RecordBatch(
                conditions: [.version(.account(account), version)], writes: [.put(.account(account), changed.encoded)])
            if fields["handle"] != profile.handle {
                guard try await records.read(.handle(profile.handle)) == nil else {
                    throw HostError(.alreadyExists, "change a profile: the handle '\(profile.handle)' is taken")
                }
                batch.conditions.append(.absent(.handle(profile.handle)))
                batch.writes.append(.put(.handle(profile.handle), RecordFields.pointer(to: account).encoded))
                if let old = fields["handle"] { batch.writes.append(.delete(.handle(old))) }
            }
            if try await records.store.commit(batch) { return }
        }
        throw HostError(.notFound, "change a profile: there is no such account")
    }

    /// Makes an address the one by which somebody logs in.
    public func setEmailAddress(_ address: String, of account: AccountID) async throws(HostError) {
        let credential = Credential.email(try EmailAddress.checked(address))
        while let (fields, version) = try await records.read(.account(account)) {
            if fields["email"] == credential.subject { return }
            var changed = fields
            changed["email"] = credential.subject
            var batch = RecordBatch(
                conditions: [.version(.account(account), version), .absent(.credential(credential))],
                writes: [
                    .put(.account(account), changed.encoded),
                    .put(.credential(credential), RecordFields.pointer(to: account).encoded),
                ])
            if let old = fields["email"] { batch.writes.append(.delete(.credential(.email(old)))) }
            guard try await records.read(.credential(credential)) == nil else {
                throw HostError(.alreadyExists, "set the address '\(credential.subject)': somebody else has it")
            }
            if try await records.store.commit(batch) { return }
        }
        throw HostError(.notFound, "set an address: there is no such account")
    }

    public func setRole(_ role: Account.Role, of account: AccountID) async throws(HostError) {
        guard try await records.update(.account(account), { $0["role"] = role.rawValue }) else {
            throw HostError(.notFound, "change a role: there is no such account")
        }
    }

    public func setSuspended(_ isSuspended: Bool, _ account: AccountID) async throws(HostError) {
        guard try await records.update(.account(account), { $0["suspended"] = isSuspended ? "1" : nil }) else {
            throw HostError(.notFound, "suspend somebody: there is no such account")
        }
    }

    /// What hosts before people did not write: who has which handle, and which logins somebody has.
    func addIndexes() async throws(HostError) {
        guard try await records.read(.indexed) == nil else { return }
        for account in try await accounts() where !account.handle.isEmpty {
            _ = try await records.store.commit(
                RecordBatch(
                    conditions: [.absent(.handle(account.handle))],
                    writes: [.put(.handle(account.handle), RecordFields.pointer(to: account.identifier).encoded)]))
        }
        let prefix = RecordKey("login/")
        try await records.forEach(prefix: prefix) { (entry) throws(HostError) in
            let text = entry.key.text(after: prefix)
            guard let login = LoginSummary.ID(text),
                let account = try RecordFields(decoding: entry.value)["account"].flatMap({ AccountID($0) })
            else { return }
            _ = try await records.store.commit(
                RecordBatch(writes: [.put(.login(login, of: account), RecordFields().encoded)]))
        }
        _ = try await records.store.commit(RecordBatch(writes: [.put(.indexed, RecordFields().encoded)]))
    }
}

/// How people come and log in.
public struct PeopleSettings: Sendable, Equatable {
    /// From a login to its end, whatever happens in between.
    public var loginLifetime: Duration = .seconds(30 * 86_400)
    /// How long an invitation may wait.
    public var invitationLifetime: Duration = .seconds(7 * 86_400)
    /// Whether who proves an unknown e-mail address becomes a guest.
    public var admitsUnknownAddresses = false

    public init() {}
}

extension Account {
    init(_ identifier: AccountID, _ fields: RecordFields) {
        self.init(
            identifier: identifier, displayName: fields["name"] ?? "", handle: fields["handle"] ?? "",
            // What a newer host calls a role is the least one here.
            role: fields["role"].map { Role(rawValue: $0) ?? .guest } ?? .user)
        pronouns =
            fields.integer("pronouns").flatMap { UInt16(exactly: $0) }
            .flatMap { UserInfo.Pronouns(rawValue: $0) } ?? .neutral
        picture = fields["picture"]
        emailAddress = fields["email"]
        isSuspended = fields["suspended"] != nil
        created = fields.integer("created") ?? 0
    }
}

extension RecordFields {
    mutating func set(_ profile: Profile) {
        self["name"] = profile.displayName
        self["handle"] = profile.handle
        self["pronouns"] = String(profile.pronouns.rawValue)
    }

    /// The value of an index that leads to an account.
    static func pointer(to account: AccountID) -> RecordFields {
        var fields = RecordFields()
        fields["account"] = account.text
        return fields
    }
}

extension Profile {
    static let maximumNameCharacters = 100
    static let maximumHandleCharacters = 30

    /// - Throws: ``HostError`` `.invalidArgument`.
    func checked() throws(HostError) -> Profile {
        var checked = self
        checked.displayName = try TextLine.checked(
            displayName, as: "a name", maximumCharacters: Profile.maximumNameCharacters, for: "name a person")
        let bytes = Array(handle.utf8)
        let isGood = bytes.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f }
        guard isGood, let first = bytes.first, !(0x30...0x39).contains(first),
            bytes.count <= Profile.maximumHandleCharacters
        else {
            throw HostError(
                .invalidArgument,
                "name a person: a handle has 1 to \(Profile.maximumHandleCharacters) characters of a-z, 0-9 and _, and no digit first"
            )
        }
        return checked
    }
}

extension RecordKey {
    /// Who the first administrator is.
    static let administrator = RecordKey("host/administrator")
    /// There once the indexes below are complete.
    static let indexed = RecordKey("host/people-indexed")
    static let accountPrefix = RecordKey("account/")
    static func account(_ account: AccountID) -> RecordKey { RecordKey("account/\(account)") }
    static func handle(_ handle: String) -> RecordKey { RecordKey("handle/\(handle)") }
    /// By SHA-256: a subject may be long.
    static func credential(_ credential: Credential) -> RecordKey {
        RecordKey("credential/\(SHA256.hexadecimal(Array("\(credential.method):\(credential.subject)".utf8)))")
    }
}
