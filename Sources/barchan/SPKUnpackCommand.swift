import ArgumentParser
import Barchan
import Glibc
import SPK

struct SPKUnpackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpack", abstract: "Checks a package and unpacks it into a new directory; prints the app's id.")

    @Argument(help: ArgumentHelp("The package; - for standard input.", valueName: "file")) var file: String
    @Argument(
        help: ArgumentHelp("The directory to make. Default: the file's name without .spk.", valueName: "directory"))
    var directory: String?

    func run() throws {
        let target = try directory ?? defaultDirectory()
        guard access(target, F_OK) != 0 else {
            throw HostError(.alreadyExists, "unpack into '\(target)': it exists; remove it or name another directory")
        }
        let parent = target.split(separator: "/").dropLast().joined(separator: "/")
        let scratch = (target.hasPrefix("/") ? "/" : "./") + parent
        let package = try VerifiedPackage(path: file, scratch: scratch)
        let summary = try package.archive.check()
        let progress = ProgressLine("unpacking", of: summary.fileBytes)
        try UnpackedTree.write(package.archive, to: target) { progress.show($0) }
        progress.finish()
        printLine(package.app.text)
    }

    private func defaultDirectory() throws(HostError) -> String {
        guard file.hasSuffix(".spk"), let name = file.split(separator: "/").last, name != ".spk" else {
            throw HostError(.invalidArgument, "unpack '\(file)': say into which directory")
        }
        return String(name.dropLast(4))
    }
}

/// A tree on disk that is being filled.
private struct UnpackedTree {
    private let progress: (Int64) -> Void
    private var bytes: Int64 = 0
    /// Directories get their time last, or what is made in them changes it again.
    private var directories: [(path: [UInt8], modified: timespec)] = []

    static func write(_ archive: Archive, to path: String, progress: @escaping (Int64) -> Void) throws(HostError) {
        guard mkdir(path, 0o777) == 0 else { throw fileError("make directory", path) }
        var tree = UnpackedTree(progress: progress)
        do throws(HostError) {
            try archive.walk(Array(path.utf8)) { entry, parent throws(HostError) in
                try tree.write(entry, to: parent + [0x2f] + entry.name)
            }
            for directory in tree.directories.reversed() { try date(directory.path, directory.modified) }
        } catch {
            try? ToolProcess.run(["rm", "-rf", "--", path], package: "coreutils")
            throw error
        }
    }

    private init(progress: @escaping (Int64) -> Void) { self.progress = progress }

    private mutating func write(_ entry: ArchiveEntry, to path: [UInt8]) throws(HostError) -> [UInt8]? {
        let modified = timespec(secondsDown: entry.modifiedNanoseconds)
        let shown = String(decoding: path, as: UTF8.self)
        switch entry.content {
        case .file(let data, let isExecutable):
            let number = path.withPath {
                open($0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, isExecutable ? 0o777 : 0o666)
            }
            guard number >= 0 else { throw fileError("make file", shown) }
            let file = OwnedDescriptor(takingOwnershipOf: number)
            try data.withUnsafeBytes { bytes throws(HostError) in try writeFully(bytes, to: file.rawValue, shown) }
            guard futimens(file.rawValue, [modified, modified]) == 0 else { throw fileError("date", shown) }
            bytes += Int64(data.count)
            progress(bytes)
            return nil
        case .link(let target):
            let result = target.withPath { target in path.withPath { symlink(target, $0) } }
            guard result == 0 else { throw fileError("make link", shown) }
            try Self.date(path, modified)
            return nil
        case .directory:
            guard path.withPath({ mkdir($0, 0o777) }) == 0 else { throw fileError("make directory", shown) }
            directories.append((path, modified))
            return path
        }
    }

    private static func date(_ path: [UInt8], _ modified: timespec) throws(HostError) {
        let result = path.withPath { utimensat(AT_FDCWD, $0, [modified, modified], AT_SYMLINK_NOFOLLOW) }
        guard result == 0 else { throw fileError("date", String(decoding: path, as: UTF8.self)) }
    }
}

extension timespec {
    /// Whole seconds downwards, so that the fraction is never negative, before 1970 too.
    fileprivate init(secondsDown nanoseconds: Int64) {
        let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        let isNegative = remainder < 0
        self.init(
            tv_sec: Int(isNegative ? quotient - 1 : quotient),
            tv_nsec: Int(isNegative ? remainder + 1_000_000_000 : remainder))
    }
}
