import Barchan
import Glibc

/// A grain's output: `log`, and `log.1` with what was before it (specification, section 4.7).
struct GrainLog {
    let directory: Directory
    /// `log` becomes `log.1` when it would grow beyond this, so twice this is kept at most.
    let rotateAtBytes: Int64

    func append(_ bytes: [UInt8]) throws(HostError) {
        let newest = Array(bytes.suffix(Int(rotateAtBytes)))
        guard !newest.isEmpty else { return }
        var log = try open("log", O_WRONLY | O_APPEND | O_CREAT)
        if try size(of: log) + Int64(newest.count) > rotateAtBytes {
            guard renameat(directory.number, "log", directory.number, "log.1") == 0 else {
                throw systemError("rotate '\(directory.path)/log'")
            }
            log = try open("log", O_WRONLY | O_APPEND | O_CREAT)
        }
        try newest.withUnsafeBufferPointer { bytes throws(HostError) in
            try writeAll(UnsafeRawBufferPointer(bytes), to: log.rawValue, called: "\(directory.path)/log")
        }
    }

    func read(maximumBytes: Int) throws(HostError) -> [UInt8] {
        let newer = try tail("log", maximumBytes)
        return try tail("log.1", maximumBytes - newer.count) + newer
    }

    private func tail(_ name: String, _ maximumBytes: Int) throws(HostError) -> [UInt8] {
        guard maximumBytes > 0, directory.exists(name) else { return [] }
        let log = try open(name, O_RDONLY)
        let size = try size(of: log)
        let start = max(0, size - Int64(maximumBytes))
        var bytes = [UInt8](repeating: 0, count: Int(size - start))
        let count = pread(log.rawValue, &bytes, bytes.count, off_t(start))
        guard count >= 0 else { throw systemError("read '\(directory.path)/\(name)'") }
        return Array(bytes.prefix(count))
    }

    private func open(_ name: String, _ flags: CInt) throws(HostError) -> OwnedDescriptor {
        let number = openat(directory.number, name, flags | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw systemError("open '\(directory.path)/\(name)'") }
        return OwnedDescriptor(takingOwnershipOf: number)
    }

    private func size(of log: borrowing OwnedDescriptor) throws(HostError) -> Int64 {
        var facts = stat()
        guard fstat(log.rawValue, &facts) == 0 else { throw systemError("measure '\(directory.path)/log'") }
        return Int64(facts.st_size)
    }
}
