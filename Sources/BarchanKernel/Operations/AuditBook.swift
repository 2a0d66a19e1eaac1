import Barchan
import Synchronization

/// What goes into the audit log: whatever gives, takes or could give power over others' data.
public enum AuditAct: String, Sendable, CaseIterable {
    case loginLink = "login.link"
    case logIn = "login"
    case refuseLogIn = "login.refuse"
    case logOut = "login.end"
    case installApp = "app.install"
    case uninstallApp = "app.remove"
    case upgradeApp = "app.upgrade"
    case declineApp = "app.decline"
    case moveGrain = "grain.move"
    case createGrain = "grain.create"
    case discardGrain = "grain.trash"
    case recoverGrain = "grain.recover"
    case removeGrain = "grain.remove"
    case restoreGrain = "grain.restore"
    case backUpGrain = "grain.backup"
    case stopGrain = "grain.stop"
    case limitGrain = "grain.limit"
    case recordGrain = "grain.record"
    case endRecording = "grain.unrecord"
    case releaseWakeLocks = "grain.release"
    case readLog = "grain.log"
    case share = "grant.give"
    case useLink = "grant.use"
    case keepLink = "grant.keep"
    case relabel = "grant.label"
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
    case changeProfile = "person.profile"
    case allowPages = "pages.allow"
    case forbidPages = "pages.forbid"
}

/// Who did something.
public enum AuditActor: Sendable, Equatable {
    case account(AccountID)
    /// Whoever may use the command line of the host.
    case commandLine
    case host
    /// Whoever held a link or a secret, or tried one.
    case somebody
}

/// The audit log: records under `audit/`, the newest first, of which the oldest go when there are too many.
public final class AuditBook: Sendable {
    /// The oldest go beyond these.
    public static let maximumEntries = 20_000
    /// As many are written before somebody counts again.
    private static let countInterval = 256
    static let maximumTextBytes = 1_000
    /// Refused logins within so many seconds are one entry: guessing must not push out what was done.
    static let refusalInterval: Int64 = 600
    static let prefix = RecordKey("audit/")

    private struct State {
        var last: UInt64 = 0
        var sinceCount = 0
        var refusals = Refusals()
    }

    private struct Refusals {
        /// When the last entry was written, and how many came since.
        var written = Int64.min
        var unwritten = 0
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
            case .somebody: "somebody"
            }
        fields["act"] = act.rawValue
        fields["object"] = object
        fields["detail"] = String(decoding: detail.utf8.prefix(AuditBook.maximumTextBytes), as: UTF8.self)
        if isTimeToCount(after: 2 * AuditBook.countInterval) { Task { await removeOldest() } }
        return .put(nextKey(), fields.encoded)
    }

    /// Notes what was done. An entry that cannot be written is an error in the host's log and none for who did it: it was done.
    func note(_ act: AuditAct, by actor: AuditActor, on object: String, _ detail: String = "") async {
        do throws(HostError) {
            _ = try await records.store.commit(RecordBatch(writes: [entry(act, by: actor, on: object, detail)]))
        } catch {
            log(.error, "write \(act.rawValue) of '\(object)' to the audit log: \(error.message)")
        }
        if isTimeToCount(after: AuditBook.countInterval, adding: 0) { await removeOldest() }
    }

    /// Notes that somebody tried to log in and was refused; of many in a short time, the first and how many followed.
    func noteRefusedLogin(by method: String) async {
        let now = clock.wallSeconds()
        let before = state.withLock { state -> Int? in
            guard state.refusals.written > now - AuditBook.refusalInterval, state.refusals.written <= now else {
                defer { state.refusals = Refusals(written: now) }
                return state.refusals.unwritten
            }
            state.refusals.unwritten += 1
            return nil
        }
        guard let before else { return }
        let others = before == 0 ? "" : ", and \(before) since the entry before"
        await note(.refuseLogIn, by: .somebody, on: "", method + others)
    }

    /// - Parameter count: How many entries there are to be from one time to the next.
    private func isTimeToCount(after count: Int, adding new: Int = 1) -> Bool {
        state.withLock { state in
            state.sinceCount += new
            guard state.sinceCount > count else { return false }
            state.sinceCount = 0
            return true
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

    private func removeOldest() async {
        do throws(HostError) {
            var count = 0, excess: [RecordBatch.Write] = []
            try await records.forEach(prefix: AuditBook.prefix) { (record) throws(HostError) in
                count += 1
                if count > maximumEntries { excess.append(.delete(record.key)) }
            }
            if !excess.isEmpty { _ = try await records.store.commit(RecordBatch(writes: excess)) }
        } catch {
            log(.error, "remove old entries of the audit log: \(error.message)")
        }
    }

    // MARK: Reading

    /// At most `limit` entries, newest first.
    func entries(olderThan older: String?, limit: Int) async throws(HostError) -> [AuditEntry] {
        let after = older.map { RecordKey("audit/\($0)") }
        var handles: [String: String] = [:], entries: [AuditEntry] = []
        for record in try await records.store.scan(prefix: AuditBook.prefix, after: after, limit: limit) {
            let fields = try RecordFields(decoding: record.value)
            func text(_ name: String) async throws(HostError) -> String {
                try await named(fields[name] ?? "", &handles)
            }
            entries.append(
                AuditEntry(
                    identifier: record.key.text(after: AuditBook.prefix),
                    time: fields.integer("time") ?? 0, actor: try await text("actor"), act: fields["act"] ?? "",
                    object: try await text("object"), detail: fields["detail"] ?? ""))
        }
        return entries
    }

    /// The handle where an account is meant, or its identifier when it is gone.
    private func named(_ text: String, _ handles: inout [String: String]) async throws(HostError) -> String {
        guard text.hasPrefix("account ") else { return text }
        let account = String(text.dropFirst("account ".count))
        if let known = handles[account] { return known }
        var handle: String?
        if let identifier = AccountID(account) {
            handle = try await records.read(.account(identifier))?.fields["handle"]
        }
        handles[account] = handle ?? account
        return handle ?? account
    }
}

extension AccountID {
    /// An account as the object of an act: it is read as its handle.
    var auditText: String { "account \(text)" }
}
