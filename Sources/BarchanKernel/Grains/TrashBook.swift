import Barchan

/// Grains in the trash: a moment in the grain's own record. To everybody but this type and removal there is no such grain.
struct TrashBook: TrashDirectory {
    /// How often somebody looks whether a grain's time is over.
    static let pause: Duration = .seconds(600)

    let grains: GrainBook

    private var records: RecordBook { grains.records }

    // MARK: For people

    func trash(for account: AccountID) async throws(HostError) -> [GrainSummary] {
        try await grains.discarded(of: account)
    }

    func discard(_ grain: GrainID, by account: AccountID) async throws(HostError) {
        try await discard(grain, of: account, by: .account(account))
    }

    func recover(_ grain: GrainID, by account: AccountID) async throws(HostError) {
        try await recover(grain, of: account, by: .account(account))
    }

    func empty(by account: AccountID) async throws(HostError) {
        for grain in try await trash(for: account) {
            try await remove(grain.identifier, by: .account(account), "the trash was emptied") { $0.owner == account }
        }
    }

    // MARK: For them and for operators

    /// - Parameter owner: Whose it has to be; nil for anybody's.
    func discard(_ grain: GrainID, of owner: AccountID?, by actor: AuditActor) async throws(HostError) {
        let now = grains.clock.wallSeconds()
        try await change(grain, to: "throw away", of: owner, .discardGrain, by: actor) { fields in
            if fields["discarded"] == nil { fields["discarded"] = String(now) }
        }
        // From here on nobody can start it; whoever did before is stopped.
        await grains.sessions.closeAll(of: grain)
        await grains.registry.known(grain)?.stop()
    }

    func recover(_ grain: GrainID, of owner: AccountID?, by actor: AuditActor) async throws(HostError) {
        try await change(grain, to: "take out of the trash", of: owner, .recoverGrain, by: actor) { fields in
            fields["discarded"] = nil
        }
    }

    private func change(
        _ grain: GrainID, to attempt: String, of owner: AccountID?, _ act: AuditAct, by actor: AuditActor,
        _ change: (inout RecordFields) -> Void
    ) async throws(HostError) {
        // Somebody else changed the record each time this loop turns, so it ends.
        while let (fields, version) = try await records.read(.grain(grain)) {
            let record = GrainRecord(grain: grain, fields: fields)
            guard !record.isRemoved, owner == nil || record.owner == owner else { break }
            var changed = fields
            change(&changed)
            if changed == fields { return }
            let batch = RecordBatch(
                conditions: [.version(.grain(grain), version)],
                writes: [.put(.grain(grain), changed.encoded), grains.audit.entry(act, by: actor, on: grain.text)])
            if try await records.store.commit(batch) { return }
        }
        throw GrainBook.missing(grain, attempt)
    }

    // MARK: Expiry

    /// Removes what has been in the trash for long enough, until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            await removeExpired()
            await grains.clock.sleep(for: TrashBook.pause)
        }
    }

    func removeExpired() async {
        do throws(HostError) {
            var expired: [GrainID] = []
            let now = grains.clock.wallSeconds()
            try await records.forEachGrain { (record) throws(HostError) in
                if !record.isRemoved, let expiry = grains.expiry(of: record), expiry <= now {
                    expired.append(record.grain)
                }
            }
            for grain in expired {
                let isRemoved = try await remove(grain, by: .host, "its time in the trash is over") {
                    grains.expiry(of: $0).map { $0 <= now } ?? false
                }
                guard isRemoved else { continue }
                grains.log(.info, "grain \(grain) was in the trash until its time was over, and is removed")
            }
        } catch {
            // What is left is tried again the next time, and nobody waits for it.
            grains.log(.error, "empty the trash: \(error.message)")
        }
    }

    /// Removes a grain of the trash for good, unless somebody takes it out in the same moment.
    /// - Parameter isDue: Whether it still is to be removed.
    /// - Returns: Whether it was.
    @discardableResult
    private func remove(
        _ grain: GrainID, by actor: AuditActor, _ detail: String, if isDue: (GrainRecord) -> Bool
    ) async throws(HostError) -> Bool {
        // Somebody else changed the record each time this loop turns, so it ends.
        while let (fields, version) = try await records.read(.grain(grain)) {
            let record = GrainRecord(grain: grain, fields: fields)
            guard record.discarded != nil, isDue(record) else { return false }
            var removed = fields
            removed["removed"] = "1"
            let batch = RecordBatch(
                conditions: [.version(.grain(grain), version)],
                writes: [
                    .put(.grain(grain), removed.encoded),
                    grains.audit.entry(.removeGrain, by: actor, on: grain.text, detail),
                ])
            guard try await records.store.commit(batch) else { continue }
            try await grains.finishRemoval(of: grain)
            return true
        }
        return false
    }
}

extension Host {
    /// Removes grains for good whose time in the trash is over, until the task is cancelled.
    public func emptyTrash() async { await trashBook.run() }
}
