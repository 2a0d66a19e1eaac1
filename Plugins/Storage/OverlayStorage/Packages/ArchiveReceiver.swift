import Barchan
import CLinux
import Glibc
import SPK

/// Lets go of an archive's pages from time to time.
struct PageBudget: ~Copyable {
    /// The kernel maps 64 KiB around each page that is touched.
    private static let mappedAtOnceBytes = 64 << 10
    private static let forgetEveryBytes = 4 << 20

    private let source: ArchiveReceiver
    private var touched = 0

    init(_ source: ArchiveReceiver) { self.source = source }

    /// Some bytes at one place were looked at.
    mutating func touch(_ byteCount: Int = 0) {
        touched += max(byteCount, Self.mappedAtOnceBytes)
        guard touched >= Self.forgetEveryBytes else { return }
        source.forgetPages()
        touched = 0
    }
}

/// Hashes an archive, and keeps it in a file without a name, so that nothing of it is left after a crash.
///
/// Used by one thread at a time: first the one that receives, then the one that verifies and those that only read.
final class ArchiveReceiver: @unchecked Sendable {
    private var signed: SignedArchive
    private let file: OwnedDescriptor
    private let directory: String
    private var mapping: UnsafeRawBufferPointer?

    init(directory: Directory) throws(HostError) {
        signed = try SignedArchive()
        let number = clinux_temporary_file(directory.number)
        guard number >= 0 else { throw systemError("make a temporary file in '\(directory.path)'") }
        file = OwnedDescriptor(takingOwnershipOf: number)
        self.directory = directory.path
    }

    deinit { unmap() }

    func take(_ bytes: [UInt8]) throws(HostError) {
        let number = file.rawValue
        try bytes.withUnsafeBufferPointer { bytes throws(HostError) in
            try signed.feed(UnsafeRawBufferPointer(bytes)) { archive throws(HostError) in
                try writeAll(archive, to: number, called: "\(directory)/(temporary file)")
            }
        }
    }

    /// - Throws: When the archive is not what its author signed.
    func verify() throws(HostError) -> AppID {
        let app = try signed.finish()
        guard signed.archiveBytes > 0 else {
            throw HostError(.invalidArgument, "verify the package: it has no content")
        }
        let size = Int(signed.archiveBytes)
        guard let start = mmap(nil, size, PROT_READ, MAP_SHARED, file.rawValue, 0), start != MAP_FAILED else {
            throw systemError("map the archive")
        }
        mapping = UnsafeRawBufferPointer(start: start, count: size)
        return app
    }

    /// The archive, once it is verified.
    var bytes: UnsafeRawBufferPointer { mapping ?? UnsafeRawBufferPointer(start: nil, count: 0) }

    /// The pages touched so far need not stay in memory; they come back from the file when they are needed.
    func forgetPages() {
        guard let mapping else { return }
        _ = madvise(UnsafeMutableRawPointer(mutating: mapping.baseAddress), mapping.count, MADV_DONTNEED)
    }

    /// Hands on bytes of the archive in pieces, so that not all of a long one is in memory at once.
    func inPieces(
        _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(HostError) -> Void
    ) throws(HostError) {
        var rest = bytes
        while rest.count > Self.pieceBytes {
            try body(UnsafeRawBufferPointer(rebasing: rest[..<Self.pieceBytes]))
            forgetPages()
            rest = UnsafeRawBufferPointer(rebasing: rest[Self.pieceBytes...])
        }
        try body(rest)
    }

    private static let pieceBytes = 4 << 20

    /// Gives the space back before the file system is synchronized, so that the archive itself need never be written.
    func release() { _ = ftruncate(file.rawValue, 0) }

    private func unmap() {
        guard let mapping else { return }
        munmap(UnsafeMutableRawPointer(mutating: mapping.baseAddress), mapping.count)
    }
}
