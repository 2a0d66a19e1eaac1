import Barchan
import CapnProto
import GrainSchemas

extension WebSessionParameters {
    /// The parameters of newSession; capability 0 is the session's context, 1 the person who is not anonymous.
    func message() throws(HostError) -> MessageBuilder {
        guard user.identityID.isEmpty || user.identityID.count == 32 else {
            throw HostError(
                .invalidArgument, "open a session: an identity is 32 bytes or none, not \(user.identityID.count)")
        }
        let message = MessageBuilder(capacityWords: 96)
        let params = message.initRoot(Wire.UiView.NewSessionParams.self)
        user.fill(params.initUserInfo())
        params.setContext(capability: 0)
        params.setSessionType(Wire.WebSession.interfaceID)
        let session = params.initSessionParams().initStructure(Wire.WebSession.Params.self)
        session.setBasePath(basePath)
        session.setUserAgent(userAgent)
        session.setAcceptableLanguages(acceptableLanguages)
        params.setTabId(tabID)
        return message
    }
}

extension UserInfo {
    fileprivate func fill(_ info: Wire.UserInfo.Builder) {
        info.initDisplayName().setDefaultText(displayName)
        info.setPreferredHandle(preferredHandle)
        if !pictureURL.isEmpty { info.setPictureUrl(pictureURL) }
        info.setPronouns(Wire.Profile.Pronouns(rawValue: pronouns.rawValue) ?? .neutral)
        info.setPermissions(permissions)
        info.setDeprecatedPermissionsBlob(permissionsBlob)
        if !identityID.isEmpty {
            info.setIdentityId(identityID)
            info.setIdentity(capability: 1)
        }
    }

    /// The same bits for old apps, the first permission in the lowest bit of the first byte.
    private var permissionsBlob: [UInt8] {
        var blob = [UInt8](repeating: 0, count: (permissions.count + 7) / 8)
        for (index, isSet) in permissions.enumerated() where isSet { blob[index / 8] |= 1 << UInt8(index % 8) }
        return blob
    }
}
