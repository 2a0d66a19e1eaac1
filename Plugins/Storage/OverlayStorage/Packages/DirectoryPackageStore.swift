import Barchan
import CLinux
import Glibc
import OpenPGP
import SPK

/// One directory for each package, made once and never changed: `<package id>/tree`, or an image of it.
actor DirectoryPackageStore: InspectablePackageStore {
    private let thread: StorageThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private let root: Directory
    /// The layer below packages that lack mount points.
    private let skeleton: String
    private let format: PackageFormat
    private let files: SharedFiles
    /// Nil when there was no image, and none was asked for; a failure when none can be mounted.
    private let mounts: Result<ImageMounts, HostError>?
    private let limits: PackageLimits
    private let verifier: AuthorVerifier
    private let lock: StorageLock
    private let log: HostLog
    /// What was read before: packages never change.
    private var known: [PackageID: InstalledPackage] = [:]
    /// What was the matter with others when they were read last. A damaged one is not read again: to find that out may take long.
    private var troubles: [PackageID: HostError] = [:]

    init(
        root: Directory, skeleton: String, format: PackageFormat, files: SharedFiles,
        mounts: Result<ImageMounts, HostError>?,
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
            let package = try await installation.verify(expecting: expected)
            let isNew = try await !isThere(package)
            if isNew { try await place(try await installation.unpack(), as: package) }
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

    func installed() throws(HostError) -> [InstalledPackage] { try readAll().usable }
    func unusable() throws(HostError) -> [PackageID: HostError] { try readAll().unusable }

    private func readAll() throws(HostError) -> (usable: [InstalledPackage], unusable: [PackageID: HostError]) {
        var usable: [InstalledPackage] = [], unusable: [PackageID: HostError] = [:]
        for name in try root.names().sorted() {
            guard let identifier = PackageID(name) else { continue }
            do throws(HostError) {
                if let package = try package(identifier) { usable.append(package) }
            } catch {
                // One damaged package must not hide the others.
                unusable[identifier] = error
            }
        }
        return (usable, unusable)
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
        if let trouble = troubles[identifier], trouble.code == .corrupt { throw trouble }
        do throws(HostError) {
            let package = try read(identifier, isNew: isNew)
            known[identifier] = package
            troubles[identifier] = nil
            return package
        } catch {
            let trouble = trouble(error, with: identifier)
            if troubles.updateValue(trouble, forKey: identifier) != trouble { log(.error, trouble.message) }
            throw trouble
        }
    }

    private func trouble(_ error: HostError, with identifier: PackageID) -> HostError {
        let attempt = "open package '\(identifier)' in '\(root.path)/\(identifier)': \(error.message)"
        // A part of it that is not there or makes no sense is damage, whoever asked for the package.
        return switch error.code {
        case .corrupt, .notFound, .invalidArgument:
            HostError(.corrupt, "\(attempt); its package is damaged, installing the same file again replaces it")
        default: HostError(error.code, attempt)
        }
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
        troubles[identifier] = nil
        guard known.removeValue(forKey: identifier) != nil else { return }
        try? mounts?.get().unmount(identifier.text)
    }

    /// Whether a package is there and of use, or has to be installed.
    /// - Throws: ``HostError`` when that cannot be told.
    private func isThere(_ identifier: PackageID) throws(HostError) -> Bool {
        do throws(HostError) {
            return try package(identifier) != nil
        } catch {
            guard error.code == .corrupt || error.code == .unsupported else { throw error }
            return false
        }
    }

    /// Gives what an installation has made its name, instead of a package that is of no use.
    private func place(_ temporary: String, as identifier: PackageID) throws(HostError) {
        if try isThere(identifier) {
            // Somebody else installed the same package meanwhile.
            return try files.removePackages([temporary], in: root)
        }
        let old = Directory.temporaryName("gone")
        let isReplaced = clinux_rename_new(root.number, identifier.text, old) == 0
        guard isReplaced || errno == ENOENT, clinux_rename_new(root.number, temporary, identifier.text) == 0 else {
            throw systemError("install package '\(identifier)'")
        }
        forget(identifier)
        try root.synchronize()
        guard isReplaced else { return }
        log(.info, "package '\(identifier)' could not be used, and is replaced")
        try files.removePackages([old], in: root)
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
            throw HostError(.corrupt, "'\(PackageFacts.fileName)' makes no sense")
        }
        let tree =
            if let digest = facts.image { try mount(identifier, in: directory, isNew ? nil : digest) } else {
                try directory.directory(PackageFacts.treeName).path
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
                .unsupported, "it is an image, and was none when this process started; start the host again")
        }
        let there: ImageMounts
        do throws(HostError) { there = try mounts.get() } catch {
            throw HostError(
                error.code, "it is an image; \(error.message); installing its file again makes files of it")
        }
        let image = try directory.openFile(PackageFacts.imageName)
        try digest?.check(image.rawValue, called: "\(directory.path)/\(PackageFacts.imageName)")
        return try there.mount(image.rawValue, as: identifier.text)
    }
}
