import Barchan
import CLinux
import Glibc
import SPK

/// A package file whose signature holds, with its archive mapped from a file without a name.
final class VerifiedPackage {
    let identifier: PackageID
    let app: AppID
    let archive: Archive

    /// - Parameter path: The package; `-` for standard input.
    /// - Parameter scratch: A directory with room for the expanded package.
    init(path: String, scratch: String, limits: PackageLimits = PackageLimits()) throws(HostError) {
        let expander = try PackageExpander(limits: limits)
        var signed = try SignedArchive()
        let file = try TemporaryFile(in: scratch)
        let progress = ProgressLine("reading", of: fileSize(path))
        func take(_ bytes: UnsafeRawBufferPointer) throws(HostError) {
            try signed.feed(bytes) { bytes throws(HostError) in try file.append(bytes) }
        }
        try readFile(path) { bytes throws(HostError) in
            try expander.feed(bytes, take)
            progress.show(expander.consumedBytes)
        }
        identifier = try expander.finish(take)
        progress.finish()
        app = try signed.finish()
        archive = try Archive(bytes: try file.map(), owner: file, limits: limits)
    }

    /// - Throws: ``HostError`` `.invalidArgument` when there is none, or it cannot be read.
    func manifest() throws(HostError) -> AppManifest { try AppManifest(manifestFile: try manifestFile()) }

    /// The bytes of the manifest.
    /// - Throws: ``HostError`` `.invalidArgument` when there is none.
    func manifestFile() throws(HostError) -> [UInt8] {
        guard let manifest = try archive.topLevelFile("sandstorm-manifest") else {
            throw HostError(.invalidArgument, "read the manifest: the package has none ('/sandstorm-manifest')")
        }
        return manifest.array
    }
}

/// Bytes on disk that nobody else can see, and that are gone with this object.
final class TemporaryFile {
    private let file: OwnedDescriptor
    private let directory: String
    private var mapping: UnsafeRawBufferPointer?

    init(in directory: String) throws(HostError) {
        let parent = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard parent >= 0 else { throw fileError("open directory", directory) }
        let number = clinux_temporary_file(parent)
        let failure = errno
        close(parent)
        guard number >= 0 else { throw fileError("make a temporary file in", directory, failure) }
        file = OwnedDescriptor(takingOwnershipOf: number)
        self.directory = directory
    }

    deinit {
        guard let mapping else { return }
        munmap(UnsafeMutableRawPointer(mutating: mapping.baseAddress), mapping.count)
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws(HostError) {
        try writeFully(bytes, to: file.rawValue, "\(directory)/(temporary file)")
    }

    /// The descriptor, to be read from the start.
    func rewound() throws(HostError) -> CInt {
        guard lseek(file.rawValue, 0, SEEK_SET) == 0 else { throw fileError("read a temporary file in", directory) }
        return file.rawValue
    }

    /// What was appended; nothing may be appended afterwards. A second call returns the same bytes.
    func map() throws(HostError) -> UnsafeRawBufferPointer {
        if let mapping { return mapping }
        let size = Int(lseek(file.rawValue, 0, SEEK_CUR))
        guard size > 0 else { throw HostError(.invalidArgument, "read a temporary copy: it has no content") }
        guard let start = mmap(nil, size, PROT_READ, MAP_SHARED, file.rawValue, 0), start != MAP_FAILED else {
            throw fileError("map a temporary file in", directory)
        }
        let bytes = UnsafeRawBufferPointer(start: start, count: size)
        mapping = bytes
        return bytes
    }
}

func fileSize(_ path: String) -> Int64? {
    var facts = stat()
    guard path != "-", stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int64(facts.st_size)
}
