import Barchan
import BarchanKernel
import CCapnpSchema
import CapnProto
import Glibc
import GrainSchemas
import SPK

/// An author's description of an app as a constant in a Cap'n Proto schema file, which is parsed and never run
/// (specification, section 2.3).
struct PackageDefinition {
    /// The app id that the definition names.
    let app: AppID
    /// The bytes of `/sandstorm-manifest`.
    let manifest: [UInt8]
    /// The bytes of `/sandstorm-http-bridge-config`; nil when no bridge is to be packed.
    let bridgeConfiguration: [UInt8]?
    let sources: SourceMap
    /// Paths in the package, each of them with everything below it.
    let alwaysInclude: [String]
    /// The file that lists further paths, or nil.
    let fileList: String?
    /// Where it was read, as an absolute path.
    let path: String

    /// What `PackageDefinition` is called in the schemas (wire facts, `sandstorm/package.capnp`).
    private static let typeID: UInt64 = 0x9f14_9fa7_1489_be0b
    private static let limits = ReaderLimits(traversalWords: 64 << 20, nesting: 64, segments: 512)

    /// - Parameter name: `FILE:CONSTANT`, or `FILE` for its constant `pkgdef`; nil for the file that is here.
    /// - Parameter importPaths: Where imports that begin with `/` are looked for first.
    init(name: String?, importPaths: [String]) throws(HostError) {
        let (file, constant) = try Self.place(of: name)
        let path = absolute(file)
        let bytes = try Self.evaluate(path, constant, importPaths)
        do {
            let message = try MessageReader(bytes, framing: .stream, limits: Self.limits)
            try self.init(try message.root(Wire.PackageDefinition.self), path: path)
        } catch let error as HostError {
            throw HostError(error.code, "read '\(file)': \(error.message)")
        } catch {
            throw HostError(.invalidArgument, "read '\(file)': \(error)")
        }
    }

    private init(_ definition: Wire.PackageDefinition.Reader, path: String) throws {
        self.path = path
        let directory = beside(path, ".")
        app = try AppID(parsing: try definition.id)
        guard definition.hasManifest else { throw HostError(.invalidArgument, "the definition has no manifest") }
        let manifest = try definition.manifest
        guard manifest.hasAppTitle, manifest.hasAppMarketingVersion else {
            throw HostError(.invalidArgument, "the manifest needs appTitle and appMarketingVersion")
        }
        self.manifest = try Self.message(manifest.structure)
        let needsBridge = try definition.hasBridgeConfig || Self.startsBridge(manifest)
        bridgeConfiguration = needsBridge ? try Self.message(try definition.bridgeConfig.structure) : nil
        sources = try SourceMap(try definition.sourceMap, directory: directory)
        alwaysInclude = try definition.alwaysInclude.map { try $0.text() }
        fileList = try definition.fileList.isEmpty ? nil : beside(path, try definition.fileList)
    }

    /// A struct as a message of its own, with every field that its writer knew.
    private static func message(_ structure: StructReader) throws(MessageError) -> [UInt8] {
        let message = MessageBuilder()
        try message.root.copy(structure)
        return message.streamBytes
    }

    private static func startsBridge(_ manifest: Wire.Manifest.Reader) throws -> Bool {
        var commands = [try manifest.continueCommand]
        for action in try manifest.actions { commands.append(try action.command) }
        for command in commands {
            guard let program = try command.argv.first else { continue }
            if Command(arguments: [try program.text()]).startsHTTPBridge { return true }
        }
        return false
    }

    private static func place(of name: String?) throws(HostError) -> (file: String, constant: String) {
        if let name {
            guard let colon = name.lastIndex(of: ":") else { return (name, "pkgdef") }
            return (String(name[..<colon]), String(name[name.index(after: colon)...]))
        }
        // Where authors keep it: in the repository's root, or where vagrant-spk wants it (specification, section 2.3).
        for file in ["sandstorm-pkgdef.capnp", ".sandstorm/sandstorm-pkgdef.capnp"] where access(file, F_OK) == 0 {
            return (file, "pkgdef")
        }
        throw HostError(
            .notFound,
            "find the package definition: there is no 'sandstorm-pkgdef.capnp' here; name it with --pkg-def, make one "
                + "with 'barchan spk init', or pack a folder with --root and --manifest")
    }

    private static func evaluate(
        _ path: String, _ constant: String, _ importPaths: [String]
    ) throws(HostError) -> [UInt8] {
        guard access(path, R_OK) == 0 else { throw fileError("read", path) }
        let directories =
            importPaths.map(absolute) + [try ProgramFiles.schemas(), "/usr/local/include", "/usr/include"]
        var count = 0
        var problem: UnsafeMutablePointer<CChar>?
        let names = directories.map { strdup($0) }
        defer { for name in names { free(name) } }
        let pointers = names.compactMap { $0.map { UnsafePointer($0) } }
        let bytes = bcs_constant(path, constant, typeID, pointers, pointers.count, &count, &problem)
        defer {
            bcs_free(bytes)
            bcs_free(problem)
        }
        guard let bytes else {
            let text = problem.map { String(cString: $0) } ?? "out of memory"
            throw HostError(.invalidArgument, "read '\(path)': \(text)\(hint(text))")
        }
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }

    /// What most often is missing on an author's machine.
    private static func hint(_ text: String) -> String {
        text.contains("/capnp/") ? "; Cap'n Proto's own schemas come with Debian's libcapnp-dev" : ""
    }
}
