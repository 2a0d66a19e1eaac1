import Barchan
import CSodium

/// A keyring that a passphrase protects: the bytes of a ``Keyring`` file, sealed.
///
/// | offset | bytes | what |
/// |---|---|---|
/// | 0 | 16 | `barchan-keyring1` |
/// | 16 | 8, 8 | operations and bytes of memory that the derivation takes, little-endian |
/// | 32 | 16 | salt |
/// | 48 | 24 | nonce |
/// | 72 | rest | the keyring in libsodium's secretbox: XSalsa20 and Poly1305 |
///
/// The key is the passphrase after Argon2id version 1.3 (RFC 9106; libsodium's `crypto_pwhash`). The header is no secret,
/// and what is changed in it gives another key, which opens nothing.
public enum SealedKeyring {
    private static let magic = Array("barchan-keyring1".utf8)
    private static let headerBytes = 72
    /// libsodium's "moderate" cost: 0.7 s of a core of 2017.
    private static let operations: UInt64 = 3, memoryBytes: UInt64 = 256 << 20
    /// A file may not ask for more than this to be opened.
    private static let maximumOperations: UInt64 = 16, maximumMemoryBytes: UInt64 = 1 << 30

    /// Whether a file is a sealed keyring rather than a plain one.
    public static func isSealed(_ file: [UInt8]) -> Bool { file.starts(with: magic) }

    /// - Parameter keyring: The bytes of a plain keyring file.
    public static func seal(_ keyring: [UInt8], passphrase: [UInt8]) throws(HostError) -> [UInt8] {
        try startSodium()
        let salt = random(16), nonce = random(24)
        let key = try key(passphrase, salt: salt, operations: operations, memoryBytes: memoryBytes)
        var sealed = [UInt8](repeating: 0, count: keyring.count + 16)
        crypto_secretbox_easy(&sealed, keyring, UInt64(keyring.count), nonce, key)
        return magic + littleEndian(operations) + littleEndian(memoryBytes) + salt + nonce + sealed
    }

    /// The bytes of the plain keyring file.
    /// - Throws: ``HostError`` `.permissionDenied` for a wrong passphrase, or a file that was changed; `.corrupt` for
    ///   one that was cut, `.resourceExhausted` for one that asks for too much work.
    public static func open(_ file: [UInt8], passphrase: [UInt8]) throws(HostError) -> [UInt8] {
        try startSodium()
        guard isSealed(file), file.count >= headerBytes + 16 else {
            throw HostError(.corrupt, "open the keyring: it is cut short")
        }
        let operations = number(file[16..<24]), memoryBytes = number(file[24..<32])
        guard operations <= maximumOperations, memoryBytes <= maximumMemoryBytes else {
            throw HostError(
                .resourceExhausted, "open the keyring: it asks for \(memoryBytes >> 20) MiB; it is damaged, or not ours"
            )
        }
        let key = try key(
            passphrase, salt: Array(file[32..<48]), operations: operations, memoryBytes: memoryBytes)
        let sealed = Array(file[headerBytes...])
        var keyring = [UInt8](repeating: 0, count: sealed.count - 16)
        guard crypto_secretbox_open_easy(&keyring, sealed, UInt64(sealed.count), Array(file[48..<72]), key) == 0 else {
            throw HostError(.permissionDenied, "open the keyring: the passphrase is wrong, or the file was changed")
        }
        return keyring
    }

    private static func key(
        _ passphrase: [UInt8], salt: [UInt8], operations: UInt64, memoryBytes: UInt64
    ) throws(HostError) -> [UInt8] {
        var key = [UInt8](repeating: 0, count: 32)
        let failed = crypto_pwhash(
            &key, 32, passphrase.map { CChar(bitPattern: $0) }, UInt64(passphrase.count), salt, operations,
            Int(memoryBytes), crypto_pwhash_ALG_ARGON2ID13)
        guard failed == 0 else {
            throw HostError(
                .resourceExhausted,
                "open the keyring: the passphrase cannot be tried; it takes \(memoryBytes >> 20) MiB")
        }
        return key
    }

    private static func random(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        randombytes_buf(&bytes, count)
        return bytes
    }

    private static func littleEndian(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(value >> ($0 * 8) & 0xff) } }
    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
