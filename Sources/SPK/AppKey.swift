import Barchan
import CSodium

/// The key that makes somebody the author of an app.
public struct AppKey: Sendable, CustomStringConvertible {
    public let publicKey: [UInt8]
    /// Seed, then public key, as libsodium keeps it. Never printed.
    let privateKey: [UInt8]

    /// A new key pair.
    public static func generate() throws(HostError) -> AppKey {
        try startSodium()
        var publicKey = [UInt8](repeating: 0, count: 32)
        var privateKey = [UInt8](repeating: 0, count: 64)
        crypto_sign_keypair(&publicKey, &privateKey)
        return AppKey(checkedPublicKey: publicKey, privateKey: privateKey)
    }

    /// The key pair with these parts.
    /// - Throws: ``HostError`` `.corrupt` when they do not belong together.
    public init(publicKey: [UInt8], privateKey: [UInt8]) throws(HostError) {
        guard publicKey.count == 32, privateKey.count == 64 else {
            throw HostError(
                .corrupt, "read a key: it has \(publicKey.count) and \(privateKey.count) bytes, not 32 and 64")
        }
        var derived = [UInt8](repeating: 0, count: 32), expanded = [UInt8](repeating: 0, count: 64)
        crypto_sign_seed_keypair(&derived, &expanded, privateKey)
        guard derived == publicKey, expanded == privateKey else {
            throw HostError(
                .corrupt, "read the key of app '\(AppID(publicKey: publicKey))': its two halves do not match")
        }
        self.init(checkedPublicKey: publicKey, privateKey: privateKey)
    }

    private init(checkedPublicKey publicKey: [UInt8], privateKey: [UInt8]) {
        self.publicKey = publicKey
        self.privateKey = privateKey
    }

    public var app: AppID { AppID(publicKey: publicKey) }
    public var description: String { "<key of \(app)>" }

    /// The signature, 64 bytes, followed by the text itself.
    func signCombined(_ text: [UInt8]) -> [UInt8] {
        var signed = [UInt8](repeating: 0, count: 64 + text.count)
        crypto_sign(&signed, nil, text, UInt64(text.count), privateKey)
        return signed
    }

    /// The text within `signed` when `publicKey` signed it, otherwise nil.
    static func openCombined(_ signed: [UInt8], publicKey: [UInt8]) -> [UInt8]? {
        guard signed.count >= 64, publicKey.count == 32 else { return nil }
        var text = [UInt8](repeating: 0, count: signed.count)
        var length: UInt64 = 0
        guard crypto_sign_open(&text, &length, signed, UInt64(signed.count), publicKey) == 0 else { return nil }
        return Array(text.prefix(Int(length)))
    }
}

/// Chooses libsodium's fast paths and its source of randomness; harmless to repeat.
func startSodium() throws(HostError) {
    guard sodium_init() >= 0 else {
        throw HostError(.failed, "start libsodium: it found no source of randomness")
    }
}
