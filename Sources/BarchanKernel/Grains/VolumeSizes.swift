import Barchan

/// What the data of grains takes on disk, as their records know it.
///
/// A measure holds as long as nothing uses the data. Before anything may, the record is marked, and the mark goes with the
/// measure at the grain's end: what a host leaves marked that did not end in order is measured by the next.
struct VolumeSizes: Sendable {
    let volumes: any VolumeStore
    let records: RecordBook
    let clock: any HostClock
    let log: HostLog

    /// The data of a grain is about to be used.
    func markInUse(_ grain: GrainID) async {
        await logged(grain) { () throws(HostError) in
            try await records.update(.grain(grain)) { $0[GrainRecord.unmeasured] = "1" }
        }
    }

    /// Measures the data of a grain that was used until now.
    /// - Parameter isOver: Nothing uses it any more.
    func noteUse(of grain: GrainID, isOver: Bool) async {
        await logged(grain) { () throws(HostError) in
            try await note(grain, lastUsed: clock.wallSeconds(), isOver: isOver)
        }
    }

    /// Measures the data of a grain that nothing uses, unless its record knows it.
    func measure(_ record: GrainRecord) async throws(HostError) -> Int64 {
        record.isMeasured ? record.usedBytes : try await note(record.grain, lastUsed: nil, isOver: true)
    }

    /// What the data of a grain takes now, whatever uses it; zero for a grain that has none yet.
    func bytes(of grain: GrainID) async throws(HostError) -> Int64 {
        try await volumes.volume(for: grain)?.usedBytes() ?? 0
    }

    @discardableResult
    private func note(_ grain: GrainID, lastUsed: Int64?, isOver: Bool) async throws(HostError) -> Int64 {
        let bytes = try await bytes(of: grain)
        try await records.update(.grain(grain)) { fields in
            fields[GrainRecord.bytes] = String(bytes)
            if isOver { fields[GrainRecord.unmeasured] = nil }
            if let lastUsed { fields["used"] = String(lastUsed) }
        }
        return bytes
    }

    private func logged(_ grain: GrainID, _ body: () async throws(HostError) -> Void) async {
        do throws(HostError) {
            try await body()
        } catch {
            log(.warning, "measure the data of grain \(grain): \(error.message)")
        }
    }
}

/// What the data of a grain takes when it starts, and may take until it ends; in bytes, nil for any number.
struct VolumeAllowance: Sendable {
    let usedBytes: Int64
    let allowedBytes: Int64?
    /// Whether the disk itself refuses what is beyond that. It knows of every file then, with a name or without.
    var isHeldByDisk = false
}

extension VolumeSizes {
    /// How far the data of a grain that is about to start may grow: to its limit, or hardly at all when it is beyond that. Then
    /// the grain runs for somebody to delete something in it.
    /// - Throws: ``HostError`` `.resourceExhausted` when it has grown instead: whatever it does, it does not get far.
    func allowance(for record: GrainRecord, limit: Int64?, to attempt: String) async throws(HostError)
        -> VolumeAllowance
    {
        guard let limit else { return VolumeAllowance(usedBytes: record.usedBytes, allowedBytes: nil) }
        let bytes = try await measure(record), ceiling = bytes > limit ? min(record.ceilingBytes ?? bytes, bytes) : nil
        // Apps write a little before anybody can delete anything.
        let allowed = ceiling.map { $0 + limit / 10 } ?? limit
        guard bytes <= allowed else {
            throw HostError(
                .resourceExhausted,
                "\(attempt): its data takes \(bytes >> 20) MiB on disk, \(limit >> 20) are allowed (volumeMiB), and it grew when it "
                    + "was opened to delete something in it; \(LimitNotice.remedy)")
        }
        if ceiling != record.ceilingBytes {
            try await records.update(.grain(record.grain)) { $0[GrainRecord.ceiling] = ceiling.map { String($0) } }
        }
        return VolumeAllowance(usedBytes: bytes, allowedBytes: allowed)
    }
}

extension Host {
    /// Measures the data of every grain whose record does not know what it takes: a host that did not end in order left it.
    func measureWhatIsUnknown() async {
        var grains: [GrainRecord] = []
        do throws(HostError) {
            try await records.forEachGrain { (record) throws(HostError) in
                if !record.isRemoved, !record.isMeasured { grains.append(record) }
            }
        } catch {
            return log(.error, "measure the data of grains: \(error.message)")
        }
        // One after the other, so that the disk has time for people.
        for record in grains where !Task.isCancelled {
            do throws(HostError) {
                try await registry.life(of: record.grain).measureWhileStopped()
            } catch {
                log(.warning, error.message)
            }
        }
    }
}
