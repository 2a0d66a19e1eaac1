import Barchan
import Synchronization

/// What goes into the audit log: whatever gives, takes or could give power over others' data.
public enum AuditAct: String, Sendable, CaseIterable {
    case loginLink = "login.link"
    case logIn = "login"
    case installApp = "app.install"
    case uninstallApp = "app.remove"
    case upgradeApp = "app.upgrade"
    case declineApp = "app.decline"
    case moveGrain = "grain.move"
    case createGrain = "grain.create"
    case removeGrain = "grain.remove"
    case backUpGrain = "grain.backup"
    case stopGrain = "grain.stop"
    case limitGrain = "grain.limit"
    case recordGrain = "grain.record"
    case readLog = "grain.log"
    case share = "grant.give"
    case revoke = "grant.revoke"
    case removePerson = "grain.exclude"
    case handOver = "grain.transfer"
    case invite = "person.invite"
    case withdrawInvitation = "person.uninvite"
    case accept = "person.join"
    case setRole = "person.role"
    case suspend = "person.suspend"
    case readmit = "person.readmit"
    case setAddress = "person.address"
}

/// Who did something.
public enum AuditActor: Sendable, Equatable {
    case account(AccountID)
    /// Whoever may use the command line of the host.
    case commandLine
    case host
}

/// The audit log: records under `audit/`, the newest first, of which the oldest go when there are too many.
public final class AuditBook: Sendable {
    /// The oldest go beyond these.
    public static let maximumEntries = 20_000
    /// As many are written before somebody counts again.
    private static let countInterval = 256
    static let maximumTextBytes = 1_000
    static let prefix = RecordKey("audit/")

    private struct State {
        var last: UInt64 = 0
        var sinceCount = 0
    }

    private let records: RecordBook
    private let clock: any HostClock
    private let log: HostLog
    private let state = Mutex(State())

    private let maximumEntries: Int

    init(
        records: RecordBook, clock: any HostClock, log: HostLog, maximumEntries: Int = AuditBook.maximumEntries
    ) {
        self.maximumEntries = maximumEntries
        self.records = records
        self.clock = clock
        self.log = log
    }

    // MARK: Writing

    /// An entry to be committed together with the act itself, so that there is neither without the other.
    func entry(_ act: AuditAct, by actor: AuditActor, on object: String, _ detail: String = "") -> RecordBatch.Write {
        var fields = RecordFields()
        fields["time"] = String(clock.wallSeconds())
        fields["actor"] =
            switch actor {
            case .account(let account): "account \(account)"
            case .commandLine: "operator"
            case .host: "host"
            }
        fields["act"] = act.rawValue
        fields["object"] = object
        fields["detail"] = String(decoding: detail.utf8.prefix(AuditBook.maximumTextBytes), as: UTF8.self)
        return .put(nextKey(), fields.encoded)
    }

    /// Notes what was done. An entry that cannot be written is an error in the host's log and none for who did it: it was done.
    func note(_ act: AuditAct, by actor: AuditActor, on object: String, _ detail: String = "") async {
        do throws(HostError) {
            _ = try await records.store.commit(RecordBatch(writes: [entry(act, by: actor, on: object, detail)]))
            let isDue = state.withLock { state in
                state.sinceCount += 1
                guard state.sinceCount > AuditBook.countInterval else { return false }
                state.sinceCount = 0
                return true
            }
            if isDue { try await removeOldest() }
        } catch {
            log(.error, "write \(act.rawValue) of '\(object)' to the audit log: \(error.message)")
        }
    }

    /// Newest first: scans go upwards only, so keys count down.
    private func nextKey() -> RecordKey {
        let now = UInt64(max(0, clock.wallSeconds())) * 1_000_000
        let time = state.withLock { state in
            state.last = max(state.last + 1, now)
            return state.last
        }
        let suffix = Hexadecimal.text((0..<4).map { _ in UInt8.random(in: 0...255) })
        return RecordKey("audit/\(Hexadecimal.text(UInt64.max - time))-\(suffix)")
    }

    private func removeOldest() async throws(HostError) {
        var count = 0, excess: [RecordBatch.Write] = []
        try await records.forEach(prefix: AuditBook.prefix) { (record) throws(HostError) in
            count += 1
            if count > maximumEntries { excess.append(.delete(record.key)) }
        }
        if !excess.isEmpty { _ = try await records.store.commit(RecordBatch(writes: excess)) }
    }

    // MARK: Reading

    /// At most `limit` entries, newest first.
    func entries(olderThan older: String?, limit: Int) async throws(HostError) -> [AuditEntry] {
        let after = older.map { RecordKey("audit/\($0)") }
        var handles: [String: String] = [:], entries: [AuditEntry] = []
        for record in try await records.store.scan(prefix: AuditBook.prefix, after: after, limit: limit) {
            let fields = try RecordFields(decoding: record.value)
            var actor = fields["actor"] ?? ""
            if actor.hasPrefix("account ") {
                let account = String(actor.dropFirst("account ".count))
                if handles[account] == nil { handles[account] = try await handle(of: account) }
                actor = handles[account] ?? account
            }
            entries.append(
                AuditEntry(
                    identifier: String(
                        decoding: record.key.bytes.dropFirst(AuditBook.prefix.bytes.count), as: UTF8.self),
                    time: fields.integer("time") ?? 0, actor: actor, act: fields["act"] ?? "",
                    object: fields["object"] ?? "", detail: fields["detail"] ?? ""))
        }
        return entries
    }

    /// The handle, or the identifier of an account that is gone.
    private func handle(of account: String) async throws(HostError) -> String {
        guard let identifier = AccountID(account) else { return account }
        return try await records.read(.account(identifier))?.fields["handle"] ?? account
    }
}
