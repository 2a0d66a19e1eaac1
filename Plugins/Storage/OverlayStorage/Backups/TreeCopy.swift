import Barchan
import CLinux
import Glibc

extension Directory {
    /// Copies everything below this directory into an empty one. Where the file system can, the copies share their space
    /// with the originals; holes stay holes. What is neither file, directory nor link is left out.
    ///
    /// Nobody changes the tree meanwhile.
    func copyTree(into copy: Directory) throws(HostError) {
        let builder = TreeBuilder(copy, owner: nil)
        var listing = try TreeListing(self), canClone = true
        while let item = try listing.next() {
            let modified = item.facts.st_mtim
            switch item.kind {
            case .directory: try builder.addDirectory(item.path, permissions: item.permissions, modified: modified)
            case .link: try builder.addLink(item.path, target: try item.linkTarget(), modified: modified)
            case .file:
                let file = try item.file()
                let number = file.rawValue
                try builder.addFile(item.path, permissions: item.permissions, modified: modified) {
                    (copy) throws(HostError) in
                    if canClone, clinux_clone_file(copy, number) == 0 { return }
                    canClone = false
                    try copyContent(from: number, to: copy, size: Int64(item.facts.st_size), of: item.text)
                }
                _ = consume file
            case .other: continue
            }
        }
        try builder.finish()
    }
}

private func copyContent(from: CInt, to: CInt, size: Int64, of name: String) throws(HostError) {
    guard ftruncate(to, off_t(size)) == 0 else { throw systemError("copy '\(name)'") }
    var position: Int64 = 0
    while position < size {
        let start = clinux_next_data(from, position)
        // ENXIO: nothing but a hole up to the end.
        if start < 0 && errno == ENXIO { return }
        let end = start < 0 ? -1 : clinux_next_hole(from, start)
        guard start >= 0, end >= 0 else { throw systemError("copy '\(name)'") }
        position = start
        while position < min(end, size) {
            let count = clinux_copy_range(from, to, position, Int(min(end, size) - position))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw systemError("copy '\(name)'", count == 0 ? EIO : errno) }
            position += Int64(count)
        }
    }
}
