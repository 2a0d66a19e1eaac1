import Barchan
import CapnProto
import GrainSchemas

/// The inner layer of a package: a signature message, then the archive that it covers (specification, section 1.1).
///
/// Expanded bytes go in, the archive's bytes come out; only the hash and the small signature message are kept. One
/// caller at a time.
public struct SignedArchive: ~Copyable {
    private static let signatureLimits = ReaderLimits(traversalWords: 8192, nesting: 8, segments: 64)
    private static let maximumSignatureBytes = 64 << 10

    /// The signature message as far as it is here; nil once it was read.
    private var pending: [UInt8]? = []
    private var publicKey: [UInt8] = []
    private var signedHash: [UInt8] = []
    private var digest = SHA512()
    /// Bytes of the archive seen so far.
    public private(set) var archiveBytes: Int64 = 0

    public init() throws(HostError) { try startSodium() }

    /// Takes the next expanded bytes and hands on those that belong to the archive.
    /// - Throws: ``HostError`` `.invalidArgument` when the signature message is malformed or its signature wrong; and
    ///   what `sink` throws.
    public mutating func feed(
        _ bytes: UnsafeRawBufferPointer, _ sink: (UnsafeRawBufferPointer) throws(HostError) -> Void
    ) throws(HostError) {
        guard pending != nil else { return try passOn(bytes, sink) }
        // Never more than a signature may have: what is left of `bytes` goes on below.
        let room = Self.maximumSignatureBytes - (pending?.count ?? 0)
        let taken = min(room, bytes.count)
        pending?.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[..<taken]))
        guard let rest = try takeSignature() else {
            guard taken == bytes.count else { throw Self.bad("its signature is longer than a signature is") }
            return
        }
        try rest.withRawBytes { bytes throws(HostError) in try passOn(bytes, sink) }
        try passOn(UnsafeRawBufferPointer(rebasing: bytes[taken...]), sink)
    }

    /// The stream is at its end.
    /// - Returns: The app whose key signed the archive.
    /// - Throws: ``HostError`` `.invalidArgument` when the archive is not the one that was signed.
    public mutating func finish() throws(HostError) -> AppID {
        guard pending == nil else { throw Self.bad("it ends before its signature does") }
        guard digest.finish() == signedHash else {
            throw Self.bad(
                "its content is not what app '\(AppID(publicKey: publicKey))' signed; the file was changed or damaged")
        }
        return AppID(publicKey: publicKey)
    }

    private mutating func passOn(
        _ bytes: UnsafeRawBufferPointer, _ sink: (UnsafeRawBufferPointer) throws(HostError) -> Void
    ) throws(HostError) {
        guard !bytes.isEmpty else { return }
        digest.update(bytes)
        archiveBytes += Int64(bytes.count)
        try sink(bytes)
    }

    /// Reads the signature once it is complete; returns the bytes behind it.
    private mutating func takeSignature() throws(HostError) -> [UInt8]? {
        guard let bytes = pending else { return nil }
        do {
            let length = try bytes.withRawBytes { bytes throws(MessageError) in
                try StreamFraming.length(of: bytes, limits: Self.signatureLimits)
            }
            guard case .bytes(let count) = length, count <= bytes.count else { return nil }
            let message = try MessageReader(Array(bytes[..<count]), framing: .stream, limits: Self.signatureLimits)
            let signature = try message.root(Wire.Signature.self)
            try check(publicKey: signature.publicKey.array, signature: signature.signature.array)
            pending = nil
            return Array(bytes[count...])
        } catch let error as MessageError {
            throw Self.bad("its signature cannot be read: \(error)")
        } catch let error as HostError {
            throw error
        } catch {
            throw HostError(.failed, "verify the package: \(error)")
        }
    }

    private mutating func check(publicKey: [UInt8], signature: [UInt8]) throws(HostError) {
        guard publicKey.count == 32 else { throw Self.bad("its public key has \(publicKey.count) bytes, not 32") }
        guard signature.count == 128 else { throw Self.bad("its signature has \(signature.count) bytes, not 128") }
        guard let hash = AppKey.openCombined(signature, publicKey: publicKey), hash.count == 64 else {
            throw Self.bad("its signature was not made with the key of app '\(AppID(publicKey: publicKey))'")
        }
        self.publicKey = publicKey
        signedHash = hash
    }

    private static func bad(_ reason: String) -> HostError {
        HostError(.invalidArgument, "verify the package: \(reason)")
    }
}
