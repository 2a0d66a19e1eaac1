import Barchan
import CLinux
import Glibc
import SPK

/// By what an image is known to be the one that was installed.
enum ImageDigest: Equatable {
    /// The kernel checks each block against this whenever it reads it (fs-verity).
    case verity([UInt8])
    /// Over the whole file. Compared when the image is mounted; what happens to the file later is not noticed.
    case whole([UInt8])

    /// Has the kernel guard the file from now on where its file system can, and reads it once where it cannot.
    /// - Parameter file: Open for reading only, and nowhere for writing.
    init(guarding file: CInt) throws(HostError) {
        if clinux_enable_verity(file) == 0, let digest = Self.measured(file) {
            self = .verity(digest)
        } else {
            self = .whole(try Self.read(file))
        }
    }

    /// - Throws: ``HostError`` `.corrupt` when the file is not what it was.
    func check(_ file: CInt, called path: String) throws(HostError) {
        let isSame =
            switch self {
            case .verity(let digest): Self.measured(file) == digest
            case .whole(let digest): try Self.read(file) == digest
            }
        guard isSame else {
            throw HostError(.corrupt, "mount '\(path)': it is not what was installed")
        }
    }

    private static func measured(_ file: CInt) -> [UInt8]? {
        var digest = [UInt8](repeating: 0, count: 32)
        return clinux_measure_verity(file, &digest) == 0 ? digest : nil
    }

    private static func read(_ file: CInt) throws(HostError) -> [UInt8] {
        let digest = BLAKE2b()
        var offset = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = pread(file, &buffer, buffer.count, offset)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw systemError("read an image") }
            guard count > 0 else { return digest.finish() }
            buffer.withUnsafeBytes { digest.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            offset += count
        }
    }

    // MARK: In the facts

    var text: String {
        switch self {
        case .verity(let digest): "fs-verity \(hexadecimal(digest))"
        case .whole(let digest): "blake2b \(hexadecimal(digest))"
        }
    }

    /// Nil when this is no such text.
    init?(text: Substring) {
        let parts = text.split(separator: " ")
        guard parts.count == 2, parts[1].utf8.count == 64 else { return nil }
        var bytes: [UInt8] = []
        var rest = parts[1]
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        switch parts[0] {
        case "fs-verity": self = .verity(bytes)
        case "blake2b": self = .whole(bytes)
        default: return nil
        }
    }
}
