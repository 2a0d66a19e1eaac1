import Barchan

/// What the person who runs the host may do from the command line, for every grain and without being its owner.
extension Host {
    /// A grain with its owner.
    public struct OwnedGrain: Sendable {
        public let summary: GrainSummary
        /// The owner's handle.
        public let owner: String
    }

    /// Every grain, last used first.
    public func allGrains() async throws(HostError) -> [OwnedGrain] {
        var all: [OwnedGrain] = []
        try await records.forEach(prefix: RecordKey("grain/")) {
            [records, grainBook, accountBook] (entry) throws(HostError) in
            let text = String(decoding: entry.key.bytes.dropFirst("grain/".utf8.count), as: UTF8.self)
            guard let identifier = GrainID(text), let record = try await records.grain(identifier),
                let owner = record.owner,
                let summary = try await grainBook.summary(of: record)
            else { return }
            all.append(OwnedGrain(summary: summary, owner: try await accountBook.account(owner)?.handle ?? owner.text))
        }
        return all.sorted { $0.summary.lastUsed > $1.summary.lastUsed }
    }

    /// The newest part of any grain's log.
    public func operatorLog(of grain: GrainID, maximumBytes: Int) async throws(HostError) -> [UInt8] {
        let bytes = try await grainBook.log(of: grain, by: try await owner(of: grain), maximumBytes: maximumBytes)
        await audit.note(.readLog, by: .commandLine, on: grain.text)
        return bytes
    }

    /// Stops any grain; the next request starts it again.
    public func operatorStop(_ grain: GrainID) async throws(HostError) {
        try await grainBook.stop(grain, by: try await owner(of: grain))
        await audit.note(.stopGrain, by: .commandLine, on: grain.text)
    }

    /// Why a grain runs although nobody may be looking at it, in its app's words.
    public func operatorWakeReasons(of grain: GrainID) async -> [String] {
        await registry.known(grain)?.wakeReasons ?? []
    }

    /// Lets a grain sleep when nobody looks at it, whatever its app wants.
    public func operatorCancelWakeLocks(of grain: GrainID) async {
        await registry.known(grain)?.cancelWakeLocks()
    }

    /// What its app said has happened in a grain, newest first.
    public func operatorActivities(of grain: GrainID) async throws(HostError) -> [RecordFields] {
        try await activities.activities(of: grain)
    }

    /// Stops any grain and writes down what is said with it from its next start on, until ``operatorEndRecording(_:)``.
    /// - Returns: The file, which is made when the grain starts.
    public func operatorRecord(_ grain: GrainID) async throws(HostError) -> String {
        let owner = try await owner(of: grain)
        let path = try await recordings.begin(grain)
        try await grainBook.stop(grain, by: owner)
        await audit.note(.recordGrain, by: .commandLine, on: grain.text)
        return path
    }

    /// Stops a grain that is recorded; its next start is not.
    public func operatorEndRecording(_ grain: GrainID) async throws(HostError) {
        try await recordings.end(grain)
        try await operatorStop(grain)
    }

    /// Installs a package in the name of the person who runs the command.
    public func operatorInstall(_ file: any ByteReader) async throws(HostError) -> InstalledPackage {
        let package = try await packages.install(file, expecting: nil) { _ in }
        await audit.note(.installApp, by: .commandLine, on: package.app.text, package.auditText)
        return package
    }

    /// A token for a new login link of the administrator.
    public func operatorLoginToken() async throws(HostError) -> Secret {
        let administrator = try await accountBook.administrator()
        let token = try await accountBook.issueLoginToken(for: administrator)
        await audit.note(.loginLink, by: .commandLine, on: administrator.text)
        return token
    }

    private func owner(of grain: GrainID) async throws(HostError) -> AccountID {
        guard let owner = try await records.grain(grain)?.owner else { throw Host.missing(grain) }
        return owner
    }

    static func missing(_ grain: GrainID) -> HostError {
        HostError(.notFound, "look for grain '\(grain)': there is none; 'barchan grain list' shows all")
    }
}
