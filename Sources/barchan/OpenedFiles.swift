import Barchan
import CLinux
import Dispatch
import Glibc
import Synchronization

/// Which files of some trees are opened, by anybody but this process (fanotify(7)). Needs CAP_SYS_ADMIN.
///
/// A whole file system is watched, so that it does not matter through which mount a sandbox sees it, and nothing is missed
/// from a program's first instruction on. Paths are as the opener sees them.
final class OpenedFiles: Sendable {
    private struct State {
        var paths: Set<String> = []
        var hasLost = false
    }

    private let trace: OwnedDescriptor
    private let state = Mutex(State())

    init() throws(HostError) {
        let number = clinux_open_trace()
        guard number >= 0 else { throw fileError("trace what is opened in", "the app's files") }
        trace = OwnedDescriptor(takingOwnershipOf: number)
    }

    /// Watches the file system that is mounted at `path`, from now on.
    func watch(_ path: String) throws(HostError) {
        guard clinux_open_trace_add(trace.rawValue, path) == 0 else { throw fileError("trace what is opened in", path) }
    }

    /// What was opened so far, as absolute paths; and whether the kernel lost some of it.
    func collect(below mount: String) -> (paths: Set<String>, hasLost: Bool) {
        let size = 64 << 10
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        defer { buffer.deallocate() }
        while case let count = read(trace.rawValue, buffer, size), count > 0 {
            var offset = 0, file: CInt = -1, opener: pid_t = 0
            while clinux_open_trace_next(buffer, count, &offset, &file, &opener) {
                take(file, opener, mount)
            }
        }
        return state.withLock { ($0.paths, $0.hasLost) }
    }

    private func take(_ file: CInt, _ opener: pid_t, _ mount: String) {
        guard file >= 0 else { return state.withLock { $0.hasLost = true } }
        defer { close(file) }
        guard opener != getpid(), var path = OpenedFiles.path(of: file) else { return }
        if path.hasPrefix("\(mount)/") { path.removeFirst(mount.utf8.count) }
        state.withLock { _ = $0.paths.insert(path) }
    }

    private static func path(of file: CInt) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/fd/\(file)", &buffer, buffer.count)
        let bytes = buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
        // Removed meanwhile: nothing that a package could hold.
        guard bytes.first == 0x2f, !bytes.suffix(10).elementsEqual(" (deleted)".utf8) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// What an interpreter of Python needs besides what it opens: where it has a compiled module it only looks whether the source
/// is there, and without that takes neither.
enum PythonSources {
    /// - Parameter paths: Without a slash in front.
    static func besides(_ paths: Set<String>, in root: String) -> [String] {
        paths.compactMap { path in
            guard path.hasSuffix(".pyc"), let cache = path.firstRange(of: "__pycache__/") else { return nil }
            let source = path[..<cache.lowerBound] + path[cache.upperBound...].prefix { $0 != "." } + ".py"
            return access("\(root)/\(source)", F_OK) == 0 ? String(source) : nil
        }
    }
}

/// The links of a tree, to find those that lead to what was opened.
struct TreeLinks {
    /// By path from the root, without a slash in front.
    private var targets: [[String]: [String]] = [:]
    private static let maximumLinks = 40
    /// Where a grain has something of its own in place of the package's.
    private static let covered: Set<String> = ["dev", "proc", "tmp", "var"]

    /// - Parameter root: The tree's root, whose links lead nowhere else.
    init(of root: String) {
        read(root, [])
    }

    private mutating func read(_ directory: String, _ path: [String]) {
        guard let names = try? SourceTree.names(of: directory) else { return }
        for name in names where !path.isEmpty || !TreeLinks.covered.contains(name) {
            let place = "\(directory)/\(name)"
            var facts = stat()
            guard lstat(place, &facts) == 0 else { continue }
            if facts.st_mode & S_IFMT == S_IFDIR {
                read(place, path + [name])
            } else if facts.st_mode & S_IFMT == S_IFLNK {
                targets[path + [name]] = TreeLinks.target(place)
            }
        }
    }

    private static func target(_ place: String) -> [String]? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(place, &buffer, buffer.count)
        guard count > 0 else { return nil }
        let text = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return (text.hasPrefix("/") ? [""] : []) + text.split(separator: "/").map(String.init)
    }

    /// The links that lead to a file in `opened` or to a directory above one, as paths without a slash in front.
    func leading(to opened: Set<String>) -> [String] {
        var wanted: Set<[String]> = []
        for path in opened {
            let parts = path.split(separator: "/").map(String.init)
            for count in 1...max(1, parts.count) { wanted.insert(Array(parts.prefix(count))) }
        }
        return targets.keys.filter { resolved($0).map(wanted.contains) ?? false }.map { $0.joined(separator: "/") }
    }

    private func resolved(_ path: [String]) -> [String]? {
        var rest = path[...], found: [String] = [], links = 0
        while let part = rest.popFirst() {
            switch part {
            case "": found = []
            case ".": continue
            case "..": _ = found.popLast()
            default:
                found.append(part)
                guard let target = targets[found] else { continue }
                links += 1
                guard links <= TreeLinks.maximumLinks else { return nil }
                found.removeLast()
                rest = (target + rest)[...]
            }
        }
        return found
    }
}
