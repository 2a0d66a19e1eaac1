import CapnProto
import GrainSchemas

/// One of the app's APIs as somebody granted it: a session with the app, and an object that can be saved.
///
/// Whoever holds it acts as the person who granted it, with the API's permissions.
final class GrantedAPI: RPCObject {
    /// What of it is saved; other versions of the bridge read it, too.
    struct Identifier {
        let name: String
        let path: String
        let permissions: [Bool]
        /// 32 bytes.
        let identityID: [UInt8]
    }

    private let identifier: Identifier
    private let label: String
    private let session: WebSessionObject

    init(_ identifier: Identifier, label: String, session: WebSessionObject) {
        self.identifier = identifier
        self.label = label
        self.session = session
    }

    func receive(_ call: IncomingCall, _ params: ReceivedMessage) throws(CallFailure) {
        guard call.isCall(of: Wire.AppPersistent.Methods.save) else { return try session.receive(call, params) }
        let payload = Payload()
        let results = payload.message.initRoot(Wire.AppPersistent.SaveResults.self)
        let api = results.initObjectId().initStructure(Wire.BridgeObjectId.self).initHttpApi()
        api.setName(identifier.name)
        api.setPath(identifier.path)
        api.setPermissions(identifier.permissions)
        api.setIdentityId(identifier.identityID)
        results.initLabel().setDefaultText(label)
        call.reply(payload)
    }

    func dropped() { session.dropped() }
}

extension GrantedAPI.Identifier {
    /// - Throws: ``CallFailure`` when the bytes of the person are none that a host gives.
    init(_ saved: Wire.BridgeObjectId.HttpApi.Reader) throws {
        name = try saved.name
        path = try saved.path
        permissions = Array(try saved.permissions)
        identityID = try saved.identityId.array
        guard identityID.count == 32 else {
            throw CallFailure.failed("restore: the object's person has \(identityID.count) bytes instead of 32")
        }
    }
}
