import Barchan
import CLinux
import Glibc
import SPK

/// One package on its way into the store.
///
/// Three threads share the work: this one expands, a second one hashes and writes the archive to a file without a name,
/// and once the signature holds for every byte of that, the tree is written from it by several.
actor PackageInstallation {
    private let thread: StorageThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private let root: Directory
    private let limits: PackageLimits
    private let expander: PackageExpander
    private let receiver: ArchiveReceiver
    private let receiving: Workers<[UInt8]>
    private var temporary: String?

    init(root: Directory, limits: PackageLimits) throws(HostError) {
        thread = StorageThread(name: "install")
        self.root = root
        self.limits = limits
        expander = try PackageExpander(limits: limits)
        let receiver = try ArchiveReceiver(directory: root)
        self.receiver = receiver
        receiving = Workers(name: "install hash", threads: 1, capacity: 8) { bytes throws(HostError) in
            try receiver.take(bytes)
        }
    }

    /// Takes the next bytes of the package file.
    /// - Returns: Bytes taken so far.
    func feed(_ bytes: [UInt8]) throws(HostError) -> Int64 {
        try bytes.withUnsafeBufferPointer { bytes throws(HostError) in
            try expander.feed(UnsafeRawBufferPointer(bytes)) { expanded throws(HostError) in
                try receiving.submit(Array(expanded))
            }
        }
        return expander.consumedBytes
    }

    /// The file is at its end: verifies it and makes the package visible.
    func finish(expecting expected: PackageID?) throws(HostError) -> PackageID {
        let identifier = try expander.finish { expanded throws(HostError) in try receiving.submit(Array(expanded)) }
        try receiving.finish()
        let signer = try receiver.verify()
        if let expected, expected != identifier {
            throw HostError(
                .invalidArgument, "install package '\(expected)': the file given is another one, '\(identifier)'")
        }
        let app = try signer.current(forPackage: identifier)
        guard !root.exists(identifier.text) else { return identifier }

        let archive = try Archive(bytes: receiver.bytes, owner: receiver, limits: limits)
        // Touches a page here and there of the whole archive.
        var visited = 0
        let summary = try archive.check { () in
            visited += 1
            if visited % 64 == 0 { receiver.forgetPages() }
        }
        receiver.forgetPages()
        let manifest = try Self.manifest(of: archive)
        _ = try AppManifest(manifestFile: manifest, limits: limits)
        try write(archive, summary, manifest, app: app, as: identifier)
        return identifier
    }

    /// Leaves nothing behind. Harmless after ``finish(expecting:)``.
    func abandon() {
        receiving.cancel()
        guard let temporary else { return }
        try? root.removeTree(temporary)
        self.temporary = nil
    }

    private static func manifest(of archive: Archive) throws(HostError) -> [UInt8] {
        guard let manifest = try archive.topLevelFile("sandstorm-manifest") else {
            throw HostError(.invalidArgument, "install the package: it has no manifest ('/sandstorm-manifest')")
        }
        return manifest.array
    }

    private func write(
        _ archive: Archive, _ summary: ArchiveSummary, _ manifest: [UInt8], app: AppID, as identifier: PackageID
    ) throws(HostError) {
        let temporary = Directory.temporaryName("new")
        self.temporary = temporary
        let package = try root.directory(makingIfMissing: temporary, mode: 0o755)
        let tree = try package.directory(makingIfMissing: PackageFacts.treeName, mode: 0o755)
        try TreeWriter.write(archive, into: tree, source: receiver)
        let facts = PackageFacts(
            app: app, sizeBytes: try tree.treeBytes(),
            hasMountPoints: summary.mountPoints == ArchiveSummary.neededMountPoints)
        try package.writeFile(PackageFacts.fileName, facts.file)
        try package.writeFile(PackageFacts.manifestName, manifest)
        // One call for the whole tree instead of one for each file; before the name, or a power cut could leave a
        // package that looks complete.
        receiver.release()
        try package.synchronizeFileSystem()
        if clinux_rename_new(root.number, temporary, identifier.text) != 0 {
            guard errno == EEXIST else { throw systemError("install package '\(identifier)'") }
            // Somebody else installed the same package meanwhile.
            try root.removeTree(temporary)
        }
        self.temporary = nil
        try root.synchronize()
    }
}
