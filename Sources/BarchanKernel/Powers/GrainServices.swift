import Barchan

/// What the kernel does for one running grain at its app's request.
struct GrainServices: GrainHost {
    let grain: GrainID
    let records: RecordBook
    let tokens: TokenBook
    let activities: ActivityBook
    let sharing: SharingBook
    let wakeLocks: WakeLocks
    /// What the app says of itself; nil when it ended before.
    let viewInfo = Later<ViewInfo?>()

    /// The grain ends.
    func end() {
        viewInfo.set(nil)
        wakeLocks.close()
    }

    // MARK: Saved objects

    func save(_ object: SavedObject, label: String) async throws(HostError) -> Secret {
        try await tokens.save(object, label: label)
    }

    func restore(_ token: Secret) async throws(HostError) -> SavedObject {
        let object = try await tokens.object(token)
        for requirement in object.requirements {
            guard requirement.isMet(by: try await held(by: requirement.identityID)) else {
                throw HostError(
                    .disconnected, "restore an object: the person it depends on does not have the needed permissions")
            }
        }
        return object
    }

    func drop(_ token: Secret) async throws(HostError) { try await tokens.drop(token) }

    func dropAll(ofObject objectID: [UInt8]) async throws(HostError) {
        try await tokens.dropAll(ofObject: objectID)
    }

    // MARK: Staying awake, activity

    func stayAwake(_ caption: String) async throws(HostError) -> any WakeLock { try wakeLocks.take(caption) }

    func note(_ activity: Activity, by identityID: [UInt8]?) async throws(HostError) {
        let types = try await knownViewInfo().activityTypes
        try await activities.note(activity, by: identityID, in: grain, types: types)
    }

    // MARK: People

    func person(_ identityID: [UInt8]) async throws(HostError) -> PersonProfile? {
        guard let identifier = try await account(of: identityID), try await sharing.admits(identifier, to: grain),
            let account = try await sharing.accounts.account(identifier)
        else { return nil }
        return PersonProfile(
            displayName: account.displayName, preferredHandle: account.handle, pronouns: account.pronouns)
    }

    /// Others than the owner have not chosen the app, and need not have it know where they get mail.
    func mailAddress(of identityID: [UInt8]) async throws(HostError) -> MailAddress {
        let attempt = "tell the app of grain '\(grain)' a mail address"
        guard let identifier = try await account(of: identityID), try await records.grain(grain)?.owner == identifier,
            let account = try await sharing.accounts.account(identifier), !account.isSuspended
        else {
            throw HostError(
                .permissionDenied, "\(attempt): the session is not the grain's owner's; only they are asked")
        }
        guard let address = account.emailAddress else {
            throw HostError(.notFound, "\(attempt): its owner has none; 'barchan user address' gives them one")
        }
        return MailAddress(address: address, name: account.displayName)
    }

    func permissions(of identityID: [UInt8]) -> AsyncStream<[Bool]?> {
        let (stream, continuation) = AsyncStream.makeStream(of: [Bool]?.self, bufferingPolicy: .bufferingNewest(1))
        // From before the first look on, so that nothing is missed.
        let changes = sharing.changes(of: grain)
        let watching = Task {
            var last = await look(at: identityID)
            continuation.yield(last)
            for await _ in changes {
                let now = await look(at: identityID)
                if now != last { continuation.yield(now) }
                last = now
            }
            continuation.finish()
        }
        continuation.onTermination = { _ in watching.cancel() }
        return stream
    }

    /// Nothing is held that cannot be looked up.
    private func look(at identityID: [UInt8]) async -> [Bool]? {
        do throws(HostError) { return try await held(by: identityID) } catch { return nil }
    }

    private func held(by identityID: [UInt8]) async throws(HostError) -> [Bool]? {
        guard let account = try await account(of: identityID) else { return nil }
        return try await sharing.permissions(of: .account(account), in: grain, try await knownViewInfo())
    }

    private func account(of identityID: [UInt8]) async throws(HostError) -> AccountID? {
        let prefix = RecordKey.identityPrefix(grain)
        var found: AccountID?
        try await records.forEach(prefix: prefix) { (record) throws(HostError) in
            guard record.value == identityID else { return }
            found = AccountID(record.key.text(after: prefix))
        }
        return found
    }

    private func knownViewInfo() async throws(HostError) -> ViewInfo {
        guard let info = await viewInfo.get() else {
            throw HostError(.disconnected, "ask what an app says of itself: it is gone")
        }
        return info
    }

    // MARK: Public identifier

    func publicID() async throws(HostError) -> String {
        while let (fields, version) = try await records.read(.grain(grain)) {
            if let known = fields["public-id"] { return known }
            let fresh = GrainServices.randomPublicID()
            var changed = fields, pointer = RecordFields()
            changed["public-id"] = fresh
            pointer["grain"] = grain.text
            let batch = RecordBatch(
                conditions: [.version(.grain(grain), version), .absent(.publicID(fresh))],
                writes: [.put(.grain(grain), changed.encoded), .put(.publicID(fresh), pointer.encoded)])
            if try await records.store.commit(batch) { return fresh }
        }
        throw HostError(.notFound, "make a public identifier: grain '\(grain)' was removed")
    }

    private static func randomPublicID() -> String {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
        var generator = SystemRandomNumberGenerator()
        return String(
            decoding: (0..<20).map { _ in alphabet.randomElement(using: &generator) ?? alphabet[0] }, as: UTF8.self)
    }
}

extension RecordKey {
    static func publicID(_ text: String) -> RecordKey { RecordKey("public-id/\(text)") }
}
