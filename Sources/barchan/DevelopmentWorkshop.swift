import Barchan
import BarchanKernel
import Glibc
import SPK
import Synchronization

/// An app's sources as a package that follows them.
final class DevelopmentWorkshop: Sendable {
    let packages: DevelopmentPackages
    private let app: AppID
    private let options: DefinitionOptions
    private let bridge: String?
    private let folder: String
    private let isolation: any IsolationProvider
    private let opened: OpenedFiles
    private let state: Mutex<State>

    private struct State {
        var definition: PackageDefinition
        var tree: DevelopmentTree
        var number = 1
        /// Everything opened in earlier trees, and the links that led there.
        var used: Set<String> = []
    }

    init(
        _ definition: PackageDefinition, _ options: DefinitionOptions, bridge: String?, in folder: String,
        _ isolation: any IsolationProvider
    ) throws(HostError) {
        self.options = options
        self.bridge = bridge
        self.folder = folder
        self.isolation = isolation
        app = definition.app
        opened = try OpenedFiles()
        let tree = try DevelopmentTree(definition, bridge: bridge, in: "\(folder)/1")
        do throws(HostError) {
            try opened.watch(tree.path)
            packages = DevelopmentPackages(try Self.package(definition, tree))
        } catch {
            tree.unmount()
            throw error
        }
        state = Mutex(State(definition: definition, tree: tree))
    }

    /// The same identifier for every state of the sources, so that grains stay grains of this package.
    private static func package(
        _ definition: PackageDefinition, _ tree: DevelopmentTree
    ) throws(HostError) -> InstalledPackage {
        let digits = definition.app.text.utf8.prefix(16).map { String($0, radix: 16) }.joined()
        guard let identifier = PackageID(digits) else {
            fatalError("two digits for each of 16 characters are a package id")
        }
        return InstalledPackage(
            identifier: identifier, app: definition.app, manifest: try AppManifest(manifestFile: definition.manifest),
            tree: PackageTree(layers: [tree.path]), sizeBytes: 0)
    }

    // MARK: Changes

    /// Restarts the app's grains after each change, until the task is cancelled.
    func follow(_ host: Host) async {
        while !Task.isCancelled {
            let (changes, continuation) = AsyncStream.makeStream(of: Void.self)
            let definition = state.withLock { $0.definition }
            let watch: SourceWatch
            do throws(HostError) {
                watch = try SourceWatch(
                    definition.sources.mappings.map(\.source), and: definition.path,
                    except: Set([definition.fileList].compactMap { $0 })
                ) { continuation.yield() }
            } catch { return printWarning(error.message) }
            var iterator = changes.makeAsyncIterator()
            guard await iterator.next() != nil else { return }
            withExtendedLifetime(watch) {}
            await renew(host)
        }
    }

    private func renew(_ host: Host) async {
        do throws(HostError) {
            let definition = try options.read()
            guard definition.app == app else {
                throw HostError(.invalidArgument, "the definition has another app id now; start this again")
            }
            let number = state.withLock { state in
                state.number += 1
                return state.number
            }
            let tree = try DevelopmentTree(definition, bridge: bridge, in: "\(folder)/\(number)")
            try opened.watch(tree.path)
            packages.replace(with: try Self.package(definition, tree))
            try await stopGrains(of: host)
            let old = replace(definition, tree)
            await (isolation as? any PackageHolder)?.release(PackageTree(layers: [old.path]))
            old.unmount()
            printNote("the sources have changed; grains start anew at their next request")
        } catch { printWarning("the sources have changed, and the app goes on as it was: \(error.message)") }
    }

    private func stopGrains(of host: Host) async throws(HostError) {
        for grain in try await host.allGrains() where grain.summary.state != .stopped {
            try await host.operatorStop(grain.summary.identifier)
        }
    }

    private func replace(_ definition: PackageDefinition, _ tree: DevelopmentTree) -> DevelopmentTree {
        note()
        return state.withLock { state in
            defer { (state.definition, state.tree) = (definition, tree) }
            return state.tree
        }
    }

    // MARK: What was opened

    /// Keeps what was opened in the tree as it is, with the links that led there.
    private func note() {
        let tree = state.withLock { $0.tree }
        let (paths, hasLost) = opened.collect(below: tree.path)
        if hasLost { printWarning("the kernel lost some of what was opened; the list may lack files") }
        var used = Set(paths.map { String($0.dropFirst()) })
        used.formUnion(PythonSources.besides(used, in: tree.path))
        used.formUnion(TreeLinks(of: tree.path).leading(to: used))
        state.withLock { $0.used.formUnion(used) }
    }

    /// Adds what was opened to the definition's list of files.
    func writeFileList() throws(HostError) {
        note()
        let (definition, used) = state.withLock { ($0.definition, $0.used) }
        guard let file = definition.fileList else {
            return printNote("the definition has no fileList; \(used.count) files were opened and are not listed")
        }
        let list = try OpenedFileList(file)
        guard try list.write(adding: used, to: file, for: definition) else { return }
        printNote("wrote '\(file)'")
    }

    func finish() { state.withLock { $0.tree }.unmount() }
}

/// A definition's list of files: comments at its head, then paths in order.
struct OpenedFileList {
    private let comments: [String]
    private let paths: Set<String>

    /// What the packer adds by itself, and what is none of the package's.
    private static let left: Set<String> = [
        "sandstorm-manifest", "sandstorm-http-bridge", "sandstorm-http-bridge-config", "proc/cpuinfo",
    ]

    init(_ file: String) throws(HostError) {
        let bytes = access(file, F_OK) == 0 ? try readFile(file, maximumBytes: 64 << 20) : []
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        comments = lines.filter { $0.hasPrefix("#") }
        paths = Set(lines.filter { !$0.hasPrefix("#") && !$0.allSatisfy(\.isWhitespace) })
    }

    /// - Returns: False when there was nothing to add.
    func write(adding used: Set<String>, to file: String, for definition: PackageDefinition) throws(HostError) -> Bool {
        let always = try definition.alwaysInclude.map { path throws(HostError) in try SourceMap.components(path) }
        let fresh = used.filter { path in
            let parts = path.split(separator: "/").map(String.init)
            return !Self.left.contains(path) && !always.contains { parts.starts(with: $0) }
        }
        guard !fresh.isSubset(of: paths) else { return false }
        let text = (comments + paths.union(fresh).sorted()).map { "\($0)\n" }.joined()
        try OutputFile.write(file) { number throws(HostError) in try writeFully(Array(text.utf8), to: number, file) }
        return true
    }
}
