import ArgumentParser
import Barchan
import Glibc
import SPK

/// Where the files of a package come from when there is no package definition.
struct FileOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A directory with everything the app will see.", valueName: "directory"))
    var root: String?
    @Option(
        help: ArgumentHelp(
            "Debian packages, with all they depend on; may be repeated, or names with commas between them.",
            valueName: "packages"))
    var fromDebian: [String] = []
    @Option(
        help: ArgumentHelp(
            "A container image: an OCI layout in a tar file, or what 'docker save' writes.", valueName: "file"))
    var fromImage: String?

    var isGiven: Bool { root != nil || !fromDebian.isEmpty || fromImage != nil }

    func validate() throws {
        guard [root != nil, !fromDebian.isEmpty, fromImage != nil].filter(\.self).count <= 1 else {
            throw ValidationError("files come from one of --root, --from-debian and --from-image")
        }
    }

    /// Reads the tree and the manifest that goes with it.
    func plan(_ plain: PlainManifestOptions, _ spool: Spool) throws(HostError) -> PackingPlan {
        if let root {
            let tree = try SourceTree(root: root).read { printWarning($0) }
            return try plain.plan(tree) { access("\(root)/\($0)", F_OK) == 0 }
        }
        if let fromImage {
            let (tree, settings) = try ImageTree(path: fromImage).read(into: spool)
            return try plain.plan(tree.sources, settings) { tree.has($0) }
        }
        let names = fromDebian.flatMap { $0.split(separator: ",").map(String.init) }
        let tree = try DebianTree(names: names).read(into: spool)
        return try plain.plan(tree.sources) { tree.has($0) }
    }
}

/// What the app is, in TOML or said on the command line.
struct PlainManifestOptions: ParsableArguments {
    @Option(help: ArgumentHelp("What the app is, in TOML; see contrib/examples/README.md.", valueName: "file"))
    var manifest: String?
    @Option(help: ArgumentHelp("The app's name.", valueName: "text")) var title: String?
    @Option(help: ArgumentHelp("Counts up from release to release. Default: 1.", valueName: "number"))
    var appVersion: UInt32?
    @Option(help: ArgumentHelp("The version as people read it. Default: the number.", valueName: "text"))
    var marketingVersion: String?
    @Option(
        help: ArgumentHelp(
            "What starts the app: a program and its arguments, in one text, quoted as in a shell. Default: the image's own.",
            valueName: "words"))
    var command: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Where its web server listens, 1024 to 65535. Default: it speaks Cap'n Proto itself.", valueName: "port"))
    var port: Int?

    var isGiven: Bool { manifest != nil || isSaid }
    private var isSaid: Bool {
        title != nil || appVersion != nil || marketingVersion != nil || command != nil || port != nil
    }

    func validate() throws {
        guard manifest == nil || !isSaid else {
            throw ValidationError("what the app is comes from --manifest or from --title and --command, not from both")
        }
        guard port.map((1024...65535).contains) ?? true else {
            throw ValidationError("--port is a number from 1024 to 65535: a grain has no root for those below")
        }
    }

    /// - Parameters:
    ///   - settings: How an image says it is started.
    ///   - has: Whether the tree has a path.
    func plan(
        _ tree: [PackageSource], _ settings: ImageTree.Settings = .init(), has: (String) -> Bool
    ) throws(HostError) -> PackingPlan {
        if let manifest {
            let description = try ManifestFile(path: manifest)
            return PackingPlan(
                tree: tree, manifest: description.manifestBytes,
                bridgeConfiguration: description.needsBridge ? try description.bridge.file() : nil)
        }
        guard let title else {
            throw HostError(
                .invalidArgument, "pack the files: say what the app is, with --manifest FILE or --title and --command")
        }
        let command = Command(arguments: try arguments(settings, has), environment: environment(settings))
        let version = appVersion ?? 1
        let manifest = AppManifest(
            title: title, version: version, marketingVersion: marketingVersion ?? "\(version)",
            actions: [
                AppAction(title: "New \(title)", nounPhrase: "", description: "", command: command)
            ], continueCommand: command)
        return PackingPlan(
            tree: tree, manifest: manifest.manifestFile(),
            bridgeConfiguration: port == nil ? nil : try BridgeConfiguration().file())
    }

    private func arguments(_ settings: ImageTree.Settings, _ has: (String) -> Bool) throws(HostError) -> [String] {
        var words = if let command { try Self.words(of: command) } else { settings.command }
        guard let program = words.first else {
            throw HostError(.invalidArgument, "pack the files: say what starts the app, with --command")
        }
        words[0] = try found(program, settings, has)
        if settings.directory != "/" {
            // A command starts in the root directory (specification, section 3.5).
            guard has("/bin/sh") else {
                throw HostError(
                    .invalidArgument,
                    "pack the image: it starts in '\(settings.directory)', which takes a shell, and it has no /bin/sh; "
                        + "say with --command what starts it from '/'")
            }
            words = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", settings.directory] + words
        }
        return (port.map { ["/sandstorm-http-bridge", "\($0)", "--"] } ?? []) + words
    }

    /// A command's first word is a path in the package: nobody searches for it when a grain starts.
    private func found(
        _ program: String, _ settings: ImageTree.Settings, _ has: (String) -> Bool
    ) throws(HostError) -> String {
        let variable = "PATH="
        let searchPath = environment(settings).first { $0.hasPrefix(variable) }?.dropFirst(variable.count) ?? ""
        let places =
            program.contains("/")
            ? [join(settings.directory, program)] : searchPath.split(separator: ":").map { "\($0)/\(program)" }
        guard let place = places.first(where: has) else {
            throw HostError(
                .notFound,
                "find '\(program)' among the files: there is no \(places.map { "'\($0)'" }.joined(separator: " or "))")
        }
        return place
    }

    private func environment(_ settings: ImageTree.Settings) -> [String] {
        let names = settings.environment.map { $0.prefix { $0 != "=" } }
        let ours = ["PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/var", "SANDSTORM=1"]
        return settings.environment + ours.filter { ours in !names.contains { ours.hasPrefix("\($0)=") } }
    }

    /// Words as a shell takes them apart: spaces between, quotes and backslashes keep them together; nothing is
    /// expanded (POSIX, Shell Command Language, section 2.2).
    static func words(of text: String) throws(HostError) -> [String] {
        var words: [String] = [], word: String?, quote: Character?, isEscaped = false
        for character in text {
            if isEscaped {
                // Within double quotes a backslash is itself before most characters.
                if quote != nil, !"\"\\$`".contains(character) { word = (word ?? "") + "\\" }
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                if let done = word { words.append(done) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        guard quote == nil, !isEscaped else {
            throw HostError(.invalidArgument, "read the command '\(text)': a quote or a backslash has no end")
        }
        if let done = word { words.append(done) }
        return words
    }
}
