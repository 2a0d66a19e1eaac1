import Barchan
import Glibc

/// A file found in a plugin directory, and what became of it.
public struct ModuleCandidate: Sendable {
    public enum Outcome: Sendable {
        case loaded(Plugin, ModuleNote)
        case refused(HostError)
    }

    public let path: String
    public let outcome: Outcome

    public init(path: String, outcome: Outcome) {
        self.path = path
        self.outcome = outcome
    }

    public var plugin: Plugin? {
        guard case .loaded(let plugin, _) = outcome else { return nil }
        return plugin
    }

    public var refusal: HostError? {
        guard case .refused(let error) = outcome else { return nil }
        return error
    }
}

/// Finds modules in directories and loads them. A module stays loaded until the process ends.
public struct ModuleLoader {
    private let directories: [String]

    public init(directories: [String]) { self.directories = directories }

    /// Every `*.so` of the directories, ordered by name within each; the contract's own library is passed over.
    public func load() -> [ModuleCandidate] {
        var candidates: [ModuleCandidate] = []
        for directory in directories {
            do throws(HostError) {
                for name in try sharedObjects(in: directory) {
                    candidates.append(candidate(at: "\(directory)/\(name)", others: candidates))
                }
            } catch {
                candidates.append(ModuleCandidate(path: directory, outcome: .refused(error)))
            }
        }
        return candidates
    }

    private func sharedObjects(in directory: String) throws(HostError) -> [String] {
        guard let stream = opendir(directory) else {
            throw HostError(.notFound, "read plugin directory '\(directory)': \(String(cString: strerror(errno)))")
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".so") && name != "libBarchan.so" { names.append(name) }
        }
        return names.sorted()
    }

    private func candidate(at path: String, others: [ModuleCandidate]) -> ModuleCandidate {
        do throws(HostError) {
            let file = try ModuleFile(inspecting: path)
            let plugin = try ModuleLoader.open(file)
            if let other = others.first(where: {
                $0.plugin?.interface == plugin.interface && $0.plugin?.identifier == plugin.identifier
            }) {
                throw HostError(
                    .alreadyExists,
                    "load module '\(path)': it offers \(plugin.interface.rawValue) '\(plugin.identifier)', and so does '\(other.path)'; remove one"
                )
            }
            return ModuleCandidate(path: path, outcome: .loaded(plugin, file.note))
        } catch {
            return ModuleCandidate(path: path, outcome: .refused(error))
        }
    }

    private typealias EntryPoint = @convention(c) () -> UnsafeMutableRawPointer

    private static func open(_ file: ModuleFile) throws(HostError) -> Plugin {
        // LOCAL keeps what a module embeds to itself; NODELETE because Swift metadata can never be unloaded.
        guard let handle = dlopen(file.path, RTLD_NOW | RTLD_LOCAL | CInt(RTLD_NODELETE)) else {
            throw HostError(
                .failed, "load module '\(file.path)': \(dlerror().map { String(cString: $0) } ?? "unknown error")")
        }
        guard let symbol = dlsym(handle, "barchan_plugin") else {
            throw HostError(
                .invalidArgument,
                "load module '\(file.path)': it does not export 'barchan_plugin'; see contrib/examples/out-of-tree-plugin"
            )
        }
        let entry = unsafeBitCast(symbol, to: EntryPoint.self)
        let plugin = Plugin.imported(from: entry())
        guard isIdentifier(plugin.identifier) else {
            throw HostError(
                .invalidArgument,
                "load module '\(file.path)': its name '\(plugin.identifier)' is not lower-case letters, digits and '-'")
        }
        return plugin
    }

    private static func isIdentifier(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d }
    }
}
