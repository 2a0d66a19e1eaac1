import Barchan

/// The limits of single grains, for the person who runs the host.
extension Host {
    /// One limit of a grain.
    public struct LimitInForce: Sendable, Equatable {
        /// Where a value stands.
        public enum Origin: String, Sendable { case host, app, grain }

        public let limit: GrainLimit
        public let value: Int64
        public let origin: Origin
        /// Whether the isolation back end of the grain's app promises that it holds; of the size of the data, whether the disk
        /// holds it. Where it does not, the host looks at the data and ends the grain, after the fact.
        public let isGuaranteed: Bool
    }

    /// What bounds a grain from its next start on, one for each ``GrainLimit``.
    /// - Throws: ``HostError`` `.notFound`.
    public func operatorLimits(of grain: GrainID) async throws(HostError) -> [LimitInForce] {
        guard let record = try await records.grain(grain) else { throw Host.missing(grain) }
        let own = record.limits, ofApp = record.app.flatMap { limits.apps[$0] } ?? [:]
        let all = limits.grain(of: record.app, own: own)
        let guarantees = isolation.guarantees(for: record.app)
        let isHeldByDisk = await holdsVolumes
        return GrainLimit.allCases.map { limit in
            LimitInForce(
                limit: limit, value: limit.value(in: all),
                origin: own[limit] != nil ? .grain : ofApp[limit] != nil ? .app : .host,
                isGuaranteed: limit.isGuaranteed(by: guarantees, isHeldByDisk: isHeldByDisk, in: all))
        }
    }

    /// Whether the disk itself holds grains to what their data may take.
    var holdsVolumes: Bool {
        get async { await (grainBook.volumes as? any LimitingVolumeStore)?.holdsLimits ?? false }
    }

    /// Gives a grain limits of its own, from its next start on; the others stay.
    /// - Parameter changes: Nil for what its app's grains have.
    /// - Throws: ``HostError`` `.invalidArgument` for a value that makes no sense, `.notFound`. Nothing is changed then.
    public func operatorSetLimits(of grain: GrainID, _ changes: [GrainLimit: Int64?]) async throws(HostError) {
        for case (let limit, let value?) in changes where !limit.range.contains(value) {
            throw HostError(
                .invalidArgument,
                "limit grain '\(grain)': \(limit.rawValue) is \(value); \(limit.range.lowerBound) to \(limit.range.upperBound) is allowed"
            )
        }
        guard try await records.grain(grain) != nil else { throw Host.missing(grain) }
        try await records.update(.grain(grain)) { fields in
            for (limit, value) in changes { fields[limit.field] = value.map { String($0) } }
        }
        let text = changes.map { "\($0.key.rawValue) \($0.value.map { String($0) } ?? "as its app")" }.sorted()
        await audit.note(.limitGrain, by: .commandLine, on: grain.text, text.joined(separator: ", "))
    }
}
