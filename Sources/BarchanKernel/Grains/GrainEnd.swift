import Barchan
import Glibc

/// How a grain's sandbox ended, in words that its owner can do something with.
struct GrainEnd {
    private let exit: SandboxExit
    private let usage: SandboxUsage
    private let limits: SandboxLimits

    init(_ exit: SandboxExit, usage: SandboxUsage = SandboxUsage(), limits: SandboxLimits = SandboxLimits()) {
        self.exit = exit
        self.usage = usage
        self.limits = limits
    }

    /// Waits for the end.
    init(of sandbox: any Sandbox, _ limits: SandboxLimits) async {
        let exit = await sandbox.waitForExit()
        let usage = await (sandbox as? any MeasuredSandbox)?.usage()
        self.init(exit, usage: usage ?? SandboxUsage(), limits: limits)
    }

    /// Of a sandbox whose app has closed its socket: nil unless it ends within a second (specification, section 4.5). An app that
    /// exits closes its socket first, and what it exits with says more.
    init?(soonOf sandbox: any Sandbox, _ limits: SandboxLimits, _ clock: any HostClock) async {
        let end = await first(
            { await GrainEnd(of: sandbox, limits) as GrainEnd? },
            {
                await clock.sleep(for: .seconds(1))
                return nil
            })
        guard let end else { return nil }
        self = end
    }

    /// Why the sandbox was lost, in words that blame nobody's app; nil when the app ended itself or was ended.
    var loss: String? {
        guard case .lost(let reason) = exit else { return nil }
        return "the host lost its sandbox: \(reason). That is no fault of the app's; it starts again when it is used"
    }

    var text: String {
        if let loss { return loss }
        guard let limit = reachedLimit else { return exitText }
        return "\(limit); \(LimitNotice.remedy). \(endText)"
    }

    /// The limit that most likely is the cause. A limit that was met and survived is none.
    private var reachedLimit: String? {
        if exit == .exited(status: 0) { return nil }
        if (usage.memoryKills ?? 0) > 0, let bytes = limits.memoryBytes {
            return LimitNotice.memory(bytes)
        }
        if (usage.refusedProcesses ?? 0) > 0, let processes = limits.processes {
            return LimitNotice.processes(processes)
        }
        return nil
    }

    private var endText: String { "T\(exitText.dropFirst())" }

    private var exitText: String {
        switch exit {
        // As shells, and the bridge, say of a program that a signal ended.
        case .exited(let status) where (129..<160).contains(status):
            "the app ended with status \(status), which stands for signal \(Self.signal(status - 128))"
        case .exited(let status): "the app ended with status \(status)"
        case .signaled(let signal): "the app was ended by signal \(Self.signal(signal))"
        case .lost: "the app is gone"
        @unknown default: "the app is gone"
        }
    }

    private static func signal(_ number: CInt) -> String {
        "\(number) (\(strsignal(number).map { String(cString: $0) } ?? "unknown"))"
    }
}

/// The end of a grain that nobody wished for.
struct GrainCrash {
    /// As its owner reads it.
    let reason: String
    /// Whether the app ended soon after its start and had answered nothing: it would only end again.
    let hasFailedToStart: Bool

    /// What a request gets that was under way.
    var error: HostError { HostError(.disconnected, reason) }
}
