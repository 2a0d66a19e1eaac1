import ArgumentParser
import Barchan
import Glibc
import SPK

struct SPKInitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Writes a package definition to start from, with a key for the new app.",
        discussion: """
            With --port, the command is a web server that listens there, and the bridge is packed with it. With --raw, \
            it speaks Cap'n Proto on descriptor 3 itself. Give the command behind '--'.
            """)

    private static let usualName = "sandstorm-pkgdef.capnp"
    private static let fileList = "sandstorm-files.list"

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The file to write; '-' for standard output.", valueName: "file"))
    var output = Self.usualName
    @Option(
        name: [.customShort("i"), .long],
        help: ArgumentHelp("The app's id. Default: a new key is made and kept in the keyring.", valueName: "id"))
    var appId: String?
    @Option(
        name: .shortAndLong, parsing: .unconditional,
        help: ArgumentHelp("Where the web server listens, 1024 to 65535.", valueName: "port"))
    var port: Int?
    @Option(
        name: [.customShort("I"), .long],
        help: ArgumentHelp(
            "A folder with files of the app, in front of this machine's own; may be repeated.", valueName: "directory"))
    var sourcePath: [String] = []
    @Flag(name: [.customShort("A"), .long], help: "Everything in those folders is always included.")
    var includeAll = false
    @Flag(name: .shortAndLong, help: "The app speaks Cap'n Proto itself; no bridge.") var raw = false
    @Flag(help: "Replaces a file that is there.") var force = false
    @OptionGroup var options: KeyringOptions
    @Argument(help: ArgumentHelp("What starts the app.", valueName: "command")) var command: [String]

    func validate() throws {
        guard raw != (port != nil) else {
            throw ValidationError("say either --port PORT, for a web server, or --raw, for an app without the bridge")
        }
        guard port.map((1024...65535).contains) ?? true else {
            throw ValidationError("--port is a number from 1024 to 65535: a grain has no root for those below")
        }
        guard !command.isEmpty else { throw ValidationError("say what starts the app, behind '--'") }
    }

    func run() throws {
        guard output == "-" || force || access(output, F_OK) != 0 else {
            throw HostError(.alreadyExists, "write '\(output)': it is there already; replace it with --force")
        }
        let app: AppID
        if let appId {
            app = try AppID(parsing: appId)
        } else {
            let key = try AppKey.generate()
            try options.file().append(key)
            app = key.app
        }
        let bytes = Array(text(app).utf8)
        guard output != "-" else { return write(bytes, to: 1) }
        try OutputFile.write(output) { number throws(HostError) in try writeFully(bytes, to: number, output) }
        let definition = output == Self.usualName ? "" : " -p \(output)"
        let dev =
            "'barchan spk dev\(definition)' (as root; use the app: what it opens is listed in \(Self.fileList)), "
            + "then "
        printLine(
            "wrote '\(output)' for app \(app)\nnext: edit it, then \(includeAll ? "" : dev)"
                + "'barchan spk pack\(definition) OUT.spk'")
    }

    /// What the bridge is given in front of the app's own command.
    private var arguments: [String] { (port.map { ["/sandstorm-http-bridge", "\($0)", "--"] } ?? []) + command }

    private func text(_ app: AppID) -> String {
        let folders = sourcePath.isEmpty ? ["."] : sourcePath
        return """
            @\(Self.schemaID());

            using Spk = import "/sandstorm/package.capnp";
            # The definition of this package: read by 'barchan spk pack', never run.

            const pkgdef :Spk.PackageDefinition = (
              id = \(Self.quoted(app.text)),
              # The public key, which is the app's identity. Its private half is in your keyring: keep it.

              manifest = (
                appTitle = (defaultText = "Example App"),

                appVersion = 0,
                # Add one for each release: a host offers to update from lower to higher.

                appMarketingVersion = (defaultText = "0.0.0"),
                # What people read.

                actions = [
                  # How a new grain is made, one entry for each kind.
                  ( nounPhrase = (defaultText = "instance"),
                    title = (defaultText = "New instance"),
                    command = .startCommand
                  )
                ],

                continueCommand = .startCommand,
                # What starts a grain that exists.

                metadata = (
                  # What an app list shows; all of it may be left out.
                  # website = "https://example.com",
                  # codeUrl = "https://example.com/source",
                  # author = (upstreamAuthor = "Example Team"),
                  # description = (defaultText = embed "description.md"),
                  shortDescription = (defaultText = "One line about the app")
                ),
              ),

              sourceMap = (
                # Where files come from; for a file the first place that has it wins.
                searchPath = [
            \(mappings(folders))
                ]
              ),

            \(includeAll ? Self.everything : Self.listed)
            \(port == nil ? "" : Self.bridgeConfiguration));

            const startCommand :Spk.Manifest.Command = (
              argv = [\(arguments.map(Self.quoted).joined(separator: ", "))],
              environ = [
                # Nothing else is in the environment.
                (key = "PATH", value = "/usr/local/bin:/usr/bin:/bin"),
                (key = "SANDSTORM", value = "1")
              ]
            );

            """
    }

    private func mappings(_ folders: [String]) -> String {
        var entries = folders.map { "      ( sourcePath = \(Self.quoted($0)) )" }
        if !includeAll {
            // Programs and libraries of this machine, but not its people, settings of its network, or kernel (section 2.3).
            entries.append(
                """
                      ( sourcePath = "/",
                        hidePaths = [ "home", "proc", "sys",
                                      "etc/passwd", "etc/hosts", "etc/host.conf",
                                      "etc/nsswitch.conf", "etc/resolv.conf" ]
                      )
                """)
        }
        return entries.joined(separator: ",\n")
    }

    private static let everything = """
          alwaysInclude = ["."],
          # Everything in the places above.
        """

    private static let listed = """
          fileList = "\(fileList)",
          # One path a line, as the app sees it without the '/' in front. 'barchan spk dev' writes it.

          alwaysInclude = [],
          # Files and folders that go in whole, listed or not.
        """

    private static let bridgeConfiguration = """

          bridgeConfig = (
            viewInfo = (
              permissions = [],
              # ( name = "edit", title = (defaultText = "edit") ): what X-Sandstorm-Permissions tells the app.

              roles = []
              # ( title = (defaultText = "editor"), permissions = [true], verbPhrase = (defaultText = "can edit") )
            ),
            # apiPath = "/api/"
          ),

        """

    /// A random file id; the highest bit is set in every one (Cap'n Proto's language reference, "unique IDs").
    private static func schemaID() -> String {
        "0x" + String(UInt64.random(in: .min ... .max) | 1 << 63, radix: 16)
    }

    /// Text as a literal of the schema language.
    private static func quoted(_ text: String) -> String {
        var literal = "\""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): literal += "\\" + String(UnicodeScalar(byte))
            case 0x20..<0x7f: literal += String(UnicodeScalar(byte))
            default:
                let digits = String(byte, radix: 16)
                literal += "\\x" + (digits.count < 2 ? "0" : "") + digits
            }
        }
        return literal + "\""
    }
}
