import Barchan
import CLinux
import EROFS
import Glibc
import SPK

/// The file tree of a package as an EROFS image.
enum ImageFile {
    /// Writes the image to an empty file.
    /// - Parameter source: Holds the archive's bytes.
    static func write(
        _ archive: Archive, _ summary: ArchiveSummary, to file: CInt, source: ArchiveReceiver
    ) throws(HostError) {
        let layout = try layout(of: archive, summary, source)
        guard ftruncate(file, Int(layout.imageBytes)) == 0 else { throw systemError("make room for an image") }
        var writer = try ImageWriter(layout) { bytes, offset throws(HostError) in
            var offset = offset
            try source.inPieces(bytes) { piece throws(HostError) in
                try writeAll(piece, to: file, at: offset)
                offset += Int64(piece.count)
            }
        }
        var budget = PageBudget(source)
        try archive.walk(()) { entry, _ throws(HostError) in
            switch entry.content {
            case .directory: return ()
            case .link(let target):
                try target.withUnsafeBufferPointer { bytes throws(HostError) in
                    try writer.add(UnsafeRawBufferPointer(bytes))
                }
            case .file(let data, _):
                try data.withUnsafeBytes { bytes throws(HostError) in try writer.add(bytes) }
                budget.touch(data.count)
            }
            return nil
        }
        try writer.finish()
    }

    private static func layout(
        of archive: Archive, _ summary: ArchiveSummary, _ source: ArchiveReceiver
    ) throws(HostError) -> ImageLayout {
        var budget = PageBudget(source)
        var tree = ImageTree(entries: summary.entries, nameBytes: summary.nameBytes)
        try archive.walk(ImageTree.root) { entry, parent throws(HostError) in
            let (kind, size): (ImageTree.Kind, Int) =
                switch entry.content {
                case .file(let data, let isExecutable): (isExecutable ? .program : .file, data.count)
                case .link(let target): (.link, target.count)
                case .directory: (.directory, 0)
                }
            budget.touch()
            let index = try tree.add(
                entry.name, kind, size: Int64(size), modifiedNanoseconds: entry.modifiedNanoseconds, in: parent)
            return kind == .directory ? index : nil
        }
        return try ImageLayout(tree)
    }

    private static func writeAll(_ bytes: UnsafeRawBufferPointer, to file: CInt, at offset: Int64) throws(HostError) {
        var rest = bytes, offset = offset
        while !rest.isEmpty {
            let count = pwrite(file, rest.baseAddress, rest.count, Int(offset))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw systemError("write an image") }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            offset += Int64(count)
        }
    }
}
