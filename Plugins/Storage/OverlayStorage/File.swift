import Barchan
import Glibc

extension Directory {
    /// A whole small file.
    func readFile(_ name: String, maximumBytes: Int) throws(HostError) -> [UInt8] {
        let number = openat(self.number, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw systemError("open '\(path)/\(name)'") }
        let file = OwnedDescriptor(takingOwnershipOf: number)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(file.rawValue, &buffer, buffer.count)
            guard count >= 0 else { throw systemError("read '\(path)/\(name)'") }
            guard count > 0 else { return bytes }
            guard bytes.count + count <= maximumBytes else {
                throw HostError(.corrupt, "read '\(path)/\(name)': it is larger than \(maximumBytes) bytes")
            }
            bytes.append(contentsOf: buffer[..<count])
        }
    }

    /// Makes a new file with these bytes, readable by the host alone unless `mode` says more.
    func writeFile(_ name: String, _ bytes: [UInt8], mode: mode_t = 0o600) throws(HostError) {
        let number = openat(self.number, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard number >= 0 else { throw systemError("make file '\(path)/\(name)'") }
        let file = OwnedDescriptor(takingOwnershipOf: number)
        try bytes.withUnsafeBufferPointer { bytes throws(HostError) in
            try writeAll(UnsafeRawBufferPointer(bytes), to: file.rawValue, called: "\(path)/\(name)")
        }
        guard fchmod(file.rawValue, mode) == 0 else { throw systemError("set the mode of '\(path)/\(name)'") }
    }
}

/// Writes every byte, however many calls that takes.
func writeAll(
    _ bytes: UnsafeRawBufferPointer, to number: CInt, called path: @autoclosure () -> String
) throws(HostError) {
    var rest = bytes
    while !rest.isEmpty {
        let count = write(number, rest.baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw systemError("write '\(path())'") }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
}

extension [UInt8] {
    /// These bytes as a C string, for names that need not be UTF-8.
    func withName<Result, Failure: Error>(
        _ body: (UnsafePointer<CChar>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try (self + [0]).withUnsafeBufferPointer { bytes throws(Failure) in
            // Never empty: it ends with the zero just added.
            guard let start = bytes.baseAddress else { fatalError("a name has a zero byte at its end") }
            return try body(UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self))
        }
    }
}
