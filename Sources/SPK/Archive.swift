import Barchan
import CapnProto
import GrainSchemas

/// One file, link or directory of an archive.
public struct ArchiveEntry {
    public enum Content {
        case file(DataReader, isExecutable: Bool)
        /// The target as it is: never resolved.
        case link(target: [UInt8])
        case directory
    }

    /// One name, already checked: not empty, `.` or `..`, without `/` and NUL.
    public var name: [UInt8]
    public var content: Content
    /// Nanoseconds since 1970, negative before it.
    public var modifiedNanoseconds: Int64
}

/// The tree of files in a package, read in place and within limits.
public struct Archive {
    private let bytes: UnsafeRawBufferPointer
    private let owner: AnyObject
    private let limits: PackageLimits

    /// Reads an archive in memory that `owner` keeps alive and unchanged.
    /// - Throws: ``HostError`` `.invalidArgument` when it is not a Cap'n Proto message.
    public init(
        bytes: UnsafeRawBufferPointer, owner: AnyObject, limits: PackageLimits = PackageLimits()
    ) throws(HostError) {
        self.bytes = bytes
        self.owner = owner
        self.limits = limits
        _ = try files()
    }

    /// Files may share bytes, though no packer makes them so. Each walk may read everything four times over, counted anew, so that
    /// what one takes every later one takes, too.
    private func files() throws(HostError) -> StructList<Wire.Archive.File> {
        let (words, overflow) = (bytes.count / 8 + 1).multipliedReportingOverflow(by: 4)
        let readerLimits = ReaderLimits(
            traversalWords: overflow ? Int.max : words, nesting: 2 * limits.depth + 4, segments: 1 << 16)
        do {
            let message = try MessageReader(unsafeBytes: bytes, owner: owner, framing: .stream, limits: readerLimits)
            return try message.root(Wire.Archive.self).files
        } catch {
            throw HostError(.invalidArgument, "read the archive: \(error)")
        }
    }

    /// Visits every entry, a directory before what is in it, in the order of the archive.
    ///
    /// - Parameter enter: Called for each entry; its result stands for the entry, if that is a directory, in the calls
    ///   for what is in it. `top` stands for the root.
    /// - Throws: ``HostError`` `.invalidArgument` for a name or tree that may not be or exceeds a limit;
    ///   and what `enter` throws.
    public func walk<Directory>(
        _ top: Directory, enter: (ArchiveEntry, Directory) throws(HostError) -> Directory?
    ) throws(HostError) {
        var walker = ArchiveWalker<Directory>(limits: limits)
        try walker.walk(try files(), in: top, path: [], enter: enter)
    }

    /// Checks names and limits of every entry.
    /// - Parameter visited: Called after each entry, for those who look after memory.
    public func check(visited: () -> Void = {}) throws(HostError) -> ArchiveSummary {
        var summary = ArchiveSummary()
        try walk(0) { entry, depth throws(HostError) in
            visited()
            summary.count(entry, depth: depth)
            return depth + 1
        }
        return summary
    }

    /// What is at a path, which leads through no link; nil for nothing.
    func name(at path: [[UInt8]]) throws(HostError) -> PackagedName? {
        var files = try files()
        do {
            for (depth, name) in path.enumerated() {
                let file = try files.first { try $0.structure.pointer(0).textBytes().array == name }
                guard let file else { return nil }
                guard depth == path.count - 1 else {
                    guard file.which == .directory else { return nil }
                    files = try file.directory
                    continue
                }
                return switch file.which {
                case .executable: .program
                case .directory: .directory
                case .symlink: .link(target: try file.structure.pointer(1).textBytes().array)
                default: .plainFile
                }
            }
        } catch {
            throw HostError(.invalidArgument, "look for a file of the archive: \(error)")
        }
        return nil
    }

    /// The bytes of a regular file at the top, or nil when there is none of that name.
    public func topLevelFile(_ name: String) throws(HostError) -> DataReader? {
        let files = try files()
        do {
            for file in files where try file.name == name {
                switch file.which {
                case .regular: return try file.regular
                case .executable: return try file.executable
                default: return nil
                }
            }
        } catch {
            throw HostError(.invalidArgument, "read '\(name)' of the archive: \(error)")
        }
        return nil
    }
}

/// What is in an archive.
public struct ArchiveSummary: Sendable {
    public var entries = 0
    public var fileBytes: Int64 = 0
    /// Length of all names together.
    public var nameBytes = 0
    /// What the files and directories take in blocks of 4 KiB.
    public var blockBytes: Int64 = 0
    /// Which of the mount points that a sandbox needs the package has itself.
    public var mountPoints: Set<String> = []

    /// The mount points there should be.
    public static let neededMountPoints: Set<String> = ["dev", "tmp", "var", "proc/cpuinfo"]
    /// Where the package has something that cannot be a mount point.
    var obstructions: Set<String> = []
    private var isInProc = false

    mutating func count(_ entry: ArchiveEntry, depth: Int) {
        entries += 1
        nameBytes += entry.name.count
        blockBytes += Self.blockBytes(of: entry.content)
        let name = String(decoding: entry.name, as: UTF8.self)
        if depth == 0 { isInProc = false }
        switch entry.content {
        case .file(let data, _):
            fileBytes += Int64(data.count)
            if depth == 1, isInProc, name == "cpuinfo" { mountPoints.insert("proc/cpuinfo") }
        case .directory where depth == 0:
            if name == "proc" {
                isInProc = true
            } else if Self.neededMountPoints.contains(name) {
                mountPoints.insert(name)
            }
            return
        case .directory, .link:
            if depth == 1, isInProc, name == "cpuinfo" { obstructions.insert("proc/cpuinfo") }
        }
        if depth == 0, name == "proc" || Self.neededMountPoints.contains(name) { obstructions.insert(name) }
    }

    private static func blockBytes(of content: ArchiveEntry.Content) -> Int64 {
        switch content {
        case .file(let data, _): (Int64(data.count) + 4095) & ~4095
        case .directory: 4096
        case .link: 0
        }
    }
}

/// The bytes of a file in an archive, where they are.
public typealias ArchiveData = DataReader
