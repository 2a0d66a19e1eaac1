/// New versions of apps, and what becomes of the grains of older ones (specification, sections 5.3 and 22).
///
/// A package with the key of an installed app is another version of that app. It changes nothing until somebody says so:
/// an administrator for the grains that will be made, and each person for their own grains.
public protocol UpgradeDirectory: Sendable {
    /// What this person is asked: at most one question for each app, ordered by title.
    ///
    /// An administrator is asked about the newest package that was neither accepted nor declined.
    /// Everybody is asked about grains of theirs that are of an older version than the one in use.
    func upgrades(for account: AccountID) async throws(HostError) -> [AppUpgrade]

    /// As ``upgrades(for:)``, for whoever has the person's list of grains already and does not want it read again.
    /// - Parameter grains: As ``GrainDirectory/list(for:)`` gave them a moment ago.
    func upgrades(for account: AccountID, among grains: [GrainSummary]) async throws(HostError) -> [AppUpgrade]

    /// Puts a version in use, where it is not yet, and moves the person's grains of the app over. Those that run are ended, once
    /// requests that are under way had a short while, and their open pages closed; the next use starts the new version.
    /// - Parameter force: Also to an older version, and also grains whose data a newer version has written.
    /// - Returns: How many grains moved.
    /// - Throws: `.notFound` when the package is not installed, `.permissionDenied` when it is not in use and the person
    ///   is no administrator, `.invalidArgument` for an older version without `force`.
    func accept(_ package: PackageID, force: Bool, by account: AccountID) async throws(HostError) -> Int

    /// Keeps the version in use and drops the one that waits; administrators only. Does nothing when none waits.
    func decline(_ app: AppID, by account: AccountID) async throws(HostError)

    /// Moves one grain to another version of its app, forwards or back, as ``accept(_:force:by:)`` does.
    /// - Parameter force: Also when a newer version has written to the grain's data.
    /// - Throws: `.notFound` when there is no such grain of the person's or the package is not installed,
    ///   `.invalidArgument` when it is another app's, or older than what wrote the data and not forced.
    func move(_ grain: GrainID, to package: PackageID, force: Bool, by account: AccountID) async throws(HostError)
}

/// What a person is asked about an app.
public struct AppUpgrade: Sendable {
    /// What new grains are made of now.
    public var current: InstalledPackage
    /// What may take its place; the same as `current` when only grains are behind.
    public var offered: InstalledPackage
    /// The person's grains that would move.
    public var grains: [GrainSummary]

    public init(current: InstalledPackage, offered: InstalledPackage, grains: [GrainSummary]) {
        self.current = current
        self.offered = offered
        self.grains = grains
    }

    /// Whether accepting takes an administrator.
    public var changesApp: Bool { current.identifier != offered.identifier }
    /// Whether accepting has to be forced.
    public var isDowngrade: Bool { offered.manifest.version < current.manifest.version }
}
