import Barchan
import CapnProto
import GrainSchemas

/// The host as far as it concerns one session (specification, section 13.3).
final class SessionContextObject: HostObject {
    private typealias Methods = Wire.SessionContext.Methods

    private let user: UserInfo
    private let membrane: Membrane
    private let objects: HostObjects

    init(_ user: UserInfo, in membrane: Membrane, of objects: HostObjects) {
        self.user = user
        self.membrane = membrane
        self.objects = objects
    }

    func receive(_ call: HostCall) throws {
        if call.isCall(of: Wire.HackSessionContext.Methods.getPublicId) { return getPublicID(call) }
        if call.isCall(of: Wire.HackSessionContext.Methods.getUserAddress) { return try getUserAddress(call) }
        guard call.interfaceID == Wire.SessionContext.interfaceID else {
            throw call.unimplemented("HackSessionContext")
        }
        switch call.ordinal {
        case Methods.getSharedPermissions.ordinal: try getSharedPermissions(call)
        case Methods.tieToUser.ordinal: try tieToUser(call)
        case Methods.activity.ordinal: try activity(call)
        // There is no powerbox yet that could offer, ask or fulfil, and so no view of another grain to be opened.
        default: throw call.unimplemented("SessionContext")
        }
    }

    /// What the session's user may do, also when that changes; outlives the session when it is saved.
    private func getSharedPermissions(_ call: HostCall) throws {
        let source =
            user.identityID.isEmpty
            ? PermissionsObject.Source.fixed(user.permissions) : .of(user.identityID)
        let capability = try objects.exportCounted(PermissionsObject(source, of: objects), in: membrane)
        let results = MessageBuilder()
        results.initRoot(Wire.SessionContext.GetSharedPermissionsResults.self).setVar(capability: 0)
        call.incoming.reply(results, capabilities: [capability])
    }

    private func tieToUser(_ call: HostCall) throws {
        let params = try call.params.reader.root(Wire.SessionContext.TieToUserParams.self)
        guard let target = try params.cap.flatMap(call.params.capability) else {
            throw RPCError(.failed, "tieToUser: there is no object")
        }
        guard !user.identityID.isEmpty else {
            throw RPCError(.failed, "tieToUser: the session's user is anonymous, so nothing can depend on them")
        }
        let requirement = Requirement(identityID: user.identityID, permissions: Array(try params.requiredPermissions))
        objects.askPermissions(of: user.identityID, call.incoming) { [objects] in
            // Not the session's membrane: the object depends on the person, not on the tab.
            let own = Membrane()
            let tied = TiedObject(target, requirements: [requirement], in: own, of: objects)
            let capability = try objects.exportCounted(tied, in: own)
            let results = MessageBuilder()
            results.initRoot(Wire.SessionContext.TieToUserResults.self).setTiedCap(capability: 0)
            call.incoming.reply(results, capabilities: [capability])
        }
    }

    private func activity(_ call: HostCall) throws {
        let params = try call.params.reader.root(Wire.SessionContext.ActivityParams.self)
        try objects.note(try params.event, by: user.identityID.isEmpty ? nil : user.identityID, call)
    }

    /// The address of the session's user, if they own the grain.
    private func getUserAddress(_ call: HostCall) throws {
        guard !user.identityID.isEmpty else {
            throw RPCError(.failed, "getUserAddress: the session's user is anonymous and has no address")
        }
        objects.ask(call.incoming) { [user] host throws(HostError) in
            try await host.mailAddress(of: user.identityID)
        } then: { owner in
            let results = MessageBuilder()
            let address = results.initRoot(Wire.EmailAddress.self)
            address.setAddress(owner.address)
            address.setName(owner.name)
            call.incoming.reply(results)
        }
    }

    /// Nothing is published under a host name of its own yet, so there is none to be told.
    private func getPublicID(_ call: HostCall) {
        objects.ask(call.incoming) { host throws(HostError) in
            try await host.publicID()
        } then: { identifier in
            let results = MessageBuilder()
            results.initRoot(Wire.HackSessionContext.GetPublicIdResults.self).setPublicId(identifier)
            call.incoming.reply(results)
        }
    }
}
