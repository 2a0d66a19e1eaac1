import Barchan
import CLinux
import Glibc
import OpenPGP
import SPK

/// One directory for each package, made once and never changed: `<package id>/tree`, or an image of it.
actor DirectoryPackageStore: PackageStore {
    private let thread: StorageThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private let root: Directory
    /// The layer below packages that lack mount points.
    private let skeleton: String
    private let format: PackageFormat
    private let files: SharedFiles
    /// Nil when images are not asked for.
    private let mounts: ImageMounts?
    private let limits: PackageLimits
    private let verifier: AuthorVerifier
    private let lock: StorageLock
    private let log: HostLog
    /// What was read before: packages never change.
    private var known: [PackageID: InstalledPackage] = [:]

    init(
        root: Directory, skeleton: String, format: PackageFormat, files: SharedFiles, mounts: ImageMounts?,
        limits: PackageLimits, verifier: AuthorVerifier,
        lock: StorageLock, log: HostLog
    ) {
        self.verifier = verifier
        thread = StorageThread(name: "packages")
        self.root = root
        self.skeleton = skeleton
        self.format = format
        self.files = files
        self.mounts = mounts
        self.limits = limits
        self.lock = lock
        self.log = log
    }

    nonisolated func install(
        _ file: any ByteReader, expecting expected: PackageID?, progress: @escaping @Sendable (Int64) -> Void
    ) async throws(HostError) -> InstalledPackage {
        let installation = try PackageInstallation(
            root: root, format: format, files: files, limits: limits, verifier: verifier)
        do throws(HostError) {
            while let bytes = try await file.next() {
                guard !Task.isCancelled else { throw HostError(.cancelled, "install a package: cancelled") }
                progress(try await installation.feed(bytes))
            }
            let (package, isNew) = try await installation.finish(expecting: expected)
            log(.info, "package '\(package)' is installed")
            let found = try await installed(package, isNew: isNew)
            guard !isNew, case .unverified = found.authorProof else { return found }
            // Perhaps there is a gpg now.
            let manifest = try await manifest(of: package)
            return try await note(await installation.authorProof(of: manifest, found.app), of: found)
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
        try package(identifier, isNew: false)
    }

    private func package(_ identifier: PackageID, isNew: Bool) throws(HostError) -> InstalledPackage? {
        guard root.exists(identifier.text) else {
            forget(identifier)
            return nil
        }
        if let package = known[identifier] { return package }
        let package = try read(identifier, isNew: isNew)
        known[identifier] = package
        return package
    }

    func uninstall(_ identifier: PackageID) throws(HostError) {
        forget(identifier)
        let temporary = Directory.temporaryName("gone")
        guard clinux_rename_new(root.number, identifier.text, temporary) == 0 else {
            if errno == ENOENT { return }
            throw systemError("remove package '\(identifier)'")
        }
        try root.synchronize()
        try files.removePackages([temporary], in: root)
    }

    private func forget(_ identifier: PackageID) {
        guard known.removeValue(forKey: identifier) != nil else { return }
        mounts?.unmount(identifier.text)
    }

    private func installed(_ identifier: PackageID, isNew: Bool) throws(HostError) -> InstalledPackage {
        guard let package = try package(identifier, isNew: isNew) else {
            throw HostError(.notFound, "open package '\(identifier)': it was removed while it was installed")
        }
        return package
    }

    private func manifest(of identifier: PackageID) throws(HostError) -> [UInt8] {
        try root.directory(identifier.text)
            .readFile(PackageFacts.manifestName, maximumBytes: limits.manifestBytes)
    }

    /// Writes down what was found out about the author of a package that is there.
    private func note(_ proof: AuthorProof, of package: InstalledPackage) throws(HostError) -> InstalledPackage {
        guard proof != package.authorProof else { return package }
        let directory = try root.directory(package.identifier.text)
        guard var facts = PackageFacts(file: try directory.readFile(PackageFacts.fileName, maximumBytes: 4096)) else {
            return package
        }
        facts.author = proof
        let temporary = Directory.temporaryName("new")
        try directory.writeFile(temporary, facts.file)
        try directory.synchronize(file: temporary)
        guard renameat(directory.number, temporary, directory.number, PackageFacts.fileName) == 0 else {
            throw systemError("write '\(directory.path)/\(PackageFacts.fileName)'")
        }
        try directory.synchronize()
        var package = package
        package.authorProof = proof
        known[package.identifier] = package
        return package
    }

    /// - Parameter isNew: It was verified at this moment.
    private func read(_ identifier: PackageID, isNew: Bool) throws(HostError) -> InstalledPackage {
        let directory = try root.directory(identifier.text)
        let manifest = try directory.readFile(PackageFacts.manifestName, maximumBytes: limits.manifestBytes)
        let bytes = try directory.readFile(PackageFacts.fileName, maximumBytes: 4096)
        guard let facts = PackageFacts(file: bytes) else {
            throw HostError(
                .corrupt,
                "read package '\(identifier)': '\(directory.path)/\(PackageFacts.fileName)' is damaged; "
                    + "remove the directory and install the package again")
        }
        let tree =
            if let digest = facts.image { try mount(identifier, in: directory, isNew ? nil : digest) } else {
                "\(directory.path)/\(PackageFacts.treeName)"
            }
        var package = InstalledPackage(
            identifier: identifier, app: facts.app, manifest: try AppManifest(manifestFile: manifest, limits: limits),
            tree: PackageTree(layers: facts.hasMountPoints ? [tree] : [tree, skeleton]), sizeBytes: facts.sizeBytes)
        package.authorProof = if let author = facts.author { author } else { try Self.unknownAuthor(manifest) }
        return package
    }

    /// Of a package that a host installed which did not look.
    private static func unknownAuthor(_ manifest: [UInt8]) throws(HostError) -> AuthorProof {
        guard try AuthorSignature(manifestFile: manifest) != nil else { return .absent }
        return .unverified(reason: "nobody has looked since it was installed; install it again")
    }

    /// Once for each package as long as the storage is open.
    private func mount(
        _ identifier: PackageID, in directory: Directory, _ digest: ImageDigest?
    ) throws(HostError) -> String {
        guard let mounts else {
            throw HostError(
                .unsupported,
                "open package '\(identifier)': it is an image, and packageStore is \"directories\"; set it to "
                    + "\"images\", or remove the package and install it again")
        }
        let image = try directory.openFile(PackageFacts.imageName)
        try digest?.check(image.rawValue, called: "\(directory.path)/\(PackageFacts.imageName)")
        return try mounts.mount(image.rawValue, as: identifier.text)
    }
}
