import Barchan
import Glibc

extension Directory {
    /// A whole small file.
    func readFile(_ name: String, maximumBytes: Int) throws(HostError) -> [UInt8] {
        let file = try openFile(name)
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
        try withNewFile(name, mode: mode) { file throws(HostError) in
            try bytes.withUnsafeBufferPointer { bytes throws(HostError) in
                try writeAll(UnsafeRawBufferPointer(bytes), to: file, called: "\(path)/\(name)")
            }
            guard fchmod(file, mode) == 0 else { throw systemError("set the mode of '\(path)/\(name)'") }
        }
    }

    /// Makes a new file, open for writing only while `body` runs.
    func withNewFile<Result>(
        _ name: String, mode: mode_t = 0o600, _ body: (CInt) throws(HostError) -> Result
    ) throws(HostError) -> Result {
        let number = openat(self.number, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard number >= 0 else { throw systemError("make file '\(path)/\(name)'") }
        let file = OwnedDescriptor(takingOwnershipOf: number)
        return try body(file.rawValue)
    }

    func openFile(_ name: String) throws(HostError) -> OwnedDescriptor {
        let number = openat(self.number, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw systemError("open '\(path)/\(name)'") }
        return OwnedDescriptor(takingOwnershipOf: number)
    }

    /// Returns when the content of a file survives a power cut.
    func synchronize(file name: String) throws(HostError) {
        let file = try openFile(name)
        guard fsync(file.rawValue) == 0 else { throw systemError("synchronize '\(path)/\(name)'") }
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
