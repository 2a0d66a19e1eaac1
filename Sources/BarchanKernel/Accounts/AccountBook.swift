import Barchan

/// Who is who, in records.
public struct AccountBook: AccountDirectory {
    /// How long somebody stays logged in.
    static let loginLifetime: Duration = .seconds(30 * 86_400)
    /// How long a login link works.
    static let tokenLifetime: Int64 = 3_600
    /// The oldest login goes when one more would be too many.
    static let loginsPerAccount = 100
    static let outstandingTokens = 100

    private let records: RecordBook
    private let clock: any HostClock

    init(records: RecordBook, clock: any HostClock) {
        self.records = records
        self.clock = clock
    }

    // MARK: AccountDirectory

    public func logIn(withToken token: Secret) async throws(HostError) -> Login {
        let refused = HostError(
            .permissionDenied, "log in: the link is unknown, used or too old; ask the administrator for a new one")
        let key = RecordKey.loginToken(token)
        guard let (fields, version) = try await records.read(key), let expiry = fields.integer("expires"),
            expiry > clock.wallSeconds(), let identifier = fields["account"].flatMap({ AccountID($0) }),
            let account = try await account(identifier)
        else { throw refused }
        try await removeOldLogins(of: identifier)
        let secret = Secret.random()
        var login = RecordFields()
        login["account"] = identifier.text
        login["created"] = String(clock.wallSeconds())
        login["expires"] = String(clock.wallSeconds() + AccountBook.loginLifetime.components.seconds)
        let batch = RecordBatch(
            conditions: [.version(key, version)], writes: [.delete(key), .put(.login(secret), login.encoded)])
        // Of two who try at once, the condition lets one through.
        guard try await records.store.commit(batch) else { throw refused }
        try await records.update(.account(identifier)) { $0["logged-in"] = "1" }
        return Login(account: account, secret: secret, lifetime: AccountBook.loginLifetime)
    }

    public func account(forLogin secret: Secret) async throws(HostError) -> Account? {
        guard let (fields, _) = try await records.read(.login(secret)), let expiry = fields.integer("expires"),
            expiry > clock.wallSeconds(), let identifier = fields["account"].flatMap({ AccountID($0) })
        else { return nil }
        return try await account(identifier)
    }

    public func logOut(_ secret: Secret) async throws(HostError) {
        _ = try await records.store.commit(RecordBatch(writes: [.delete(.login(secret))]))
    }

    // MARK: For the kernel

    /// An account, or nil when there is none.
    func account(_ identifier: AccountID) async throws(HostError) -> Account? {
        guard let (fields, _) = try await records.read(.account(identifier)) else { return nil }
        return Account(
            identifier: identifier, displayName: fields["name"] ?? "", handle: fields["handle"] ?? "",
            role: fields["role"].flatMap { Account.Role(rawValue: $0) } ?? .user)
    }

    /// - Throws: ``HostError`` `.permissionDenied` when the account is not an administrator's.
    func requireAdministrator(_ identifier: AccountID, to attempt: String) async throws(HostError) {
        guard try await account(identifier)?.role == .administrator else {
            throw HostError(.permissionDenied, "\(attempt): only an administrator may do that")
        }
    }

    /// The first administrator; made when there is none yet.
    public func administrator() async throws(HostError) -> AccountID {
        if let (fields, _) = try await records.read(.administrator),
            let identifier = fields["account"].flatMap({ AccountID($0) })
        {
            return identifier
        }
        let identifier = AccountID.random()
        var pointer = RecordFields(), account = RecordFields()
        pointer["account"] = identifier.text
        account["name"] = "Administrator"
        account["handle"] = "administrator"
        account["role"] = Account.Role.administrator.rawValue
        account["created"] = String(clock.wallSeconds())
        let batch = RecordBatch(
            conditions: [.absent(.administrator)],
            writes: [.put(.administrator, pointer.encoded), .put(.account(identifier), account.encoded)])
        return try await records.store.commit(batch) ? identifier : try await administrator()
    }

    /// Whether the account has ever logged in.
    public func hasLoggedIn(_ identifier: AccountID) async throws(HostError) -> Bool {
        try await records.read(.account(identifier))?.fields["logged-in"] != nil
    }

    /// A token that logs in as `account` once, within an hour.
    public func issueLoginToken(for account: AccountID) async throws(HostError) -> Secret {
        try await removeExpired(prefix: RecordKey("login-token/"))
        guard
            try await records.count(prefix: RecordKey("login-token/"), limit: AccountBook.outstandingTokens)
                < AccountBook.outstandingTokens
        else {
            throw HostError(
                .resourceExhausted,
                "make a login link: \(AccountBook.outstandingTokens) are unused; use one or wait an hour")
        }
        let token = Secret.random()
        var fields = RecordFields()
        fields["account"] = account.text
        fields["expires"] = String(clock.wallSeconds() + AccountBook.tokenLifetime)
        _ = try await records.store.commit(RecordBatch(writes: [.put(.loginToken(token), fields.encoded)]))
        return token
    }

    // MARK: Limits

    private func removeExpired(prefix: RecordKey) async throws(HostError) {
        try await records.forEach(prefix: prefix) { (record) throws(HostError) in
            let expiry = try RecordFields(decoding: record.value).integer("expires") ?? 0
            if expiry <= clock.wallSeconds() { try await remove(record) }
        }
    }

    private func removeOldLogins(of account: AccountID) async throws(HostError) {
        var own: [(created: Int64, record: Record)] = []
        try await records.forEach(prefix: RecordKey("login/")) { (record) throws(HostError) in
            let fields = try RecordFields(decoding: record.value)
            if fields.integer("expires") ?? 0 <= clock.wallSeconds() {
                try await remove(record)
            } else if fields["account"] == account.text {
                own.append((fields.integer("created") ?? 0, record))
            }
        }
        guard own.count >= AccountBook.loginsPerAccount else { return }
        for old in own.sorted(by: { $0.created < $1.created }).prefix(own.count - AccountBook.loginsPerAccount + 1) {
            try await remove(old.record)
        }
    }

    private func remove(_ record: Record) async throws(HostError) {
        _ = try await records.store.commit(
            RecordBatch(conditions: [.version(record.key, record.version)], writes: [.delete(record.key)]))
    }
}
