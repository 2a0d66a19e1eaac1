import ArgumentParser
import Barchan
import BarchanControl

struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Looks after the people of a running host.",
        discussion:
            "NAME is a handle or an e-mail address. Works as long as the host runs, also when nobody can log in.",
        subcommands: [
            UserListCommand.self, UserInviteCommand.self, UserLoginLinkCommand.self, UserRoleCommand.self,
            UserAddressCommand.self, UserLogOutCommand.self, UserSuspendCommand.self, UserReadmitCommand.self,
        ])
}

struct UserListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists everybody, by handle.")

    @OptionGroup var options: HostOptions
    @Flag(help: "Prints JSON.") var json = false

    func run() throws {
        let users = try options.ask("users")["users"] ?? .array([])
        if json { return printLine(users.indented()) }
        var table = Table(["HANDLE", "ROLE", "STATE", "ADDRESS", "NAME"])
        for user in users.elements ?? [] {
            func text(_ name: String) -> String { user[name]?.text ?? "" }
            let state = user["suspended"] == .boolean(true) ? "suspended" : "active"
            table.add([text("handle"), text("role"), state, text("address"), text("name")])
        }
        printLine(table.text)
    }
}

struct UserInviteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite", abstract: "Prints a link that makes one account, within a week.")

    @OptionGroup var options: HostOptions
    @Option(help: "administrator, user or guest.") var role = "user"
    @Option(help: "The address by which the person logs in later. The link is not sent.") var address: String?
    @Option(help: "A note for the administrators' list.") var note: String?

    func run() throws {
        let answer = try options.ask(
            "user-invite",
            [
                "role": .string(role), "address": address.map(JSONValue.string),
                "note": note.map(JSONValue.string),
            ])
        printLine(answer["link"]?.text ?? "")
    }
}

struct UserLoginLinkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login-link", abstract: "Prints a link that logs somebody in once, within an hour.")

    @OptionGroup var options: HostOptions
    @Argument(help: "Handle or e-mail address.") var name: String

    func run() throws { printLine(try options.ask("user-login-link", ["name": .string(name)])["link"]?.text ?? "") }
}

struct UserRoleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "role", abstract: "Gives somebody another role.")

    @OptionGroup var options: HostOptions
    @Argument(help: "Handle or e-mail address.") var name: String
    @Argument(help: "administrator, user or guest.") var role: String

    func run() throws { _ = try options.ask("user-role", ["name": .string(name), "role": .string(role)]) }
}

struct UserAddressCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "address", abstract: "Sets the e-mail address to which somebody's codes are sent.")

    @OptionGroup var options: HostOptions
    @Argument(help: "Handle or e-mail address until now.") var name: String
    @Argument(help: "The new address.") var address: String

    func run() throws { _ = try options.ask("user-address", ["name": .string(name), "address": .string(address)]) }
}

struct UserLogOutCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log-out", abstract: "Ends every login of somebody and closes what they have open.")

    @OptionGroup var options: HostOptions
    @Argument(help: "Handle or e-mail address.") var name: String

    func run() throws { _ = try options.ask("user-log-out", ["name": .string(name)]) }
}

struct UserSuspendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suspend", abstract: "Logs somebody out and lets them in no more. What they shared stays shared.")

    @OptionGroup var options: HostOptions
    @Argument(help: "Handle or e-mail address.") var name: String

    func run() throws { _ = try options.ask("user-suspend", ["name": .string(name)]) }
}

struct UserReadmitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "readmit", abstract: "Lets somebody in again who was suspended.")

    @OptionGroup var options: HostOptions
    @Argument(help: "Handle or e-mail address.") var name: String

    func run() throws { _ = try options.ask("user-readmit", ["name": .string(name)]) }
}
