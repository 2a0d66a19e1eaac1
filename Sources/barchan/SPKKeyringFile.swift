import Barchan
import Glibc
import SPK

/// A keyring on disk: for its owner alone, plain or behind a passphrase.
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

    /// The keys; none when the file does not exist. Asks for the passphrase where there is one.
    func read() throws(HostError) -> Keyring { try Keyring(file: try plainBytes(Passphrase.current(of:)).bytes) }

    /// Adds a key behind those that are there.
    func append(_ key: AppKey) throws(HostError) {
        let (bytes, passphrase) = try plainBytes(Passphrase.current(of:))
        // What is there already must be a keyring, or the new key could never be read.
        _ = try Keyring(file: bytes)
        guard let passphrase else { return try appendPlain(key.keyFile) }
        try replace(with: try SealedKeyring.seal(bytes + key.keyFile, passphrase: passphrase))
    }

    /// Puts a passphrase on the keyring, or another one.
    func seal() throws(HostError) {
        let bytes = try existing()
        try replace(with: try SealedKeyring.seal(bytes, passphrase: try Passphrase.new()))
    }

    /// Takes the passphrase away.
    func unseal() throws(HostError) { try replace(with: try existing()) }

    private func existing() throws(HostError) -> [UInt8] {
        let bytes = try plainBytes(Passphrase.current(of:)).bytes
        guard !(try Keyring(file: bytes).keys.isEmpty) else {
            throw HostError(.notFound, "change keyring '\(path)': it has no key; make one with 'barchan spk keygen'")
        }
        return bytes
    }

    /// The messages of the keyring, and the passphrase that was needed for them.
    private func plainBytes(
        _ ask: (_ path: String) throws(HostError) -> [UInt8]
    ) throws(HostError) -> (bytes: [UInt8], passphrase: [UInt8]?) {
        guard access(path, F_OK) == 0 else { return ([], nil) }
        let bytes = try readFile(path, maximumBytes: Self.maximumBytes)
        guard SealedKeyring.isSealed(bytes) else { return (bytes, nil) }
        let passphrase = try ask(path)
        return (try SealedKeyring.open(bytes, passphrase: passphrase), passphrase)
    }

    private func appendPlain(_ bytes: [UInt8]) throws(HostError) {
        let number = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw fileError("open keyring", path) }
        let file = OwnedDescriptor(takingOwnershipOf: number)
        try writeFully(bytes, to: file.rawValue, path)
        guard fsync(file.rawValue) == 0 else { throw fileError("write keyring", path) }
    }

    /// The old file stays until the new one is on disk: a key that is lost is an app that is lost.
    private func replace(with bytes: [UInt8]) throws(HostError) {
        try OutputFile.write(path, mode: 0o600) { number throws(HostError) in
            try writeFully(bytes, to: number, path)
            guard fsync(number) == 0 else { throw fileError("write keyring", path) }
        }
    }
}

/// The passphrase of a keyring, from `BARCHAN_KEYRING_PASSPHRASE` or from the terminal.
enum Passphrase {
    private static let variable = "BARCHAN_KEYRING_PASSPHRASE"
    private static let newVariable = "BARCHAN_KEYRING_NEW_PASSPHRASE"

    static func current(of path: String) throws(HostError) -> [UInt8] {
        if let given = getenv(variable) { return Array(String(cString: given).utf8) }
        return try ask("Passphrase of '\(path)': ", variable)
    }

    /// One to be set, asked for twice.
    static func new() throws(HostError) -> [UInt8] {
        if let given = getenv(newVariable) { return try checked(Array(String(cString: given).utf8)) }
        let first = try checked(try ask("New passphrase: ", newVariable))
        guard try ask("The same again: ", newVariable) == first else {
            throw HostError(.invalidArgument, "set a passphrase: the two are not the same; nothing was changed")
        }
        return first
    }

    private static func checked(_ passphrase: [UInt8]) throws(HostError) -> [UInt8] {
        guard !passphrase.isEmpty else {
            throw HostError(.invalidArgument, "set a passphrase: an empty one protects nothing; nothing was changed")
        }
        return passphrase
    }

    /// A line from the terminal, which does not show it.
    private static func ask(_ question: String, _ variable: String) throws(HostError) -> [UInt8] {
        let number = open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard number >= 0 else {
            throw HostError(
                .permissionDenied, "ask for a passphrase: there is no terminal; put it into \(variable)")
        }
        let terminal = OwnedDescriptor(takingOwnershipOf: number)
        var shown = termios()
        guard tcgetattr(terminal.rawValue, &shown) == 0 else { throw fileError("ask for a passphrase on", "/dev/tty") }
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(terminal.rawValue, TCSAFLUSH, &hidden)
        defer {
            tcsetattr(terminal.rawValue, TCSAFLUSH, &shown)
            write([0x0a], to: terminal.rawValue)
        }
        write(Array(question.utf8), to: terminal.rawValue)
        var line: [UInt8] = [], byte: UInt8 = 0
        while line.count < 4096, Glibc.read(terminal.rawValue, &byte, 1) == 1, byte != 0x0a { line.append(byte) }
        return line
    }
}
