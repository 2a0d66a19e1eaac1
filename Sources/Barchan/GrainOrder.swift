/// A person's own words about the grains they have; nobody else sees them.
public protocol TagDirectory: Sendable {
    /// Replaces a grain's tags. ``GrainDirectory/grains(for:)`` gives them, sorted.
    /// - Parameter tags: White space at the ends and empty ones do not count, and a tag counts once, however it is capitalized.
    /// - Throws: ``HostError`` `.invalidArgument` for more than 16 of them, one over 40 characters, or a comma or control
    ///   character; `.notFound` for a grain that the person does not have.
    func setTags(_ tags: [String], of grain: GrainID, by account: AccountID) async throws(HostError)
}

/// Grains that their owners do not want any more, for as long as they may think otherwise.
///
/// A grain in the trash does not run, and is in no list, link or token of anybody. All of its data stays until
/// ``GrainDirectory/remove(_:by:)``, or until its time is over.
public protocol TrashDirectory: Sendable {
    /// What the person has thrown away, what goes first at the head. Each has its ``GrainSummary/expires``.
    func trash(for account: AccountID) async throws(HostError) -> [GrainSummary]

    /// Stops a grain and puts it into the trash; its owner only. A second call changes nothing.
    func discard(_ grain: GrainID, by account: AccountID) async throws(HostError)

    /// Removes for good all that the person has thrown away. What is taken back meanwhile stays.
    func empty(by account: AccountID) async throws(HostError)

    /// Takes a grain out of the trash, with everything that was shared of it. Does nothing when it is not there.
    /// - Throws: ``HostError`` `.notFound` when it is gone for good.
    func recover(_ grain: GrainID, by account: AccountID) async throws(HostError)
}
