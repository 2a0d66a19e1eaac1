import Barchan
import BarchanConformance
import Glibc

/// A file that is opened before the work whose report it takes. What is in it stays until then; a new one goes again when the
/// work does not come to its end.
final class ReportFile {
    private let path: String
    private let descriptor: CInt
    /// The descriptor of a new file; -1 when it was there before.
    private let new: Leftover<CInt>

    /// - Throws: ``HostError`` when it cannot be written; `CancellationError` after ``Leftovers/clear()``.
    init(_ path: String) throws {
        self.path = path
        new = try Leftover(open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)) { if $0 >= 0 { unlink(path) } }
        descriptor = new.value >= 0 ? new.value : open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw fileError("write", path) }
    }

    deinit { close(descriptor) }

    /// Replaces what the file holds.
    func write(_ text: String) throws(HostError) {
        // What is no regular file, such as a pipe, has no length.
        guard ftruncate(descriptor, 0) == 0 || errno == EINVAL else { throw fileError("write", path) }
        try writeFully(Array(text.utf8), to: descriptor, path)
        new.keep()
    }
}
