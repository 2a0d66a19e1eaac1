import ArgumentParser
import Barchan
import BarchanControl
import Glibc
import SPK

struct SPKPackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack", abstract: "Packs an app into a signed package.",
        discussion: """
            What goes in comes from a package definition (sandstorm-pkgdef.capnp); or from a folder (--root), Debian \
            packages (--from-debian) or a container image (--from-image), with a manifest in TOML (--manifest) or \
            --title and --command. The manifest, the bridge and the mount points are added. The same files, times, \
            manifest, bridge and key give the same package, byte for byte.
            """)

    @OptionGroup(title: "A package definition") var definition: DefinitionOptions
    @OptionGroup(title: "Files from elsewhere") var files: FileOptions
    @OptionGroup(title: "A manifest from the command line") var plain: PlainManifestOptions
    @Option(
        help: ArgumentHelp("The bridge to pack. Default: the one that comes with this program.", valueName: "file"))
    var bridge: String?
    @Option(
        help: ArgumentHelp(
            "Which key signs. Default: the definition's app id, or the only key in the keyring.", valueName: "id"))
    var appId: String?
    @Option(
        help: ArgumentHelp(
            "No file is dated later than this, in seconds since 1970. Default: SOURCE_DATE_EPOCH.", valueName: "seconds"
        ))
    var mtime: Int64?
    @OptionGroup var options: KeyringOptions
    @Flag(name: .shortAndLong, help: "No progress line.") var quiet = false
    @Flag(help: "Prints JSON.") var json = false
    @Argument(help: ArgumentHelp("The package to write.", valueName: "file")) var output: String

    func validate() throws {
        guard files.isGiven else {
            guard !plain.isGiven else {
                throw ValidationError(
                    "say where the files come from: --root, --from-debian or --from-image; without them a package "
                        + "definition is read, which has a manifest of its own")
            }
            return
        }
        guard definition.pkgDef == nil else {
            throw ValidationError("files come from --pkg-def, --root, --from-debian or --from-image, and one of them")
        }
    }

    func run() throws {
        let app: AppID? = if let appId { try AppID(parsing: appId) } else { nil }
        let spool = try Spool()
        var plan = try files.isGiven ? files.plan(plain, spool) : definition.plan()
        let key = try options.file().read().key(for: app ?? plan.app)
        if let latest = mtime ?? Self.sourceDate { plan.tree.limitDates(to: latest) }
        plan.tree.addMountPoints()
        try inject(plan.manifest, plan.bridgeConfiguration, into: &plan.tree)
        do {
            let manifest = try AppManifest(manifestFile: plan.manifest)
            for warning in try manifest.warnings(about: PackagePrograms(of: plan.tree)) { printWarning(warning) }
            try manifest.checkInstallable()
        } catch { printWarning("\(error)") }
        let writer = try PackageWriter(tree: plan.tree, key: key) { reference, sink throws(HostError) in
            guard let bytes = try spool.bytes(of: reference) else { return try readFile(reference, sink) }
            try sink(bytes)
        }
        let package = try write(writer)
        guard json else { return printLine("app \(key.app)\npackage \(package)") }
        printLine(JSONValue.members(["appId": .string(key.app.text), "packageId": .string(package.text)]).line)
    }

    private static var sourceDate: Int64? { getenv("SOURCE_DATE_EPOCH").flatMap { Int64(String(cString: $0)) } }

    private func inject(
        _ manifest: [UInt8], _ bridgeConfiguration: [UInt8]?, into tree: inout [PackageSource]
    ) throws(HostError) {
        tree.set(.injected("sandstorm-manifest", .bytes(manifest, isExecutable: false)))
        guard let bridgeConfiguration else { return }
        let path = if let bridge { bridge } else { try ProgramFiles.bridge() }
        guard let size = fileSize(path) else {
            throw HostError(.notFound, "pack bridge '\(path)': there is no such file")
        }
        tree.set(.injected("sandstorm-http-bridge", .file(reference: path, byteCount: Int(size), isExecutable: true)))
        tree.set(.injected("sandstorm-http-bridge-config", .bytes(bridgeConfiguration, isExecutable: false)))
    }

    private func write(_ writer: PackageWriter) throws(HostError) -> PackageID {
        let progress = ProgressLine("packing", of: writer.archiveBytes * 2, isQuiet: quiet)
        defer { progress.finish() }
        return try OutputFile.write(output) { number throws(HostError) in
            try writer.write(
                threads: max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))), progress: { progress.show($0) },
                to: { bytes throws(HostError) in try writeFully(bytes, to: number, output) })
        }
    }
}

/// What a package is made of, before the packer's own files are added.
struct PackingPlan {
    /// Whose package it is, when the author's description says.
    var app: AppID?
    var tree: [PackageSource]
    var manifest: [UInt8]
    /// Nil when no bridge is packed.
    var bridgeConfiguration: [UInt8]?
}

/// Which package definition, and how to read it: the names that authors know from other packers.
struct DefinitionOptions: ParsableArguments {
    @Option(
        name: [.customShort("p"), .long],
        help: ArgumentHelp(
            "The package definition: a Cap'n Proto file and a constant in it. Default: sandstorm-pkgdef.capnp:pkgdef.",
            valueName: "file:const"))
    var pkgDef: String?
    @Option(
        name: [.customShort("I"), .long],
        help: ArgumentHelp(
            "Where its imports that begin with '/' are looked for first; may be repeated.", valueName: "directory"))
    var importPath: [String] = []

    func read() throws(HostError) -> PackageDefinition {
        try PackageDefinition(name: pkgDef, importPaths: importPath)
    }

    func plan() throws(HostError) -> PackingPlan {
        let definition = try read()
        // What two includes have is read for both.
        var said: Set<String> = []
        var tree = DefinitionTree(definition) { if said.insert($0).inserted { printWarning($0) } }
        return PackingPlan(
            app: definition.app, tree: try tree.read(), manifest: definition.manifest,
            bridgeConfiguration: definition.bridgeConfiguration)
    }
}
