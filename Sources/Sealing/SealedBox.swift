import CSodium

/// Bytes that only the holder of a key can read or change: XChaCha20-Poly1305 with a random nonce, by libsodium.
public enum SealedBox {
    /// What a key must have.
    public static let keyBytes = Int(crypto_aead_xchacha20poly1305_ietf_KEYBYTES)
    private static let nonceBytes = Int(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES)
    private static let tagBytes = Int(crypto_aead_xchacha20poly1305_ietf_ABYTES)

    /// Seals `bytes`; they are longer by 40 then.
    /// - Parameters:
    ///   - key: ``keyBytes`` long.
    ///   - place: Where the box is kept: it opens nowhere else.
    public static func seal(_ bytes: [UInt8], key: [UInt8], place: [UInt8]) -> [UInt8] {
        precondition(key.count == keyBytes, "a key of \(keyBytes) bytes")
        var nonce = [UInt8](repeating: 0, count: nonceBytes)
        randombytes_buf(&nonce, nonceBytes)
        var sealed = [UInt8](repeating: 0, count: bytes.count + tagBytes)
        // Fails for lengths beyond 2^38 only.
        crypto_aead_xchacha20poly1305_ietf_encrypt(
            &sealed, nil, bytes, UInt64(bytes.count), place, UInt64(place.count), nil, nonce, key)
        return nonce + sealed
    }

    /// What was sealed, or nil when the key or the place is another one or a bit was changed.
    public static func open(_ box: [UInt8], key: [UInt8], place: [UInt8]) -> [UInt8]? {
        precondition(key.count == keyBytes, "a key of \(keyBytes) bytes")
        guard box.count >= nonceBytes + tagBytes else { return nil }
        let nonce = Array(box[..<nonceBytes]), sealed = Array(box[nonceBytes...])
        var bytes = [UInt8](repeating: 0, count: sealed.count - tagBytes)
        let result = crypto_aead_xchacha20poly1305_ietf_decrypt(
            &bytes, nil, nil, sealed, UInt64(sealed.count), place, UInt64(place.count), nonce, key)
        return result == 0 ? bytes : nil
    }
}
