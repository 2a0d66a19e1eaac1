import Barchan

/// A process that serves a provider, held by whoever needs it.
public protocol ServingProcess: AnyObject, Sendable {
    /// It has ended, or serves nobody any more.
    var isClosed: Bool { get }
}

/// The process that is running now, and a new one when it has ended: one after the other, however many ask.
public actor ProcessSupply<Process: ServingProcess> {
    private let start: @Sendable () async throws -> Process
    /// What is tried, for the error of a start that threw something else than a ``Barchan/HostError``.
    private let attempt: String
    private let noteLoss: @Sendable () -> Void
    private var current: Task<Process, any Error>?

    /// - Parameter noteLoss: Called when a process that ran is found to have ended, before the next is started.
    public init(
        _ attempt: String, noteLoss: @escaping @Sendable () -> Void = {},
        start: @escaping @Sendable () async throws -> Process
    ) {
        self.start = start
        self.attempt = attempt
        self.noteLoss = noteLoss
    }

    /// - Throws: ``Barchan/HostError``, the start's own where it threw one.
    public func process() async throws(HostError) -> Process {
        while let running = current {
            if let process = try? await running.value, !process.isClosed { return process }
            // Somebody else who waited may have replaced it already.
            guard running == current else { continue }
            noteLoss()
            current = nil
        }
        let start = start
        let task = Task { try await start() }
        current = task
        do {
            return try await task.value
        } catch {
            throw error as? HostError ?? HostError(.failed, "\(attempt): \(error)")
        }
    }
}
