import Barchan
import BarchanKernel
import SPK
import TOML

/// An author's description of an app, in TOML; contrib/examples/README.md says what it may contain.
struct ManifestFile {
    private let manifest: AppManifest
    private let longDescription: String?
    let bridge: BridgeConfiguration
    private let hasBridgeSection: Bool

    init(path: String) throws(HostError) {
        let file = try ManifestTable(file: path)
        try file.allow(
            "title", "version", "marketingVersion", "environment", "continueCommand", "continueEnvironment", "action",
            "metadata", "bridge")
        let environment = try file.texts("environment") ?? []
        let actions = try Self.actions(file, environment)
        let continueCommand = Command(
            arguments: try file.texts("continueCommand") ?? actions[0].command.arguments,
            environment: try file.texts("continueEnvironment") ?? environment)
        guard let version = UInt32(exactly: try file.integer("version")) else {
            throw file.mistake("'version' is a number from 0 to \(UInt32.max)")
        }
        var manifest = AppManifest(
            title: try file.text("title"), version: version, marketingVersion: try file.text("marketingVersion"),
            actions: actions, continueCommand: continueCommand)
        longDescription = try Self.readMetadata(file, into: &manifest)
        self.manifest = manifest
        bridge = try Self.bridge(file)
        hasBridgeSection = try file.section("bridge") != nil
    }

    var manifestBytes: [UInt8] { manifest.manifestFile(description: longDescription) }

    /// Whether a command starts the bridge, or the bridge has something to say.
    var needsBridge: Bool {
        let programs = manifest.actions.map(\.command) + [manifest.continueCommand]
        return hasBridgeSection || programs.contains(where: \.startsHTTPBridge)
    }

    private static func actions(_ file: ManifestTable, _ environment: [String]) throws(HostError) -> [AppAction] {
        var actions: [AppAction] = []
        for table in try file.sections("action") {
            try table.allow("title", "nounPhrase", "description", "command", "environment")
            guard let command = try table.texts("command"), !command.isEmpty else {
                throw table.mistake("'command' is missing: a list of the program and its arguments")
            }
            let noun = try table.optionalText("nounPhrase") ?? ""
            let title = try table.optionalText("title") ?? (noun.isEmpty ? nil : "New \(noun)")
            guard let title else { throw table.mistake("'title' is missing") }
            actions.append(
                AppAction(
                    title: title, nounPhrase: noun, description: try table.optionalText("description") ?? "",
                    command: Command(arguments: command, environment: try table.texts("environment") ?? environment)))
        }
        guard !actions.isEmpty else { throw file.mistake("at least one [[action]] is needed: how a grain is made") }
        return actions
    }

    /// Returns the long description.
    private static func readMetadata(_ file: ManifestTable, into manifest: inout AppManifest) throws(HostError)
        -> String?
    {
        guard let table = try file.section("metadata") else { return nil }
        try table.allow(
            "website", "sourceCode", "author", "shortDescription", "description", "changeLog", "icon")
        manifest.website = try table.optionalText("website")
        manifest.sourceCode = try table.optionalText("sourceCode")
        manifest.author = try table.optionalText("author")
        manifest.shortDescription = try table.optionalText("shortDescription")
        manifest.changeLog = try table.optionalText("changeLog")
        if let icon = try table.optionalText("icon") {
            let bytes = try readFile(beside(file.path, icon), maximumBytes: 1 << 20)
            manifest.icon = AppIcon(format: icon.hasSuffix(".svg") ? .svg : .png, bytes: bytes)
        }
        return try table.optionalText("description")
    }

    private static func bridge(_ file: ManifestTable) throws(HostError) -> BridgeConfiguration {
        var bridge = BridgeConfiguration()
        guard let table = try file.section("bridge") else { return bridge }
        try table.allow("apiPath", "permission", "role")
        bridge.apiPath = try table.optionalText("apiPath") ?? ""
        for permission in try table.sections("permission") {
            try permission.allow("name", "title", "description")
            bridge.permissions.append(
                .init(
                    name: try permission.text("name"), title: try permission.optionalText("title") ?? "",
                    description: try permission.optionalText("description") ?? ""))
        }
        for role in try table.sections("role") {
            try role.allow("title", "verbPhrase", "description", "permissions", "default")
            bridge.roles.append(
                .init(
                    title: try role.text("title"), verbPhrase: try role.optionalText("verbPhrase") ?? "",
                    description: try role.optionalText("description") ?? "",
                    permissions: try role.texts("permissions") ?? [],
                    isDefault: try role.flag("default")))
        }
        return bridge
    }
}

/// A table of the file, read strictly: whatever is not understood is a mistake with a place.
struct ManifestTable {
    private let table: TOMLTable
    let path: String
    private let place: String

    init(file path: String) throws(HostError) {
        let bytes = try readFile(path, maximumBytes: 1 << 20)
        do throws(TOMLParser.Mistake) {
            table = try TOMLParser.parse(String(decoding: bytes, as: UTF8.self))
        } catch {
            throw HostError(.invalidArgument, "read '\(path)', line \(error.line): \(error.text)")
        }
        self.path = path
        place = ""
    }

    private init(_ table: TOMLTable, path: String, place: String) {
        self.table = table
        self.path = path
        self.place = place
    }

    func mistake(_ text: String) -> HostError {
        HostError(.invalidArgument, "read '\(path)': \(place.isEmpty ? "" : "in \(place): ")\(text)")
    }

    func allow(_ names: String...) throws(HostError) {
        for key in table.keys where !names.contains(key) {
            throw mistake("unknown key '\(key)'; known are: \(names.joined(separator: ", "))")
        }
    }

    func optionalText(_ name: String) throws(HostError) -> String? {
        guard let value = table[name] else { return nil }
        guard let text = value.string else { throw mistake("'\(name)' is a text, in quotes") }
        return text
    }

    func text(_ name: String) throws(HostError) -> String {
        guard let text = try optionalText(name), !text.isEmpty else { throw mistake("'\(name)' is missing") }
        return text
    }

    func integer(_ name: String) throws(HostError) -> Int64 {
        guard let value = table[name]?.integer else { throw mistake("'\(name)' is missing, or no whole number") }
        return value
    }

    func flag(_ name: String) throws(HostError) -> Bool {
        guard let value = table[name] else { return false }
        guard let flag = value.boolean else { throw mistake("'\(name)' is true or false") }
        return flag
    }

    func texts(_ name: String) throws(HostError) -> [String]? {
        guard let value = table[name] else { return nil }
        let texts = value.array?.compactMap { $0.string }
        guard let texts, texts.count == value.array?.count else { throw mistake("'\(name)' is a list of texts") }
        return texts
    }

    func section(_ name: String) throws(HostError) -> ManifestTable? {
        guard let value = table[name] else { return nil }
        guard let inner = value.table else { throw mistake("[\(name)] is a section") }
        return ManifestTable(inner, path: path, place: "[\(name)]")
    }

    func sections(_ name: String) throws(HostError) -> [ManifestTable] {
        guard let value = table[name] else { return [] }
        let tables = value.array?.compactMap { $0.table }
        guard let tables, tables.count == value.array?.count else { throw mistake("[[\(name)]] is a list of sections") }
        return tables.enumerated().map { ManifestTable($1, path: path, place: "[[\(name)]] number \($0 + 1)") }
    }
}
