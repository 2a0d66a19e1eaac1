import Barchan
import Glibc

/// A child process and the thread that waits for it.
final class DirectSandbox: Sandbox {
    private let process: pid_t
    private let end: End

    init(process: pid_t) {
        self.process = process
        let end = End()
        self.end = end
        // waitpid(2) blocks, so it gets a thread of its own and never one of the concurrency pool's.
        startThread {
            var status: CInt = 0
            while waitpid(process, &status, 0) < 0 && errno == EINTR {}
            let exit = exitOf(status: status)
            Task { await end.arrive(exit) }
        }
    }

    func waitForExit() async -> SandboxExit { await end.wait() }

    func terminate() async {
        // Once it was waited for, the number may belong to somebody else.
        if await !end.hasArrived { kill(-process, SIGKILL) }
        _ = await end.wait()
    }
}

/// The end of a process, and everybody who waits for it.
private actor End {
    private var exit: SandboxExit?
    private var waiting: [CheckedContinuation<SandboxExit, Never>] = []

    var hasArrived: Bool { exit != nil }

    func arrive(_ exit: SandboxExit) {
        self.exit = exit
        for continuation in waiting { continuation.resume(returning: exit) }
        waiting = []
    }

    func wait() async -> SandboxExit {
        if let exit { return exit }
        return await withCheckedContinuation { waiting.append($0) }
    }
}

/// Takes a wait status apart; the C macros are not visible here (wait(2)).
private func exitOf(status: CInt) -> SandboxExit {
    let signal = status & 0x7f
    return signal == 0 ? .exited(status: (status >> 8) & 0xff) : .signaled(signal: signal)
}

private final class ThreadBody {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func startThread(_ run: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let body = Unmanaged.passRetained(ThreadBody(run)).toOpaque()
    let code = pthread_create(
        &thread, nil,
        { pointer in
            guard let pointer else { return nil }
            Unmanaged<ThreadBody>.fromOpaque(pointer).takeRetainedValue().run()
            return nil
        }, body)
    precondition(code == 0, "a thread can be made")
    pthread_detach(thread)
}
