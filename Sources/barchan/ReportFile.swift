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

    /// - Throws: ``HostError`` `.failed` when it cannot be written.
    init(_ path: String) throws {
        self.path = path
        new = try Leftover(open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)) { if $0 >= 0 { unlink(path) } }
        descriptor = new.value >= 0 ? new.value : open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ReportFile.problem(path) }
    }

    deinit { close(descriptor) }

    /// Replaces what the file holds.
    func write(_ text: String) throws(HostError) {
        var rest = Array(text.utf8)[...]
        // What is no regular file, such as a pipe, has no length.
        guard ftruncate(descriptor, 0) == 0 || errno == EINVAL else { throw ReportFile.problem(path) }
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw ReportFile.problem(path) }
            rest = rest.dropFirst(count)
        }
        new.keep()
    }

    private static func problem(_ path: String) -> HostError {
        HostError(.failed, "write '\(path)': \(String(cString: strerror(errno)))")
    }
}
