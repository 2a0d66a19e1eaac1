import Barchan
import Synchronization

/// A sandbox, as the contract knows it.
final class LauncherSandbox: Sandbox {
    private let record: SandboxRecord
    private let launcher: LauncherHandle

    init(_ record: SandboxRecord, _ launcher: LauncherHandle) {
        self.record = record
        self.launcher = launcher
    }

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

    private enum State {
        case running(waiting: [CheckedContinuation<SandboxExit, Never>])
        case ended(SandboxExit)
    }

    init(number: UInt64) { self.number = number }

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
