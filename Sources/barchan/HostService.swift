import Barchan
import BarchanControl
import BarchanKernel

/// A host that serves people until a signal says stop, and ends.
struct HostService {
    let host: Host
    let frontend: any FrontendProvider
    let dataDirectory: String
    let log: HostLog
    /// Whether a login link is printed also when the administrator has logged in before.
    var alwaysPrintsLoginLink = false

    /// Have to turn for the host to be alive.
    var loops: [any HostLoop] = []
    /// What is done last, when no grain runs any more.
    var closing: @Sendable () async -> Void = {}

    func run() async throws {
        let (addresses, continuation) = AsyncStream.makeStream(of: FrontendAddress.self)
        let serving = Task {
            defer { continuation.finish() }
            try await frontend.run(for: host) { continuation.yield($0) }
        }
        // Until everything has ended: a second signal is for what takes too long then.
        let signals = StopSignals { _ in
            log(.info, "stopping")
            serving.cancel()
            notifySystemd("STOPPING=1")
        }
        defer { signals.cancel() }
        let chores = [
            Task { await host.runBackups() }, Task { await host.watchVolumes() }, Task { await host.emptyTrash() },
        ]
        // Also while the host ends.
        let watchdog = Task { await runWatchdog(loops) }
        defer { watchdog.cancel() }
        let outcome: Result<Void, any Error>
        do {
            try await serve(until: serving, addresses)
            outcome = .success(())
        } catch { outcome = .failure(error) }
        for chore in chores { chore.cancel() }
        await host.stop()
        await closing()
        try outcome.get()
    }

    private func serve(
        until serving: Task<Void, any Error>, _ addresses: AsyncStream<FrontendAddress>
    ) async throws {
        var control: ControlServer?
        for await address in addresses where control == nil {
            let commands = HostCommands(host, address: address)
            control = try ControlServer(dataDirectory: dataDirectory, log: log) { (request) throws(HostError) in
                try await commands.answer(request)
            }
            try await announce(address)
        }
        control?.close()
        try await serving.value
    }

    private func announce(_ address: FrontendAddress) async throws {
        printLine("ready: \(address.baseURL)")
        let administrator = try await host.accountBook.administrator()
        let isFirst = try await !host.accountBook.hasLoggedIn(administrator)
        if isFirst || alwaysPrintsLoginLink {
            printLine("login: \(address.loginLink(token: try await host.operatorLoginToken()))")
        }
        notifySystemd("READY=1", mayWait: true)
    }
}
