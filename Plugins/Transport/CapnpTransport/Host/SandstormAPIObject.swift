import Barchan
import CapnProto
import GrainSchemas

/// What the app gets when it asks for the host (specification, section 4.4).
final class SandstormAPIObject: HostObject {
    private typealias Methods = Wire.SandstormApi.Methods

    private let objects: HostObjects

    init(_ objects: HostObjects) { self.objects = objects }

    func receive(_ call: HostCall) throws {
        guard call.interfaceID == Wire.SandstormApi.interfaceID else { throw call.unimplemented("SandstormApi") }
        switch call.ordinal {
        case Methods.save.ordinal: try save(call)
        case Methods.restore.ordinal: try restore(call)
        case Methods.drop.ordinal: try drop(call)
        case Methods.deleted.ordinal: try deleted(call)
        case Methods.stayAwake.ordinal: try stayAwake(call)
        case Methods.backgroundActivity.ordinal: try backgroundActivity(call)
        case Methods.getIdentityId.ordinal: try getIdentityID(call)
        default: throw call.unimplemented("SandstormApi")
        }
    }

    private func save(_ call: HostCall) throws {
        let params = try call.params.reader.root(Wire.SandstormApi.SaveParams.self)
        guard let object = try params.cap.flatMap(call.params.capability) else {
            throw RPCError(.failed, "save: there is no object")
        }
        let label = try params.label.defaultText
        objects.save(object) { [objects] result in
            switch result {
            case .failure(let error): call.incoming.fail(error)
            case .success(let saved):
                objects.ask(call.incoming) { host throws(HostError) in
                    try await host.save(saved, label: label)
                } then: { token in
                    let results = MessageBuilder()
                    results.initRoot(Wire.SandstormApi.SaveResults.self).setToken(Array(token.text.utf8))
                    call.incoming.reply(results)
                }
            }
        }
    }

    private func restore(_ call: HostCall) throws {
        let token = Secret(try call.params.reader.root(Wire.SandstormApi.RestoreParams.self).token.text)
        objects.ask(call.incoming) { host throws(HostError) in
            try await host.restore(token)
        } then: { [objects] object in
            objects.restore(object, token) { result in
                switch result {
                case .failure(let error): call.incoming.fail(error)
                case .success(let capability):
                    let results = MessageBuilder()
                    results.initRoot(Wire.SandstormApi.RestoreResults.self).setCap(capability: 0)
                    call.incoming.reply(results, capabilities: [capability])
                }
            }
        }
    }

    private func drop(_ call: HostCall) throws {
        let token = Secret(try call.params.reader.root(Wire.SandstormApi.DropParams.self).token.text)
        objects.ask(call.incoming) { host throws(HostError) in
            try await host.drop(token)
        } then: { [objects] in
            objects.revoke(token)
            call.incoming.reply()
        }
    }

    private func deleted(_ call: HostCall) throws {
        let reference = try call.params.reader.root(Wire.SandstormApi.DeletedParams.self).ref
        let objectID = try SavedObject.identifier(reference)
        objects.ask(call.incoming) { host throws(HostError) in
            try await host.dropAll(ofObject: objectID)
        } then: {
            call.incoming.reply()
        }
    }

    private func stayAwake(_ call: HostCall) throws {
        let params = try call.params.reader.root(Wire.SandstormApi.StayAwakeParams.self)
        let caption = try params.displayInfo.caption.defaultText
        let notification = try params.notification.flatMap(call.params.capability)
        objects.ask(call.incoming) { host throws(HostError) in
            try await host.stayAwake(caption)
        } then: { [objects] lock in
            let handle = WakeLockHandle(lock, notification, of: objects)
            let capability: RPCCapability
            do { capability = try objects.exportCounted(handle, in: handle.membrane) } catch {
                lock.release()
                throw error
            }
            let results = MessageBuilder()
            results.initRoot(Wire.SandstormApi.StayAwakeResults.self).setHandle(capability: 0)
            call.incoming.reply(results, capabilities: [capability])
        }
    }

    private func backgroundActivity(_ call: HostCall) throws {
        let params = try call.params.reader.root(Wire.SandstormApi.BackgroundActivityParams.self)
        try objects.note(try params.event, by: nil, call)
    }

    private func getIdentityID(_ call: HostCall) throws {
        let params = try call.params.reader.root(Wire.SandstormApi.GetIdentityIdParams.self)
        guard let identity = try params.identity.flatMap(call.params.capability) else {
            throw RPCError(.failed, "getIdentityId: there is no identity")
        }
        objects.find(identity) { object in
            guard let identity = object as? IdentityObject else {
                return call.incoming.fail(RPCError(.failed, "getIdentityId: this is no identity the host gave out"))
            }
            let results = MessageBuilder()
            results.initRoot(Wire.SandstormApi.GetIdentityIdResults.self).setId(identity.identityID)
            call.incoming.reply(results)
        }
    }
}

extension DataReader {
    /// A token is text; anything else stands for nothing.
    fileprivate var text: String { String(decoding: array, as: UTF8.self) }
}
