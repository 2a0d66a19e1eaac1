import Barchan
import Glibc

/// A regular file as a stream of bytes.
public final class FileBytes: ByteReader, @unchecked Sendable {
    // One caller at a time is the protocol's rule, so no lock is needed.
    private let descriptor: OwnedDescriptor
    private let path: String
    private var isDone = false

    public init(_ path: String) throws(HostError) {
        // A named pipe that nobody writes to must not hold this up: what it is comes out below.
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard number >= 0 else { throw HostError(.notFound, "read '\(path)': \(String(cString: strerror(errno)))") }
        descriptor = OwnedDescriptor(takingOwnershipOf: number)
        self.path = path
        var status = stat()
        guard fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw HostError(.invalidArgument, "read '\(path)': it is not a regular file")
        }
    }

    public func next() async throws(HostError) -> [UInt8]? {
        guard !isDone else { return nil }
        do throws(HostError) {
            let bytes = try await OwnThread.run { [self] () throws(HostError) in try piece() }
            if !bytes.isEmpty { return bytes }
        } catch {
            isDone = true
            throw error
        }
        isDone = true
        return nil
    }

    private func piece() throws(HostError) -> [UInt8] {
        var count = -1
        let bytes = [UInt8](unsafeUninitializedCapacity: 256 << 10) { buffer, filled in
            repeat {
                count = read(descriptor.rawValue, buffer.baseAddress, buffer.count)
            } while count < 0 && errno == EINTR
            filled = max(0, count)
        }
        guard count >= 0 else { throw HostError(.failed, "read '\(path)': \(String(cString: strerror(errno)))") }
        return bytes
    }

    public func cancel() { isDone = true }
}
