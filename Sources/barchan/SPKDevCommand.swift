import ArgumentParser
import Barchan
import BarchanControl
import BarchanKernel
import Glibc
import SPK

struct SPKDevCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev", abstract: "Runs an app from its sources, without packing it.",
        discussion: """
            Starts a host of its own whose one app is what the package definition describes, straight from the source \
            directories. What the app prints goes to standard error. When a source or the definition changes, its grains end, and \
            start again at their next request. When it is stopped (SIGINT, SIGTERM), the files that the app opened are added to \
            the definition's fileList. Needs root, because it mounts and traces.

            Sources have to be readable by everybody, as in a package. Changes below a sourcePath of "/" are not watched. \
            What the app finds only by listing a directory, or only asks about (stat), is not traced: put that into \
            alwaysInclude.
            """)

    @OptionGroup var options: HostOptions
    @OptionGroup var definition: DefinitionOptions
    @Option(
        help: ArgumentHelp("The bridge to run. Default: the one that comes with this program.", valueName: "file"))
    var bridge: String?

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        guard geteuid() == 0 else {
            throw HostError(
                .permissionDenied, "run an app from its sources: only root may mount them and trace what is opened")
        }
        raiseOpenFilesLimit()
        let definition = try definition.read()
        var configuration = try options.configuration()
        if options.data == nil { configuration.dataDirectory = "/var/lib/barchan-dev/\(definition.app)" }
        let directory = try DataDirectory(configuration.dataDirectory)
        let log = try LogOutput.log(from: configuration.logLevel, format: configuration.logFormat)
        let mounts = "\(configuration.dataDirectory)/dev"
        try DevelopmentTree.prepare(mounts)
        defer { DevelopmentTree.remove(prepared: mounts) }
        let candidates = ModuleLoader(directories: configuration.pluginDirectories).load()
        let providers = try await Wiring(configuration, candidates: candidates, log: log).providers()
        let workshop = try DevelopmentWorkshop(
            definition, self.definition, bridge: bridge, in: mounts, providers.isolation)
        defer { workshop.finish() }
        let storage = DevelopmentStorage(inner: providers.storage, sources: workshop.packages) { write($0, to: 2) }
        let host = try await Host(
            isolation: providers.isolation, storage: storage, transport: providers.transport,
            configuration: configuration, log: log)
        let service = HostService(
            host: host, frontend: providers.frontend, dataDirectory: configuration.dataDirectory, log: log,
            alwaysPrintsLoginLink: true)
        let restarting = Task { await workshop.follow(host) }
        defer { restarting.cancel() }
        try await service.run()
        try workshop.writeFileList()
        _ = consume directory
    }
}
