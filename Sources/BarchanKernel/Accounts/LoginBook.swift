import Barchan
import Sealing
import Synchronization

/// Who is logged in where, and how they come to be.
struct LoginBook: AccountDirectory {
    /// How long a one-time link works.
    static let tokenLifetime: Int64 = 3_600
    /// The oldest login goes when one more would be too many.
    static let loginsPerAccount = 100
    static let outstandingTokens = 100

    let accounts: AccountBook
    let methods: [any LoginMethod]
    /// Told whenever an account has one login less.
    let whenLoggedOut: LogoutSignal
    let audit: AuditBook
    let counters: HostCounters

    private var records: RecordBook { accounts.records }
    private var now: Int64 { accounts.clock.wallSeconds() }

    // MARK: AccountDirectory

    func logIn(withToken token: Secret) async throws(HostError) -> Login {
        try await attempt(by: "link") { () throws(HostError) in try await useToken(token) }
    }

    /// Tells whoever runs the host when an attempt is refused.
    func attempt(
        by method: String, _ body: () async throws(HostError) -> Login
    ) async throws(HostError) -> Login {
        do throws(HostError) { return try await body() } catch {
            if error.code == .permissionDenied {
                counters.refusedLogins.add(1, ordering: .relaxed)
                await audit.noteRefusedLogin(by: method)
            }
            throw error
        }
    }

    private func useToken(_ token: Secret) async throws(HostError) -> Login {
        let refused = HostError(
            .permissionDenied, "log in: the link is unknown, used or too old; ask the administrator for a new one")
        let key = RecordKey.loginToken(token)
        guard let (fields, version) = try await records.read(key), let expiry = fields.integer("expires"),
            expiry > now, let account = fields["account"].flatMap({ AccountID($0) })
        else { throw refused }
        // Of two who try at once, the condition lets one through.
        let used = RecordBatch(conditions: [.version(key, version)], writes: [.delete(key)])
        guard let login = try await begin(account, by: "link", used) else { throw refused }
        return login
    }

    func account(forLogin secret: Secret) async throws(HostError) -> Account? {
        guard let (fields, _) = try await records.read(.login(secret)), let expiry = fields.integer("expires"),
            expiry > now, let identifier = fields["account"].flatMap({ AccountID($0) }),
            let account = try await accounts.account(identifier), !account.isSuspended
        else { return nil }
        if now - (fields.integer("seen") ?? 0) >= 3_600 {
            let now = now
            try await records.update(.login(secret)) { $0["seen"] = String(now) }
        }
        return account
    }

    func logOut(_ secret: Secret) async throws(HostError) {
        guard let (fields, _) = try await records.read(.login(secret)),
            let account = fields["account"].flatMap({ AccountID($0) })
        else { return }
        try await end(LoginSummary.ID(of: secret), of: account)
        await audit.note(.logOut, by: .account(account), on: account.auditText)
    }

    var loginMethods: [String] { methods.map(\.name) }

    func beginLogin(by method: String, as claim: String, at address: FrontendAddress) async throws(HostError) -> Secret
    {
        try await self.method(method).begin(claim, at: address)
    }

    func logIn(by method: String, challenge: Secret, answer: String) async throws(HostError) -> Login {
        let used = try self.method(method)
        return try await attempt(by: method) { () throws(HostError) in
            let credential = try await used.finish(challenge, answer)
            guard let login = try await begin(try await account(of: credential), by: method, RecordBatch()) else {
                throw HostError(.permissionDenied, "log in: this account is suspended; ask an administrator")
            }
            return login
        }
    }

    private func method(_ name: String) throws(HostError) -> any LoginMethod {
        guard let method = methods.first(where: { $0.name == name }) else {
            throw HostError(.unsupported, "log in: there is no such way here")
        }
        return method
    }

    private func account(of credential: Credential) async throws(HostError) -> AccountID {
        if let (fields, _) = try await records.read(.credential(credential)),
            let account = fields["account"].flatMap({ AccountID($0) })
        {
            return account
        }
        guard accounts.settings.admitsUnknownAddresses else {
            throw HostError(.permissionDenied, "log in: nobody here is known by that")
        }
        let guest = try await accounts.create(.guest(credential), role: .guest, credential: credential)
        await audit.note(.accept, by: .account(guest), on: guest.auditText, Account.Role.guest.rawValue)
        return guest
    }

    // MARK: Logins

    /// Logs an account in together with `batch`.
    /// - Returns: Nil when a condition of the batch does not hold, or the account is gone or suspended.
    func begin(_ identifier: AccountID, by method: String, _ batch: RecordBatch) async throws(HostError) -> Login? {
        guard let account = try await accounts.account(identifier), !account.isSuspended else { return nil }
        try await removeOldLogins(of: identifier)
        let secret = Secret.random(), lifetime = accounts.settings.loginLifetime
        var login = RecordFields.pointer(to: identifier)
        login["created"] = String(now)
        login["seen"] = String(now)
        login["expires"] = String(now + lifetime.components.seconds)
        login["method"] = method
        var batch = batch
        batch.writes += [
            .put(.login(secret), login.encoded),
            .put(.login(LoginSummary.ID(of: secret), of: identifier), RecordFields().encoded),
            audit.entry(.logIn, by: .account(identifier), on: identifier.auditText, method),
        ]
        guard try await records.store.commit(batch) else { return nil }
        counters.logins.add(1, ordering: .relaxed)
        try await records.update(.account(identifier)) { $0["logged-in"] = "1" }
        return Login(account: account, secret: secret, lifetime: lifetime)
    }

