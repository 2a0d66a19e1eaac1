import Barchan
import CapnProto
import GrainSchemas

extension BackupMetadata {
    /// The bytes of `metadata`: a GrainInfo message with a segment table.
    public var message: [UInt8] {
        let message = MessageBuilder()
        let info = message.initRoot(Wire.GrainInfo.self)
        info.setAppId(app.text)
        info.setAppVersion(appVersion)
        info.setTitle(title)
        info.setOwnerIdentityId(ownerIdentity)
        for (builder, user) in zip(info.initUsers(count: users.count), users) {
            builder.setIdentityId(user.identity)
            builder.setCredentialIds(user.credentials)
            let profile = builder.initProfile()
            profile.initDisplayName().setDefaultText(user.displayName)
            profile.setPreferredHandle(user.handle)
        }
        if !originalGrain.isEmpty { info.setOriginalGrainId(originalGrain) }
        return message.streamBytes
    }

    /// - Throws: ``HostError`` `.invalidArgument` when the bytes are no such message.
    public init(message bytes: [UInt8]) throws(HostError) {
        do {
            let limits = ReaderLimits(traversalWords: 1 << 20, nesting: 16, segments: 512)
            let info = try MessageReader(bytes, framing: .stream, limits: limits).root(Wire.GrainInfo.self)
            guard let app = AppID(try info.appId) else {
                throw HostError(.invalidArgument, "read the backup's metadata: '\(try info.appId)' is no app's id")
            }
            self.init(
                app: app, appVersion: info.appVersion, title: try info.title,
                ownerIdentity: try info.ownerIdentityId, users: try info.users.map(BackupUser.init(wire:)),
                originalGrain: try info.originalGrainId)
        } catch let error as HostError {
            throw error
        } catch {
            throw HostError(.invalidArgument, "read the backup's metadata: \(error)")
        }
    }
}

extension BackupUser {
    fileprivate init(wire: Wire.GrainInfo.User.Reader) throws {
        let credentials = try wire.credentialIds
        var texts: [String] = []
        for index in 0..<credentials.count { texts.append(try credentials[index].text()) }
        let profile = try wire.profile
        self.init(
            identity: try wire.identityId, credentials: texts, displayName: try profile.displayName.defaultText,
            handle: try profile.preferredHandle)
    }
}
