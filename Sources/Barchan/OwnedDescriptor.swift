import Glibc

/// A file descriptor with exactly one owner; closed when the owner lets go of it.
///
/// Lend it (`borrowing`), hand it on (`consuming`), never copy the number.
public struct OwnedDescriptor: ~Copyable, Sendable {
    /// The number, for the length of a call. Never store it.
    public let rawValue: CInt

    /// Takes ownership of an open descriptor. The number must not be negative and must have no other owner.
    public init(takingOwnershipOf rawValue: CInt) {
        precondition(rawValue >= 0, "an owned descriptor is open")
        self.rawValue = rawValue
    }

    deinit {
        // EINTR still closes on Linux, see close(2): never retry.
        _ = close(rawValue)
    }

    /// Gives the number up; the caller closes it from now on.
    public consuming func release() -> CInt {
        let number = rawValue
        discard self
        return number
    }

    /// A second descriptor for the same open file, close-on-exec.
    /// - Throws: ``HostError`` `.resourceExhausted` when the process has no descriptor left.
    public borrowing func duplicate() throws(HostError) -> OwnedDescriptor {
        let copy = fcntl(rawValue, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else {
            throw HostError(.resourceExhausted, "duplicate descriptor \(rawValue): \(String(cString: strerror(errno)))")
        }
        return OwnedDescriptor(takingOwnershipOf: copy)
    }
}
