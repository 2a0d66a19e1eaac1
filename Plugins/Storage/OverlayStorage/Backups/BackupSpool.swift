import Barchan
import CLinux
import Glibc
import ZIP

/// A backup that arrived, in a file without a name: a zip file is read from its end.
final class BackupSpool: ZIPSource {
    private let file: OwnedDescriptor
    private static let name = "(a temporary copy of the backup)"
    private(set) var size: Int64 = 0

    init(in directory: Directory) throws(HostError) {
        let number = clinux_temporary_file(directory.number)
        guard number >= 0 else { throw systemError("make a temporary file in '\(directory.path)'") }
        file = OwnedDescriptor(takingOwnershipOf: number)
    }

    func append(_ bytes: [UInt8]) throws(HostError) {
        let number = file.rawValue
        try bytes.withUnsafeBufferPointer { bytes throws(HostError) in
            try writeAll(UnsafeRawBufferPointer(bytes), to: number, called: Self.name)
        }
        size += Int64(bytes.count)
    }

    func read(at offset: Int64, count: Int) throws(HostError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count), done = 0
        while done < count {
            let got = bytes.withUnsafeMutableBytes {
                pread(file.rawValue, $0.baseAddress.map { $0 + done }, count - done, off_t(offset) + off_t(done))
            }
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else { throw systemError("read '\(Self.name)'", got == 0 ? EIO : errno) }
            done += got
        }
        return bytes
    }
}
