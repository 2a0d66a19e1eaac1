import CSodium

/// SHA-512 over bytes that come in pieces.
public struct SHA512: Sendable {
    private var state = crypto_hash_sha512_state()

    public init() { crypto_hash_sha512_init(&state) }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return }
        crypto_hash_sha512_update(&state, start, UInt64(bytes.count))
    }

    /// The 64 bytes; nothing may be added afterwards.
    public mutating func finish() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 64)
        crypto_hash_sha512_final(&state, &digest)
        return digest
    }
}

/// SHA-256 over bytes that come in pieces.
public struct SHA256: Sendable {
    private var state = crypto_hash_sha256_state()

    public init() { crypto_hash_sha256_init(&state) }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return }
        crypto_hash_sha256_update(&state, start, UInt64(bytes.count))
    }

    /// The 32 bytes; nothing may be added afterwards.
    public mutating func finish() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        crypto_hash_sha256_final(&state, &digest)
        return digest
    }
}

/// BLAKE2b with 32 bytes over bytes that come in pieces: as hard to fool as SHA-256 and several times as fast. One caller at
/// a time.
public final class BLAKE2b {
    // Swift cannot see the C type, whose alignment is too large for it.
    private let state: UnsafeMutableRawPointer

    public init() {
        state = .allocate(byteCount: crypto_generichash_statebytes(), alignment: 64)
        crypto_generichash_init(OpaquePointer(state), nil, 0, 32)
    }

    deinit { state.deallocate() }

    public func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return }
        crypto_generichash_update(OpaquePointer(state), start, UInt64(bytes.count))
    }

    /// The 32 bytes; nothing may be added afterwards.
    public func finish() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        crypto_generichash_final(OpaquePointer(state), &digest, digest.count)
        return digest
    }
}

/// Lower-case hexadecimal digits.
public func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
