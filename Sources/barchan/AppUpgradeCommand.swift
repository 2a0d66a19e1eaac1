import ArgumentParser
import Barchan
import BarchanControl
import BarchanKernel
import Glibc

struct AppUpgradeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upgrade",
        abstract: "Puts another version of an app in use and moves the grains of everybody over.",
        discussion: """
            Shows both versions and what changed, and asks, unless --yes answers. Grains that run are ended, their open pages open \
            themselves again, and the next use starts the new version. 'barchan grain move' moves a grain back.
            """)

    @OptionGroup var options: HostOptions
    @Argument(help: ArgumentHelp("The app, or one package of it; 'barchan app list' shows both.", valueName: "id"))
    var identifier: String
    @Flag(name: .shortAndLong, help: "Does not ask.") var yes = false
    @Flag(help: "Also to an older version, and grains whose data a newer version has written.") var force = false

    func run() throws {
        let configuration = try options.configuration()
        let (current, offered, title) = try versions(configuration)
        guard offered.package != current.package || offered.grains < current.total else {
            return printLine("nothing to do: \(offered.text) is in use, and there is no grain of another version")
        }
        printLine(printable("\(title): \(current.text) is in use; \(offered.text) would take its place"))
        if let warning = offered.authorWarning { printLine(printable(warning)) }
        if let changes = offered.changeLog { printLine("\n\(printable(changes))\n") }
        guard yes || confirm() else { throw ExitCode(1) }
        let moved = try AppUpgradeRequest(package: offered.package, force: force).send(to: configuration)
        printLine("upgraded: \(moved) grain\(moved == 1 ? "" : "s") moved to \(printable(offered.text))")
    }

    /// The version in use, and the one named or, for an app, the one that waits.
    private func versions(
        _ configuration: HostConfiguration
    ) throws -> (current: AppVersionEntry, offered: AppVersionEntry, title: String) {
        let answer = try configuration.ask("apps", ["languages": .strings(preferredLanguages())])
        for app in answer["apps"]?.elements ?? [] {
            var entries = (app["versions"]?.elements ?? []).map(AppVersionEntry.init)
            let total = entries.reduce(0) { $0 + $1.grains }
            for index in entries.indices { entries[index].total = total }
            let isApp = app["app"]?.text == identifier
            guard let current = entries.first(where: { $0.state == "in use" || $0.state == "uninstalled" }),
                let offered = entries.first(where: { isApp ? $0.state == "waiting" : $0.package == identifier })
                    ?? (isApp ? current : nil)
            else { continue }
            return (current, offered, app["title"]?.text ?? "")
        }
        throw HostError(
            .notFound, "upgrade '\(identifier)': no app and no package is called so; 'barchan app list' shows them")
    }

    private func confirm() -> Bool {
        guard isatty(0) == 1 else {
            write(Array("nobody is there to ask; say --yes\n".utf8), to: 2)
            return false
        }
        write(Array("Upgrade? [y/N] ".utf8), to: 1)
        return ["y", "yes"].contains((readLine() ?? "").lowercased())
    }
}

struct AppDeclineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decline", abstract: "Keeps the version of an app that is in use and removes the one that waits.")

    @OptionGroup var options: HostOptions
    @Argument(help: "The app's identifier.") var app: String

    func run() throws {
        _ = try options.ask("decline", ["app": .string(app)])
    }
}

struct AppRemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Uninstalls an app: nobody can make grains of it any more.",
        discussion: """
            The grains there are go on, and its packages go with the last of them. 'barchan app install' with a package of the \
            app takes it back.
            """)

    @OptionGroup var options: HostOptions
    @Argument(help: "The app's identifier.") var app: String

    func run() throws {
        printLine(try options.ask("uninstall", ["app": .string(app)])["text"]?.text ?? "")
    }
}

struct AppCollectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collect",
        abstract: "Removes packages that nobody needs, which the host does by itself, and says which.")

    @OptionGroup var options: HostOptions

    func run() throws {
        let answer = try options.ask("collect")
        for package in answer["removed"]?.elements ?? [] { printLine("removed \(package.text ?? "")") }
    }
}

struct GrainMoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Moves a grain to another version of its app, forwards or back.",
        discussion: "A grain that runs is ended, and its open pages open themselves again with that version.")

    @OptionGroup var options: HostOptions
    @Argument(help: "The grain's identifier.") var grain: String
    @Argument(help: "The package; 'barchan app list' shows those of an app.") var package: String
    @Flag(help: "Also when a newer version has written to the grain's data.") var force = false

    func run() throws {
        _ = try options.ask(
            "move", ["grain": .string(grain), "package": .string(package), "force": .boolean(force)])
    }
}

/// A version of an app in the host's answer.
struct AppVersionEntry {
    let package, state, text: String
    let grains: Int64
    let changeLog: String?
    /// What has to be known of its author before it takes the place of the version in use.
    let authorWarning: String?
    /// Grains of the app in any version.
    var total: Int64 = 0

    init(_ value: JSONValue) {
        package = value["package"]?.text ?? ""
        state = value["state"]?.text ?? ""
        let version = value["version"]?.text ?? ""
        let number = value["number"]?.number ?? 0
        text = version.isEmpty ? "\(number)" : "\(version) (\(number))"
        grains = value["grains"]?.number ?? 0
        authorWarning = value["authorWarning"]?.text
        changeLog = value["changeLog"]?.text
    }
}

/// Tells a running host to upgrade.
struct AppUpgradeRequest {
    let package: String
    let force: Bool

    /// - Returns: How many grains moved.
    func send(to configuration: HostConfiguration) throws(HostError) -> Int {
        let answer = try configuration.ask("upgrade", ["package": .string(package), "force": .boolean(force)])
        return answer["moved"]?.elements?.count ?? 0
    }
}
