import Barchan
import Glibc

/// The host's data directory, held by one process at a time.
public struct DataDirectory: ~Copyable {
    public let path: String
    private let lock: OwnedDescriptor

    /// Makes the directory, and one for each interface in it, for the host's user only, and locks it.
    /// - Throws: ``HostError`` `.alreadyExists` when another process holds it.
    public init(_ path: String) throws(HostError) {
        self.path = path
        lock = try DataDirectory.locked(path)
    }

    private static func locked(_ path: String) throws(HostError) -> OwnedDescriptor {
        try make(path)
        for interface in PluginInterface.allCases { try make("\(path)/\(interface.rawValue)") }
        let number = open("\(path)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard number >= 0 else {
            throw HostError(.failed, "lock data directory '\(path)': \(reason(errno, path))")
        }
        let lock = OwnedDescriptor(takingOwnershipOf: number)
        guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
            throw HostError(
                .alreadyExists,
                "lock data directory '\(path)': another host uses it; stop that one, or choose another with --data")
        }
        return lock
    }

    private static func make(_ path: String) throws(HostError) {
        // Parents of the directory come into being, too: the default one may be the first thing in its place.
        for end in path.indices where path[end] == "/" && end != path.startIndex { mkdir(String(path[..<end]), 0o755) }
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        throw HostError(.failed, "make data directory '\(path)': \(reason(errno, path))")
    }

    private static func reason(_ error: CInt, _ path: String) -> String {
        let text = String(cString: strerror(error))
        var status = stat()
        guard error == EACCES, stat(path, &status) == 0, status.st_uid != geteuid() else { return text }
        return "\(text): it belongs to user \(status.st_uid), and this is user \(geteuid()); run it as that user"
    }
}
