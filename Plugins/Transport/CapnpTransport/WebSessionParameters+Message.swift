import Barchan
import CapnProto
import GrainSchemas

/// A call that opens a session, ready to be sent; capability 0 is the session's context, 1 the person who is not anonymous.
struct SessionOpening: @unchecked Sendable {
    // Built by one task, handed to the loop's thread, not touched again.
    let params: MessageBuilder
    let start: (RPCCapability, [RPCCapability], @escaping (Result<RPCMessage, RPCError>) -> Void) -> RPCCall

    fileprivate init<Params: StructSchema, Results: StructSchema>(
        _ method: Method<Params, Results>, _ fill: (Params.Builder) throws -> Void
    ) rethrows {
        let message = MessageBuilder(capacityWords: 96)
        try fill(message.initRoot(Params.self))
        params = message
        start = { RPCCall.start(method, on: $0, message, capabilities: $1, $2) }
    }
}

extension WebSessionParameters {
    /// The calls that open the session, each for an app that refuses the one before.
    func openings() throws(HostError) -> [SessionOpening] {
        guard user.identityID.isEmpty || user.identityID.count == 32 else {
            throw HostError(
                .invalidArgument, "open a session: an identity is 32 bytes or none, not \(user.identityID.count)")
        }
        switch kind {
        case .web: return [webOpening(basePath)]
        case .api(let address): return [try apiOpening(address), webOpening("https://sandbox")]
        case .request(let descriptors): return [try requestOpening(descriptors)]
        @unknown default: throw HostError(.unsupported, "open a session: this transport does not know its kind")
        }
    }

    private func webOpening(_ basePath: String) -> SessionOpening {
        SessionOpening(Wire.UiView.Methods.newSession) { params in
            user.fill(params.initUserInfo())
            params.setContext(capability: 0)
            params.setSessionType(Wire.WebSession.interfaceID)
            fill(params.initSessionParams(), basePath)
            params.setTabId(tabID)
        }
    }

    private func apiOpening(_ address: [UInt8]?) throws(HostError) -> SessionOpening {
        guard address.map({ $0.count == 4 || $0.count == 16 }) ?? true else {
            throw HostError(.invalidArgument, "open a session: an address has 4 or 16 bytes")
        }
        return SessionOpening(Wire.UiView.Methods.newSession) { params in
            user.fill(params.initUserInfo())
            params.setContext(capability: 0)
            params.setSessionType(Wire.ApiSession.interfaceID)
            let session = params.initSessionParams().initStructure(Wire.ApiSession.Params.self)
            if let address { session.initRemoteAddress().set(address) }
            params.setTabId(tabID)
        }
    }

    private func requestOpening(_ descriptors: [[UInt8]]) throws(HostError) -> SessionOpening {
        do {
            return try SessionOpening(Wire.UiView.Methods.newRequestSession) { params in
                user.fill(params.initUserInfo())
                params.setContext(capability: 0)
                params.setSessionType(Wire.WebSession.interfaceID)
                fill(params.initSessionParams(), basePath)
                let list = params.initRequestInfo(count: descriptors.count)
                for (index, bytes) in descriptors.enumerated() {
                    let descriptor = try MessageReader(bytes, framing: .flat).root(Wire.PowerboxDescriptor.self)
                    // A descriptor holds no capabilities; whatever claims to be one is left out.
                    try list[index].structure.copy(descriptor.structure) { _ in nil }
                }
                params.setTabId(tabID)
            }
        } catch {
            throw HostError(.invalidArgument, "open a session: a powerbox descriptor cannot be read: \(error)")
        }
    }

    private func fill(_ pointer: PointerBuilder, _ basePath: String) {
        let session = pointer.initStructure(Wire.WebSession.Params.self)
        session.setBasePath(basePath)
        session.setUserAgent(userAgent)
        session.setAcceptableLanguages(acceptableLanguages)
    }
}

extension Wire.IpAddress.Builder {
    /// An IPv4 address is mapped into IPv6 (RFC 4291, section 2.5.5.2).
    fileprivate func set(_ address: [UInt8]) {
        let bytes = address.count == 16 ? address : [UInt8](repeating: 0, count: 10) + [0xff, 0xff] + address
        setUpper64(bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) })
        setLower64(bytes[8...].reduce(0) { $0 << 8 | UInt64($1) })
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
