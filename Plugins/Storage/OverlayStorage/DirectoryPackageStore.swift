import Barchan
import CLinux
import Glibc
import SPK

/// One directory for each package: `<package id>/tree`, made once and never changed.
actor DirectoryPackageStore: PackageStore {
    private let thread: StorageThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private let root: Directory
    /// The layer below packages that lack mount points.
    private let skeleton: String
    private let limits: PackageLimits
    private let lock: StorageLock
    private let log: HostLog
    /// What was read before: packages never change.
    private var known: [PackageID: InstalledPackage] = [:]

    init(root: Directory, skeleton: String, limits: PackageLimits, lock: StorageLock, log: HostLog) {
        thread = StorageThread(name: "packages")
        self.root = root
        self.skeleton = skeleton
        self.limits = limits
        self.lock = lock
        self.log = log
    }

    nonisolated func install(
        _ file: any ByteReader, expecting expected: PackageID?, progress: @escaping @Sendable (Int64) -> Void
    ) async throws(HostError) -> InstalledPackage {
        let installation = try PackageInstallation(root: root, limits: limits)
        do throws(HostError) {
            while let bytes = try await file.next() {
                guard !Task.isCancelled else { throw HostError(.cancelled, "install a package: cancelled") }
                progress(try await installation.feed(bytes))
            }
            let package = try await installation.finish(expecting: expected)
            log(.info, "package '\(package)' is installed")
            return try await installed(package)
        } catch {
            file.cancel()
            await installation.abandon()
            throw error
        }
    }

    func installed() throws(HostError) -> [InstalledPackage] {
        var packages: [InstalledPackage] = []
        for name in try root.names().sorted() {
            guard let identifier = PackageID(name) else { continue }
            do throws(HostError) {
                if let package = try package(identifier) { packages.append(package) }
            } catch {
                // One damaged package must not hide the others.
                log(.error, "\(error.message)")
            }
        }
        return packages
    }

    func package(_ identifier: PackageID) throws(HostError) -> InstalledPackage? {
        guard root.exists(identifier.text) else {
            known[identifier] = nil
            return nil
        }
        if let package = known[identifier] { return package }
        let package = try read(identifier)
        known[identifier] = package
        return package
    }

    func uninstall(_ identifier: PackageID) throws(HostError) {
        known[identifier] = nil
        let temporary = Directory.temporaryName("gone")
        guard clinux_rename_new(root.number, identifier.text, temporary) == 0 else {
            if errno == ENOENT { return }
            throw systemError("remove package '\(identifier)'")
        }
        try root.synchronize()
        try root.removeTree(temporary)
    }

    private func installed(_ identifier: PackageID) throws(HostError) -> InstalledPackage {
        guard let package = try package(identifier) else {
            throw HostError(.notFound, "open package '\(identifier)': it was removed while it was installed")
        }
        return package
    }

    private func read(_ identifier: PackageID) throws(HostError) -> InstalledPackage {
        let directory = try root.directory(identifier.text)
        let manifest = try directory.readFile(PackageFacts.manifestName, maximumBytes: limits.manifestBytes)
        let bytes = try directory.readFile(PackageFacts.fileName, maximumBytes: 4096)
        guard let facts = PackageFacts(file: bytes) else {
            throw HostError(
                .corrupt,
                "read package '\(identifier)': '\(directory.path)/\(PackageFacts.fileName)' is damaged; "
                    + "remove the directory and install the package again")
        }
        let tree = "\(directory.path)/\(PackageFacts.treeName)"
        return InstalledPackage(
            identifier: identifier, app: facts.app, manifest: try AppManifest(manifestFile: manifest, limits: limits),
            tree: PackageTree(layers: facts.hasMountPoints ? [tree] : [tree, skeleton]), sizeBytes: facts.sizeBytes)
    }
}
