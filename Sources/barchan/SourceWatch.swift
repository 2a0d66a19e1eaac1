import Barchan
import CLinux
import Dispatch
import Glibc

/// Tells when something changes in an app's sources (inotify(7)): once for changes that come close together.
final class SourceWatch {
    /// More directories than this are no sources that somebody edits.
    static let maximumDirectories = 50_000
    private static let quiet = DispatchTimeInterval.milliseconds(300)

    private let source: any DispatchSourceRead

    /// - Parameters:
    ///   - directories: Watched with everything below but `.git`; the root of the machine's own files is not.
    ///   - file: One more file, wherever it is.
    init(
        _ directories: [String], and file: String, except ignored: Set<String>, changed: @escaping @Sendable () -> Void
    ) throws(HostError) {
        let number = clinux_change_watch()
        guard number >= 0 else { throw fileError("watch", "the app's sources") }
        let places = WatchedPlaces(number, file: file, except: ignored)
        source = DispatchSource.makeReadSource(fileDescriptor: number, queue: places.queue)
        for directory in directories where directory != "/" { places.add(directory, depth: 0) }
        places.addFile()
        source.setEventHandler {
            guard places.read() else { return }
            places.pending?.cancel()
            let work = DispatchWorkItem(block: changed)
            places.pending = work
            places.queue.asyncAfter(deadline: .now() + SourceWatch.quiet, execute: work)
        }
        source.setCancelHandler { close(number) }
        source.resume()
    }

    deinit { source.cancel() }
}

/// What is watched. Used by its maker until the queue runs, then on the queue only.
private final class WatchedPlaces: @unchecked Sendable {
    let queue = DispatchQueue(label: "sources")
    var pending: DispatchWorkItem?
    private let watch: CInt
    private let file: String
    private let ignored: Set<String>
    private var directories: [CInt: String] = [:]
    /// The directory that is watched for one file alone.
    private var directoryOfFile: CInt?

    init(_ watch: CInt, file: String, except ignored: Set<String>) {
        self.watch = watch
        self.file = file
        self.ignored = ignored
    }

    func add(_ directory: String, depth: Int) {
        guard directories.count < SourceWatch.maximumDirectories, depth < 128 else { return }
        let number = clinux_change_watch_add(watch, directory)
        guard number >= 0, directories.updateValue(directory, forKey: number) == nil else { return }
        for name in (try? SourceTree.names(of: directory)) ?? [] where name != ".git" {
            var facts = stat()
            let inner = "\(directory)/\(name)"
            if lstat(inner, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR { add(inner, depth: depth + 1) }
        }
    }

    func addFile() {
        let number = clinux_change_watch_add(watch, beside(file, "."))
        if directories[number] == nil { directoryOfFile = number }
    }

    /// Whether one of the events is a change that counts.
    func read() -> Bool {
        let size = 64 << 10
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        defer { buffer.deallocate() }
        var hasChanged = false
        while case let count = Glibc.read(watch, buffer, size), count > 0 {
            var offset = 0, directory: CInt = 0, name: UnsafePointer<CChar>?
            while clinux_change_watch_next(buffer, count, &offset, &directory, &name) {
                if counts(directory, name.map { String(cString: $0) } ?? "") { hasChanged = true }
            }
        }
        return hasChanged
    }

    private func counts(_ directory: CInt, _ name: String) -> Bool {
        if directory == directoryOfFile { return beside(file, name) == file }
        guard let path = directories[directory].map({ "\($0)/\(name)" }), name != ".git" else { return false }
        return !ignored.contains(path)
    }
}
