import Barchan
import Glibc
import SandboxProtocol
import Synchronization

/// A sandbox, as the contract knows it.
final class LauncherSandbox: MeasuredSandbox, FileHoldingSandbox, FreezableSandbox, TimedSandbox {
    private let record: SandboxRecord
    private let launcher: LauncherHandle

    init(_ record: SandboxRecord, _ launcher: LauncherHandle) {
        self.record = record
        self.launcher = launcher
    }

    var startSteps: [StartStep] { record.marks.steps }

    func waitForExit() async -> SandboxExit { await record.waitForEnd() }

    func terminate() async {
        if !record.hasEnded { launcher.connection.terminate(record) }
        _ = await record.waitForEnd()
    }

    func freeze() async throws(HostError) { try await act(.freeze, "freeze") }
    func thaw() async throws(HostError) { try await act(.thaw, "thaw") }

    private func act(_ action: SandboxAction, _ attempt: String) async throws(HostError) {
        do throws(ActionFailure) {
            _ = try await launcher.connection.act(action, on: record)
        } catch {
            throw error.hostError(attempt)
        }
    }

    func usage() async -> SandboxUsage {
        if let last = record.lastMeasure { return SandboxUsage(last) }
        // What cannot be measured has ended meanwhile.
        let measure = try? await launcher.connection.act(.measure, on: record)
        return SandboxUsage(measure ?? record.lastMeasure ?? SandboxMeasure())
    }

    func unnamedFileBytes() async -> Int64? {
        guard !record.hasEnded else { return 0 }
        guard let measure = try? await launcher.connection.act(.measureUnnamed, on: record) else { return 0 }
        return measure.unnamedBytes.map { Int64(clamping: $0) }
    }
}

extension ActionFailure {
    fileprivate func hostError(_ attempt: String) -> HostError {
        switch errorNumber {
        case ESRCH, ECONNRESET: HostError(.disconnected, "\(attempt) a sandbox: it has ended")
        case ENOTSUP:
            HostError(
                .unsupported, "\(attempt) a sandbox: there is no control group of version 2 here; see barchan doctor")
        case ETIMEDOUT: HostError(.failed, "\(attempt) a sandbox: a process did not stop within a second")
        default: HostError(.failed, "\(attempt) a sandbox: \(String(cString: strerror(errorNumber)))")
        }
    }
}

extension SandboxUsage {
    fileprivate init(_ measure: SandboxMeasure) {
        self.init()
        processorTime = measure.processorMicroseconds.map { .microseconds(Int64(clamping: $0)) }
        memoryBytes = measure.memoryBytes.map { Int64(clamping: $0) }
        memoryPeakBytes = measure.memoryPeakBytes.map { Int64(clamping: $0) }
        processes = measure.processes.map { Int64(clamping: $0) }
        readBytes = measure.readBytes.map { Int64(clamping: $0) }
        writtenBytes = measure.writtenBytes.map { Int64(clamping: $0) }
        memoryKills = measure.memoryKills.map { Int64(clamping: $0) }
        refusedProcesses = measure.refusedProcesses.map { Int64(clamping: $0) }
        temporaryBytes = measure.temporaryBytes.map { Int64(clamping: $0) }
        temporaryFiles = measure.temporaryFiles.map { Int64(clamping: $0) }
        openFiles = measure.openFiles.map { Int64(clamping: $0) }
        openFilesLimit = measure.openFilesLimit.map { Int64(clamping: $0) }
        isFrozen = measure.isFrozen
    }
}

/// How a sandbox ended, for everybody who asks before or after.
public final class SandboxRecord: Sendable {
    public let number: UInt64
    private let state = Mutex<State>(.running(waiting: []))
    private let startMarks = Mutex(StartMarks())

    private enum State {
        case running(waiting: [CheckedContinuation<SandboxExit, Never>])
        case ended(SandboxExit, SandboxMeasure)
    }

    public init(number: UInt64) { self.number = number }

    var marks: StartMarks { startMarks.withLock { $0 } }

    func note(_ marks: StartMarks) { startMarks.withLock { $0 = marks } }

    public var hasEnded: Bool {
        state.withLock { state in
            if case .ended = state { true } else { false }
        }
    }

    public func waitForEnd() async -> SandboxExit {
        await withCheckedContinuation { continuation in
            let exit = state.withLock { state -> SandboxExit? in
                switch state {
                case .ended(let exit, _): return exit
                case .running(let waiting):
                    state = .running(waiting: waiting + [continuation])
                    return nil
                }
            }
            if let exit { continuation.resume(returning: exit) }
        }
    }

    /// What it had used at its end; nil before.
    var lastMeasure: SandboxMeasure? {
        state.withLock { state in
            if case .ended(_, let measure) = state { measure } else { nil }
        }
    }

    /// Only the first end counts.
    public func end(_ exit: SandboxExit, _ measure: SandboxMeasure = SandboxMeasure()) {
        let waiting = state.withLock { state -> [CheckedContinuation<SandboxExit, Never>] in
            guard case .running(let waiting) = state else { return [] }
            state = .ended(exit, measure)
            return waiting
        }
        for continuation in waiting { continuation.resume(returning: exit) }
    }
}

extension StartMarks {
    /// For whoever measures starts; each is named for what was done when it came to pass.
    var steps: [StartStep] {
        let names: [(StartMark, String)] = [
            (.ordered, "request"), (.born, "namespaces"), (.prepared, "preparation"), (.parked, "package"),
            (.taken, "hand-over"), (.mounted, "mounts"), (.walled, "filter"),
        ]
        return names.compactMap { mark, name in
            self[mark] == 0 ? nil : StartStep(name: name, nanoseconds: Int64(clamping: self[mark]))
        }
    }
}
