import Barchan

/// What the person who runs the host may do from the command line, for every grain and without being its owner.
extension Host {
    /// A grain with its owner.
    public struct OwnedGrain: Sendable {
        public let summary: GrainSummary
        /// The owner's handle.
        public let owner: String
    }

    /// Every grain, last used first, those in the trash included.
    public func allGrains() async throws(HostError) -> [OwnedGrain] {
        try await glimpses().map(\.grain)
    }

    /// As ``allGrains()``, each with what its life said at the same moment.
    func glimpses() async throws(HostError) -> [(grain: OwnedGrain, life: GrainLife.Glimpse)] {
        var all: [(grain: OwnedGrain, life: GrainLife.Glimpse)] = []
        var summaries = await grainBook.summaries(), handles: [AccountID: String] = [:]
        try await records.forEachGrain { [accountBook] (record) throws(HostError) in
            guard !record.isRemoved, let owner = record.owner else { return }
            let life = await summaries.lives[record.grain]?.glimpse ?? GrainLife.Glimpse()
            guard let summary = try await summaries.summary(of: record, life) else { return }
            if handles[owner] == nil { handles[owner] = try await accountBook.account(owner)?.handle ?? owner.text }
            all.append((OwnedGrain(summary: summary, owner: handles[owner] ?? owner.text), life))
        }
        // Positions are sorted, because summaries are large to move about.
        let used = all.map(\.grain.summary.lastUsed)
        return all.indices.sorted { (used[$0], $1) > (used[$1], $0) }.map { all[$0] }
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

    /// Puts any grain into the trash.
    public func operatorDiscard(_ grain: GrainID) async throws(HostError) {
        try await trashBook.discard(grain, of: nil, by: .commandLine)
    }

    /// Takes any grain out of the trash.
    public func operatorRecover(_ grain: GrainID) async throws(HostError) {
        try await trashBook.recover(grain, of: nil, by: .commandLine)
    }

    /// Why a grain runs although nobody may be looking at it, in its app's words.
    public func operatorWakeReasons(of grain: GrainID) async -> [String] {
        await registry.known(grain)?.wakeReasons ?? []
    }

    /// Lets a grain sleep when nobody looks at it, whatever its app wants.
    public func operatorCancelWakeLocks(of grain: GrainID) async {
        await registry.known(grain)?.cancelWakeLocks()
        await audit.note(.releaseWakeLocks, by: .commandLine, on: grain.text)
    }

    /// What its app said has happened in a grain, newest first.
    public func operatorActivities(of grain: GrainID) async throws(HostError) -> [NotedActivity] {
        _ = try await owner(of: grain)
        return try await activities.activities(of: grain)
    }

    /// Stops any grain and writes down what is said with it from its next start on, until ``operatorEndRecording(_:)``.
    /// - Parameter recorder: Who records, as people can find it: `process 123`.
    /// - Returns: The file, which is empty; it stays until ``operatorDropRecording(_:)``.
    /// - Throws: ``HostError`` with `.alreadyExists` while the grain is recorded.
    public func operatorRecord(_ grain: GrainID, by recorder: String) async throws(HostError) -> String {
        let owner = try await owner(of: grain)
        let path = try await recordings.begin(grain, by: recorder)
        do throws(HostError) { try await grainBook.stop(grain, by: owner) } catch {
            await recordings.drop(path)
            throw error
        }
        await audit.note(.recordGrain, by: .commandLine, on: grain.text)
        return path
    }

    /// Stops a grain that is recorded; its next start is not.
    /// - Returns: Why the recording lacks its end, or nil.
    public func operatorEndRecording(_ grain: GrainID) async throws(HostError) -> String? {
        try await recordings.close(grain)
        await stopIfThere(grain)
        let gap = try await recordings.end(grain)
        await audit.note(.endRecording, by: .commandLine, on: grain.text)
        return gap
    }

    /// Removes a recording that its recorder has taken, or ends it first when the recorder is gone.
    public func operatorDropRecording(_ path: String) async {
        guard let grain = await recordings.drop(path) else { return }
        await audit.note(.endRecording, by: .commandLine, on: grain.text)
        await stopIfThere(grain)
    }

    /// The grains that are recorded now.
    public func operatorRecordedGrains() async -> Set<GrainID> { await recordings.grains }

    /// A grain that is removed or in the trash runs no more, and its recording ends as well.
    private func stopIfThere(_ grain: GrainID) async {
        guard let owner = try? await records.grain(grain)?.owner else { return }
        try? await grainBook.stop(grain, by: owner)
    }

    /// Installs a package in the name of the person who runs the command.
    public func operatorInstall(
        _ file: any ByteReader, progress: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws(HostError) -> Installation {
        try await appBook.install(file, by: .commandLine, progress: progress)
    }

    /// Uninstalls an app: nobody can make grains of it any more, and those there are go on.
    public func operatorUninstall(_ app: AppID) async throws(HostError) -> UninstalledApp {
        try await appBook.uninstall(app, by: .commandLine)
    }

    /// Every app with its versions, and how many grains there are of each package.
    public func operatorApps() async throws(HostError) -> (apps: [AppVersions], grains: [PackageID: Int]) {
        (try await packageBook.apps(), try await packageBook.grainCounts())
    }

    /// Puts a version in use, and moves everybody's grains of the app over.
    /// - Parameter force: Also to an older version, and also grains whose data a newer version has written.
    /// - Returns: The grains that moved.
    @discardableResult
    public func operatorUpgrade(to package: PackageID, force: Bool) async throws(HostError) -> [GrainID] {
        try await upgradeBook.acceptForAll(package, force: force, by: .commandLine)
    }

    /// Keeps the version of an app that is in use, and removes the one that waits.
    public func operatorDecline(_ app: AppID) async throws(HostError) {
        try await upgradeBook.decline(app, by: .commandLine)
    }

    /// Moves any grain to another version of its app, forwards or back.
    public func operatorMove(_ grain: GrainID, to package: PackageID, force: Bool) async throws(HostError) {
        try await upgradeBook.move(grain, to: package, force: force, by: .commandLine)
    }

    /// Removes packages that nobody needs; the host does so by itself, too.
    /// - Returns: What was removed.
    public func operatorCollect() async -> [PackageID] { await packageBook.collect() }

    /// Writes a backup of any grain into a new file.
    /// - Returns: The file's size.
    public func operatorBackUp(_ grain: GrainID, to path: String) async throws(HostError) -> Int64 {
        let record = try await grainBook.record(of: grain, for: try await owner(of: grain), to: "back up")
        let backup = try await backupBook.backUp(record, by: .commandLine)
        return try await backupBook.write(backup.bytes, to: path)
    }

    /// Makes a grain of the administrator from a backup.
    public func operatorRestore(_ file: any ByteReader) async throws(HostError) -> GrainSummary {
        try await backupBook.restore(file, for: try await accountBook.administrator(), by: .commandLine)
    }

    /// Restores a backup into a place of its own and compares.
    public func operatorVerify(_ file: any ByteReader) async throws(HostError) -> BackupContents {
        try await backupBook.verify(file)
    }

    /// A token for a new login link of the administrator.
    public func operatorLoginToken() async throws(HostError) -> Secret {
        let administrator = try await accountBook.administrator()
        let token = try await loginBook.issueLoginToken(for: administrator)
        await audit.note(.loginLink, by: .commandLine, on: administrator.auditText)
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
