import Barchan
import CLinux
import Glibc
import OpenPGP
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
    private let format: PackageFormat
    private let files: SharedFiles
    private var expander: PackageExpander?
    private let receiver: ArchiveReceiver
    private let receiving: Workers<[UInt8]>
    private let verifier: AuthorVerifier
    private var temporary: String?
    /// Known once the file is verified.
    private var app: AppID?

    init(
        root: Directory, format: PackageFormat, files: SharedFiles, limits: PackageLimits, verifier: AuthorVerifier
    ) throws(HostError) {
        self.verifier = verifier
        thread = StorageThread(name: "install")
        self.root = root
        self.format = format
        self.files = files
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
        guard let expander else { fatalError("nothing is fed after the end") }
        try bytes.withUnsafeBufferPointer { bytes throws(HostError) in
            try expander.feed(UnsafeRawBufferPointer(bytes)) { expanded throws(HostError) in
                try receiving.submit(Array(expanded))
            }
        }
        return expander.consumedBytes
    }

    /// The file is at its end: verifies it.
    func verify(expecting expected: PackageID?) throws(HostError) -> PackageID {
        let identifier = try finishExpanding()
        try receiving.finish()
        let signer = try receiver.verify()
        if let expected, expected != identifier {
            throw HostError(
                .invalidArgument, "install package '\(expected)': the file given is another one, '\(identifier)'")
        }
        app = try signer.current(forPackage: identifier)
        return identifier
    }

    /// Unpacks the file, which was verified.
    /// - Returns: The directory of the package, complete and on the disk; for the caller to give it its name.
    func unpack() throws(HostError) -> String {
        guard let app else { fatalError("only what was verified is unpacked") }
        let archive = try Archive(bytes: receiver.bytes, owner: receiver, limits: limits)
        // Touches a page here and there of the whole archive.
        var budget = PageBudget(receiver)
        let summary = try archive.check { budget.touch() }
        receiver.forgetPages()
        try summary.checkMountPoints()
        let manifest = try Self.manifest(of: archive)
        try AppManifest(manifestFile: manifest, limits: limits).checkInstallable()
        return try write(archive, summary, manifest, app: app)
    }

    /// Asks gpg, in a process of its own.
    func authorProof(of manifest: [UInt8], _ app: AppID) -> AuthorProof {
        verifier.verify(manifestFile: manifest, app: app, scratch: root.path)
    }

    /// With the decoder goes its memory, which is most of what an installation takes: nobody may hold on to it.
    private func finishExpanding() throws(HostError) -> PackageID {
        guard let expander else { fatalError("a file has one end") }
        self.expander = nil
        return try expander.finish { expanded throws(HostError) in try receiving.submit(Array(expanded)) }
    }

    /// Leaves nothing behind. Harmless after the package has its name.
    func abandon() {
        receiving.cancel()
        guard let temporary else { return }
        try? files.removePackages([temporary], in: root)
        self.temporary = nil
    }

    private static func manifest(of archive: Archive) throws(HostError) -> [UInt8] {
        guard let manifest = try archive.topLevelFile("sandstorm-manifest") else {
            throw HostError(.invalidArgument, "install the package: it has no manifest ('/sandstorm-manifest')")
        }
        return manifest.array
    }

    private func write(
        _ archive: Archive, _ summary: ArchiveSummary, _ manifest: [UInt8], app: AppID
    ) throws(HostError) -> String {
        let temporary = Directory.temporaryName("new")
        self.temporary = temporary
        let package = try root.directory(makingIfMissing: temporary, mode: 0o755)
        try package.writeFile(PackageFacts.manifestName, manifest)
        var facts = PackageFacts(
            app: app, sizeBytes: summary.blockBytes,
            hasMountPoints: summary.mountPoints == ArchiveSummary.neededMountPoints)
        facts.author = authorProof(of: manifest, app)
        // What is in the package is on the disk before its name, or a power cut could leave one that looks complete.
        switch format {
        case .directories(let areShared):
            let tree = try package.directory(makingIfMissing: PackageFacts.treeName, mode: 0o755)
            try TreeWriter.write(archive, into: tree, source: receiver, sharing: areShared ? files : nil)
            try package.writeFile(PackageFacts.fileName, facts.file)
            receiver.release()
            // One call for the whole tree instead of one for each file.
            try package.synchronizeFileSystem()
        case .images:
            facts.image = try writeImage(archive, summary, in: package, &facts.sizeBytes)
            try package.writeFile(PackageFacts.fileName, facts.file)
            for name in [PackageFacts.manifestName, PackageFacts.fileName] { try package.synchronize(file: name) }
            try package.synchronize()
        }
        return temporary
    }

    /// Makes the image durable while its digest is computed.
    private func writeImage(
        _ archive: Archive, _ summary: ArchiveSummary, in package: Directory, _ sizeBytes: inout Int64
    ) throws(HostError) -> ImageDigest {
        sizeBytes = try package.withNewFile(PackageFacts.imageName) { image throws(HostError) in
            try ImageFile.write(archive, summary, to: image, source: receiver)
            var facts = stat()
            guard fstat(image, &facts) == 0 else { throw systemError("measure an image") }
            return Int64(facts.st_size)
        }
        receiver.release()
        let image = try package.openFile(PackageFacts.imageName)
        let number = image.rawValue
        let synchronizing = Workers<CInt>(name: "install sync", threads: 1, capacity: 1) { file throws(HostError) in
            guard fsync(file) == 0 else { throw systemError("synchronize an image") }
        }
        defer { synchronizing.cancel() }
        try synchronizing.submit(number)
        let digest = try ImageDigest(guarding: number)
        try synchronizing.finish()
        return digest
    }
}

/// What packages become on the disk.
enum PackageFormat: Sendable {
    /// Trees of files, which have those in common that are the same.
    case directories(areShared: Bool)
    /// EROFS images.
    case images
}
