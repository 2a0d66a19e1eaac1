import Barchan
import BarchanControl
import Glibc
import SPK

/// The file system of a container image in an archive: the OCI image layout or what `docker save` writes (OCI image
/// specification 1.1, "Image Layout", "Image Manifest", "Layer Filesystem Changeset").
struct ImageTree {
    private let path: String
    private var blobs: [String: TemporaryFile] = [:]

    /// What the image says of how it is started.
    struct Settings {
        var command: [String] = []
        var environment: [String] = []
        var directory = "/"
    }

    private static let maximumTextBytes = 4 << 20

    /// Takes the archive apart; its layers are read by ``read(into:)``.
    init(path: String) throws(HostError) {
        self.path = path
        var reader = TarReader(), current: TemporaryFile?, total: Int64 = 0
        var found: [String: TemporaryFile] = [:], links: [String: String] = [:]
        func add(_ entry: TarReader.Entry) throws(HostError) {
            current = nil
            let name = try Self.name(entry.path)
            switch entry.kind {
            case .file:
                guard found.count < 4096 else {
                    throw HostError(.resourceExhausted, "read image '\(path)': it has more than 4096 parts")
                }
                let file = try TemporaryFile(in: scratchDirectory())
                found[name] = file
                current = file
            // Older versions of docker save write a layer that comes twice as a link.
            case .link(let target), .hardLink(let target): links[name] = String(decoding: target, as: UTF8.self)
            case .directory, .special: return
            }
        }
        try readFile(path) { bytes throws(HostError) in
            try reader.feed(bytes, entry: { entry throws(HostError) in try add(entry) }) { bytes throws(HostError) in
                total += Int64(bytes.count)
                guard total <= 4 * PackageLimits().expandedBytes else {
                    throw HostError(.resourceExhausted, "read image '\(path)': it is too large for a package")
                }
                try current?.append(bytes)
            }
        }
        try reader.finish()
        for (name, target) in links where found[name] == nil {
            let last = target.split(separator: "/").suffix(2).joined(separator: "/")
            found[name] = found[target] ?? found[last]
        }
        blobs = found
    }

    private static func name(_ path: [UInt8]) throws(HostError) -> String {
        String(decoding: Array(try LayeredTree.components(path).joined(separator: [UInt8(ascii: "/")])), as: UTF8.self)
    }

    /// The layers, laid over one another.
    func read(into spool: Spool) throws(HostError) -> (tree: LayeredTree, settings: Settings) {
        let (layers, configuration) = try blobs["index.json"] != nil ? layout() : dockerArchive()
        let tree = LayeredTree()
        let importer = TarImporter(tree: tree, spool: spool, hasWhiteouts: true)
        for layer in layers { try read(layer, importer) }
        // Who runs containers writes this file when they start.
        try tree.addHosts(spool)
        return (tree, Self.settings(configuration))
    }

    private func mistake(_ why: String) -> HostError { HostError(.invalidArgument, "read image '\(path)': \(why)") }

    private func blob(_ name: String) throws(HostError) -> TemporaryFile {
        guard let file = blobs[name] else { throw mistake("it has no '\(name)'") }
        return file
    }

    private func bytes(of name: String) throws(HostError) -> UnsafeRawBufferPointer {
        do throws(HostError) {
            return try blob(name).map()
        } catch {
            throw HostError(error.code, "read '\(name)' of image '\(path)': \(error.message)")
        }
    }

    private func json(_ name: String) throws(HostError) -> JSONValue {
        let bytes = try bytes(of: name)
        guard bytes.count <= Self.maximumTextBytes else { throw mistake("'\(name)' is too large") }
        do throws(HostError) {
            return try JSONValue(reading: Array(bytes))
        } catch {
            throw mistake("'\(name)': \(error.message)")
        }
    }

    /// `manifest.json` of docker save: a list of images, of which the first is taken.
    private func dockerArchive() throws(HostError) -> (layers: [String], configuration: JSONValue) {
        guard blobs["manifest.json"] != nil else {
            throw mistake("it has neither 'index.json' nor 'manifest.json': it is no image archive")
        }
        let images = try json("manifest.json").elements ?? []
        guard let image = images.first, let configuration = image["Config"]?.text else {
            throw mistake("'manifest.json' names no image")
        }
        if images.count > 1 { printWarning("'\(path)' has \(images.count) images; the first one is packed") }
        return ((image["Layers"]?.elements ?? []).compactMap(\.text), try json(configuration))
    }

    /// `index.json` leads to a manifest, perhaps through another index; the one for this machine is taken.
    private func layout() throws(HostError) -> (layers: [String], configuration: JSONValue) {
        var document = try json("index.json")
        for _ in 0..<4 {
            guard let manifests = document["manifests"]?.elements else { break }
            guard let chosen = manifests.first(where: Self.isForThisMachine) ?? manifests.first,
                let digest = chosen["digest"]?.text
            else { throw mistake("an index in it names no image") }
            document = try json(try checked(digest))
        }
        guard let layers = document["layers"]?.elements, let configuration = document["config"]?["digest"]?.text else {
            throw mistake("it has no manifest with layers")
        }
        var names: [String] = []
        for layer in layers {
            guard let digest = layer["digest"]?.text else { throw mistake("a layer has no digest") }
            names.append(try checked(digest))
        }
        return (names, try json(try checked(configuration)))
    }

    private static func isForThisMachine(_ descriptor: JSONValue) -> Bool {
        #if arch(arm64)
            let architecture = "arm64"
        #else
            let architecture = "amd64"
        #endif
        return descriptor["platform"]?["architecture"]?.text == architecture
            && descriptor["platform"]?["os"]?.text == "linux"
    }

    /// The place of a blob whose content is what its digest says.
    private func checked(_ digest: String) throws(HostError) -> String {
        let parts = digest.split(separator: ":")
        guard parts.count == 2, parts[0] == "sha256" else { throw mistake("'\(digest)' is no SHA-256 digest") }
        let name = "blobs/sha256/\(parts[1])"
        var hash = SHA256()
        hash.update(try bytes(of: name))
        guard hexadecimal(hash.finish()) == parts[1].lowercased() else { throw mistake("'\(name)' is damaged") }
        return name
    }

    private func read(_ name: String, _ importer: TarImporter) throws(HostError) {
        let file = try blob(name)
        let bytes = try bytes(of: name)
        let unpacker: (arguments: [String], package: String)? =
            if bytes.starts(with: [0x1f, 0x8b]) {
                (["gzip", "-dc"], "gzip")
            } else if bytes.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) {
                (["zstd", "-dcq"], "zstd")
            } else {
                nil
            }
        do throws(HostError) {
            try importer.read { sink throws(HostError) in
                guard let unpacker else { return try sink(bytes) }
                try ToolProcess.run(
                    unpacker.arguments, input: try file.rewound(), package: unpacker.package, sink: sink)
            }
        } catch {
            throw HostError(error.code, "read layer '\(name)' of image '\(path)': \(error.message)")
        }
    }

    private static func settings(_ configuration: JSONValue) -> Settings {
        func texts(_ name: String) -> [String] {
            (configuration["config"]?[name]?.elements ?? []).compactMap(\.text)
        }
        let directory = configuration["config"]?["WorkingDir"]?.text ?? ""
        return Settings(
            command: texts("Entrypoint") + texts("Cmd"), environment: texts("Env"),
            directory: directory.isEmpty ? "/" : directory)
    }
}
