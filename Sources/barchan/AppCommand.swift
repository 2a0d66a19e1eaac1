import ArgumentParser
import Barchan
import BarchanControl
import BarchanKernel
import CLinux
import Glibc

struct AppCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "app", abstract: "Looks after the apps of a host.",
        subcommands: [
            AppListCommand.self, AppInstallCommand.self, AppUpgradeCommand.self, AppDeclineCommand.self,
            AppRemoveCommand.self, AppCollectCommand.self,
        ])
}

struct AppListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists every app with its installed versions, the newest first.",
        discussion: """
            A version is in use when new grains are made of it, waiting when nobody has said yet whether to upgrade to it, and \
            kept when grains are of it or may be moved back to it. Versions of an app that was removed are uninstalled: nobody can \
            make grains of it, and those there are go on.
            """)

    @OptionGroup var options: HostOptions
    @Flag(help: "Prints JSON, with change logs.") var json = false

    func run() throws {
        let answer = try options.ask("apps", ["languages": .strings(preferredLanguages())])
        let apps = answer["apps"] ?? .array([])
        if json { return printLine(apps.indented()) }
        var table = Table(["PACKAGE", "VERSION", "STATE", "GRAINS", "KIB", "APP", "TITLE"])
        for app in apps.elements ?? [] {
            for version in app["versions"]?.elements ?? [] {
                let entry = AppVersionEntry(version)
                table.add([
                    entry.package, printable(entry.text), entry.state, "\(entry.grains)",
                    "\((version["bytes"]?.number ?? 0) / 1024)", app["app"]?.text ?? "",
                    printable(app["title"]?.text ?? ""),
                ])
            }
        }
        printLine(table.text)
    }
}

struct AppInstallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install",
        abstract: "Installs a package file, through the running host or, when none runs, by itself.",
        discussion: """
            The first package of an app is in use at once. A package with the key of an installed app is another version of \
            it, which waits until 'barchan app upgrade' or an administrator in the browser says yes; --upgrade says so here, \
            for the grains of everybody. While a newer one waits, an older one is only kept.
            """)

    @OptionGroup var options: HostOptions
    @Argument(help: ArgumentHelp("The package, a file whose name usually ends in .spk.", valueName: "file")) var file:
        String
    @Flag(help: "Upgrades to it at once where another version of the app is in use.") var upgrade = false
    @Flag(help: "With --upgrade: also to an older version, whatever its app makes of newer data.") var force = false
    @Flag(help: "Prints JSON.") var json = false

    func validate() throws {
        if force && !upgrade { throw ValidationError("--force says how to --upgrade") }
    }

    func run() async throws {
        let configuration = try options.configuration()
        let progress = ProgressLine("installing", of: fileSize(file), isQuiet: json)
        var answer =
            if let answer = try await installThroughHost(configuration, progress) { answer } else {
                try await installDirectly(configuration, progress)
            }
        progress.finish()
        func text(_ name: String) -> String { answer[name]?.text ?? "" }
        let name = printable("\(text("title")) \(text("version"))")
        if upgrade, text("state") != "in use" {
            let moved = try AppUpgradeRequest(package: text("package"), force: force).send(to: configuration)
            if case .object(let members) = answer {
                answer = .object(
                    members.map { $0.name == "state" ? .init(name: "state", value: .string("in use")) : $0 })
            }
            if !json { printLine("upgraded: \(moved) grain\(moved == 1 ? "" : "s") moved to \(name)") }
        }
        if json { return printLine(answer.line) }
        printLine("installed \(name), app \(text("app")), package \(text("package"))")
        if !text("authorPgpKeyFingerprint").isEmpty {
            printLine("its author is proven by the OpenPGP key \(text("authorPgpKeyFingerprint"))")
        } else if !text("authorProofReason").isEmpty {
            printLine(printable("the proof of its author is \(text("authorProof")): \(text("authorProofReason"))"))
        }
        if !text("remark").isEmpty { printLine(printable(text("remark"))) }
        if text("state") != "in use" {
            printLine("another version is in use; 'barchan app upgrade \(text("package"))' takes this one")
        }
    }

    /// Nil when no host runs.
    private func installThroughHost(
        _ configuration: HostConfiguration, _ progress: ProgressLine
    ) async throws -> JSONValue? {
        let name = "\(getpid())", directory = configuration.dataDirectory
        let watching = Task.detached {
            let question = JSONValue.members(["command": .string("install-progress"), "progress": .string(name)])
            while progress.isVisible, !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(150))
                if let bytes = try? ControlClient.ask(question, dataDirectory: directory)?["bytes"]?.number {
                    progress.show(bytes)
                }
            }
        }
        defer { watching.cancel() }
        let answer = try ControlClient.ask(
            .members([
                "command": .string("install"), "path": .string(absolute(file)), "progress": .string(name),
                "languages": .strings(preferredLanguages()),
            ]), dataDirectory: directory)
        watching.cancel()
        await watching.value
        return answer
    }

    private func installDirectly(
        _ configuration: HostConfiguration, _ progress: ProgressLine
    ) async throws -> JSONValue {
        let log = standardErrorLog(from: max(configuration.logLevel, .warning))
        let directory = try DataDirectory(configuration.dataDirectory)
        let candidates = ModuleLoader(directories: configuration.pluginDirectories).load()
        let storage = try await Wiring(configuration, candidates: candidates, log: log).storage()
        let book = PackageBook(storage: storage, log: log)
        // What it took to come here is not needed for what follows, which takes most of the memory.
        clinux_drop_program_pages()
        var installation = try await book.install(try FileBytes(file)) { progress.show($0) }
        let package = installation.package
        if upgrade, installation.versions.current.identifier != package.identifier {
            let versions = try await book.choose(package.identifier, force: force)
            installation = Installation(package: package, versions: versions, dropped: installation.dropped)
            _ = try await book.moveAll(to: package.identifier, ownedBy: nil, force: force)
        }
        _ = consume directory
        return HostCommands.installed(installation, in: preferredLanguages())
    }
}
