import Barchan

/// One promise of an interface, as a check that anybody can run on any provider.
///
/// The sentence says what holds ("a grain has at most one volume"). A check gets a fresh provider, built through its
/// descriptor as the host builds it, and leaves nothing behind.
public struct ConformanceCheck<Provider: Sendable>: Sendable {
    /// A stable name in lowerCamelCase, unique in its interface.
    public let name: String
    /// The promise, one sentence without a full stop.
    public let sentence: String
    /// What the provider must guarantee for this check to apply; a provider without it is skipped.
    public let required: Set<Guarantee>
    /// Not to be tried where the walls are not claimed that keep it in: it would reach the machine's own processes or files.
    public let harmsWhereBroken: Bool

    private let body: @Sendable (Provider) async throws -> Void

    /// - Parameter body: Returns when the promise holds; throws ``ConformanceFailure`` when it does not, and
    ///   ``ConformanceSkip`` when this machine cannot tell.
    public init(
        _ name: String, _ sentence: String, required: Set<Guarantee> = [], harmsWhereBroken: Bool = false,
        _ body: @escaping @Sendable (Provider) async throws -> Void
    ) {
        self.name = name
        self.sentence = sentence
        self.required = required
        self.harmsWhereBroken = harmsWhereBroken
        self.body = body
    }

    /// Runs the check.
    /// - Parameter guarantees: What `provider` says it keeps.
    /// - Throws: ``ConformanceSkip`` when a required guarantee is missing, otherwise what the body throws.
    public func run(on provider: Provider, guaranteeing guarantees: Set<Guarantee>) async throws {
        let missing = required.subtracting(guarantees).sorted().map(\.name).joined(separator: ", ")
        guard missing.isEmpty else { throw ConformanceSkip("the provider does not guarantee \(missing)") }
        try await body(provider)
    }

    /// Runs the check whatever the provider claims.
    public func attempt(on provider: Provider) async throws { try await body(provider) }
}

extension ConformanceCheck where Provider == any IsolationProvider {
    public func run(on provider: Provider) async throws {
        try await run(on: provider, guaranteeing: provider.guarantees)
    }
}

extension ConformanceCheck where Provider == any StorageProvider {
    public func run(on provider: Provider) async throws {
        try await run(on: provider, guaranteeing: provider.guarantees)
    }
}

extension ConformanceCheck where Provider == any TransportProvider {
    public func run(on provider: Provider) async throws {
        try await run(on: provider, guaranteeing: provider.guarantees)
    }
}

extension ConformanceCheck where Provider == any FrontendProvider {
    public func run(on provider: Provider) async throws {
        try await run(on: provider, guaranteeing: provider.guarantees)
    }
}

extension ConformanceCheck: CustomStringConvertible {
    public var description: String { name }
}
