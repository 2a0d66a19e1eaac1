import Barchan

/// A process that serves a provider, held by whoever needs it.
public protocol ServingProcess: AnyObject, Sendable {
    /// It has ended, or serves nobody any more.
    var isClosed: Bool { get }
}

/// The process that is running now, and a new one when it has ended: one after the other, however many ask.
///
/// One that somebody used is replaced as soon as it has ended, so that whoever comes next does not wait; one that nobody has
/// asked for is not, because a program that ends by itself would be started without end.
public actor ProcessSupply<Process: ServingProcess> {
    /// Starts a process. What it is given is to be called once the process has ended, any number of times.
    public typealias Start = @Sendable (_ whenEnded: @escaping @Sendable () -> Void) async throws -> Process

    private let start: Start
    /// What is tried, for the error of a start that threw something else than a ``Barchan/HostError``.
    private let attempt: String
    private let noteLoss: @Sendable () -> Void
    private var current: Task<Process, any Error>?
    private var isUsed = false

    /// - Parameter noteLoss: Called when a process that ran is found to have ended, before the next is started.
    public init(_ attempt: String, noteLoss: @escaping @Sendable () -> Void = {}, start: @escaping Start) {
        self.start = start
        self.attempt = attempt
        self.noteLoss = noteLoss
    }

    /// - Throws: ``Barchan/HostError``, the start's own where it threw one.
    public func process() async throws(HostError) -> Process {
        let process = try await running()
        isUsed = true
        return process
    }

    private func running() async throws(HostError) -> Process {
        while let running = current {
            if let process = try? await running.value, !process.isClosed { return process }
            // Somebody else who waited may have replaced it already.
            guard running == current else { continue }
            noteLoss()
            current = nil
        }
        let start = start
        let task = Task { try await start { [weak self] in Task { await self?.replace() } } }
        (current, isUsed) = (task, false)
        do {
            return try await task.value
        } catch {
            throw error as? HostError ?? HostError(.failed, "\(attempt): \(error)")
        }
    }

    private func replace() async {
        guard isUsed, let process = try? await current?.value, process.isClosed else { return }
        // Who needs one and finds none gets the error of a start of their own.
        _ = try? await running()
    }
}
