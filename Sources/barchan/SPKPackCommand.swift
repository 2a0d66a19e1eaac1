import ArgumentParser
import Barchan
import BarchanControl
import Glibc
import SPK

struct SPKPackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack", abstract: "Packs a directory into a signed package.",
        discussion: """
            The directory is the whole file system that the app will see. The manifest, the bridge and the mount points \
            are added. The same files, times, manifest, bridge and key give the same package, byte for byte.
            """)

    @Option(help: ArgumentHelp("The directory with the app's files.", valueName: "directory")) var root: String
    @Option(help: ArgumentHelp("What the app is, in TOML; see contrib/examples/README.md.", valueName: "file"))
    var manifest: String
    @Option(
        help: ArgumentHelp("The bridge to pack. Default: barchan-http-bridge beside this program.", valueName: "file"))
    var bridge: String?
    @Option(help: ArgumentHelp("Which key signs. Default: the only one in the keyring.", valueName: "id")) var appId:
        String?
    @Option(
        help: ArgumentHelp(
            "No file is dated later than this, in seconds since 1970. Default: SOURCE_DATE_EPOCH.", valueName: "seconds"
        ))
    var mtime: Int64?
    @OptionGroup var options: KeyringOptions
    @Flag(help: "Prints JSON.") var json = false
    @Argument(help: ArgumentHelp("The package to write.", valueName: "file")) var output: String

    func run() throws {
        let app: AppID? = if let appId { try AppID(parsing: appId) } else { nil }
        let key = try options.file().read().key(for: app)
        let description = try ManifestFile(path: manifest)
        var tree = try SourceTree(root: root, latest: mtime ?? Self.sourceDate).read { warning in
            printWarning(warning)
        }
        tree.addMountPoints()
        try inject(description, into: &tree)
        let writer = try PackageWriter(tree: tree, key: key) { path, sink throws(HostError) in try readFile(path, sink)
        }
        let package = try write(writer)
        guard json else { return printLine("app \(key.app)\npackage \(package)") }
        printLine(JSONValue.members(["appId": .string(key.app.text), "packageId": .string(package.text)]).line)
    }

    private static var sourceDate: Int64? { getenv("SOURCE_DATE_EPOCH").flatMap { Int64(String(cString: $0)) } }

    private func inject(_ description: ManifestFile, into tree: inout [PackageSource]) throws(HostError) {
        tree.set(.injected("sandstorm-manifest", .bytes(description.manifestBytes, isExecutable: false)))
        guard description.needsBridge else { return }
        let path = if let bridge { bridge } else { try Self.installedBridge() }
        guard let size = fileSize(path) else {
            throw HostError(.notFound, "pack bridge '\(path)': there is no such file")
        }
        tree.set(.injected("sandstorm-http-bridge", .file(reference: path, byteCount: Int(size), isExecutable: true)))
        tree.set(.injected("sandstorm-http-bridge-config", .bytes(try description.bridge.file(), isExecutable: false)))
    }

    private static func installedBridge() throws(HostError) -> String {
        let name = "barchan-http-bridge"
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let program = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let directory = "/" + program.split(separator: "/").dropLast().joined(separator: "/")
        let places = [
            "\(directory)/\(name)", "\(directory)/../libexec/barchan/\(name)", "\(directory)/../lib/barchan/\(name)",
        ]
        guard let place = places.first(where: { access($0, X_OK) == 0 }) else {
            throw HostError(
                .notFound, "find the bridge: it is not in \(places.joined(separator: ", ")); name it with --bridge")
        }
        return place
    }

    /// Under another name first: whoever reads `output` never sees half a package.
    private func write(_ writer: PackageWriter) throws(HostError) -> PackageID {
        let temporary = "\(output).\(getpid()).new"
        let number = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard number >= 0 else { throw fileError("make file", temporary) }
        let file = OwnedDescriptor(takingOwnershipOf: number)
        let progress = ProgressLine("packing", of: writer.archiveBytes * 2)
        do throws(HostError) {
            let package = try writer.write(
                threads: max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))), progress: { progress.show($0) },
                to: { bytes throws(HostError) in try writeFully(bytes, to: number, temporary) })
            guard rename(temporary, output) == 0 else { throw fileError("make file", output) }
            progress.finish()
            _ = consume file
            return package
        } catch {
            progress.finish()
            unlink(temporary)
            throw error
        }
    }
}
