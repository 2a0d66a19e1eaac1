import Barchan
import Glibc
import SPK

/// A keyring on disk: for its owner alone.
struct KeyringFile {
    let path: String
    private static let maximumBytes = 16 << 20

    /// - Parameter path: Nil for `~/.sandstorm-keyring`.
    init(path: String?) throws(HostError) {
        if let path {
            self.path = path
        } else if let home = getenv("HOME") {
            self.path = "\(String(cString: home))/.sandstorm-keyring"
        } else {
            throw HostError(.invalidArgument, "find the keyring: HOME is not set; name the file with --keyring")
        }
    }

    /// The keys; none when the file does not exist.
    func read() throws(HostError) -> Keyring {
        guard access(path, F_OK) == 0 else { return Keyring() }
        return try Keyring(file: try readFile(path, maximumBytes: Self.maximumBytes))
    }

    /// Adds a key behind those that are there.
    func append(_ key: AppKey) throws(HostError) {
        // What is there already must be a keyring, or the new key could never be read.
        _ = try read()
        let number = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw fileError("open keyring", path) }
        let file = OwnedDescriptor(takingOwnershipOf: number)
        try writeFully(key.keyFile, to: file.rawValue, path)
        guard fsync(file.rawValue) == 0 else { throw fileError("write keyring", path) }
    }
}