    /// Newest first. What has expired is removed on the way.
    func logins(of account: AccountID) async throws(HostError) -> [LoginSummary] {
        var found: [LoginSummary] = [], expired: [RecordBatch.Write] = []
        let prefix = RecordKey.loginPrefix(account)
        try await records.forEach(prefix: prefix) { (entry) throws(HostError) in
            let text = entry.key.text(after: prefix)
            guard let id = LoginSummary.ID(text) else { return }
            guard let (fields, _) = try await records.read(.login(id)), fields.integer("expires") ?? 0 > now else {
                expired += [.delete(entry.key), .delete(.login(id))]
                return
            }
            found.append(
                LoginSummary(
                    id: id, created: fields.integer("created") ?? 0, expires: fields.integer("expires") ?? 0,
                    lastUsed: fields.integer("seen") ?? fields.integer("created") ?? 0,
                    method: fields["method"] ?? "link"))
        }
        if !expired.isEmpty { _ = try await records.store.commit(RecordBatch(writes: expired)) }
        return found.sorted { ($0.created, $0.id.text) > ($1.created, $1.id.text) }
    }

    func end(_ login: LoginSummary.ID, of account: AccountID) async throws(HostError) {
        guard let (fields, version) = try await records.read(.login(login)), fields["account"] == account.text else {
            return
        }
        let batch = RecordBatch(
            conditions: [.version(.login(login), version)],
            writes: [.delete(.login(login)), .delete(.login(login, of: account))])
        // It was changed just now: only its last use can change.
        if try await !records.store.commit(batch) { return try await end(login, of: account) }
        await whenLoggedOut.tell(account)
    }

    private func removeOldLogins(of account: AccountID) async throws(HostError) {
        let logins = try await logins(of: account)
        for login in logins.dropFirst(LoginBook.loginsPerAccount - 1) { try await end(login.id, of: account) }
    }

    // MARK: Links

    /// A token that logs in as `account` once, within an hour.
    func issueLoginToken(for account: AccountID) async throws(HostError) -> Secret {
        try await removeExpiredTokens()
        guard
            try await records.count(prefix: .loginTokenPrefix, limit: LoginBook.outstandingTokens)
                < LoginBook.outstandingTokens
        else {
            throw HostError(
                .resourceExhausted,
                "make a login link: \(LoginBook.outstandingTokens) are unused; use one or wait an hour")
        }
        let token = Secret.random()
        var fields = RecordFields.pointer(to: account)
        fields["expires"] = String(now + LoginBook.tokenLifetime)
        _ = try await records.store.commit(RecordBatch(writes: [.put(.loginToken(token), fields.encoded)]))
        return token
    }

    private func removeExpiredTokens() async throws(HostError) {
        try await records.forEach(prefix: .loginTokenPrefix) { (record) throws(HostError) in
            let expiry = try RecordFields(decoding: record.value).integer("expires") ?? 0
            guard expiry <= now else { return }
            _ = try await records.store.commit(
                RecordBatch(conditions: [.version(record.key, record.version)], writes: [.delete(record.key)]))
        }
    }
}

/// Tells one listener, which comes later than the one who tells.
final class LogoutSignal: Sendable {
    private let listener = Mutex<(@Sendable (AccountID) async -> Void)?>(nil)

    func listen(_ listener: @escaping @Sendable (AccountID) async -> Void) { self.listener.withLock { $0 = listener } }
    func tell(_ account: AccountID) async { await listener.withLock { $0 }?(account) }
}

extension LoginSummary.ID {
    init(of secret: Secret) {
        guard let id = LoginSummary.ID(SHA256.hexadecimal(Array(secret.text.utf8))) else {
            fatalError("a SHA-256 has 64 hexadecimal digits")
        }
        self = id
    }
}

extension Profile {
    /// What is known of somebody who proved a credential and nothing else.
    static func guest(_ credential: Credential) -> Profile {
        let local = credential.subject.split(separator: "@").first.map(String.init) ?? ""
        let letters = String(local.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(16))
        let number = UInt32.random(in: 0...UInt32.max)
        return Profile(
            displayName: local.isEmpty ? "Guest" : String(local.prefix(Profile.maximumNameCharacters)),
            handle: "g_\(letters)_\(String(number, radix: 36))")
    }
}

extension RecordKey {
    /// By SHA-256, so that reading the records lets nobody in.
    static func login(_ secret: Secret) -> RecordKey { .login(LoginSummary.ID(of: secret)) }
    static func login(_ login: LoginSummary.ID) -> RecordKey { RecordKey("login/\(login.text)") }
    static func login(_ login: LoginSummary.ID, of account: AccountID) -> RecordKey {
        RecordKey("login-of/\(account)/\(login.text)")
    }
    static func loginPrefix(_ account: AccountID) -> RecordKey { RecordKey("login-of/\(account)/") }
    static func loginToken(_ secret: Secret) -> RecordKey {
        RecordKey("login-token/\(SHA256.hexadecimal(Array(secret.text.utf8)))")
    }
    static let loginTokenPrefix = RecordKey("login-token/")
}
