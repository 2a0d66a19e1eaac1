import Glibc

/// One control group that counts memory, of either version, held by its directory: no file of it stays open, which would keep
/// a page of the kernel's memory each.
public final class MemoryGroup: Sendable {
    private let directory: CInt

    /// - Parameter directory: As ``SandboxGroup/openMemory()`` opens it.
    public init(takingOwnershipOf directory: CInt) { self.directory = directory }

    deinit { close(directory) }

    /// What its processes use now, in bytes, page cache and /tmp included. Nil when the group is gone.
    public var used: UInt64? {
        let files = GroupFiles(directory: directory, prefix: "")
        return files.number("memory.current") ?? files.number("memory.usage_in_bytes")
    }
}
