import ArgumentParser
import Barchan
import BarchanControl
import Glibc
import SPK

/// For authors of apps: keys and package files.
struct SPKCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spk", abstract: "Makes, checks and unpacks packages, for authors of apps.",
        discussion:
            "A package is signed; the key it is signed with is the app's identity. Keep it, and keep it to yourself.",
        subcommands: [
            SPKKeygenCommand.self, SPKListkeysCommand.self, SPKGetkeyCommand.self, SPKKeyringCommand.self,
            SPKInitCommand.self,
            SPKPackCommand.self,
            SPKDevCommand.self, SPKVerifyCommand.self, SPKUnpackCommand.self,
        ])
}

/// Where the keys are.
struct KeyringOptions: ParsableArguments {
    @Option(
        name: [.customShort("k"), .long],
        help: ArgumentHelp("The keyring, a file. Default: ~/.sandstorm-keyring.", valueName: "file"))
    var keyring: String?

    func file() throws(HostError) -> KeyringFile { try KeyringFile(path: keyring) }
}

struct SPKKeygenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keygen", abstract: "Makes a key for a new app, adds it to the keyring, and prints the app's id.")

    @OptionGroup var options: KeyringOptions
    @Flag(help: "Prints JSON.") var json = false

    func run() throws {
        let key = try AppKey.generate()
        try options.file().append(key)
        printLine(json ? JSONValue.members(["appId": .string(key.app.text)]).line : key.app.text)
    }
}

struct SPKListkeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "listkeys", abstract: "Prints the app id of every key in the keyring.")

    @OptionGroup var options: KeyringOptions
    @Flag(help: "Prints JSON.") var json = false

    func run() throws {
        let apps = try options.file().read().keys.map(\.app.text)
        if json { return printLine(JSONValue.strings(apps).indented()) }
        for app in apps { printLine(app) }
    }
}

struct SPKGetkeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "getkey", abstract: "Writes one key, as a keyring of its own, to standard output.",
        discussion: "Keyrings are merged by writing one behind the other: 'barchan spk getkey ID >> other-keyring'.")

    @OptionGroup var options: KeyringOptions
    @Argument(help: ArgumentHelp("The app's id.", valueName: "app-id")) var app: String

    func run() throws {
        let key = try options.file().read().key(for: try AppID(parsing: app))
        guard isatty(1) == 0 else {
            throw HostError(
                .invalidArgument, "write a key: standard output is a terminal; send it to a file with '> FILE'")
        }
        write(key.keyFile, to: 1)
    }
}

struct SPKKeyringCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keyring", abstract: "Puts a passphrase on the keyring, changes it, or takes it away.",
        discussion: """
            A keyring with a passphrase is for Barchan alone; other packers read plain ones. Without a terminal the \
            passphrase is taken from BARCHAN_KEYRING_PASSPHRASE, a new one from BARCHAN_KEYRING_NEW_PASSPHRASE.
            """)

    @OptionGroup var options: KeyringOptions
    @Flag(help: "Asks for a new passphrase and seals the keyring with it.") var seal = false
    @Flag(help: "Writes the keyring as a plain file again.") var unseal = false

    func validate() throws {
        guard seal != unseal else { throw ValidationError("say --seal or --unseal") }
    }

    func run() throws {
        let file = try options.file()
        try seal ? file.seal() : file.unseal()
        printLine("keyring '\(file.path)' is \(seal ? "sealed with the new passphrase" : "plain")")
    }
}
