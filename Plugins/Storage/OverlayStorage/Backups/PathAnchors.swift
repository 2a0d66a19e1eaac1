import Barchan

/// Open directories on the way to where a walk is, so that what it asks the kernel for is never longer than that takes
/// (PATH_MAX, 4096 bytes), however long the whole path is.
struct PathAnchors {
    /// An open directory, and the path of something from there.
    typealias Place = (directory: Directory, path: [UInt8])

    private let base: Directory
    /// Paths have their `/` at the end.
    private var held: [(path: [UInt8], directory: Directory)] = []
    private static let stepBytes = 2048

    init(_ base: Directory) { self.base = base }

    /// The nearest directory that is held; those that are not on the way to `path` are let go.
    /// - Throws: ``HostError`` `.notFound` when a directory on the way is not there.
    mutating func place(of path: [UInt8]) throws(HostError) -> Place {
        while let last = held.last, !path.starts(with: last.path) { held.removeLast() }
        while true {
            let start = held.last?.path.count ?? 0, directory = held.last?.directory ?? base
            // A name has 255 bytes at most.
            guard path.count - start > Self.stepBytes,
                let slash = path[start..<start + Self.stepBytes].lastIndex(of: 0x2f)
            else { return (directory, Array(path[start...])) }
            let next = try directory.directory(beneath: Array(path[start..<slash]))
            held.append((Array(path[...slash]), next))
        }
    }
}
