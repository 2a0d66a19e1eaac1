import Barchan
import CapnProto
import GrainSchemas

/// The keys of an author: `KeyFile` messages, one behind the other, so that `cat` merges two keyrings (specification,
/// section 2.1).
public struct Keyring: Sendable {
    public private(set) var keys: [AppKey] = []
    private static let maximumKeyBytes = 64 << 10

    public init() {}

    /// Reads a keyring file.
    /// - Throws: ``HostError`` `.corrupt` with the place where it stops making sense.
    public init(file bytes: [UInt8]) throws(HostError) {
        var position = 0, known: Set<AppID> = []
        while position < bytes.count {
            let key: AppKey
            do {
                let limits = ReaderLimits(traversalWords: 8192, nesting: 8, segments: 64)
                let rest = Array(bytes[position...].prefix(Self.maximumKeyBytes))
                let message = try MessageReader(rest, framing: .stream, limits: limits)
                let file = try message.root(Wire.KeyFile.self)
                key = try AppKey(publicKey: file.publicKey.array, privateKey: file.privateKey.array)
                position += message.byteCount
            } catch let error as HostError {
                throw error
            } catch {
                throw HostError(.corrupt, "read the keyring: at byte \(position) is no key: \(error)")
            }
            // Merged keyrings may have a key twice.
            if known.insert(key.app).inserted { keys.append(key) }
        }
    }

    /// The key of an app; without `app`, the only one there is.
    public func key(for app: AppID?) throws(HostError) -> AppKey {
        guard let app else {
            guard let only = keys.first else {
                throw HostError(.notFound, "choose a key: the keyring is empty; make one with 'barchan spk keygen'")
            }
            guard keys.count == 1 else {
                throw HostError(
                    .invalidArgument, "choose a key: the keyring has \(keys.count); say which with --app-id")
            }
            return only
        }
        guard let key = keys.first(where: { $0.app == app }) else {
            throw HostError(
                .notFound, "find the key of app '\(app)': it is not in the keyring; see 'barchan spk listkeys'")
        }
        return key
    }
}

extension AppKey {
    /// The key as a keyring file has it. Whoever reads these bytes can sign as the app.
    public var keyFile: [UInt8] {
        let message = MessageBuilder()
        let file = message.initRoot(Wire.KeyFile.self)
        file.setPublicKey(publicKey)
        file.setPrivateKey(privateKey)
        return message.streamBytes
    }
}
