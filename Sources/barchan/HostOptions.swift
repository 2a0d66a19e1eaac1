import ArgumentParser
import Barchan
import BarchanConfiguration
import BarchanControl
import BarchanKernel

/// What every command says that needs to know about a host.
struct HostOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Configuration file in TOML. Without it \(ConfigurationLoader.defaultFile) is read when it exists.",
            valueName: "file"))
    var config: String?

    @Option(name: .long, help: ArgumentHelp("Directory for everything that must survive.", valueName: "directory"))
    var data: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Directory with modules, instead of the configured ones; may be repeated.", valueName: "directory"))
    var pluginDir: [String] = []

    @Option(name: .long, help: ArgumentHelp("Directory with the helper programs.", valueName: "directory"))
    var programDir: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Overrides one value of the configuration, for instance frontend.http.port=8080; may be repeated.",
            valueName: "section.key=value"))
    var overrides: [String] = []

    func configuration() throws -> HostConfiguration {
        var configuration = try ConfigurationLoader.load(file: config, overrides: overrides)
        if let data { configuration.dataDirectory = absolute(data) }
        if !pluginDir.isEmpty { configuration.pluginDirectories = pluginDir.map(absolute) }
        if let programDir { configuration.programDirectory = absolute(programDir) }
        return configuration
    }

    /// As ``BarchanKernel/HostConfiguration/ask(_:_:)``.
    func ask(_ command: String, _ members: KeyValuePairs<String, JSONValue?> = [:]) throws -> JSONValue {
        try configuration().ask(command, members)
    }
}

extension HostConfiguration {
    /// Asks the running host.
    /// - Parameter members: What the command needs besides its name; those that are nil are left out.
    /// - Throws: ``HostError`` when no host runs, and the host's own when it refuses.
    func ask(
        _ command: String, _ members: KeyValuePairs<String, JSONValue?> = [:]
    ) throws(HostError) -> JSONValue {
        var request = [JSONValue.Member(name: "command", value: .string(command))]
        for case (let name, let value?) in members { request.append(JSONValue.Member(name: name, value: value)) }
        return try ControlClient.require(.object(request), dataDirectory: dataDirectory)
    }
}
