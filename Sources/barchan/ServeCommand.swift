import ArgumentParser
import Barchan
import BarchanControl
import BarchanKernel
import CLinux
import Glibc
import SMTP

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Runs the host until it is told to stop (SIGINT, SIGTERM, SIGHUP).",
        discussion: """
            When people can connect, it prints one or two lines to standard output:

              ready: http://localhost:6080
              login: http://localhost:6080/login/TOKEN

            The second one until the administrator has logged in for the first time, and with --login-link: a link that \
            logs somebody in as administrator once, within an hour. Everything else goes to standard error.

            A second signal ends it at once. SIGHUP is ignored where it was before, as below nohup(1).

            A listening socket that a service manager hands over (LISTEN_FDS) is used instead of one of its own: whoever \
            connects while the host is restarted waits instead of being refused.
            """)

    @OptionGroup var options: HostOptions
    @Flag(help: "Prints a new login link for the administrator also when there was one before.") var loginLink = false

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let listeners = try listenersFromServiceManager()
        raiseOpenFilesLimit()
        let configuration = try options.configuration()
        let recent = RecentLog(), lines = try LogQueue()
        // Whoever reads them may be stuck; nothing waits for that.
        defer { lines.finish(within: .seconds(1)) }
        let log = recent.keeping(
            from: max(.info, configuration.logLevel),
            of: try LogOutput.log(from: configuration.logLevel, format: configuration.logFormat, through: lines))
        SystemdGroup.take(log: log)
        let directory = try DataDirectory(configuration.dataDirectory)
        let candidates = ModuleLoader(directories: configuration.pluginDirectories).load()
        for refusal in candidates.compactMap(\.refusal) { log(.warning, refusal.message) }
        let providers = try await Wiring(
            configuration, candidates: candidates, listeners: listeners, log: log
        ).providers()
        let mail = configuration.mail.server.isEmpty ? nil : try SMTPSender(configuration.mail)
        let host = try await Host(
            isolation: providers.isolation, storage: providers.storage, transport: providers.transport,
            configuration: configuration, mail: mail, log: log, recentLog: recent)
        let storage = providers.storage
        try await HostService(
            host: host, frontend: providers.frontend, dataDirectory: configuration.dataDirectory, log: log,
            alwaysPrintsLoginLink: loginLink, loops: providers.loops,
            closing: { await (storage as? any ClosableStorageProvider)?.close() }
        ).run()
        log(.info, "stopped")
        _ = consume directory
    }
}

/// A grain takes three descriptors and every browser's connection one; the soft limit is made for programs with select(2).
func raiseOpenFilesLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}
