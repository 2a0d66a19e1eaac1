/// Numbers for new projects, none of them twice.
///
/// Nothing is written down: a number in use is on the files themselves, where it survives whatever they survive.
public struct ProjectNumbers: Sendable {
    /// The first one, 2^24; administrators and other programs count from 1.
    public static let first: UInt32 = 1 << 24

    private var last: UInt32

    /// - Parameter taken: Every number that is in use; those below ``first`` do not matter.
    public init(taken: some Sequence<UInt32>) { last = max(Self.first - 1, taken.max() ?? 0) }

    /// A number that was never given out here, or nil when there is none left.
    /// - Parameter isUsed: Whether somebody else's files have the number.
    public mutating func next<Failure: Error>(
        isUsed: (UInt32) throws(Failure) -> Bool
    ) throws(Failure) -> UInt32? {
        while last < .max - 1 {
            last += 1
            if try !isUsed(last) { return last }
        }
        return nil
    }
}
