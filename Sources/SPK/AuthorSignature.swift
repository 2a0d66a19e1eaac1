import Barchan
import CapnProto
import GrainSchemas

/// What a package brings along to prove who its author is (specification, section 1.5); read, and not verified.
public struct AuthorSignature: Sendable {
    /// The signature may be this long, and so may the keys.
    public static let maximumBytes = 1 << 20

    /// An OpenPGP message: a line, and the signature over it.
    public let signature: [UInt8]
    /// The author's public key, and perhaps others.
    public let keyring: [UInt8]

    /// - Parameter manifestFile: The bytes of `/sandstorm-manifest`.
    /// - Returns: Nil when the package brings nothing along.
    /// - Throws: ``HostError`` `.invalidArgument` for a manifest that cannot be read, `.resourceExhausted` for more than
    ///   ``maximumBytes``.
    public init?(manifestFile bytes: [UInt8]) throws(HostError) {
        do {
            let limits = ReaderLimits(traversalWords: 2 * bytes.count / 8 + 1024)
            let metadata = try MessageReader(bytes, framing: .stream, limits: limits).root(Wire.Manifest.self).metadata
            guard metadata.author.hasPgpSignature else { return nil }
            let signature = try metadata.author.pgpSignature, keyring = try metadata.pgpKeyring
            guard signature.count <= Self.maximumBytes, keyring.count <= Self.maximumBytes else { throw TooLong() }
            (self.signature, self.keyring) = (signature.array, keyring.array)
        } catch is TooLong {
            throw HostError(.resourceExhausted, "it is larger than \(Self.maximumBytes >> 20) MiB")
        } catch {
            throw HostError(.invalidArgument, "read the manifest: \(error)")
        }
    }

    private struct TooLong: Error {}

    /// What an author has to sign, with or without a line break behind it.
    public static func statement(about app: AppID) -> String {
        "I am the author of the Sandstorm.io app with the following ID: \(app.text)"
    }
}
