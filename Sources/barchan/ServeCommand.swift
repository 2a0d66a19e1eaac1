import ArgumentParser
import Barchan
import BarchanControl
import BarchanKernel
import CLinux
import Glibc
import SMTP

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Runs the host until it is told to stop (SIGINT, SIGTERM).",
        discussion: """
            When people can connect, it prints one or two lines to standard output:

              ready: http://localhost:6080
              login: http://localhost:6080/login/TOKEN

            The second one until the administrator has logged in for the first time, and with --login-link: a link that \
            logs somebody in as administrator once, within an hour. Everything else goes to standard error.
            """)

    @OptionGroup var options: HostOptions
    @Flag(help: "Prints a new login link for the administrator also when there was one before.") var loginLink = false

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        raiseOpenFilesLimit()
        let configuration = try options.configuration()
        let recent = RecentLog()
        let log = recent.keeping(
            from: max(.info, configuration.logLevel),
            of: try LogOutput.log(from: configuration.logLevel, format: configuration.logFormat))
        let directory = try DataDirectory(configuration.dataDirectory)
        let candidates = ModuleLoader(directories: configuration.pluginDirectories).load()
        for refusal in candidates.compactMap(\.refusal) { log(.warning, refusal.message) }
        let providers = try await Wiring(configuration, candidates: candidates, log: log).providers()
        let mail = configuration.mail.server.isEmpty ? nil : try SMTPSender(configuration.mail)
        let host = try await Host(
            isolation: providers.isolation, storage: providers.storage, transport: providers.transport,
            configuration: configuration, mail: mail, log: log, recentLog: recent)
        do {
            try await serve(host, providers.frontend, in: configuration.dataDirectory, log: log)
        } catch {
            await host.stop()
            throw error
        }
        await host.stop()
        log(.info, "stopped")
        _ = consume directory
    }

    private func serve(_ host: Host, _ frontend: any FrontendProvider, in data: String, log: HostLog) async throws {
        let (addresses, continuation) = AsyncStream.makeStream(of: FrontendAddress.self)
        let serving = Task {
            defer { continuation.finish() }
            try await frontend.run(for: host) { continuation.yield($0) }
        }
        let signals = StopSignals {
            log(.info, "stopping")
            serving.cancel()
        }
        defer { signals.cancel() }
        let chores = [Task { await host.runBackups() }, Task { await host.watchVolumes() }]
        defer { for chore in chores { chore.cancel() } }
        var control: ControlServer?
        for await address in addresses where control == nil {
            let commands = HostCommands(host, address: address)
            control = try ControlServer(dataDirectory: data, log: log) { (request) throws(HostError) in
                try await commands.answer(request)
            }
            try await announce(address, host)
        }
        control?.close()
        try await serving.value
    }

    private func announce(_ address: FrontendAddress, _ host: Host) async throws {
        printLine("ready: \(address.baseURL)")
        let administrator = try await host.accountBook.administrator()
        let isFirst = try await !host.accountBook.hasLoggedIn(administrator)
        if isFirst || loginLink {
            printLine("login: \(address.loginLink(token: try await host.operatorLoginToken()))")
        }
        notifySystemd("READY=1")
    }
}

/// A grain takes three descriptors and every browser's connection one; the soft limit is made for programs with select(2).
func raiseOpenFilesLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}
