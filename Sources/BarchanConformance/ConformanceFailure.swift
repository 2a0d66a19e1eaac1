/// A promise that was not kept.
public struct ConformanceFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was seen, against what was promised.
    public let reason: String

    public init(_ reason: String) { self.reason = reason }
    public var description: String { reason }
}

/// A promise that cannot be looked at here. Where everything is there, a skip counts as a failure.
public struct ConformanceSkip: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is missing.
    public let reason: String

    public init(_ reason: String) { self.reason = reason }
    public var description: String { reason }
}

/// Throws ``ConformanceFailure`` unless `condition` holds.
public func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws {
    guard condition else { throw ConformanceFailure(reason()) }
}

/// The value, or a ``ConformanceFailure`` when there is none.
public func require<Value>(_ value: Value?, _ reason: @autoclosure () -> String) throws -> Value {
    guard let value else { throw ConformanceFailure(reason()) }
    return value
}
