import Barchan
import CLinux
import Glibc
import SPK

/// The package that a definition describes, as one read-only mount of the sources themselves: directories at the package's
/// root are laid over one another, only what a mapping puts deeper is copied. What is made for that is in memory.
final class DevelopmentTree: Sendable {
    /// Where it is mounted.
    let path: String
    private let folder: String

    /// - Parameter folder: A directory that this makes, for the mount and what belongs to it.
    init(_ definition: PackageDefinition, bridge: String?, in folder: String) throws(HostError) {
        self.folder = folder
        path = "\(folder)/tree"
        try Self.make(folder)
        guard clinux_mount_memory(folder) == 0 else { throw fileError("mount memory at", folder) }
        do throws(HostError) {
            try Self.make(path)
            let layers =
                [try Self.top(definition, bridge, "\(folder)/top")] + (try Self.mapped(definition, folder))
                + [try Self.ground("\(folder)/ground")]
            try Self.mount(layers, at: path)
        } catch {
            Self.remove(folder)
            throw error
        }
    }

    /// Grains that run keep what they have.
    func unmount() { Self.remove(folder) }

    /// Makes a directory in which trees can be mounted so that helpers of this process which run already see them. What a run
    /// that was killed left there goes.
    static func prepare(_ directory: String) throws(HostError) {
        while clinux_unmount(directory) == 0 {}
        try make(directory)
        guard clinux_mount_memory(directory) == 0, clinux_mount_propagation(directory, CLINUX_MOUNT_SHARED) == 0 else {
            throw fileError("mount memory at", directory)
        }
    }

    /// The last tree is not needed any more.
    static func remove(prepared directory: String) { remove(directory) }

    private static func remove(_ folder: String) {
        clinux_unmount(folder)
        rmdir(folder)
    }

    private static func mount(_ layers: [String], at path: String) throws(HostError) {
        guard clinux_mount_union(layers.map(escaped).joined(separator: ":"), path) == 0 else {
            throw fileError("mount the app's sources at", path)
        }
    }

    // MARK: Layers

    /// What the packer adds wherever the sources have it, and what the sources hide.
    private static func top(
        _ definition: PackageDefinition, _ bridge: String?, _ layer: String
    ) throws(HostError) -> String {
        try make(layer)
        try write(definition.manifest, to: "\(layer)/sandstorm-manifest")
        if let configuration = definition.bridgeConfiguration {
            let program = if let bridge { bridge } else { try ProgramFiles.bridge() }
            try copy(program, to: "\(layer)/sandstorm-http-bridge")
            try write(configuration, to: "\(layer)/sandstorm-http-bridge-config")
        }
        for mapping in definition.sources.mappings {
            for hidden in mapping.hidden { try hide(mapping.package + hidden, of: definition.sources, in: layer) }
        }
        return layer
    }

    /// A later mapping may have what an earlier one hides.
    private static func hide(_ path: [String], of sources: SourceMap, in layer: String) throws(HostError) {
        guard let name = path.last else { return }
        let parent = ([layer] + path.dropLast()).joined(separator: "/")
        switch try sources.find(path) {
        case .file(let place, _), .link(let place, _), .special(let place, _):
            try make(parent)
            try copy(place, to: "\(parent)/\(name)")
        case .directory: return
        case nil:
            guard case .directory? = try sources.find(path.dropLast()) else { return }
            try make(parent)
            guard clinux_make_whiteout("\(parent)/\(name)") == 0 || errno == EEXIST else {
                throw fileError("hide", path.joined(separator: "/"))
            }
        }
    }

    private static func mapped(_ definition: PackageDefinition, _ folder: String) throws(HostError) -> [String] {
        var layers: [String] = []
        for (index, mapping) in definition.sources.mappings.enumerated() {
            var facts = stat()
            guard stat(mapping.source, &facts) == 0 else { throw fileError("read", mapping.source) }
            if mapping.package.isEmpty {
                guard facts.st_mode & S_IFMT == S_IFDIR else {
                    throw fileError("read directory", mapping.source, ENOTDIR)
                }
                layers.append(try wrapped(mapping.source, index, among: definition.sources.mappings, folder))
                continue
            }
            let layer = "\(folder)/mapped-\(index)"
            let parent = ([layer] + mapping.package.dropLast()).joined(separator: "/")
            try make(parent)
            try copy(mapping.source, to: "\(parent)/\(mapping.package[mapping.package.count - 1])")
            layers.append(layer)
        }
        return layers
    }

    /// Overlayfs takes no two directories of which one is in the other; a mount of its own stands for the inner one.
    private static func wrapped(
        _ source: String, _ index: Int, among mappings: [SourceMap.Mapping], _ folder: String
    ) throws(HostError) -> String {
        let place = canonical(source)
        let isInside = mappings.enumerated().contains { other, mapping in
            guard other != index, mapping.package.isEmpty else { return false }
            let outer = canonical(mapping.source)
            return place == outer ? other < index : place.hasPrefix(outer == "/" ? "/" : outer + "/")
        }
        guard isInside else { return source }
        let mountPoint = "\(folder)/inner-\(index)", empty = "\(folder)/empty"
        try make(mountPoint)
        try make(empty)
        try mount([source, empty], at: mountPoint)
        return mountPoint
    }

    private static func canonical(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Mount points, where the sources have none.
    private static func ground(_ layer: String) throws(HostError) -> String {
        for name in ["dev", "tmp", "var", "proc"] { try make("\(layer)/\(name)") }
        try write([], to: "\(layer)/proc/cpuinfo")
        return layer
    }

    // MARK: Files

    private static func make(_ directory: String) throws(HostError) {
        var path = ""
        for part in directory.split(separator: "/") {
            path += "/\(part)"
            guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw fileError("make directory", path) }
        }
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(HostError) {
        let number = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard number >= 0 else { throw fileError("make file", path) }
        let file = OwnedDescriptor(takingOwnershipOf: number)
        try writeFully(bytes, to: file.rawValue, path)
    }

    private static func copy(_ source: String, to target: String) throws(HostError) {
        try ToolProcess.run(
            ["cp", "-a", "-H", "--reflink=auto", "--", source, target], package: "coreutils")
    }

    /// As overlayfs wants a path among others.
    private static func escaped(_ path: String) -> String {
        path.reduce(into: "") { text, character in
            if ":,\\".contains(character) { text.append("\\") }
            text.append(character)
        }
    }
}
