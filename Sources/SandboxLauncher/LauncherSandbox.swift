import Barchan
import SandboxProtocol
import Synchronization

/// A sandbox, as the contract knows it.
final class LauncherSandbox: TimedSandbox {
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
}

/// How a sandbox ended, for everybody who asks before or after.
final class SandboxRecord: Sendable {
    let number: UInt64
    private let state = Mutex<State>(.running(waiting: []))
    private let startMarks = Mutex(StartMarks())

    private enum State {
        case running(waiting: [CheckedContinuation<SandboxExit, Never>])
        case ended(SandboxExit)
    }

    init(number: UInt64) { self.number = number }

    var marks: StartMarks { startMarks.withLock { $0 } }

    func note(_ marks: StartMarks) { startMarks.withLock { $0 = marks } }

    var hasEnded: Bool {
        state.withLock { state in
            if case .ended = state { true } else { false }
        }
    }

    func waitForEnd() async -> SandboxExit {
        await withCheckedContinuation { continuation in
            let exit = state.withLock { state -> SandboxExit? in
                switch state {
                case .ended(let exit): return exit
                case .running(let waiting):
                    state = .running(waiting: waiting + [continuation])
                    return nil
                }
            }
            if let exit { continuation.resume(returning: exit) }
        }
    }

    /// Only the first end counts.
    func end(_ exit: SandboxExit) {
        let waiting = state.withLock { state -> [CheckedContinuation<SandboxExit, Never>] in
            guard case .running(let waiting) = state else { return [] }
            state = .ended(exit)
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
